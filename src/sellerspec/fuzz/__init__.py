"""Fuzz a server that claims to implement a marketplace's API, past its business rules.

`run` sends the spec's examples, one violation of each rule after the other, the documented
sequences, schemathesis' cases and variations of good payloads, and compares the server's verdict
on every request with `sellerspec.check`. `receive` does the like to a receiver of webhooks.
Nothing is sent anywhere but to the server that is named.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sellerspec import marketplaces
from sellerspec.errors import UnknownName, UsageError, needs
from sellerspec.fuzz import baseline as baselines
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.options import PHASES, Options, chosen
from sellerspec.fuzz.receivers import receive
from sellerspec.fuzz.result import FuzzResult
from sellerspec.fuzz.scenarios import scenario
from sellerspec.fuzz.session import Finished, Session
from sellerspec.fuzz.target import Target
from sellerspec.fuzz.transport import AppTransport, Transport, UrlTransport

__all__ = ["PHASES", "FuzzFinding", "FuzzResult", "receive", "run"]

SHARES = {"examples": 0.3, "rules": 0.5, "sequences": 0.5, "schemathesis": 0.6, "variations": 1.0}
"""Phase -> the share of the time then left that it may take."""


def run(
    marketplace: str,
    *,
    app: Any = None,
    url: str | None = None,
    seed: int = 0,
    max_time: float = 60.0,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    phases: Iterable[str] = PHASES,
    baseline: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    verify: bool = True,
    **settings: Any,
) -> FuzzResult:
    """Fuzz a server and return what was found and covered.

    Args:
        marketplace: whose API the server claims to be.
        app: any ASGI application, called in this process; or
        url: the address of a server.
        seed: the same seed sends the same to a server in the same state, as far as time allows.
        max_time: seconds after which nothing more is sent.
        include: operations (key or id), `tag:NAME`s or rules, `*` allowed; empty is everything.
        exclude: the same, left out.
        phases: some of `PHASES`.
        baseline: path of a file of known findings.
        progress: called with phase, requests and findings so far.
        verify: whether certificates are checked.
        settings: `profile` (`quick`, `realistic`, `hostile`), `headers`, `other_headers`, `facts`,
            `ids`, `rate_limit`, `timeout`, `largest`, `max_findings`, `listen`; see `Options`.

    Raises:
        UnknownName: there is no such marketplace, profile, phase, operation or rule.
        UsageError: neither or both of `app` and `url`, or a setting that makes no sense.
        MissingExtra: schemathesis, hypothesis or httpx is not installed.
        ParseError: the baseline cannot be read.
    """
    if marketplace not in marketplaces.names():
        raise UnknownName("marketplace", marketplace, marketplaces.names())
    if (app is None) == (url is None):
        raise UsageError("give either `app` or `url`: one server to fuzz")
    needs("fuzz", "hypothesis", "schemathesis")  # before anything is sent: half a run says nothing
    options = _options(
        {
            "seed": seed,
            "max_time": max_time,
            "include": tuple(include),
            "exclude": tuple(exclude),
            "phases": tuple(phases),
            **settings,
        }
    )
    operations, rules = chosen(marketplace, options)
    known = baselines.read(Path(baseline)) if baseline is not None else ()
    transport: Transport
    if app is not None:
        transport = AppTransport(app, timeout=options.timeout, largest=options.largest)
    else:
        transport = UrlTransport(str(url), timeout=options.timeout, largest=options.largest, verify=verify)
    try:
        session = _fuzz(marketplace, transport, options, operations, rules, progress)
    finally:
        transport.close()
    new, old, stale = baselines.applied(session.findings.all(), known)
    return FuzzResult(
        marketplace,
        options.seed,
        options.profile,
        new,
        session.coverage,
        session.requests,
        session.seconds,
        old,
        stale,
        session.gone,
        tuple(operation for operation in operations if not session.coverage.operations[operation]),
    )


def _options(given: dict[str, Any]) -> Options:
    try:
        return Options(**given)
    except TypeError as error:
        raise UsageError(f"no such setting of a run: {str(error).rpartition(' ')[2]}") from None


def _fuzz(
    marketplace: str,
    transport: Transport,
    options: Options,
    operations: tuple[str, ...],
    rules: tuple[str, ...],
    progress: Callable[[str, int, int], None] | None,
) -> Session:
    from sellerspec.fuzz.examples_phase import run_examples, run_rules
    from sellerspec.fuzz.generated import run_schemathesis, run_variations

    session = Session(marketplace, transport, options, progress=progress)
    notes = scenario(marketplace)
    target = Target(session, transport, notes, options)
    session.coverage.known_transitions = notes.transitions
    session.enter("examples", SHARES["examples"])
    target.meet()
    steps: dict[str, Callable[[], None]] = {
        "examples": lambda: run_examples(target, operations),
        "rules": lambda: run_rules(target, operations, rules),
        "sequences": lambda: _sequences(target, operations),
        "schemathesis": lambda: run_schemathesis(target, operations),
        "variations": lambda: run_variations(target, operations),
    }
    for phase in PHASES:
        if phase in options.phases and not session.gone:
            session.enter(phase, SHARES[phase])
            try:
                target.reset()
                notes.learn(target)
                steps[phase]()
            except Finished:
                if (
                    session.options.max_findings is not None
                    and len(session.findings.all()) >= session.options.max_findings
                ):
                    break
    return session


def _sequences(target: Target, operations: tuple[str, ...]) -> None:
    """Run each documented sequence that is about an operation which was asked for."""
    named = {operation.partition("/")[2] for operation in operations}
    for sequence in target.scenario.sequences:
        if named & sequence.uses:
            target.reset()
            sequence.run(target)
