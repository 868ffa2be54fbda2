"""One run: sends within its limits, compares each reply, and keeps findings and coverage."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from sellerspec import contract
from sellerspec.fuzz.findings import Findings, FuzzFinding, fuzz_finding
from sellerspec.fuzz.messages import Call, Reply
from sellerspec.fuzz.options import Options
from sellerspec.fuzz.reached import ReachedRules
from sellerspec.fuzz.verdict import Verdict, verdict
from sellerspec.model import NO_FACTS, Facts, Json, Severity

if TYPE_CHECKING:
    from sellerspec.fuzz.transport import Transport

TRIES = 4
"""How often a call is sent that is refused with 429."""

OUT_OF_REACH = 5
"""Calls in a row without a response after which the server counts as gone."""

Progress = Callable[[str, int, int], None]
"""Called with phase, requests and findings so far."""


class Finished(Exception):
    """Nothing more may be sent: the time is over, there are enough findings, or the server is gone."""


@dataclass
class Coverage:
    """What was exercised. It grows during a run."""

    operations: Counter[str] = field(default_factory=Counter)
    """Key of an operation -> calls."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    """Key of an operation -> status -> responses."""

    satisfied: set[str] = field(default_factory=set)
    """Rules that applied to an accepted request, or to a response, and were satisfied."""

    violated: set[str] = field(default_factory=set)
    """Rules that a request or a response violated."""

    transitions: Counter[str] = field(default_factory=Counter)
    known_transitions: tuple[str, ...] = ()
    phases: dict[str, dict[str, float]] = field(default_factory=dict)
    """Phase -> `requests`, `seconds` of the server, `findings`."""

    def to_dict(self) -> dict[str, Json]:
        """Return the coverage as JSON."""
        return {
            "operations": dict(self.operations),
            "statuses": {
                key: {str(status): count for status, count in sorted(counts.items())}
                for key, counts in self.statuses.items()
            },
            "rules": {"satisfied": sorted(self.satisfied), "violated": sorted(self.violated)},
            "transitions": {
                transition: self.transitions[transition]
                for transition in self.known_transitions or self.transitions
            },
            "phases": self.phases,
        }


class Session:
    """Sends calls and keeps what came of them."""

    def __init__(
        self, marketplace: str, transport: "Transport", options: Options, *, progress: Progress | None = None
    ) -> None:
        self.marketplace = marketplace
        self.options = options
        self.findings = Findings()
        self.coverage = Coverage()
        self.phase = ""
        self.requests = 0
        self.gone = ""
        """Why the server counts as gone; "" while it replies."""

        self._transport = transport
        self._begun = time.monotonic()
        self._ends = self._begun + options.max_time
        self._phase_ends = self._ends
        self._progress = progress
        self._next: dict[str, float] = {}
        self._silent = 0
        self._rules: dict[str, frozenset[str]] = {}
        self._reached = ReachedRules(marketplace)

    @property
    def left(self) -> float:
        """Seconds that the present phase may still take."""
        return min(self._ends, self._phase_ends) - time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begun

    @property
    def full(self) -> bool:
        """Whether there are as many findings as the run may have."""
        return self.options.max_findings is not None and len(self.findings) >= self.options.max_findings

    def run(self, phases: Iterable[tuple[str, float, Callable[[], None]]]) -> None:
        """Run phases one after the other, until the server is gone or there are enough findings.

        Args:
            phases: name, share of the time then left that it may take, and what it does.
        """
        for name, share, step in phases:
            if self.gone or self.full:
                break
            self.phase = name
            self._phase_ends = time.monotonic() + max(0.0, self._ends - time.monotonic()) * share
            self.coverage.phases[name] = {"requests": 0, "seconds": 0.0, "findings": 0}
            with contextlib.suppress(Finished):
                step()

    def send(
        self,
        call: Call,
        facts: Facts = NO_FACTS,
        *,
        certain: bool = False,
        foreign_method: bool = False,
        quiet: bool = False,
    ) -> Verdict:
        """Send a call and return the verdict; what is wrong with the reply is kept.

        Args:
            call: what to send.
            facts: what is known about the server's state.
            certain: whether only the request can be a reason to refuse the call.
            foreign_method: whether no operation has the path with this method.
            quiet: whether findings about the reply are dropped: it is only read.

        Raises:
            Finished: nothing more may be sent.
        """
        reply = self._patiently(call)
        result = verdict(call, reply, facts, certain=certain, foreign_method=foreign_method)
        if reply.problem == "unsendable":
            return result
        self._cover(result, facts)
        for finding in () if quiet else result.findings:
            self.report(finding)
        if self.full:
            raise Finished
        return result

    def report(self, finding: FuzzFinding) -> None:
        """Keep a finding."""
        if finding.kind == "unreachable" and not self.coverage.statuses:
            return  # no server was there from the start, so the run found nothing: `gone` says it
        seen = replace(finding, phase=self.phase, requests=self.requests, seconds=self.seconds)
        if self.findings.add(seen):
            self.coverage.phases[self.phase]["findings"] += 1

    def expect(
        self,
        holds: bool,
        subject: Verdict | Call,
        kind: str,
        message: str,
        *,
        before: Iterable[Call] = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Keep a finding unless a statement about a call holds.

        Args:
            holds: whether the statement holds.
            subject: the call, or its verdict, in which it shows.
            kind: of the finding.
            message: of the finding.
            before: calls that have to be sent first.
            severity: of the finding.
        """
        if not holds:
            call = subject.call if isinstance(subject, Verdict) else subject
            reply = subject.reply if isinstance(subject, Verdict) else None
            self.report(fuzz_finding(call, kind, message, severity=severity, reply=reply, before=before))

    def transition(self, name: str) -> None:
        """Note that a step from one operation to the next was taken."""
        self.coverage.transitions[name] += 1

    def _patiently(self, call: Call) -> Reply:
        """Send a call, and again after the time that a 429 asks for."""
        for attempt in range(TRIES):
            self._wait_for_turn(call.operation)
            reply = self._transport.send(call)
            self.requests += 1
            numbers = self.coverage.phases[self.phase]
            numbers["requests"] += 1
            numbers["seconds"] = round(numbers["seconds"] + reply.seconds, 6)
            if self._progress is not None:
                self._progress(self.phase, self.requests, len(self.findings))
            self._watch(reply)
            if reply.status != 429 or attempt == TRIES - 1:
                break
            self._count(call, reply)
            self._pause(_retry_after(reply.headers, attempt))
        return reply

    def _watch(self, reply: Reply) -> None:
        """Give up on a server that no longer replies."""
        self._silent = self._silent + 1 if reply.problem in ("unreachable", "hang") else 0
        if self._silent >= OUT_OF_REACH:
            self.gone = f"{self._silent} calls in a row got no response: {reply.detail}"

    def _wait_for_turn(self, operation: str) -> None:
        if self.gone or self.left <= 0:
            raise Finished
        if self.options.rate_limit is not None:
            turn = max(self._next.get(operation, 0.0), time.monotonic())
            self._next[operation] = turn + 1 / self.options.rate_limit
            self._pause(turn - time.monotonic())

    def _pause(self, seconds: float) -> None:
        time.sleep(max(0.0, min(seconds, self.left)))
        if self.left <= 0:
            raise Finished

    def _cover(self, result: Verdict, facts: Facts) -> None:
        coverage, call, reply = self.coverage, result.call, result.reply
        self._count(call, reply)
        if not reply.status:
            return
        violated = {finding.rule for finding in (*result.request, *result.response)}
        coverage.violated |= violated
        if result.matched and not self._rules_of(call.operation) <= coverage.satisfied:
            coverage.satisfied |= self._reached.rules(call, reply, facts) - violated

    def _count(self, call: Call, reply: Reply) -> None:
        self.coverage.operations[call.operation] += 1
        if reply.status:
            self.coverage.statuses.setdefault(call.operation, Counter())[reply.status] += 1

    def _rules_of(self, operation: str) -> frozenset[str]:
        if operation not in self._rules:
            self._rules[operation] = frozenset(
                rule.id
                for rule in contract.contract(self.marketplace).rules()
                if not rule.why_not and {"*", operation.partition("/")[2]} & set(rule.on)
            )
        return self._rules[operation]


def _retry_after(headers: Mapping[str, str], attempt: int) -> float:
    """Return the seconds that a 429 asks to wait: a number, a date, or Tokopedia's own header."""
    for name in ("retry-after", "x-ratelimit-reset-after"):
        value = headers.get(name, "").strip()
        try:
            return max(0.0, float(value))
        except ValueError:
            if value:
                return _seconds_until(value)
    return 0.5 * float(2**attempt)


def _seconds_until(date: str) -> float:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 1.0
