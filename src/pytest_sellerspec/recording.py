"""The fixture `sellerspec_vcr`: a test's cassette, scrubbed when it is written, checked when it is played."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_sellerspec import option
from sellerspec.cassettes import format
from sellerspec.contract.project import failing
from sellerspec.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from pytest_sellerspec.state import State

MODES = ("none", "once", "new_episodes", "all")


class Vcr:
    """Plays and records; see the fixture `sellerspec_vcr`."""

    def __init__(self, state: "State", request: pytest.FixtureRequest, folder: Path) -> None:
        self._state = state
        self._request = request
        self._folder = folder
        self._played: list[tuple[str, Path]] = []

    @contextmanager
    def __call__(self, marketplace: str, *, name: str = "", **settings: Any) -> Iterator[Any]:
        """Play a cassette in a `with` block, or record it if `--sellerspec-record` says so.

        A test that is marked `vcr` has a cassette of pytest-recording open already: it is used
        as it is, and only checked.

        Args:
            marketplace: whose contract and secret names count.
            name: of the cassette; by default `<module>/<test>`.
            settings: as for `sellerspec.cassettes.record.vcr`.

        Yields:
            The cassette of vcrpy.

        Raises:
            MissingExtra: vcrpy is not installed.
            UsageError: there is no such record mode.
        """
        theirs = self._open_already()
        if theirs is not None:
            path = getattr(theirs, "_path", None)
            yield theirs
            if path is not None:
                self._played.append((marketplace, Path(path)))
            return
        mode = option(self._state.config, "record") or "none"
        if mode not in MODES:
            raise UsageError(f"--sellerspec-record is one of {', '.join(MODES)}, not `{mode[:20]}`")
        from sellerspec.cassettes import record

        path = self._folder / f"{name or self._name()}.yaml"
        given = {"secret_members": self._state.secret_members, "record_mode": mode, **settings}
        with record.vcr(marketplace, **given).use_cassette(str(path)) as opened:
            yield opened
        self._played.append((marketplace, path))

    def _open_already(self) -> Any:
        """Return the cassette that pytest-recording has opened for this test; None if it has none."""
        if self._request.node.get_closest_marker("vcr") is None:
            return None
        return self._request.getfixturevalue("vcr")

    def _name(self) -> str:
        module = self._request.path.stem
        return f"{module}/{re.sub(r'[^A-Za-z0-9_.-]+', '-', self._request.node.name)}"

    def finish(self) -> None:
        """Check what was played, and note what it covers; fail the test with what is found."""
        __tracebackhide__ = True
        from pytest_sellerspec.marks import scope

        lens = scope(self._request.node, self._state)
        project = self._state.project
        for marketplace, path in self._played:
            if not path.is_file():
                continue
            for exchange in format.read(path).exchanges:
                try:
                    called = project.called(exchange.exchange, marketplace=marketplace)
                except UnknownName:
                    continue
                report = project.check_exchange(exchange.exchange, called, scope=lens)
                match, key = called.match, called.operation.key
                if self._state.coverage is not None:
                    self._state.coverage.exchange(
                        called.operation, exchange.exchange, match.path, match.query, project.facts(key),
                        source="cassettes",
                    )  # fmt: skip
                if not report.ok:
                    pytest.fail(failing(report, f"{exchange.place} {key}"), pytrace=False)
