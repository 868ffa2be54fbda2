"""The fixture `sellerspec_vcr`: the cassette of a test, scrubbed when written, checked when played."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_sellerspec import option
from pytest_sellerspec.faults import reports_faults
from pytest_sellerspec.names import cassette_of
from sellerspec.cassettes import files
from sellerspec.cassettes.operations import is_ignored, unknown
from sellerspec.errors import UnknownName

if TYPE_CHECKING:
    from pytest_sellerspec.state import State


class Vcr:
    """Plays and records; see the fixture `sellerspec_vcr`."""

    def __init__(self, state: "State", request: pytest.FixtureRequest, folder: Path) -> None:
        self._state = state
        self._request = request
        self._folder = folder
        self._played: list[tuple[str, Path]] = []

    @contextmanager
    def __call__(self, marketplace: str, *, name: str = "", **settings: Any) -> Iterator[Any]:
        """Play a cassette in a `with` block, or record it as `--sellerspec-record` demands.

        In a test marked `vcr`, pytest-recording has opened a cassette already: that one is used
        without changes and only checked.

        Args:
            marketplace: whose contract and secret names apply.
            name: of the cassette; by default its file is named after folder, module, class and name of the
                test, see `names.cassette_of`.
            settings: as for `sellerspec.cassettes.vcr`.

        Yields:
            The cassette of vcrpy.

        Raises:
            MissingExtra: vcrpy is not installed.
        """
        opened = self._opened_by_pytest_recording()
        if opened is not None:
            yield opened
            path = getattr(opened, "_path", None)
            if path is not None:
                self._played.append((marketplace, Path(path)))
            return
        mode = option(self._state.config, "record") or "none"
        from sellerspec import cassettes

        given = {"secret_members": self._state.secret_members, "record_mode": mode, **settings}
        replays = given["record_mode"] in ("none", "once")
        own = self._folder / f"{name}.yaml" if name else None
        path = own or cassette_of(self._request.node, self._folder, replays=replays)
        with cassettes.vcr(marketplace, **given).use_cassette(str(path)) as cassette:
            yield cassette
        self._played.append((marketplace, path))

    def _opened_by_pytest_recording(self) -> Any:
        marked = self._request.node.get_closest_marker("vcr") is not None
        return self._request.getfixturevalue("vcr") if marked else None

    @reports_faults
    def finish(self) -> None:
        """Check the cassettes of the test and count them in the coverage; fail the test on an error."""
        __tracebackhide__ = True
        from pytest_sellerspec.marks import scope

        test = scope(self._request.node, self._state)
        for marketplace, path in self._played:
            for recorded in files.read(path).exchanges if path.is_file() else ():
                if is_ignored(recorded.exchange, self._state.project.settings.ignored_urls):
                    continue
                try:
                    called = self._state.project.called(recorded.exchange, likely=marketplace)
                except UnknownName as error:
                    pytest.fail(f"{recorded.place}: {unknown(recorded, error)}", pytrace=False)
                report = self._state.check_exchange(recorded.exchange, called, scope=test, source="cassettes")
                if not report.ok:
                    what = f"{recorded.place} {called.operation.key}"
                    pytest.fail(report.to_text(what), pytrace=False)
