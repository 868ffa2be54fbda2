"""The nouns: frozen values. Standard library only; nothing here reads a file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import Any, Protocol

from sellerspec.errors import ContractViolation, UsageError
from sellerspec.fix import Fix as Fix
from sellerspec.fix import Json as Json
from sellerspec.fix import Path as Path
from sellerspec.fix import pointer as pointer
from sellerspec.inputs import FACTS as FACTS
from sellerspec.inputs import NO_FACTS as NO_FACTS
from sellerspec.inputs import Exchange as Exchange
from sellerspec.inputs import Facts as Facts

MOST_SHOWN = 100
"""Findings of a report that its text lists; the others are counted."""


class Severity(StrEnum):
    """Whether a finding refuses the payload."""

    ERROR = "error"
    WARNING = "warning"


class Basis(StrEnum):
    """How we know a requirement."""

    DOCUMENTED = "documented"
    """The source document states it."""

    OBSERVED = "observed"
    """A real response, or a later text of the vendor, shows it."""

    INFERRED = "inferred"
    """Our reading; no source states it."""

    ASSUMED = "assumed"
    """No document states it at all; can be corrected with an overlay."""


def assumed_note(key: str) -> str:
    """Return what is said wherever an assumed operation shows."""
    return f"no document states `{key}`; its shape is assumed, an overlay can correct it"


class Phase(StrEnum):
    """When the marketplace refuses."""

    SYNC = "sync"
    """In the response of the call."""

    ASYNC = "async"
    """Accepted first, rejected later in tracking."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a requirement, an operation or a reading comes from."""

    document: str
    """Key of the document in the spec's `x-sources`, e.g. `tis-2019`."""

    section: str = ""
    """The section of that document, in its own numbering."""

    status: Basis = Basis.DOCUMENTED

    seen: str = ""
    """The day the document, or the response, was seen: `YYYY-MM-DD` or `YYYY-MM`."""

    def __str__(self) -> str:
        return f"{self.document} {self.section}".rstrip()


def no_fixes(_: "Finding") -> "tuple[Fix, ...]":
    """Return nothing: there is no payload to change, or its value is not to be shown."""
    return ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation of a rule at one place. A value: never raised, never changed."""

    rule: str
    severity: Severity
    pointer: str
    """RFC 6901 pointer to the offending member itself; for a missing one, to the place where it should be."""

    message: str
    """What is wrong, in one line of ours of bounded length, without whole values and secrets."""

    basis: Basis
    source: Source

    server_text: str | None = None
    """The marketplace's own text of the refusal, only where a source shows it."""

    status: int | None = None
    """The HTTP status of the marketplace's refusal, where known."""

    code: str | None = None
    """The marketplace's error code of the refusal, where it has codes."""

    hint: str | None = None
    """The next step, where the message does not already show it."""

    phase: Phase = Phase.SYNC
    line: int | None = None
    column: int | None = None
    suggest: "Callable[[Finding], tuple[Fix, ...]]" = field(default=no_fixes, repr=False, compare=False)
    """Finds the fixes in the payload that the finding is about."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the fixes instead of the payload."""
        return Finding, (*_VALUES(self), partial(_given, self.fixes))

    def suggested(self, suggest: "Callable[[Finding], tuple[Fix, ...]]") -> "Finding":
        """Return the same finding with what finds its fixes; faster than `dataclasses.replace`."""
        return Finding(*(*_VALUES(self), suggest))

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """Changes of the payload, of which each mends this finding; the safe ones first. Made when read."""
        return self.suggest(self)

    def details(self) -> Iterator[tuple[str, str]]:
        """Yield label and text of what else there is to say: the marketplace's text, when, the hint."""
        if self.server_text:
            yield f"{self.rule.partition('.')[0]}'s text", self.server_text
        if self.phase is Phase.ASYNC:
            yield "when", "accepted first, rejected later in tracking"
        if self.hint:
            yield "hint", self.hint

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.severity} {self.rule} {self.message} ({self.basis})"

    def to_dict(self) -> dict[str, Json]:
        """Return the finding as JSON, without members that are None."""
        out: dict[str, Json] = {
            "rule": self.rule,
            "severity": self.severity.value,
            "pointer": self.pointer,
            "message": self.message,
            "basis": self.basis.value,
            "phase": self.phase.value,
            "source": {
                "document": self.source.document,
                "section": self.source.section,
                "status": self.source.status.value,
                "seen": self.source.seen,
            },
        }
        for name in ("server_text", "status", "code", "hint", "line", "column"):
            value = getattr(self, name)
            if value is not None:
                out[name] = value
        if fixes := self.fixes:
            out["fixes"] = [fix.to_dict() for fix in fixes]
        return out


_VALUES = attrgetter(*(value.name for value in fields(Finding)[:-1]))


@dataclass(frozen=True, slots=True)
class Response:
    """A marketplace's response: an HTTP status and a decoded JSON body."""

    status: int
    body: Json = None


