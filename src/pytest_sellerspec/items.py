"""Tests without code: payload files, recorded exchanges, and the operations of a marketplace to fuzz."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

from pytest_sellerspec import option, state_of
from pytest_sellerspec.faults import not_judged
from sellerspec import cassettes, contract
from sellerspec.cassettes import files
from sellerspec.cassettes.files.reading import is_recording
from sellerspec.cassettes.rules import NOT_JUDGED
from sellerspec.contract.examples import named
from sellerspec.contract.project import Scope, names
from sellerspec.errors import ParseError, SellerspecError, UsageError
from sellerspec.io import records, resources
from sellerspec.io.folders import CATALOGUES, files_below, has_suffix
from sellerspec.model import Report
from sellerspec.reporting.discreetly import discreetly

FUZZ = "sellerspec-fuzz"
"""First part of the node id of a fuzzed operation: `sellerspec-fuzz/tiki::createProduct`."""


CATALOGUE = (
    "a catalogue, which is no payload file: check it with `sellerspec check`, and keep it in another folder"
)


class Failed(Exception):
    """An item has failed; the text is shown."""


class Collector:
    """Collects the files below the folders that the options name."""

    def __init__(self, config: pytest.Config) -> None:
        """Add the folders, and the specs to fuzz, to the arguments of pytest.

        Raises:
            pytest.UsageError: a folder does not exist, or a marketplace is not known.
        """
        self._payloads = _folders(config, "payloads")
        self._cassettes = _folders(config, "cassettes")
        self._specs: dict[Path, str] = {}
        try:
            for name in names(option(config, "fuzz")):
                self._specs[contract.contract(name).spec.path.resolve()] = name
        except SellerspecError as error:
            raise pytest.UsageError(f"--sellerspec-fuzz: {error}") from None
        self._config = config
        self._collected: set[Path] = set()
        self._added: list[tuple[str, Path]] = []
        self._replace_fuzz_ids(config)
        self._add_arguments(config)

    def _replace_fuzz_ids(self, config: pytest.Config) -> None:
        """Replace the node ids of fuzzed operations by the files of their specs."""
        by_name = {f"{FUZZ}/{name}": str(path) for path, name in self._specs.items()}
        for index, arg in enumerate(config.args):
            file, colons, test = arg.partition("::")
            config.args[index] = by_name.get(file, file) + colons + test

    def _add_arguments(self, config: pytest.Config) -> None:
        """Add folders and specs; those of the ini file only to a run without arguments."""
        if any("::" in arg for arg in config.args):
            return  # single tests were chosen
        from_ini = config.args_source is not pytest.Config.ArgsSource.ARGS
        added: list[Path] = []
        for name, paths in (
            ("payloads", self._payloads),
            ("cassettes", self._cassettes),
            ("fuzz", list(self._specs)),
        ):
            if from_ini or config.getoption(f"sellerspec_{name}") is not None:
                added.extend(paths)
                self._added.extend((name, path) for path in paths if name != "fuzz")
        for path in added:
            given = [Path(config.invocation_params.dir, arg).resolve() for arg in config.args]
            if not _below(path, given):
                config.args.append(str(path))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a file below one of the folders."""
        path = file_path.resolve()
        if path in self._specs:
            name = self._specs[path]
            spec: FuzzFile = FuzzFile.from_parent(parent, path=file_path, nodeid=f"{FUZZ}/{name}")
            spec.marketplace = name
            return spec
        if _is_of("payloads", file_path) and self._named_below(file_path, self._payloads):
            self._collected.add(path)
            payload: PayloadFile = PayloadFile.from_parent(parent, path=file_path)
            return payload
        if _is_of("cassettes", file_path) and self._named_below(file_path, self._cassettes):
            self._collected.add(path)
            recorded: CassetteFile = CassetteFile.from_parent(parent, path=file_path)
            recorded.checker = self._checker
            return recorded
        return None

    def _named_below(self, file_path: Path, folders_of: Collection[Path]) -> bool:
        """Return whether a folder in the name of a file is one of some folders, whatever links it has."""
        return any(self._resolved(str(parent)) in folders_of for parent in file_path.absolute().parents)

    @staticmethod
    @cache
    def _resolved(folder: str) -> Path:
        return Path(folder).resolve()

    def pytest_collection_finish(self) -> None:
        """Report the files of the folders that pytest has left out.

        Raises:
            pytest.UsageError: pytest has left out all files of a folder.
        """
        for name, folder in self._added:
            files_of = list(_files_of(name, folder))
            left_out = [path for path in files_of if path.resolve() not in self._collected]
            if not left_out:
                continue
            text = (
                f"--sellerspec-{name}: {len(left_out)} of {len(files_of)} files below {folder} are not"
                f" checked, such as {left_out[0].relative_to(folder)}: pytest leaves out the folders of"
                " `norecursedirs`, and what `--ignore` or `collect_ignore` names"
            )
            if len(left_out) == len(files_of):
                raise pytest.UsageError(text)
            state_of(self._config).lines.append(f"sellerspec: {text}")

    @cached_property
    def _checker(self) -> cassettes.Checker:
        own = state_of(self._config).project.settings
        return cassettes.Checker(
            cassettes.Settings(
                marketplace=own.marketplace, ignored_urls=own.ignored_urls, overlays=own.overlays
            )
        )


