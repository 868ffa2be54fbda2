"""The result of a run: findings and coverage, for people and machines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sellerspec.fuzz import baseline
from sellerspec.fuzz.as_tests import tests_of
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.reproduce import curl
from sellerspec.fuzz.session import Coverage, Session
from sellerspec.model import Json, Severity
from sellerspec.reporting.junit import clean

SCHEMA = "sellerspec-fuzz-1"


@dataclass(frozen=True, slots=True)
class FuzzResult:
    """The result of one run."""

    marketplace: str
    seed: int
    profile: str
    findings: tuple[FuzzFinding, ...]
    """New findings, errors first; one for each distinct cause."""

    coverage: Coverage
    requests: int
    seconds: float
    known: tuple[FuzzFinding, ...] = ()
    """Findings that the baseline knows."""

    stale: tuple[str, ...] = ()
    """Entries of the baseline that have expired or were not seen: fix or remove them."""

    gone: str = ""
    """Why the run stopped early: the server no longer replied; "" if it did not stop early."""

    untested: tuple[str, ...] = ()
    """Operations that were chosen and not called, for lack of time."""

    @property
    def ok(self) -> bool:
        """Whether the run was not stopped and there is no new finding of error severity."""
        return not self.gone and not self.errors

    @property
    def errors(self) -> tuple[FuzzFinding, ...]:
        """The new findings of error severity."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def exit_code(self) -> int:
        """0 without findings, 1 with findings, 2 if the server could not be tested."""
        if self.findings:
            return 1
        return 2 if self.gone else 0

    def to_dict(self) -> dict[str, Json]:
        """Return the result as JSON; secrets are masked."""
        return {
            "format": SCHEMA,
            "marketplace": self.marketplace,
            "ok": self.ok,
            "seed": self.seed,
            "profile": self.profile,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "findings": [finding.to_dict() for finding in self.findings],
            "known": [finding.to_dict() for finding in self.known],
            "stale": list(self.stale),
            "gone": self.gone or None,
            "untested": list(self.untested),
            "coverage": self.coverage.to_dict(),
        }

    def to_text(self, url: str = "$URL") -> str:
        """Return the result as text: each finding with the commands that show it again."""
        lines: list[str] = []
        for finding in self.findings:
            lines.append(str(finding))
            seen = f"found by {finding.phase} after {finding.requests} requests, seen {finding.times} times"
            lines.append(f"  {seen}; {finding.fingerprint}")
            lines.extend(f"  {curl(call, url)}" for call in finding.calls)
        lines += self._summary()
        return "\n".join(lines) + "\n"

    def _summary(self) -> list[str]:
        covered = self.coverage
        taken = sum(1 for transition in covered.known_transitions if covered.transitions[transition])
        warned = len(self.findings) - len(self.errors)
        rules = f"{len(covered.satisfied)} rules satisfied, {len(covered.violated)} violated"
        steps = f"{taken} of {len(covered.known_transitions)} transitions"
        spent = f"{self.requests} requests in {self.seconds:.1f} s, seed {self.seed}"
        lines = [
            f"{self.marketplace}: {len(self.errors)} errors, {warned} warnings, {len(self.known)} known",
            f"sent: {spent}",
            f"covered: {len(covered.operations)} operations, {rules}, {steps}",
        ]
        lines.extend(f"baseline: {entry}" for entry in self.stale)
        if self.untested:
            lines.append(f"not called, for lack of time: {', '.join(self.untested)}")
        if self.gone:
            lines.append(f"stopped: {self.gone}")
        return lines

    def to_junit(self) -> str:
        """Return the result as JUnit XML: a case for each operation, its findings as one failure."""
        keys = sorted({*self.coverage.operations, *(finding.operation for finding in self.findings)})
        cases = "".join(
            _case(key, [finding for finding in self.findings if finding.operation == key]) for key in keys
        )
        failures = len({finding.operation for finding in self.findings})
        name = quoteattr(f"sellerspec fuzz {self.marketplace}")
        numbers = (
            f'tests="{len(keys)}" failures="{failures}" errors="0" skipped="0" time="{self.seconds:.3f}"'
        )
        suite = f"<testsuite name={name} {numbers}>{cases}</testsuite>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>{suite}</testsuites>\n'

    def to_pytest(self) -> str:
        """Return a pytest file with one test for each finding."""
        return tests_of(self.findings, self.marketplace)


def concluded(
    session: Session, known: Iterable[baseline.Entry], operations: Iterable[str] = ()
) -> FuzzResult:
    """Return the result of a session.

    Args:
        session: that has ended.
        known: entries of the baseline.
        operations: keys of the operations that were chosen.
    """
    new, old, stale = baseline.applied(session.findings.all(), known)
    return FuzzResult(
        session.marketplace,
        session.options.seed,
        session.options.profile,
        new,
        session.coverage,
        session.requests,
        session.seconds,
        old,
        stale,
        session.gone,
        tuple(operation for operation in operations if not session.coverage.operations[operation]),
    )


def _case(key: str, findings: Sequence[FuzzFinding]) -> str:
    marketplace, _, id = key.partition("/")
    body = ""
    if findings:
        shown = "\n".join(f"{finding}\n{curl(finding.call) if finding.call else ''}" for finding in findings)
        body = f"<failure message={quoteattr(clean(str(findings[0])))}>{escape(clean(shown))}</failure>"
    return f"<testcase classname={quoteattr(marketplace)} name={quoteattr(id)}>{body}</testcase>"
