"""The pytest plugin: contracts of marketplace seller APIs in an existing test suite.

Nothing is automatic: there is no autouse fixture, and sellerspec is imported only when a fixture, a
marker or an option needs it. Every start of pytest loads this module, so it imports only pytest and
small parts of the standard library.
"""

import sys
from argparse import SUPPRESS
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_sellerspec.fixtures import Check, Guarded, Preflight, Sandboxes
    from pytest_sellerspec.recording import Vcr
    from pytest_sellerspec.state import State

_STATE: "pytest.StashKey[State]" = pytest.StashKey()
_DESELECTED = pytest.StashKey[int]()
_LOST = pytest.StashKey[int]()
_FAILED = pytest.StashKey[bool]()

SCOPES = ("class", "module", "package", "session")
"""The scopes of pytest that are wider than a test."""

MARKER = (
    "sellerspec(*, operation=None, ignore=(), strict=None): check the calls of a test as `operation` if "
    "none is named, without the rules of `ignore`, with warnings as errors if `strict`"
)

OPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("strict", "flag", "", "count warnings as errors"),
    ("payloads", "folders", "DIR", "check each payload file of a folder as one test"),
    ("cassettes", "folders", "DIR", "check each recorded exchange of a folder as one test"),
    ("fuzz", "list", "MARKETPLACE", "fuzz each operation of a marketplace as one test"),
    ("url", "text", "URL", "server that --sellerspec-fuzz sends its requests to; by default a sandbox"),
    ("header", "list", "NAME:VALUE", "header of each request of --sellerspec-fuzz to a URL"),
    ("fuzz-time", "text", "SECONDS", "time to fuzz each operation; by default 10"),
    ("record", "text", "MODE", "record mode of `sellerspec_vcr`: none (default), once, new_episodes, all"),
    ("cov", "list", "MARKETPLACE", "report the contract coverage of these marketplaces, called or not"),
    ("cov-json", "text", "FILE", "write the contract coverage as JSON"),
    ("cov-html", "text", "FILE", "write the contract coverage as one HTML page"),
    ("cov-fail-under", "text", "KIND=PERCENT", "fail below these limits, e.g. operations=90,rules=70"),
    ("cov-partial", "flag", "", "report the contract coverage even if only some tests are run"),
    ("no-cov", "flag", "", "collect no contract coverage"),
    (
        "sandbox-scope",
        "text",
        "SCOPE",
        "scope of `sellerspec_sandbox`: function (default), class, ... session",
    ),
    ("guard-scope", "text", "SCOPE", "scope of `sellerspec_guard`: function (default), class, ... session"),
    (
        "mutate",
        "mode",
        "MODE",
        "run the tests again while a sandbox is changed; MODE is full (default) or quick, a fixed sample",
    ),
    ("mutate-only", "list", "FAMILY", "only these mutations: response, behaviour, defect"),
    ("mutate-operation", "list", "OPERATION", "only mutations of these operations; `*` is any text"),
    ("mutate-seed", "text", "NUMBER", "seed of the sample and of the order of the runs; by default 0"),
    ("mutate-max-time", "text", "SECONDS", "time after which no further run of tests starts"),
    ("mutate-fail-under", "text", "FIGURE=PERCENT", "limits; by default survived=100,noticed=80"),
    ("mutate-accept", "text", "FILE", "weaknesses and gaps that are accepted, with a reason and a date"),
    ("mutate-reproduce", "text", "ID", "only this mutation"),
    ("mutate-format", "text", "FORMAT", "of the report: text (default), json, junit, html, markdown"),
    ("mutate-output", "text", "FILE", "write the report on the mutations to a file"),
    ("mutate-workers", "text", "NUMBER", "number of processes that run tests; by default one for each core"),
)
"""Name, kind, metavar and help of each option; the ini twin of `cov-json` is `sellerspec_cov_json`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options `--sellerspec-...`, each with an ini twin; the command line overrides the ini file."""
    group = parser.getgroup("sellerspec", "contracts of marketplace seller APIs")
    for name, kind, metavar, text in OPTIONS:
        dest = "sellerspec_" + name.replace("-", "_")
        flag = f"--sellerspec-{name}"
        if kind == "flag":
            group.addoption(flag, dest=dest, action="store_true", default=None, help=text)
            parser.addini(dest, text, type="bool", default=False)
        elif kind == "mode":
            group.addoption(
                flag, dest=dest, metavar=metavar, nargs="?", const="full", default=None, help=text
            )
            parser.addini(dest, text, default="")
        elif kind == "text":
            group.addoption(flag, dest=dest, metavar=metavar, default=None, help=text)
            parser.addini(dest, text, default="")
        else:
            group.addoption(flag, dest=dest, metavar=metavar, action="append", default=None, help=text)
            if kind == "folders":
                parser.addini(dest, text, type="paths", default=[])
            else:
                parser.addini(dest, text, type="linelist", default=[])
    group.addoption("--sellerspec-mutate-worker", type=int, default=None, help=SUPPRESS)
    group.addoption("--sellerspec-mutate-wrapped", action="store_true", help=SUPPRESS)