def _folders(config: pytest.Config, name: str) -> list[Path]:
    folders = [Path(config.invocation_params.dir, folder).resolve() for folder in option(config, name)]
    for folder in folders:
        if not folder.is_dir():
            raise pytest.UsageError(f"--sellerspec-{name}: there is no folder {folder}")
        try:
            found = list(_files_of(name, folder))
        except ParseError as error:
            raise pytest.UsageError(f"--sellerspec-{name}: {error}") from None
        if not found:
            raise pytest.UsageError(f"--sellerspec-{name}: {folder} holds no file to check")
        lost = next((path for path in found if not path.exists()), None)
        if lost is not None:  # pytest would pass over it
            raise pytest.UsageError(f"--sellerspec-{name}: the link {lost} leads nowhere")
    return folders


def _files_of(name: str, folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that `--sellerspec-payloads` or `--sellerspec-cassettes` checks."""
    return (path for path in files_below(folder) if _is_of(name, path))


def _is_of(name: str, path: Path) -> bool:
    """Return whether the name of a file is that of a payload, or of a cassette."""
    if name == "payloads":
        kinds = (".json", *CATALOGUES)
        return has_suffix(path, kinds) and not path.name.endswith(".facts.json")
    return is_recording(path)


def _below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


class _Item(pytest.Item):
    """One test without code; a failure shows findings and no traceback.

    It is checked in the setup phase. If it cannot be checked there, pytest reports an error, not a failure.
    """

    _failure: Failed | None = None

    @abstractmethod
    def check(self) -> None:
        """Check the item.

        Raises:
            Failed: it has findings.
            SellerspecError: it cannot be checked.
        """

    def setup(self) -> None:
        """Check the item, and keep a failure for the call phase."""
        self._failure = None
        with not_judged():
            try:
                self.check()
            except Failed as failure:
                self._failure = failure

    def runtest(self) -> None:
        """Fail if the item has findings."""
        if self._failure is not None:
            pytest.fail(str(self._failure), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the place of the item."""
        return self.path, None, self.name


class PayloadFile(pytest.File):
    """One payload, or one exchange as JSON."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the one test."""
        yield PayloadItem.from_parent(self, name="payload")


class PayloadItem(_Item):
    """Checks a payload file.

    The folders name the operation, `<marketplace>/<operationId>/...`; otherwise it is recognised by
    its members. In a folder `invalid` the payload must break the rule that the file is named after;
    a file named after no rule, any rule.
    """

    def check(self) -> None:
        """Check the file."""
        from sellerspec.contract.recognise import recognise

        if has_suffix(self.path, CATALOGUES):
            raise UsageError(CATALOGUE)
        state = state_of(self.config)
        project, test = state.project, Scope(strict=state.strict)
        value = resources.read_json(self.path)
        facts = records.facts_beside(self.path)
        operation = named(self.path.parent).operation
        key = operation.key if operation is not None else None
        if records.is_exchange(value, self.path.name):
            exchange = records.exchange(value)
            called = project.called(exchange, operation=key)
            key = called.operation.key
            report = state.check_exchange(exchange, called, scope=test, source="payloads", facts=facts)
        else:
            own = project.settings
            key = key or recognise(value, overlays=own.overlays, generation=own.marketplace)
            report = state.check(key, value, facts=facts, scope=test, source="payloads")
        self._compare(report, {rule.id for rule in project.contract(key.partition("/")[0]).rules()})

    def _compare(self, report: Report, rules: set[str]) -> None:
        """Fail if the report contradicts the folder or the name of the file."""
        text = discreetly(report).to_text()
        if self.path.parent.name != "invalid":
            if not report.ok:
                raise Failed(text)
            return
        rule = ".".join(self.path.name.split(".")[:2])
        if rule in rules and rule not in {finding.rule for finding in report.findings}:
            raise Failed(f"{text}\n  it is named after `{rule}`, which it does not break")
        if rule not in rules and report.ok:
            raise Failed(f"{text}\n  it lies in a folder `invalid`, and nothing refuses it")


class CassetteFile(pytest.File):
    """One cassette."""

    checker: cassettes.Checker

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test for each exchange, or one that shows why there is none."""
        try:
            exchanges = self._exchanges()
        except Exception as error:  # its item raises it again, and `not_judged` reports it
            item: CassetteItem = CassetteItem.from_parent(self, name="cassette")
            item.problem = error
            yield item
            return
        for recorded in exchanges:
            item = CassetteItem.from_parent(self, name=f"{recorded.index}-{recorded.exchange.method}")
            item.recorded, item.checker = recorded, self.checker
            yield item

    def _exchanges(self) -> tuple[files.Recorded, ...]:
        exchanges = files.read(self.path).exchanges
        if not exchanges:
            raise ParseError(files.EMPTY, name=str(self.path))
        return exchanges


class CassetteItem(_Item):
    """Checks one recorded exchange."""

    recorded: files.Recorded
    checker: cassettes.Checker
    problem: Exception | None = None

    def check(self) -> None:
        """Check the exchange as `sellerspec cassettes check` does."""
        if self.problem is not None:
            raise self.problem
        state, place = state_of(self.config), self.recorded.place
        checked = self.checker.exchange(self.recorded)
        unjudged = [finding for finding in checked.findings if finding.rule in NOT_JUDGED]
        if unjudged:
            raise UsageError("\n".join(f"{place}: {finding.message}" for finding in unjudged))
        state.exchanges["judged" if checked.operation else "ignored"] += 1
        if checked.operation:
            self._cover(checked.operation)
        report = state.project.settled(checked, Scope(strict=state.strict))
        if not report.ok:
            raise Failed(discreetly(report).to_text(f"{place} {report.operation}"))

    def _cover(self, key: str) -> None:
        state, exchange = state_of(self.config), self.recorded.exchange
        state.cover(exchange, state.project.called(exchange, operation=key), source="cassettes")


class FuzzFile(pytest.File):
    """The spec of a marketplace whose operations are fuzzed."""

    marketplace: str

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test for each operation that a client calls."""
        for operation in contract.contract(self.marketplace).operations():
            if not operation.operation.webhook:
                yield FuzzItem.from_parent(self, name=operation.operation.id, key=operation.key)


class FuzzItem(_Item):
    """Fuzzes one operation."""

    def __init__(self, *, key: str, **others: Any) -> None:
        super().__init__(**others)
        self.key = key

    def check(self) -> None:
        """Fuzz the server at the given URL; without a URL a sandbox."""
        from sellerspec import fuzz

        try:
            seconds = float(option(self.config, "fuzz_time") or 10)
        except ValueError:
            raise pytest.UsageError("--sellerspec-fuzz-time is a number of seconds") from None
        marketplace, url = self.key.partition("/")[0], option(self.config, "url")
        target: dict[str, Any] = {"url": url, "headers": _headers(option(self.config, "header"))}
        if not url:
            from sellerspec import sandbox

            application = sandbox.app(marketplace)
            target = {"app": application, "headers": application.sandbox.auth()}
        result = fuzz.run(marketplace, max_time=seconds, include=[self.key], **target)
        if result.exit_code:
            count = f"{self.key}: {len(result.findings)} findings"
            unjudged = (f"{name}: {reason}" for name, reason in result.unjudged.items())
            text = "\n  ".join([count, *map(str, result.findings), *unjudged])
            raise Failed(text) if result.findings else UsageError(text)


def _headers(options: Iterable[str]) -> dict[str, str]:
    """Return the headers of texts such as `tiki-api: FAKE`."""
    headers: dict[str, str] = {}
    for text in options:
        name, colon, value = text.partition(":")
        if not colon:
            raise pytest.UsageError("--sellerspec-header is written NAME: VALUE")
        headers[name.strip()] = value.strip()
    return headers
