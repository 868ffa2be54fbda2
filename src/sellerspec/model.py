"""The nouns: frozen values. Standard library only; nothing here reads a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sellerspec.errors import ContractViolation

Json = Any
"""A decoded JSON value: dict, list, str, int, float, bool or None."""

Path = tuple[str | int, ...]
"""The parts of a JSON Pointer, unescaped: `("variants", 1, "price")`."""


def pointer(path: Path) -> str:
    """Return the RFC 6901 pointer of `path`; the whole document is `""`.

    >>> pointer(("variants", 1, "a/b"))
    '/variants/1/a~1b'
    """
    out = ""
    for part in path:
        if isinstance(part, str) and ("~" in part or "/" in part):
            part = part.replace("~", "~0").replace("/", "~1")
        out += f"/{part}"
    return out


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

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.severity} {self.rule} {self.message}"

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
        return out


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
    """Keys of operations and ids of rules that this report rests on and no document states."""

    respond: Callable[[tuple[Finding, ...]], Response] = field(
        default=lambda findings: Response(200 if not findings else 400), repr=False, compare=False
    )
    """Turns the findings that refuse into the marketplace's response."""

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
            return f"{self.operation}: nothing found"
        return self.to_text()

    def to_text(self, name: str = "") -> str:
        """Return the findings as lines for a person, below a line that counts them.

        Args:
            name: begins the first line; by default the key of the operation.
        """
        name = name or self.operation
        errors, warnings = len(self.errors), len(self.warnings)
        lines = [f"{name}: {errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"]
        for finding in self.findings:
            lines.append(f"  {finding}")
            if finding.server_text:
                lines.append(f"    server: {finding.server_text}")
            if finding.hint:
                lines.append(f"    hint: {finding.hint}")
        return "\n".join(lines)


def _given(response: Response, _: tuple[Finding, ...]) -> Response:
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a payload cannot know. All are optional; a rule that needs a missing one is unchecked.

    `category`, `order` and `warehouses` are decoded responses of the marketplace.
    """

    category: Json = None
    """Response of Tiki `getCategory`: `{"id", "primary", "attributes": [...]}`."""

    seller: str | None = None
    """The kind of seller: `vietnam` or `global`."""

    inventory_types: tuple[str, ...] | None = None
    """The inventory types the seller has registered."""

    suppliers: tuple[int, ...] | None = None
    """The seller's registered suppliers."""

    order: Json = None
    """The order that a payload is about: the response of the marketplace's `getOrder`."""

    warehouses: Json = None
    """Response of Tiki `listWarehouses`: a list."""

    listing_price: int | None = None
    """The price that Tiki's ten-percent rule compares with, in dong."""

    now: datetime | None = None
    """The moment of the check, as the marketplace's wall clock (no offset)."""

    def given(self) -> frozenset[str]:
        """Return the names of the facts that are given."""
        return frozenset(name for name in FACTS if getattr(self, name) is not None)

    def over(self, other: "Facts") -> "Facts":
        """Return these facts; where one is missing, that of `other`."""
        if not other.given():
            return self
        return replace(other, **{name: getattr(self, name) for name in self.given()})


FACTS = tuple(fact.name for fact in fields(Facts))
"""The names of all facts."""

NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response as HTTP carries them; bodies are bytes.

    Header names are case-insensitive. `status` is None for a request without a response: then
    only the request is checked.
    """

    method: str
    url: str
    status: int | None = None
    request_headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    request_body: bytes = field(default=b"", kw_only=True)
    response_headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    response_body: bytes = field(default=b"", kw_only=True)

    def __repr__(self) -> str:
        """Return what tells exchanges apart and is no secret: a failed test prints its values."""
        scheme, _, rest = self.url.partition("://")
        host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
        return (
            f"<Exchange {self.method[:10]} {scheme}://{host} {self.status or 'unanswered'},"
            f" request body of {len(self.request_body)} bytes,"
            f" response body of {len(self.response_body)} bytes>"
        )


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
