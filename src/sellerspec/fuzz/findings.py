"""What fuzzing finds: one record for each distinct cause, with the smallest call that shows it."""

from dataclasses import dataclass, replace
from hashlib import sha256

from sellerspec.fuzz.reproduce import curl, masked
from sellerspec.fuzz.transport import Call
from sellerspec.model import Basis, Json, Severity


@dataclass(frozen=True, slots=True)
class FuzzFinding:
    """One way in which the server does not keep its contract."""

    kind: str
    """What kind of trouble: `accepted-invalid`, `refused-valid`, `other-text`, `server-error`, ..."""

    operation: str
    severity: Severity
    message: str
    """One bounded line; no secret and no whole value."""

    rule: str = ""
    """The rule that the server does not keep or enforce; "" where none is concerned."""

    basis: Basis = Basis.INFERRED
    at: str = ""
    """Pointer into the exchange."""

    phase: str = ""
    """The phase that found it: `examples`, `rules`, `schemathesis`, `sequences`, ..."""

    requests: int = 0
    """How many requests had been sent when it was first seen."""

    seconds: float = 0.0
    status: int | None = None
    call: Call | None = None
    before: tuple[Call, ...] = ()
    """Calls that have to come first, for what needs more than one."""

    times: int = 1
    accepted_because: str = ""
    """The reason of the baseline entry that knows it; "" for a new one."""

    @property
    def cause(self) -> tuple[str, ...]:
        """What tells causes apart: list positions do not."""
        place = "/".join("*" if part.isdigit() else part for part in self.at.split("/"))
        return (self.kind, self.operation, self.rule, place if not self.rule else "")

    @property
    def fingerprint(self) -> str:
        """A short name that stays the same from run to run."""
        return sha256("\n".join(self.cause).encode()).hexdigest()[:12]

    def __str__(self) -> str:
        rule = f" {self.rule}" if self.rule else ""
        return f"{self.operation}: {self.severity} {self.kind}{rule} {self.message}"

    def to_dict(self) -> dict[str, Json]:
        """Return the finding as JSON; secrets are masked."""
        found: dict[str, Json] = {
            "kind": self.kind,
            "operation": self.operation,
            "severity": self.severity.value,
            "rule": self.rule or None,
            "basis": self.basis.value,
            "pointer": self.at,
            "message": self.message,
            "phase": self.phase,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "status": self.status,
            "times": self.times,
            "fingerprint": self.fingerprint,
        }
        if self.call is not None:
            found["request"] = masked(self.call)
            found["curl"] = [curl(each) for each in (*self.before, self.call)]
        if self.accepted_because:
            found["known"] = self.accepted_because
        return found


def _smaller(one: FuzzFinding, other: FuzzFinding) -> bool:
    """Say whether one call shows the same as another, and is smaller."""
    if one.before or other.before or one.call is None or other.call is None:
        return False
    return one.call.weight() < other.call.weight()


class Findings:
    """The findings so far, each cause once."""

    def __init__(self) -> None:
        self._by_cause: dict[tuple[str, ...], FuzzFinding] = {}

    def add(self, found: FuzzFinding) -> bool:
        """Take in a finding; say whether its cause is new. Of two calls the smaller is kept."""
        known = self._by_cause.get(found.cause)
        if known is None:
            self._by_cause[found.cause] = found
            return True
        kept = replace(known, times=known.times + 1)
        if _smaller(found, known):
            kept = replace(kept, call=found.call, message=found.message, at=found.at, status=found.status)
        self._by_cause[found.cause] = kept
        return False

    def all(self) -> tuple[FuzzFinding, ...]:
        """Return the findings, errors first, in the order they were found."""
        return tuple(sorted(self._by_cause.values(), key=lambda each: each.severity is not Severity.ERROR))
