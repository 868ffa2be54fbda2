"""Tests without code: payload files, recorded exchanges, and the operations of a marketplace to fuzz."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_sellerspec import option, state_of
from sellerspec import cassettes, contract
from sellerspec.cassettes import format
from sellerspec.cassettes.place import hint
from sellerspec.contract.examples import named
from sellerspec.contract.project import Scope, failing, names
from sellerspec.errors import ParseError, SellerspecError, UnknownName
from sellerspec.io import records
from sellerspec.model import Report

FUZZ = "sellerspec-fuzz"
"""First part of the node id of a fuzzed operation: `sellerspec-fuzz/tiki::createProduct`."""


class Found(Exception):
    """An item has findings; its text is what is shown."""


class Collector:
    """Collects the files below the folders that the options name."""

    def __init__(self, config: pytest.Config) -> None:
        """Add the folders, and the specs to fuzz, to what pytest walks through.

        Raises:
            pytest.UsageError: a folder is not there, or a marketplace is not known.
        """
        self._payloads = _folders(config, "payloads")
        self._cassettes = _folders(config, "cassettes")
        self._specs: dict[Path, str] = {}
        try:
            for name in names(option(config, "fuzz")):
                self._specs[contract.contract(name).spec.path.resolve()] = name
        except SellerspecError as error:
            raise pytest.UsageError(f"--sellerspec-fuzz: {error}") from None
        self._checker: cassettes.Checker | None = None
        self._arrange(config)

    def _arrange(self, config: pytest.Config) -> None:
        by_name = {f"{FUZZ}/{name}": str(path) for path, name in self._specs.items()}
        for index, each in enumerate(config.args):
            place, colons, below = each.partition("::")
            if place in by_name:
                config.args[index] = by_name[place] + colons + below
        if any("::" in arg for arg in config.args):
            return  # single tests were chosen
        # what the ini file names joins a whole run; a run of named files is left as it is
        named = config.args_source is pytest.Config.ArgsSource.ARGS
        wanted: list[Path] = []
        for name, found in (
            ("payloads", self._payloads),
            ("cassettes", self._cassettes),
            ("fuzz", list(self._specs)),
        ):
            if not named or config.getoption(f"sellerspec_{name}") is not None:
                wanted.extend(found)
        for path in wanted:
            given = [Path(config.invocation_params.dir, arg).resolve() for arg in config.args]
            if not any(path.is_relative_to(each) for each in given):
                config.args.append(str(path))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Take a file below one of the folders."""
        path = file_path.resolve()
        if path in self._specs:
            name = self._specs[path]
            spec: FuzzFile = FuzzFile.from_parent(parent, path=file_path, nodeid=f"{FUZZ}/{name}")
            spec.marketplace = name
            return spec
        if path.suffix == ".json" and _below(path, self._payloads):
            if path.name.endswith(".facts.json"):
                return None
            payload: PayloadFile = PayloadFile.from_parent(parent, path=file_path)
            return payload
        if path.suffix in (".yaml", ".yml", ".json") and _below(path, self._cassettes):
            recorded: CassetteFile = CassetteFile.from_parent(parent, path=file_path)
            recorded.checker = self._check(parent.config)
            return recorded
        return None

    def _check(self, config: pytest.Config) -> cassettes.Checker:
        if self._checker is None:
            overlays = state_of(config).project.settings.overlays
            self._checker = cassettes.Checker(cassettes.Settings(overlays=overlays))
        return self._checker


def _folders(config: pytest.Config, name: str) -> list[Path]:
    found = [Path(config.invocation_params.dir, each).resolve() for each in option(config, name)]
    for each in found:
        if not each.is_dir():
            raise pytest.UsageError(f"--sellerspec-{name}: there is no folder {each}")
    return found


def _below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


