"""The shape of a rule: its record, the functions that check it, and what a marketplace adds to its spec.

A requirement that JSON Schema can express stands in a schema with an `x-rule` beside it. Every
other requirement is a small function, or a comparison of members (`sellerspec.comparisons`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from sellerspec.model import Basis, Facts, Finding, Fix, Json, Path, Phase, Response, Severity, Source
from sellerspec.values import number, objects, texts

__all__ = [
    "FactForm", "FactSource", "Format", "Marketplace", "Proposes", "Rule", "Violation", "dated",
    "default_severity", "number", "objects", "rule", "texts",
]  # fmt: skip

Reads = Literal["body", "query", "path", "headers", "request", "response", "exchange"]
"""The part of an exchange that a rule function reads; the paths of its violations start there."""


class Violation(NamedTuple):
    """One place that does not meet a rule, as a rule function yields it."""

    path: Path
    """The offending member itself, relative to what the rule reads."""

    message: str
    """What is required in words, then what was seen: one line, values shown by `schema.messages.seen`."""

    server_text: str | None = None
    """The marketplace's own text, where it depends on the payload; else that of the rule counts."""

    hint: str | None = None
    """The next step, where it depends on the payload; else that of the rule counts."""


Check = Callable[[Json, Facts], Iterable[Violation]]

