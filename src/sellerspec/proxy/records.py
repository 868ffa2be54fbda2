"""What a proxy has seen: one record for each exchange, and the result of all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sellerspec.model import Exchange, Report, Severity
from sellerspec.proxy.messages import Outcome
from sellerspec.reporting import Checked, Failed

MOST = 1000
"""Exchanges with findings, and exchanges that were not judged, that are listed; the others are counted."""

NOT_SENT = frozenset((Outcome.BLOCKED, Outcome.REFUSED, Outcome.GONE))
"""Outcomes of requests that never left."""


Record = TypeVar("Record", Checked, Failed)


@dataclass(frozen=True, slots=True)
class Passed:
    """One exchange that has ended."""

    number: int
    """Of its request, from 1."""

    at: datetime
    """When its request arrived, in UTC."""

    seconds: float
    exchange: Exchange
    """As it was checked: bodies without compression, empty ones where they were too large."""

    outcome: Outcome
    operation: str = ""
    """Key of the operation; "" if none was called."""

    report: Report | None = None
    problem: str = ""
    """Why it is not judged; "" if it is."""

    allowed: bool = False
    """Whether the user allows that it is not judged."""

    reason: str = ""
    """The reason phrase of the response."""

    call: str = ""
    """Method and path as they may be shown."""

    @property
    def name(self) -> str:
        """Number, method and path, without what may be secret."""
        return f"{self.number} {self.call}"


@dataclass(slots=True)
class Result:
    """What a run of the proxy has shown."""

    outcomes: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    """Severity -> findings."""

    unjudged: int = 0
    """Exchanges that were not judged, and that the user did not allow."""

    unlisted: int = 0
    """Exchanges with findings or problems that are counted only."""

    malformed: int = 0
    """Requests that were no HTTP; the server has responded with 400."""

    problems: list[str] = field(default_factory=list)
    """What went wrong besides the exchanges, such as a log that cannot be written."""

    _checked: list[Checked] = field(default_factory=list)
    _failed: list[Failed] = field(default_factory=list)

    def add(self, passed: Passed) -> None:
        """Count an exchange."""
        self.outcomes[passed.outcome.value] += 1
        report = passed.report
        if report is not None and report.findings:
            self.findings.update(finding.severity.value for finding in report.findings)
            self._list(self._checked, Checked(passed.name, report))
        if passed.outcome in (Outcome.PASSED, Outcome.BLOCKED, Outcome.GONE) and not passed.problem:
            return
        if passed.outcome is not Outcome.GONE and not passed.allowed:
            self.unjudged += 1
            self._list(self._failed, Failed(passed.name, f"{passed.outcome}: {passed.problem}"))

    def _list(self, records: list[Record], record: Record) -> None:
        if len(records) < MOST:
            records.append(record)
        else:
            self.unlisted += 1

    @property
    def judged(self) -> int:
        """How many exchanges were judged."""
        return self.outcomes[Outcome.PASSED] + self.outcomes[Outcome.BLOCKED]

    @property
    def checked(self) -> Sequence[Checked]:
        """The exchanges with findings, the first `MOST`."""
        return self._checked

    @property
    def failed(self) -> Sequence[Failed]:
        """What was not judged, the first `MOST`, and what went wrong besides."""
        nothing = [] if self.judged or self._failed else [Failed("proxy", "no exchange was judged")]
        malformed = (
            [f"{self.malformed} requests were no HTTP, and were not passed on"] if self.malformed else []
        )
        return [*self._failed, *nothing, *(Failed("proxy", text) for text in (*malformed, *self.problems))]

    def exit_code(self, fail_on: Severity = Severity.ERROR) -> int:
        """Return 2 if something was not judged, or nothing was seen; 1 for a finding that counts; else 0."""
        if self.failed or not self.judged:
            return 2
        counting = list(Severity) if fail_on is Severity.WARNING else [Severity.ERROR]
        return 1 if any(self.findings[severity] for severity in counting) else 0