CHOICES = {
    "record": ("none", "once", "new_episodes", "all"),
    "sandbox-scope": ("function", *SCOPES),
    "guard-scope": ("function", *SCOPES),
}
"""Name of an option -> its values; all others are free."""


def option(config: pytest.Config, name: str) -> Any:
    """Return the value of an option, e.g. `cov_json`: command line, else ini file, else default."""
    dest = f"sellerspec_{name}"
    given = config.getoption(dest, default=None)
    return config.getini(dest) if given is None else given


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hooks that a conftest.py may implement."""
    from pytest_sellerspec import hooks

    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and collect tests without code if an option asks for them."""
    _check_options(config)
    config.addinivalue_line("markers", MARKER)
    if any(option(config, name) for name in ("payloads", "cassettes", "fuzz")):
        from pytest_sellerspec.items import Collector

        config.pluginmanager.register(Collector(config), "sellerspec-items")
    if option(config, "cov_fail_under"):
        from pytest_sellerspec.state import limits_of

        limits_of(config)
    _mutate(config)


def _mutate(config: pytest.Config) -> None:
    """Take the part of a worker, or mutate after the tests, if an option says so."""
    number = config.getoption("sellerspec_mutate_worker")
    if number is not None:
        from pytest_sellerspec.mutate.worker import Worker, channel_of

        config.pluginmanager.register(Worker(config, channel_of(number)), "sellerspec-worker")
    elif option(config, "mutate") and not (config.option.collectonly or hasattr(config, "workerinput")):
        from pytest_sellerspec.mutate import Mutating

        config.pluginmanager.register(Mutating(config), "sellerspec-mutate")


def _check_options(config: pytest.Config) -> None:
    """Refuse a name in the ini file that is no option, and a value that an option cannot have.

    Raises:
        pytest.UsageError: pytest itself would only warn of a name, and go on without what it asks for.
    """
    if (of_file := vars(config).get("_inicfg")) is None:  # pytest 9 has no public name for it
        of_file = config.inicfg
    given = [*of_file, *(text.partition("=")[0] for text in config.getoption("override_ini") or ())]
    known = {"sellerspec_" + name.replace("-", "_"): name for name, *_ in OPTIONS}
    for name in given:
        if name.lower().startswith("sellerspec") and name not in known:
            from sellerspec.errors import UnknownName  # a run without a wrong name does not need it

            raise pytest.UsageError(f"the ini file: {UnknownName('option', name[:60], known)}")
    for name, kind, *_ in OPTIONS:
        if kind == "flag" or name in CHOICES:
            _check_value(config, name)