Proposes = Callable[[Json, Path, Facts], Iterable[Fix]]
"""Returns changes that may remove a violation, of the payload, the path of the violation, and the facts."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement."""

    id: str
    """`marketplace.what-it-requires`, permanent once released."""

    on: tuple[str, ...]
    """Operation ids; `("*",)` is every operation of the marketplace."""

    requirement: str
    """The requirement in one sentence of ours."""

    source: Source
    severity: Severity
    must: str = ""
    """What a value must be, as messages say it after "must"; "" for the words of the keywords."""

    message: str = ""
    """The whole message, with `{member}`, `{value}` and `{why}`; "" for what `must` or the keywords say."""

    missing: str = ""
    """What the message says of a missing member after "is missing"; "" for the condition that applies."""

    catalogue: tuple[str, ...] = ()
    """Ids of the reference catalogue that this rule covers."""

    phase: Phase = Phase.SYNC
    status: int | None = None
    """The HTTP status of the refusal, where known."""

    text: str | None = None
    """The marketplace's own text of the refusal, where a source shows it."""

    text_for: Json = field(default=None, hash=False)
    """A schema of the values for which a source shows `text`; None for every value. A missing member fits."""

    code: str | None = None
    """The marketplace's error code of the refusal, where it has codes."""

    hint: str | None = None
    needs: tuple[str, ...] = ()
    """What the rule cannot be checked without: names of facts, or of parts of them such as `order.items`."""

    reads: Reads = "body"
    unless: Json = field(default=None, hash=False)
    """A schema of what the rule reads: a value that fits it meets the rule, so `check` is not called."""

    check: Check | None = None
    """The function, or None for a rule that a schema states."""

    fixes: Proposes | None = None
    """Proposes what only this rule can know, where it reads the body; each is tried before it is offered."""

    why_not: str = ""
    """Why nothing can violate this rule here; "" for a rule that is checked."""

    place: str = ""
    """Where it is written: a pointer into a schema, or the function's name."""

    def finding(
        self, pointer: str, message: str, server_text: str | None = None, hint: str | None = None
    ) -> Finding:
        """Return the finding of a violation; server text and hint are the rule's own unless given."""
        return Finding(
            self.id, self.severity, pointer, message, self.basis, self.source,
            server_text or self.text, self.status, self.code, (self.hint if hint is None else hint) or None,
            self.phase,
        )  # fmt: skip

    @property
    def basis(self) -> Basis:
        """How we know the requirement."""
        return self.source.status

    @property
    def marketplace(self) -> str:
        """The marketplace the rule belongs to."""
        return self.id.partition(".")[0]

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that the rule needs, without those of their parts."""
        return tuple(dict.fromkeys(need.partition(".")[0] for need in self.needs))


@dataclass(frozen=True, slots=True)
class Format:
    """A string format, described by a regular expression or a function; call it with a text."""

    pattern: str = ""
    """Without anchors, look-around and back references, so that every engine can run it."""

    what: str = ""
    """What such a text is, as messages say it: `a date and time`."""

    example: str = ""
    """A short text of the format."""

    recognise: Callable[[str], bool] | None = None
    """Returns whether a text has the format, where no pattern describes it."""

    def __call__(self, text: str) -> bool:
        """Return whether the text has the format."""
        if self.recognise is not None:
            return self.recognise(text)
        return re.fullmatch(self.pattern, text) is not None


@dataclass(frozen=True, slots=True)
class FactForm:
    """How the rules of a marketplace read one fact."""

    what: str
    """What is to be given, e.g. `` the response of `getOrder` ``."""

    read: Callable[[Json], Json]
    """Returns the fact as rules get it, without an envelope; None if it is not what is to be given."""

    parts: Mapping[str, Callable[[Json], bool]] = field(default_factory=dict)
    """A part that a rule can need -> returns whether a fact, as read, has it in a form that rules read."""

    identity: str = ""
    """The member by which the thing names itself; "" if it is not compared."""

    is_partial: Callable[[Json, Json], bool] | None = None
    """Returns whether a fact leaves open a part of what a value names: rules run, and are unchecked too."""

    named: str = ""
    """The member of a body, or the parameter of a path, that names the same thing."""


@dataclass(frozen=True, slots=True)
class FactSource:
    """The reading call that returns a fact."""

    operation: str
    """Id of the operation."""

    category: str = ""
    """The parameter that takes the id of the category; "" if the call is about the seller."""

    member: str = ""
    """The member of the response that is the fact; "" for the response itself, or its `data`."""

    values_of: str = ""
    """The operation that returns the `values` of an item, by the item's id; "" for none."""

    has_values: Callable[[Json], bool] = bool
    """Returns whether an item of the fact has values to be collected."""


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One API provider: what its spec cannot express."""

    name: str
    """Names the spec: `openapi/<name>.yaml`."""

    title: str
    rules: tuple[Rule, ...]
    refusal: Callable[[tuple[Finding, ...]], Response]
    """Turns one or more findings that refuse into the marketplace's error response."""

    formats: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    """Name of a string format that the schemas use -> a `Format`, or a function that recognises it."""

    spec: str = ""
    """Path of the spec; "" is the one that comes with sellerspec."""

    secret_members: tuple[str, ...] = ()
    """Members that no cassette may hold: `phone` anywhere, `shipping.name` only directly below `shipping`."""

    public_members: tuple[str, ...] = ()
    """Members whose values look like a token but are public."""

    known_texts: tuple[str, ...] = ()
    """Texts that the documents give for members with running text: no person has written them."""

    sources: Mapping[str, FactSource] = field(default_factory=dict)
    """Name of a fact -> the call that returns it."""

    fixes: Mapping[str, Proposes] = field(default_factory=dict)
    """Id of a rule that a schema states -> what proposes fixes that the schema cannot know."""

    beside: tuple[str, ...] = ()
    """Names of the marketplaces with the same host; a call is told apart by its path."""

    facts: Mapping[str, FactForm] = field(default_factory=dict)
    """Name of a fact -> how it is read; a fact without a form is used as it is given."""


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
    unless: Json = None,
    fixes: Proposes | None = None,
) -> Callable[[Check], Rule]:
    """Make a rule of a function that yields its violations; the docstring is the requirement.

    Nothing is registered: a rule counts once its marketplace lists it. The function gets the
    part that it `reads`, and the facts. It must tolerate missing members and members of another
    type: the schema reports those.

    Args:
        source: key of the document, and its section.
        severity: by default an error where `basis` is documented, else a warning.
        needs: facts, or parts of facts (`order.items`, as `Marketplace.facts` names them), without which
            the rule is unchecked. The function may rely on them.
        unless: a schema of what is read; a value that fits it meets the rule, which saves the call.
        fixes: proposes fixes of a violation, if a comparison does not.
    """

    def make(check: Check) -> Rule:
        requirement = (check.__doc__ or "").strip().partition("\n\n")[0]
        return Rule(
            id=id,
            on=_tuple(on),
            requirement=" ".join(requirement.split()),
            source=Source(*source, basis),
            severity=severity or default_severity(basis),
            catalogue=_tuple(catalogue),
            phase=phase,
            status=status,
            text=text,
            code=code,
            hint=hint,
            needs=_tuple(needs),
            reads=reads,
            unless=unless,
            fixes=fixes or getattr(check, "fixes", None),
            check=check,
            place=f"{check.__module__}.{check.__qualname__}",
        )

    return make


def _tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def default_severity(basis: Basis) -> Severity:
    """Return `error` for a documented requirement, `warning` for every other basis."""
    return Severity.ERROR if basis is Basis.DOCUMENTED else Severity.WARNING


def dated(rule: Rule, seen: Mapping[str, str]) -> Rule:
    """Return the rule with the day its source document was seen, by the key of the document."""
    return replace(rule, source=replace(rule.source, seen=seen.get(rule.source.document, "")))