class _Item(pytest.Item):
    """One check without test code; shows findings, not a traceback."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what is shown."""
        if isinstance(excinfo.value, Found | SellerspecError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the item stands."""
        return self.path, None, self.name


class PayloadFile(pytest.File):
    """One payload, or one exchange written as JSON."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the one check."""
        yield PayloadItem.from_parent(self, name="payload")


class PayloadItem(_Item):
    """Checks a payload file.

    Its folders name the operation, `<marketplace>/<operationId>/...`, else its members do. In a folder
    `invalid` it must break the rule it is named after, or any, if it is not named after one.
    """

    def runtest(self) -> None:
        """Check the file."""
        from sellerspec.cli import inputs
        from sellerspec.contract.recognise import recognise

        known = state_of(self.config)
        project = known.project
        value = _read(self.path)
        given = records.facts_beside(self.path)
        operation = named(self.path.parent).operation
        told = operation.key if operation is not None else None
        scope = Scope(strict=known.strict)
        if inputs.is_exchange(value, self.path.name):
            exchange = records.exchange(value)
            called = project.called(exchange, operation=told)
            report = project.check_exchange(exchange, called, facts=given, scope=scope)
            key = called.operation.key
            if known.coverage is not None:
                known.coverage.exchange(
                    called.operation, exchange, called.match.path, called.match.query,
                    project.facts(key, given), source="payloads",
                )  # fmt: skip
        else:
            key = told or recognise(value, overlays=project.settings.overlays)
            report = project.check(key, self.path.read_bytes(), facts=given, scope=scope)
            if known.coverage is not None:
                ready = project.operation(key)
                known.coverage.payload(ready, value, project.facts(key, given), source="payloads")
        self._validate(report, {rule.id for rule in project.contract(key.partition("/")[0]).rules()})

    def _validate(self, report: Report, rules: set[str]) -> None:
        if self.path.parent.name != "invalid":
            if not report.ok:
                raise Found(failing(report))
            return
        wanted = ".".join(self.path.name.split(".")[:2])
        if wanted in rules and wanted not in {finding.rule for finding in report.findings}:
            raise Found(f"{failing(report)}\n  it is named after `{wanted}`, which it does not break")
        if wanted not in rules and report.ok:
            raise Found(f"{failing(report)}\n  it lies in a folder `invalid`, and nothing refuses it")


def _read(path: Path) -> Any:
    from sellerspec.io import resources

    return resources.read_json(path)


class CassetteFile(pytest.File):
    """One cassette."""

    checker: cassettes.Checker

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one check for each exchange, or one that says why the file cannot be read."""
        try:
            read = format.read(self.path)
        except ParseError as error:
            item: CassetteItem = CassetteItem.from_parent(self, name="cassette")
            item.problem = error
            yield item
            return
        for exchange in read.exchanges:
            item = CassetteItem.from_parent(self, name=f"{exchange.index}-{exchange.exchange.method}")
            item.recorded, item.checker = exchange, self.checker
            yield item


class CassetteItem(_Item):
    """Checks one recorded exchange."""

    recorded: format.Recorded
    checker: cassettes.Checker
    problem: ParseError | None = None

    def runtest(self) -> None:
        """Check the exchange as `sellerspec cassettes check` does."""
        if self.problem is not None:
            raise self.problem
        known = state_of(self.config)
        found = known.project.settled(self.checker.exchange(self.recorded), Scope(strict=known.strict))
        self._cover()
        if not found.ok:
            raise Found(failing(found, f"{self.recorded.place} {found.operation}"))

    def _cover(self) -> None:
        known = state_of(self.config)
        told = hint(self.recorded.file.rpartition("/")[0])
        try:
            called = known.project.called(
                self.recorded.exchange,
                operation=self.recorded.origin.operation or told.webhook,
                marketplace=told.marketplace,
            )
        except UnknownName:
            return
        if known.coverage is not None:
            match, key = called.match, called.operation.key
            known.coverage.exchange(
                called.operation, self.recorded.exchange, match.path, match.query,
                known.project.facts(key), source="cassettes",
            )  # fmt: skip


class FuzzFile(pytest.File):
    """The spec of a marketplace whose operations are fuzzed."""

    marketplace: str

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item for each operation that a client calls."""
        for operation in contract.contract(self.marketplace).operations():
            if not operation.operation.webhook:
                yield FuzzItem.from_parent(self, name=operation.operation.id, key=operation.key)


class FuzzItem(_Item):
    """Fuzzes one operation."""

    def __init__(self, *, key: str, **others: Any) -> None:
        super().__init__(**others)
        self.key = key

    def runtest(self) -> None:
        """Fuzz, against the URL that was given, or else a sandbox of ours."""
        from sellerspec import fuzz

        try:
            seconds = float(option(self.config, "fuzz_time") or 10)
        except ValueError:
            raise pytest.UsageError("--sellerspec-fuzz-time is a number of seconds") from None
        name, url = self.key.partition("/")[0], option(self.config, "url")
        where: dict[str, Any] = {"url": url, "headers": _headers(option(self.config, "header"))}
        if not url:
            from sellerspec import sandbox

            application = sandbox.app(name)
            where = {"app": application, "headers": application.sandbox.auth()}
        result = fuzz.run(name, max_time=seconds, include=[self.key], **where)
        if result.findings:
            lines = [
                f"{self.key}: {len(result.findings)} findings",
                *(f"  {finding}" for finding in result.findings),
            ]
            raise Found("\n".join(lines))


def _headers(given: Iterable[str]) -> dict[str, str]:
    """Return the headers of texts such as `tiki-api: FAKE`."""
    found: dict[str, str] = {}
    for each in given:
        name, colon, value = each.partition(":")
        if not colon:
            raise pytest.UsageError("--sellerspec-header is written NAME: VALUE")
        found[name.strip()] = value.strip()
    return found
