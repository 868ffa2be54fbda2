"""Fuzz a server that claims to implement a marketplace's API, beyond its schemas.

`run` sends the examples of the spec, violations of each rule, the documented sequences, cases of
schemathesis and variations of valid payloads. It compares the server's verdict on every request
with `sellerspec.check`. `receive` does the same with a receiver of webhooks. Nothing is sent
anywhere but to the server that is named.
"""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from sellerspec import marketplaces
from sellerspec.errors import UnknownName, needs
from sellerspec.fuzz import baseline as baselines
from sellerspec.fuzz import examples_phase, generated
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.options import PHASES, chosen, options_of
from sellerspec.fuzz.receivers import receive
from sellerspec.fuzz.result import FuzzResult, concluded
from sellerspec.fuzz.scenarios import scenario
from sellerspec.fuzz.session import Session
from sellerspec.fuzz.target import Target

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
    """Fuzz a server and return findings and coverage.

    Args:
        marketplace: whose API the server claims to be.
        app: an ASGI application, called in this process. Give either `app` or `url`.
        url: the address of a server.
        seed: the same seed sends the same calls to a server in the same state, if the time suffices.
        max_time: seconds after which nothing more is sent.
        include: operations (key or id), `tag:NAME`s or rules, `*` allowed; empty is everything.
        exclude: patterns as for `include`, to be left out.
        phases: some of `PHASES`.
        baseline: path of a file of known findings.
        progress: called with phase, requests and findings so far.
        verify: whether TLS certificates are verified.
        settings: `profile` (`quick`, `realistic`, `hostile`), `headers`, `other_headers`, `facts`,
            `ids`, `rate_limit` (calls a second to one operation), `timeout` (seconds), `largest` (bytes
            of a response), `max_findings`, `listen` (address for notices).

    Raises:
        UnknownName: there is no such marketplace, profile, phase, operation or rule.
        UsageError: neither or both of `app` and `url`, or an unknown setting or invalid value.
        MissingExtra: schemathesis, hypothesis or httpx is not installed.
        ParseError: the baseline cannot be read.
    """
    if marketplace not in marketplaces.names():
        raise UnknownName("marketplace", marketplace, marketplaces.names())
    needs("fuzz", "hypothesis", "schemathesis", "httpx")  # before anything is sent
    from sellerspec.fuzz.transport import connected

    options = options_of(
        seed=seed,
        max_time=max_time,
        include=tuple(include),
        exclude=tuple(exclude),
        phases=tuple(phases),
        **settings,
    )
    operations, rules = chosen(marketplace, options)
    known = baselines.read(Path(baseline)) if baseline is not None else ()
    transport = connected(options, app=app, url=url, verify=verify)
    try:
        session = Session(marketplace, transport, options, progress=progress)
        target = Target(session, transport, scenario(marketplace), options)
        target.detect_sandbox()
        session.coverage.known_transitions = target.scenario.transitions
        steps = _steps(target, operations, rules)
        session.run(
            (phase, SHARES[phase], partial(target.start, steps[phase]))
            for phase in PHASES
            if phase in options.phases
        )
    finally:
        transport.close()
    return concluded(session, known, operations)


def _steps(
    target: Target, operations: tuple[str, ...], rules: tuple[str, ...]
) -> dict[str, Callable[[], None]]:
    """Return what each phase does."""
    return {
        "examples": partial(examples_phase.run_examples, target, operations),
        "rules": partial(examples_phase.run_rules, target, operations, rules),
        "sequences": partial(target.run_sequences, operations),
        "schemathesis": partial(generated.run_schemathesis, target, operations),
        "variations": partial(generated.run_variations, target, operations),
    }