def _check_value(config: pytest.Config, name: str) -> None:
    flag, choices = f"--sellerspec-{name}", CHOICES.get(name)
    try:
        value = option(config, name.replace("-", "_"))
    except (ValueError, pytest.UsageError):
        raise pytest.UsageError(f"{flag} in the ini file is true or false") from None
    if choices and value and value not in choices:
        raise pytest.UsageError(f"{flag} is one of {', '.join(choices)}, not `{value[:20]}`")


def state_of(config: pytest.Config) -> "State":
    """Return the state of this run; the first call makes it and loads sellerspec."""
    if _STATE not in config.stash:
        from pytest_sellerspec.state import State

        config.stash[_STATE] = State(config)
    return config.stash[_STATE]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse markers with invalid arguments before any test runs."""
    marked = [item for item in items if next(item.iter_markers("sellerspec"), None) is not None]
    if marked:
        from pytest_sellerspec.marks import check_markers

        for item in marked:
            check_markers(item, state_of(config))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the tests that do not run: the coverage of the others would mislead."""
    if items:
        stash = items[0].config.stash
        stash[_DESELECTED] = stash.get(_DESELECTED, 0) + len(items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add the state of a worker of pytest-xdist."""
    config: pytest.Config = node.config
    sent = getattr(node, "workeroutput", {}).get("sellerspec")
    if sent is not None:
        state_of(config).merge(sent)
    elif error is not None:
        config.stash[_LOST] = config.stash.get(_LOST, 0) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Evaluate coverage and waivers; a worker of pytest-xdist only sends its state."""
    config = session.config
    asked = option(config, "cov_fail_under") or option(config, "cov")
    wanted = _STATE in config.stash or (asked and not option(config, "no_cov"))
    if not wanted or config.option.collectonly:
        return
    deselected = config.stash.get(_DESELECTED, 0)
    state = state_of(config)
    output = getattr(config, "workeroutput", None)  # only workers of pytest-xdist have it
    if output is not None:
        output["sellerspec"] = state.to_json(deselected)
        return
    from pytest_sellerspec.summary import finish

    failed = True
    try:
        failed = finish(session, state, deselected, lost=config.stash.get(_LOST, 0))
    except Exception as error:  # pytest would print INTERNALERROR, and no summary
        from sellerspec.errors import SellerspecError
        from sellerspec.reporting.unforeseen import reported

        known = isinstance(error, SellerspecError | OSError)
        state.lines.append(f"sellerspec: {error if known else reported(error)}")
    if failed and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if not config.pluginmanager.hasplugin("terminalreporter") and state.lines:
        sys.stderr.writelines(f"{line}\n" for line in state.lines)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print one short section: divergences, unchecked hosts, waivers and the contract coverage."""
    if _STATE in config.stash and (lines := state_of(config).lines):
        if config.getoption("verbose") < 0:
            lines = [line for line in lines if line.startswith("sellerspec:")]
        else:
            terminalreporter.section("sellerspec")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> "Iterator[None]":
    """Note that a test has failed, and acknowledge the violations that pytest reports."""
    if _STATE in item.config.stash:
        from pytest_sellerspec.refusals import acknowledge

        failed_before = call.when != "setup" and item.stash.get(_FAILED, False)  # an item may run again
        failed = call.excinfo is not None and not _is_left_out(call.excinfo.value)
        item.stash[_FAILED] = failed_before or failed
        if failed:
            acknowledge(call.excinfo and call.excinfo.value)
    return (yield)


def _is_left_out(error: BaseException) -> bool:
    """Return whether an exception skips a test, or expects its failure: neither looks at a refusal."""
    unittest = sys.modules.get("unittest")
    skips = (pytest.skip.Exception, pytest.xfail.Exception)
    return isinstance(error, skips) or (unittest is not None and isinstance(error, unittest.SkipTest))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> "Iterator[None]":
    """Fail a test whose guards refused a call that nobody acknowledged, when its fixtures have ended."""
    yield
    if _STATE in item.config.stash:
        from pytest_sellerspec.refusals import fail

        fail(item, state_of(item.config), failed=item.stash.get(_FAILED, False))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the sandboxes that were started."""
    if _STATE in config.stash:
        state_of(config).close()


@pytest.fixture
def preflight(request: pytest.FixtureRequest) -> "Preflight":
    """`preflight("tiki/createProduct", payload)`: fail the test with every finding of a payload."""
    from pytest_sellerspec.fixtures import Preflight

    return Preflight(state_of(request.config), request.node)


@pytest.fixture
def sellerspec_check(request: pytest.FixtureRequest) -> "Check":
    """`sellerspec_check(response)`: fail the test if an exchange breaks the contract."""
    from pytest_sellerspec.fixtures import Check

    return Check(state_of(request.config), request.node)


def _scope(fixture_name: str, config: pytest.Config) -> Any:
    """Return the scope of a fixture that an option sets."""
    name = fixture_name.removeprefix("sellerspec_") + "_scope"
    return option(config, name) or "function"


def _guard(request: pytest.FixtureRequest) -> "Iterator[Guarded]":
    from pytest_sellerspec.fixtures import Guarded

    guarded = Guarded(state_of(request.config), request.node)
    yield guarded
    guarded.release()


def _sandbox(request: pytest.FixtureRequest) -> "Iterator[Sandboxes]":
    from pytest_sellerspec.fixtures import Sandboxes

    sandboxes = Sandboxes(state_of(request.config), shared=request.scope == "function")
    yield sandboxes
    refused = sandboxes.finish()
    if refused and isinstance(request.node, pytest.Item):  # pytest shows it only if the test has failed
        request.node.add_report_section("teardown", "sellerspec", refused)


@pytest.fixture(scope=_scope)
def sellerspec_guard(request: pytest.FixtureRequest) -> "Iterator[Guarded]":
    """`sellerspec_guard(client, "tiki")`: the client, guarded until the test ends."""
    yield from _guard(request)


@pytest.fixture(scope=_scope)
def sellerspec_sandbox(request: pytest.FixtureRequest) -> "Iterator[Sandboxes]":
    """`sellerspec_sandbox("tiki").url`: a running sandbox, in its seeded state at the start of each test."""
    yield from _sandbox(request)


def _in_scope(name: str, scope: Any, made: Any, text: str) -> Any:
    """Return a fixture like `sellerspec_guard` or `sellerspec_sandbox` of a wider scope."""

    def fixture(request: pytest.FixtureRequest) -> Any:
        yield from made(request)

    fixture.__doc__ = text
    return pytest.fixture(scope=scope, name=f"{name}_{scope}")(fixture)


for _wider in SCOPES:
    globals()[f"sellerspec_guard_{_wider}"] = _in_scope(
        "sellerspec_guard", _wider, _guard, f"`sellerspec_guard` whose clients are guarded for a {_wider}."
    )
    globals()[f"sellerspec_sandbox_{_wider}"] = _in_scope(
        "sellerspec_sandbox", _wider, _sandbox,
        f"`sellerspec_sandbox` with sandboxes of its own, which keep their state for a {_wider}.",
    )  # fmt: skip


@pytest.fixture(scope="session")
def sellerspec_cassette_dir(pytestconfig: pytest.Config) -> Path:
    """The folder of the cassettes of `sellerspec_vcr`; override it to keep them elsewhere."""
    return pytestconfig.rootpath / "cassettes"


@pytest.fixture
def sellerspec_vcr(request: pytest.FixtureRequest, sellerspec_cassette_dir: Path) -> "Iterator[Vcr]":
    """`with sellerspec_vcr("tiki"):` plays or records the test's cassette, scrubbed and checked."""
    from pytest_sellerspec.recording import Vcr

    recorder = Vcr(state_of(request.config), request, sellerspec_cassette_dir)
    yield recorder
    recorder.finish()
