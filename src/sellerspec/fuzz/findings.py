"""What fuzzing finds: one record for each distinct cause, with the smallest call that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from sellerspec.fuzz.messages import Call, Reply
from sellerspec.fuzz.reproduce import curl, masked
from sellerspec.model import Basis, Json, Severity


@dataclass(frozen=True, slots=True)
class FuzzFinding:
    """One way in which a server violates its contract."""

    kind: str
    """`accepted-invalid`, `refused-valid`, `other-text`, `server-error`, `read-after-write`, ..."""

    operation: str
    severity: Severity
    message: str
    """One bounded line, without secrets and without whole values."""

    rule: str = ""
    """The rule that the server violates or does not enforce; "" where none is concerned."""

    basis: Basis = Basis.INFERRED
    at: str = ""
    """Pointer into the exchange."""

    phase: str = ""
    """The phase in which it was first seen: `examples`, `rules`, `sequences`, ..."""

    requests: int = 0
    """How many requests had been sent when it was first seen."""

    seconds: float = 0.0
    """Seconds since the run began when it was first seen."""

    status: int | None = None
    call: Call | None = None
    before: tuple[Call, ...] = ()
    """Calls that have to be sent first."""

    times: int = 1
    """How often it was seen."""

    accepted_because: str = ""
    """The reason of the baseline entry that knows it; "" for a new one."""

    @property
    def cause(self) -> tuple[str, ...]:
        """What is the same in findings with one cause: all but positions in lists."""
        place = "/".join("*" if part.isdigit() else part for part in self.at.split("/"))
        return (self.kind, self.operation, self.rule, place if not self.rule else "")

    @property
    def fingerprint(self) -> str:
        """A short name that stays the same from run to run."""
        return sha256("\n".join(self.cause).encode()).hexdigest()[:12]

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that show it, in order."""
        return (*self.before, self.call) if self.call is not None else self.before

    def __str__(self) -> str:
        rule = f" {self.rule}" if self.rule else ""
        return f"{self.operation}: {self.severity} {self.kind}{rule} {self.message} ({self.basis})"

    def to_dict(self) -> dict[str, Json]:
        """Return the finding as JSON; secrets are masked."""
        members: dict[str, Json] = {
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
            members["request"] = masked(self.call)
            members["curl"] = [curl(call) for call in self.calls]
        if self.accepted_because:
            members["known"] = self.accepted_because
        return members


def fuzz_finding(
    call: Call,
    kind: str,
    message: str,
    *,
    severity: Severity = Severity.ERROR,
    reply: Reply | None = None,
    rule: str = "",
    basis: Basis = Basis.INFERRED,
    at: str = "",
    before: Iterable[Call] = (),
) -> FuzzFinding:
    """Return a finding about a call; the message is cut at 200 characters."""
    status = (reply.status or None) if reply is not None else None
    return FuzzFinding(
        kind, call.operation, severity, message[:200], rule, basis, at,
        status=status, call=call, before=tuple(before),
    )  # fmt: skip


def _smaller(one: FuzzFinding, other: FuzzFinding) -> bool:
    """Return whether a single call shows the same as another one, and is smaller."""
    if one.before or other.before or one.call is None or other.call is None:
        return False
    return one.call.weight() < other.call.weight()


class Findings:
    """The findings so far, one for each cause."""

    def __init__(self) -> None:
        self._by_cause: dict[tuple[str, ...], FuzzFinding] = {}

    def __len__(self) -> int:
        return len(self._by_cause)

    def add(self, new: FuzzFinding) -> bool:
        """Add a finding, or count it if its cause is known; return whether the cause is new.

        Of two calls that show the same, the smaller one is kept.
        """
        known = self._by_cause.get(new.cause)
        if known is None:
            self._by_cause[new.cause] = new
            return True
        counted = replace(known, times=known.times + 1)
        if _smaller(new, known):
            counted = replace(counted, call=new.call, message=new.message, at=new.at, status=new.status)
        self._by_cause[new.cause] = counted
        return False

    def all(self) -> tuple[FuzzFinding, ...]:
        """Return the findings: errors first, about valid calls before malformed ones, then as first seen."""

        def rank(finding: FuzzFinding) -> tuple[bool, bool]:
            return finding.severity is not Severity.ERROR, finding.kind == "malformed-fails"

        return tuple(sorted(self._by_cause.values(), key=rank))
