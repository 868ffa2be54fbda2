"""The shape of a rule: one requirement, its record, and how a rule function reads a payload.

A requirement that JSON Schema can say stands in a schema, with `x-rule` annotations beside
it; `spec` reads those into the same `Rule` records. What is left is a small function here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from sellerspec.model import Basis, Facts, Finding, Json, Path, Phase, Response, Severity, Source

Reads = Literal["body", "query", "path", "headers", "request", "response", "exchange"]
"""What a rule function is given; its violations are placed below that."""


class Violation(NamedTuple):
    """One place that does not meet a rule, as a rule function yields it."""

    path: Path
    """The offending member itself, relative to what the rule reads."""

    message: str
    """What was seen, then what is required: one short line without whole values."""

    server_text: str | None = None
    """The marketplace's own text, where it depends on the payload; else that of the rule counts."""

    hint: str | None = None
    """The next step, where it depends on the payload; else that of the rule counts."""


Check = Callable[[Json, Facts], Iterable[Violation]]

Glance = Callable[[Json], Collection[str]]
"""Names the rules that have to look at a value; one that it does not name has nothing to report.
Called for bare payloads without the members that break the schema. Others may be missing or of a
type that is only advised against: then it may raise a `LookupError`, `TypeError` or
`AttributeError`, and every rule looks. Rules share its one call."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement."""

    id: str
    """`marketplace.what-it-asks`, permanent once released."""

    on: tuple[str, ...]
    """Operation ids; `("*",)` is every operation of the marketplace."""

    requirement: str
    """The requirement in one sentence of ours."""

    source: Source
    severity: Severity
    catalogue: tuple[str, ...] = ()
    """Ids of the reference catalogue that this rule carries."""

    phase: Phase = Phase.SYNC
    status: int | None = None
    text: str | None = None
    code: str | None = None
    hint: str | None = None
    needs: tuple[str, ...] = ()
    """Names of the facts without which the rule is unchecked."""

    reads: Reads = "body"
    unless: Json | Glance = None
    """What spares the call (a speed-up only): a schema of what is read, or a glance at it."""

    check: Check | None = None
    """The function, or None for a rule that a schema states."""

    why_not: str = ""
    """Why nothing can break this rule here; "" for a rule that is checked."""

    place: str = ""
    """Where it is written: a pointer into a schema, or the function's name."""

    @property
    def basis(self) -> Basis:
        """How we know."""
        return self.source.status

    @property
    def marketplace(self) -> str:
        """The marketplace the rule belongs to."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Format:
    """A string format that schemas name; call it with a text."""

    knows: Callable[[str], bool]

    surely: str = ""
    """A pattern that only texts of the format match, if not all: a speed-up, the engine runs it itself."""

    def __call__(self, text: str) -> bool:
        """Say whether a text has the format."""
        return self.knows(text)


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One API provider: what its spec cannot say."""

    name: str
    """Names the spec: `openapi/<name>.yaml`."""

    title: str
    rules: tuple[Rule, ...]
    refusal: Callable[[tuple[Finding, ...]], Response]
    """Turns findings that refuse, at least one, into the marketplace's error response."""

    formats: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    """String formats that the schemas use, with the function, or the `Format`, that knows each."""

    spec: str = ""
    """Path of the spec; "" is the one that comes with sellerspec."""

    secret_members: tuple[str, ...] = ()
    """Members that no cassette may hold: `phone` anywhere, `shipping.name` only directly below `shipping`."""

    public_members: tuple[str, ...] = ()
    """Members whose values look like a token and are none."""


def rule(
    id: str,
    *,
    on: str | tuple[str, ...],
    source: tuple[str, str],
    basis: Basis,
    severity: Severity | None = None,
    catalogue: str | tuple[str, ...] = (),
    phase: Phase = Phase.SYNC,
    status: int | None = None,
    text: str | None = None,
    code: str | None = None,
    hint: str | None = None,
    needs: str | tuple[str, ...] = (),
    reads: Reads = "body",
    unless: Json | Glance = None,
) -> Callable[[Check], Rule]:
    """Make a rule of a function that yields its violations; the docstring says what it asks.

    Nothing is registered: a rule counts once its marketplace lists it. The function gets
    what it `reads` and the facts, and must bear members that are missing or of another type:
    those have findings of their own.

    Args:
        source: document key and section.
        severity: by default an error where `basis` is documented, else a warning.
        needs: facts without which the rule is unchecked, so the function may rely on them.
        unless: a schema of what is read, or a glance at it, that spares the call.
    """

    def make(check: Check) -> Rule:
        requirement = (check.__doc__ or "").strip().partition("\n\n")[0]
        return Rule(
            id=id,
            on=(on,) if isinstance(on, str) else on,
            requirement=" ".join(requirement.split()),
            source=Source(*source, basis),
            severity=severity or default_severity(basis),
            catalogue=(catalogue,) if isinstance(catalogue, str) else catalogue,
            phase=phase,
            status=status,
            text=text,
            code=code,
            hint=hint,
            needs=(needs,) if isinstance(needs, str) else needs,
            reads=reads,
            unless=unless,
            check=check,
            place=f"{check.__module__}.{check.__qualname__}",
        )

    return make


def default_severity(basis: Basis) -> Severity:
    """A documented requirement refuses; every other basis only warns."""
    return Severity.ERROR if basis is Basis.DOCUMENTED else Severity.WARNING


def dated(each: Rule, seen: Mapping[str, str]) -> Rule:
    """Return the rule with the day its source document was seen."""
    return replace(each, source=replace(each.source, seen=seen.get(each.source.document, "")))


def objects(value: Json, key: str) -> list[tuple[int, Mapping[str, Json]]]:
    """Return index and value of each object in the list `value[key]`; nothing if there is none."""
    members = value.get(key) if isinstance(value, dict) else None
    return (
        [member for member in enumerate(members) if isinstance(member[1], dict)]
        if isinstance(members, list)
        else []
    )


def texts(value: Json, key: str) -> list[tuple[int, str]]:
    """Return index and value of each string in the list `value[key]`; nothing if there is none."""
    members = value.get(key) if isinstance(value, dict) else None
    return (
        [member for member in enumerate(members) if isinstance(member[1], str)]
        if isinstance(members, list)
        else []
    )


def number(value: Json) -> int | None:
    """Return an integer, also one sent as a string of digits; None for anything else."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value) if len(value) <= 18 else None
    return None