@dataclass(frozen=True, slots=True)
class Report:
    """Every finding about one payload or one exchange, sorted by place, then by rule."""

    operation: str
    """`marketplace/operationId`."""

    findings: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()
    """Ids of rules that were not checked, because they need a fact that was not given."""

    assumed: tuple[str, ...] = ()
    """Keys of operations that this report rests on and no document states."""

    respond: Callable[[tuple[Finding, ...]], Response] = field(
        default=lambda findings: Response(200 if not findings else 400), repr=False, compare=False
    )
    """Turns the findings that refuse into the marketplace's response."""

    origin: "PayloadCheck | None" = field(default=None, repr=False, compare=False)
    """The check of the payload; None where there is no payload to fix."""

    @classmethod
    def of_payload(cls, origin: "PayloadCheck") -> "Report":
        """Return the report on a payload, whose parts are made when one of them is first read."""
        report = object.__new__(cls)
        _put_origin(report, origin)
        return report

    def __getattr__(self, name: str) -> Any:
        """Make the parts of `of_payload`: Python calls this for a slot without a value."""
        if name not in Report.__slots__ or self.origin is None:
            raise AttributeError(name)
        for part, value in self.origin.parts():
            object.__setattr__(self, part, value)
        return getattr(self, name)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the response instead of the function that makes it."""
        given = partial(_given, self.server_response())
        return Report, (self.operation, self.findings, self.unchecked, self.assumed, given)

    @property
    def ok(self) -> bool:
        """Whether the marketplace would accept: no error, warnings allowed."""
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that only advise."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)

    @property
    def notes(self) -> tuple[str, ...]:
        """One line for each assumed operation, for every form in which a report is shown."""
        return tuple(map(assumed_note, self.assumed))

    def raise_for_errors(self) -> None:
        """Do nothing if `ok`.

        Raises:
            ContractViolation: with this report, if there is an error.
        """
        if not self.ok:
            raise ContractViolation(self)

    def server_response(self) -> Response:
        """Return the status and body with which the marketplace would answer.

        Documented texts come in the documented order. A refusal without a documented text is
        worded by us and marked `[sellerspec]`. An accepted payload gives the documented status of
        success without a body: only the marketplace knows what a real response holds.
        """
        return self.respond(tuple(error for error in self.errors if error.phase is Phase.SYNC))

    def fixed(self, unsafe: bool = False) -> "Fixed":
        """Return the payload with the fixes of its findings applied, one after the other.

        Args:
            unsafe: apply unsafe fixes too; look at the result.

        Raises:
            UsageError: the report is not about a payload, or comes from another process.
        """
        if self.origin is None:
            raise UsageError(f"{self.operation}: only the report of `check` on a payload can mend it")
        return self.origin.fixed(self, unsafe)

    def strict(self) -> "Report":
        """Return the same report with every warning raised to an error."""
        raised = tuple(replace(finding, severity=Severity.ERROR) for finding in self.findings)
        return replace(self, findings=raised)

    def to_dict(self) -> dict[str, Json]:
        """Return the report as JSON (`schemas/sellerspec/report.json`)."""
        return {
            "operation": self.operation,
            "ok": self.ok,
            "findings": [finding.to_dict() for finding in self.findings],
            "unchecked": list(self.unchecked),
            "assumed": list(self.assumed),
        }

    def __str__(self) -> str:
        if not self.findings:
            return "\n  note: ".join((f"{self.operation}: nothing found", *self.notes))
        return self.to_text()

    def to_text(self, name: str = "") -> str:
        """Return the findings as lines for a person, below a line that counts them; at most `MOST_SHOWN`.

        Args:
            name: begins the first line; by default the key of the operation.
        """
        name = name or self.operation
        errors, warnings = len(self.errors), len(self.warnings)
        lines = [f"{name}: {errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"]
        for finding in self.findings[:MOST_SHOWN]:
            lines.append(f"  {finding}")
            lines += (f"    {label}: {text}" for label, text in finding.details())
            for fix in finding.fixes:
                patch = self.origin.line(fix) if self.origin is not None else ""
                lines.append(f"    {fix.label}: {fix.title}{patch and f': {patch}'}")
        if len(self.findings) > MOST_SHOWN:
            lines.append(f"  … and {len(self.findings) - MOST_SHOWN} more findings")
        lines += (f"  note: {note}" for note in self.notes)
        return "\n".join(lines)


_put_origin = vars(Report)["origin"].__set__  # a report is frozen, and each check makes one


@dataclass(frozen=True, slots=True)
class Fixed:
    """A payload to which fixes were applied."""

    payload: Json
    """A copy with the changes; the payload that was checked stays as it was."""

    applied: tuple[tuple[Finding, Fix], ...]
    """The findings that were mended, and by what, in the order of the changes."""

    report: Report
    """What is still wrong with the copy."""


class PayloadCheck(Protocol):
    """A check of a payload: what its report is made of, and the fixes of its findings."""

    def parts(self) -> Iterable[tuple[str, Any]]:
        """Return name and value of every other part of the report."""

    def line(self, fix: Fix) -> str:
        """Return the patch of a fix as JSON; "" if it is long, or has a value that no text may show."""

    def fixed(self, report: Report, unsafe: bool) -> Fixed:
        """Return the payload with the fixes of the report applied."""


def _given(value: Any, _: object) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path, or one webhook."""

    marketplace: str
    id: str
    """The `operationId` of the spec."""

    method: str
    """In capitals: `POST`."""

    path: str
    """Path template below the server's base path: `/{version}/products`; a webhook has none."""

    summary: str
    source: Source
    webhook: bool = False

    @property
    def key(self) -> str:
        """`marketplace/operationId`."""
        return f"{self.marketplace}/{self.id}"

    @property
    def assumed(self) -> bool:
        """Whether no document states the operation."""
        return self.source.status is Basis.ASSUMED
