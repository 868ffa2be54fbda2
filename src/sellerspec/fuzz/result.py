"""The result of a run: findings and coverage, for people and machines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sellerspec.fuzz import baseline
from sellerspec.fuzz.as_tests import tests_of
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.reproduce import curl
from sellerspec.fuzz.session import Coverage, Session
from sellerspec.fuzz.verdict import STATE
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

    unjudged: tuple[str, ...] = ()
    """A line for each chosen operation that the run says nothing about: not called, or never accepted."""

    @property
    def ok(self) -> bool:
        """Whether every chosen operation was judged and there is no new finding of error severity."""
        return not self.gone and not self.unjudged and not self.errors

    @property
    def errors(self) -> tuple[FuzzFinding, ...]:
        """The new findings of error severity."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def exit_code(self) -> int:
        """0 without findings, 1 with findings, 2 if the server, or one of its operations, was not judged.

        Findings about a server that let the account into no operation do not hide that: 2 too.
        """
        seen = {status for statuses in self.coverage.statuses.values() for status in statuses}
        shut = bool(seen) and STATE.issuperset(seen)
        if self.findings and not shut:
            return 1
        return 2 if self.gone or self.unjudged else int(bool(self.findings))

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
            "unjudged": list(self.unjudged),
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
        if unjudged := self.unjudged:
            lines.append("not judged; leave out with `exclude` (--exclude) what is not to be tested:")
            lines.extend(f"  {line}" for line in unjudged)
        if self.gone:
            lines.append(f"stopped: {self.gone}")
        return lines

    def to_junit(self) -> str:
        """Return the result as JUnit XML: a case for each operation, its findings as one failure."""
        keys = sorted({*self.coverage.operations, *(finding.operation for finding in self.findings)})
        problems = [clean(line) for line in (*self.unjudged, self.gone) if line]
        unjudged = "".join(
            f"<testcase classname={quoteattr(self.marketplace)} name={quoteattr(line)}>"
            f"<error message={quoteattr(line)}/></testcase>"
            for line in problems
        )
        cases = "".join(
            _case(key, [finding for finding in self.findings if finding.operation == key]) for key in keys
        )
        failures = len({finding.operation for finding in self.findings})
        name = quoteattr(f"sellerspec fuzz {self.marketplace}")
        numbers = (
            f'tests="{len(keys) + len(problems)}" failures="{failures}" errors="{len(problems)}" skipped="0" '
            f'time="{self.seconds:.3f}"'
        )
        suite = f"<testsuite name={name} {numbers}>{cases}{unjudged}</testsuite>"
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
    chosen = tuple(operations)
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
        tuple(key for key in chosen if not session.coverage.operations[key]),
        tuple(_unjudged(session.coverage, chosen, {finding.operation for finding in (*new, *old)})),
    )


def _unjudged(coverage: Coverage, chosen: Iterable[str], concerned: set[str]) -> Iterator[str]:
    """Yield a line for each operation that was not judged; `concerned` are those with a finding."""
    for key in chosen:
        statuses: Mapping[int, int] = coverage.statuses.get(key, {})
        accepted = any(200 <= status < 300 for status in statuses)
        if not coverage.operations[key]:
            yield f"`{key}` was not called: give the run more time"
        elif not accepted and (key not in concerned or (statuses and STATE.issuperset(statuses))):
            counts = ", ".join(f"{status} {count} times" for status, count in sorted(statuses.items()))
            yield f"`{key}` was never accepted ({counts or 'no response'}): {_next_step(statuses)}"


def _next_step(statuses: Iterable[int]) -> str:
    """Return what to do so that an operation is accepted."""
    if {401, 403} & set(statuses):
        return "give the headers of an account that may call it"
    if 429 in statuses:
        return "give a lower rate limit"
    return "look at the address, and name ids that the account has"


def _case(key: str, findings: Sequence[FuzzFinding]) -> str:
    marketplace, _, id = key.partition("/")
    body = ""
    if findings:
        shown = "\n".join(f"{finding}\n{curl(finding.call) if finding.call else ''}" for finding in findings)
        body = f"<failure message={quoteattr(clean(str(findings[0])))}>{escape(clean(shown))}</failure>"
    return f"<testcase classname={quoteattr(marketplace)} name={quoteattr(id)}>{body}</testcase>"
