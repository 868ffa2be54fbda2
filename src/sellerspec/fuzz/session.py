"""One run: sends within the budget, judges every response, and keeps what was found and covered."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from sellerspec import contract
from sellerspec.fuzz.findings import Findings, FuzzFinding
from sellerspec.fuzz.options import Options
from sellerspec.fuzz.reached import Asked
from sellerspec.fuzz.transport import Call, Got, Transport
from sellerspec.fuzz.verdict import Judged, validator
from sellerspec.model import NO_FACTS, Facts, Json, Severity

TRIES = 4
"""How often a call that was refused with 429 is sent."""

OUT_OF_REACH = 5
"""Calls without any response, one after the other, after which the server counts as gone."""


class Finished(Exception):
    """Nothing more may be sent: the time is up, there are enough findings, or the server has gone."""


@dataclass
class Coverage:
    """What was exercised. Grows."""

    operations: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    """Rules that spoke of something in an exchange that kept them: the request of an accepted call, or
    a response."""

    broken: set[str] = field(default_factory=set)
    transitions: Counter[str] = field(default_factory=Counter)
    known_transitions: tuple[str, ...] = ()
    phases: dict[str, dict[str, float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Json]:
        """Return the coverage as JSON."""
        return {
            "operations": dict(self.operations),
            "statuses": {
                key: {str(s): n for s, n in sorted(each.items())} for key, each in self.statuses.items()
            },
            "rules": {"kept": sorted(self.kept), "broken": sorted(self.broken)},
            "transitions": {
                transition: self.transitions[transition]
                for transition in self.known_transitions or self.transitions
            },
            "phases": self.phases,
        }


class Session:
    """Sends calls and keeps what came of them."""

    def __init__(
        self,
        marketplace: str,
        transport: Transport,
        options: Options,
        *,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self.marketplace = marketplace
        self.options = options
        self.findings = Findings()
        self.coverage = Coverage()
        self.phase = ""
        self.requests = 0
        self._transport = transport
        self._begun = time.monotonic()
        self._ends = self._begun + options.max_time
        self._phase_ends = self._ends
        self._progress = progress
        self._next: dict[str, float] = {}
        self._silent = 0
        self._rules: dict[str, frozenset[str]] = {}
        self._asked = Asked(marketplace)
        self.gone = ""

    @property
    def left(self) -> float:
        """Seconds that the present phase may still take."""
        return min(self._ends, self._phase_ends) - time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begun

    def enter(self, phase: str, share: float = 1.0) -> None:
        """Begin a phase that may take a share of the time that is left."""
        self.phase = phase
        self._phase_ends = time.monotonic() + max(0.0, self._ends - time.monotonic()) * share
        self.coverage.phases.setdefault(phase, {"requests": 0, "seconds": 0.0, "findings": 0})

    def send(
        self,
        call: Call,
        facts: Facts = NO_FACTS,
        *,
        certain: bool = False,
        foreign_method: bool = False,
        quiet: bool = False,
    ) -> Judged:
        """Send a call and judge the response; what is wrong with it is kept.

        Args:
            call: what to send.
            facts: what is known of the server's state.
            certain: whether nothing but the request can be a reason to refuse it.
            foreign_method: whether the path is not made for the method.
            quiet: whether the response is only looked at, because the call is a means to an end.

        Raises:
            Finished: nothing more may be sent.
        """
        got = self._patiently(call)
        judged = validator(call, got, facts, certain=certain, foreign_method=foreign_method)
        if got.problem == "unsendable":
            return judged
        self._cover(call, got, judged, facts)
        for each in () if quiet else judged.trouble:
            self.found(each)
        if self.options.max_findings is not None and len(self.findings.all()) >= self.options.max_findings:
            raise Finished
        return judged

    def found(self, each: FuzzFinding) -> bool:
        """Keep a finding; say whether its cause is new."""
        new = self.findings.add(replace(each, phase=self.phase, requests=self.requests, seconds=self.seconds))
        if new:
            self.coverage.phases[self.phase]["findings"] += 1
        return new

    def expect(
        self,
        fits: bool,
        call: Call,
        kind: str,
        message: str,
        *,
        got: Got | None = None,
        before: Iterable[Call] = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Keep a finding unless a statement about calls holds."""
        if not fits:
            status = got.status if got is not None else None
            self.found(
                FuzzFinding(
                    kind,
                    call.operation,
                    severity,
                    message[:160],
                    status=status,
                    call=call,
                    before=tuple(before),
                )
            )

    def transition(self, name: str) -> None:
        """Note that a step from one operation to the next was taken."""
        self.coverage.transitions[name] += 1

    def _patiently(self, call: Call) -> Got:
        for attempt in range(TRIES):
            self._wait_for_turn(call.operation)
            got = self._transport.send(call)
            self.requests += 1
            numbers = self.coverage.phases[self.phase]
            numbers["requests"] += 1
            numbers["seconds"] = round(numbers["seconds"] + got.seconds, 6)
            if self._progress is not None:
                self._progress(self.phase, self.requests, len(self.findings.all()))
            self._watch(got)
            if got.status != 429 or attempt == TRIES - 1:
                break
            self._pause(_asked_to_wait(got.headers, attempt))
        return got

    def _watch(self, got: Got) -> None:
        """Give up on a server that has stopped answering."""
        self._silent = self._silent + 1 if got.problem in ("unreachable", "hang") else 0
        if self._silent >= OUT_OF_REACH:
            self.gone = f"{self._silent} calls in a row got no answer: {got.detail}"

    def _wait_for_turn(self, operation: str) -> None:
        if self.gone or self.left <= 0:
            raise Finished
        if self.options.rate_limit is not None:
            turn = max(self._next.get(operation, 0.0), time.monotonic())
            self._next[operation] = turn + 1 / self.options.rate_limit
            self._pause(turn - time.monotonic())

    def _pause(self, seconds: float) -> None:
        if seconds >= self.left:
            time.sleep(max(0.0, self.left))
            raise Finished
        if seconds > 0:
            time.sleep(seconds)

    def _cover(self, call: Call, got: Got, judged: Judged, facts: Facts) -> None:
        coverage = self.coverage
        coverage.operations[call.operation] += 1
        if got.status is None:
            return
        coverage.statuses.setdefault(call.operation, Counter())[got.status] += 1
        broken = {each.rule for each in (*judged.request, *judged.response)}
        coverage.broken |= broken
        if judged.understood and not self._concern(call.operation) <= coverage.kept:
            coverage.kept |= self._asked.rules(call, got, facts, accepted=judged.accepted) - broken

    def _concern(self, operation: str) -> frozenset[str]:
        if operation not in self._rules:
            id = operation.partition("/")[2]
            self._rules[operation] = frozenset(
                rule.id
                for rule in contract.contract(self.marketplace).rules()
                if not rule.why_not and ("*" in rule.on or id in rule.on)
            )
        return self._rules[operation]


def _asked_to_wait(headers: Mapping[str, str], attempt: int) -> float:
    """Return the seconds that a 429 asks to wait: a number, a moment, or Tokopedia's own header."""
    for name in ("retry-after", "x-ratelimit-reset-after"):
        value = headers.get(name, "").strip()
        try:
            return max(0.0, float(value))
        except ValueError:
            if value:
                return _until(value)
    return 0.5 * float(2**attempt)


def _until(moment: str) -> float:
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(moment).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 1.0
