"""Tests without code: payload files, recorded exchanges, and the operations of a marketplace to fuzz."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from pytest_sellerspec import option, state_of
from sellerspec import cassettes, contract
from sellerspec.cassettes import files
from sellerspec.cassettes.operations import hint
from sellerspec.contract.examples import named
from sellerspec.contract.project import Scope, names
from sellerspec.errors import ParseError, SellerspecError, UnknownName
from sellerspec.io import records, resources
from sellerspec.model import Report

FUZZ = "sellerspec-fuzz"
"""First part of the node id of a fuzzed operation: `sellerspec-fuzz/tiki::createProduct`."""


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
        if path.suffix == ".json" and _below(path, self._payloads):
            if path.name.endswith(".facts.json"):
                return None
            payload: PayloadFile = PayloadFile.from_parent(parent, path=file_path)
            return payload
        if path.suffix in (".yaml", ".yml", ".json") and _below(path, self._cassettes):
            recorded: CassetteFile = CassetteFile.from_parent(parent, path=file_path)
            recorded.checker = self._checker
            return recorded
        return None

    @cached_property
    def _checker(self) -> cassettes.Checker:
        overlays = state_of(self._config).project.settings.overlays
        return cassettes.Checker(cassettes.Settings(overlays=overlays))


def _folders(config: pytest.Config, name: str) -> list[Path]:
    folders = [Path(config.invocation_params.dir, folder).resolve() for folder in option(config, name)]
    for folder in folders:
        if not folder.is_dir():
            raise pytest.UsageError(f"--sellerspec-{name}: there is no folder {folder}")
    return folders


def _below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


class _Item(pytest.Item):
    """One test without code; a failure shows findings and no traceback."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what is shown."""
        if isinstance(excinfo.value, Failed | SellerspecError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

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

    def runtest(self) -> None:
        """Check the file."""
        from sellerspec.contract.recognise import recognise

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
            key = key or recognise(value, overlays=project.settings.overlays)
            report = state.check(key, value, facts=facts, scope=test, source="payloads")
        self._compare(report, {rule.id for rule in project.contract(key.partition("/")[0]).rules()})

    def _compare(self, report: Report, rules: set[str]) -> None:
        """Fail if the report contradicts the folder or the name of the file."""
        if self.path.parent.name != "invalid":
            if not report.ok:
                raise Failed(report.to_text())
            return
        rule = ".".join(self.path.name.split(".")[:2])
        if rule in rules and rule not in {finding.rule for finding in report.findings}:
            raise Failed(f"{report.to_text()}\n  it is named after `{rule}`, which it does not break")
        if rule not in rules and report.ok:
            raise Failed(f"{report.to_text()}\n  it lies in a folder `invalid`, and nothing refuses it")


class CassetteFile(pytest.File):
    """One cassette."""

    checker: cassettes.Checker

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test for each exchange, or one that shows why the file cannot be read."""
        try:
            cassette = files.read(self.path)
        except ParseError as error:
            item: CassetteItem = CassetteItem.from_parent(self, name="cassette")
            item.problem = error
            yield item
            return
        for recorded in cassette.exchanges:
            item = CassetteItem.from_parent(self, name=f"{recorded.index}-{recorded.exchange.method}")
            item.recorded, item.checker = recorded, self.checker
            yield item


class CassetteItem(_Item):
    """Checks one recorded exchange."""

    recorded: files.Recorded
    checker: cassettes.Checker
    problem: ParseError | None = None

    def runtest(self) -> None:
        """Check the exchange as `sellerspec cassettes check` does."""
        if self.problem is not None:
            raise self.problem
        state = state_of(self.config)
        report = state.project.settled(self.checker.exchange(self.recorded), Scope(strict=state.strict))
        self._cover()
        if not report.ok:
            raise Failed(report.to_text(f"{self.recorded.place} {report.operation}"))

    def _cover(self) -> None:
        state, recorded = state_of(self.config), self.recorded
        folder = hint(recorded.file)
        operation = recorded.origin.operation or folder.webhook or None
        try:
            called = state.project.called(
                recorded.exchange, operation=operation, marketplace=folder.marketplace
            )
        except UnknownName:
            return
        state.cover(recorded.exchange, called, source="cassettes")


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

    def runtest(self) -> None:
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
            raise Failed("\n  ".join([count, *map(str, result.findings), *unjudged]))


def _headers(options: Iterable[str]) -> dict[str, str]:
    """Return the headers of texts such as `tiki-api: FAKE`."""
    headers: dict[str, str] = {}
    for text in options:
        name, colon, value = text.partition(":")
        if not colon:
            raise pytest.UsageError("--sellerspec-header is written NAME: VALUE")
        headers[name.strip()] = value.strip()
    return headers
