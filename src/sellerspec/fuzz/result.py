"""The result of a run: findings and coverage, for people and machines."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sellerspec import contract
from sellerspec.contract.accepted import Entry
from sellerspec.fuzz import baseline
from sellerspec.fuzz.as_tests import tests_of
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.reproduce import curl
from sellerspec.fuzz.session import Coverage, Session
from sellerspec.fuzz.verdict import STATE
from sellerspec.model import Json, Severity, assumed_note
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

    chosen: tuple[str, ...] = ()
    """Keys of the operations that the run was to test."""

    @property
    def ok(self) -> bool:
        """Whether every chosen operation was judged and there is no new finding of error severity."""
        return not self.unjudged and not self.errors

    @property
    def unjudged(self) -> dict[str, str]:
        """What the run says nothing about, and why: operations, or the marketplace if it stopped early."""
        reasons = {self.marketplace: f"stopped: {self.gone}"} if self.gone else {}
        concerned = {finding.operation for finding in (*self.findings, *self.known)}
        for key in self.chosen:
            statuses = self.coverage.statuses.get(key, Counter())
            accepted = any(200 <= status < 300 for status in statuses)
            if not self.coverage.operations[key]:
                reasons[key] = "not called: give the run more time"
            elif not accepted and (key not in concerned or _let_nobody_in(statuses)):
                counts = ", ".join(f"{status} {count} times" for status, count in sorted(statuses.items()))
                reasons[key] = f"never accepted ({counts or 'no response'}): {_next_step(statuses)}"
        return reasons

    @property
    def assumed(self) -> tuple[str, ...]:
        """Keys of the operations that were called and that no document states."""
        called = self.coverage.operations
        return tuple(key for key in sorted(called) if contract.operation(key).operation.assumed)

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
        if self.unjudged and (not self.findings or _let_nobody_in(seen)):
            return 2
        return 1 if self.findings else 0

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
            "unjudged": self.unjudged,
            "assumed": list(self.assumed),
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
        lines.extend(f"note: {assumed_note(key)}" for key in self.assumed)
        lines.extend(f"baseline: {entry}" for entry in self.stale)
        if unjudged := self.unjudged:
            lines.append("not judged; leave out with `exclude` (--exclude) what is not to be tested:")
            lines.extend(f"  {name}: {reason}" for name, reason in unjudged.items())
        return lines

    def to_junit(self) -> str:
        """Return the result as JUnit XML: a case for each operation.

        Its findings are one failure; an operation that was not judged is an error.
        """
        unjudged = self.unjudged
        failed: dict[str, list[FuzzFinding]] = {}
        for finding in self.findings:
            failed.setdefault(finding.operation, []).append(finding)
        keys = sorted({*self.coverage.operations, *failed, *unjudged})
        notes = {key: assumed_note(key) for key in self.assumed}
        cases = "".join(
            _case(key, failed.get(key, ()), unjudged.get(key, ""), notes.get(key, "")) for key in keys
        )
        name = quoteattr(f"sellerspec fuzz {self.marketplace}")
        errors = len(unjudged.keys() - failed)
        numbers = f'tests="{len(keys)}" failures="{len(failed)}" errors="{errors}" skipped="0"'
        numbers += f' time="{self.seconds:.3f}"'
        suite = f"<testsuite name={name} {numbers}>{cases}</testsuite>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>{suite}</testsuites>\n'

    def to_pytest(self) -> str:
        """Return a pytest file with one test for each finding."""
        return tests_of(self.findings, self.marketplace)


def concluded(session: Session, known: Iterable[Entry], operations: Iterable[str] = ()) -> FuzzResult:
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
        tuple(operations),
    )


def _let_nobody_in(statuses: Collection[int]) -> bool:
    """Return whether all responses refused the account, or what it named, whatever the request."""
    return bool(statuses) and STATE.issuperset(statuses)


def _next_step(statuses: Iterable[int]) -> str:
    """Return what to do so that an operation is accepted."""
    if {401, 403} & set(statuses):
        return "give the headers of an account that may call it"
    if 429 in statuses:
        return "give a lower rate limit"
    return "look at the address, and name ids that the account has"


def _case(key: str, findings: Sequence[FuzzFinding], unjudged: str, note: str) -> str:
    marketplace, _, id = key.partition("/")
    body = f"<error message={quoteattr(clean(unjudged))}/>" if unjudged else ""
    if findings:
        shown = "\n".join(f"{finding}\n{curl(finding.call) if finding.call else ''}" for finding in findings)
        body = f"<failure message={quoteattr(clean(str(findings[0])))}>{escape(clean(shown))}</failure>"
    body += f"<system-out>note: {escape(note)}</system-out>" if note else ""
    return f"<testcase classname={quoteattr(marketplace)} name={quoteattr(id)}>{body}</testcase>"
