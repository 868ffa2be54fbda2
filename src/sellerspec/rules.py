"""The shape of a rule: its record, the functions that check it, and what a marketplace adds to its spec.

A requirement that JSON Schema can express stands in a schema with an `x-rule` beside it. Every
other requirement is a small function here, or a comparison of members.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import update_wrapper
from typing import Literal, NamedTuple

from sellerspec.model import Basis, Facts, Finding, Fix, Json, Path, Phase, Response, Severity, Source
from sellerspec.values import items, number, objects, texts

__all__ = [
    "AllOrNone", "AtLeast", "Comparison", "ComparisonCheck", "Distinct", "Excludes", "FactForm", "Format",
    "Marketplace", "NotAmong", "Rule", "Same", "Violation", "compares", "dated", "default_severity", "number",
    "objects", "rule", "texts",
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

    fix: Fix | None = None
    """A change that mends it, where no general one does: its paths are relative to what the rule reads."""


Check = Callable[[Json, Facts], Iterable[Violation]]


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
            server_text or self.text, self.status, self.code, hint or self.hint, self.phase,
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
    """A string format that one regular expression describes completely; call it with a text."""

    pattern: str
    """Without anchors, look-around and back references, so that every engine can run it."""

    def __call__(self, text: str) -> bool:
        """Return whether the text has the format."""
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

    named: str = ""
    """The member of a body, or the parameter of a path, that names the same thing."""


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


class Distinct(NamedTuple):
    """No two objects of a list have the same texts in the named members."""

    items: str
    """The member of the value that holds the list."""

    members: tuple[str, ...]
    as_many_as: str | None = None
    """A list beside `items`: only as many members are compared as it has items. None compares all."""

    def violations(self, value: Json, message: Callable[[dict[str, str], str], str]) -> Iterator[Violation]:
        """Yield each repetition at its last member.

        `message` gets the values by member, and the first object that has them.
        """
        members = self.members
        if self.as_many_as is not None:
            members = members[: len(list(items(value, self.as_many_as)))]
        first: dict[tuple[str, ...], int] = {}
        for index, item in objects(value, self.items) if members else ():
            values = tuple(text for name in members if isinstance(text := item.get(name), str) and text)
            if len(values) < len(members):
                continue
            if first.setdefault(values, index) != index:
                same = dict(zip(members, values, strict=True))
                yield Violation((self.items, index, members[-1]), message(same, _item(self, first[values])))


class Same(NamedTuple):
    """All objects of a list have the same number in a member, if they have one."""

    items: str
    member: str

    def violations(self, value: Json, message: Callable[[int, int, str], str]) -> Iterator[Violation]:
        """Yield each object with another number than the first; `message` gets both, and the first object."""
        numbers = [(index, number(item.get(self.member))) for index, item in objects(value, self.items)]
        known = [(index, amount) for index, amount in numbers if amount is not None]
        for index, amount in known:
            if amount != known[0][1]:
                words = message(amount, known[0][1], _item(self, known[0][0]))
                yield Violation((self.items, index, self.member), words)


class AllOrNone(NamedTuple):
    """Of the objects of a list that have a member, either all have one certain value there or none has."""

    items: str
    member: str
    value: str

    def violations(self, value: Json, message: Callable[[Json, Json, str], str]) -> Iterator[Violation]:
        """Yield each object that differs from the first; `message` gets both values, and the first object."""
        values = [(index, item.get(self.member)) for index, item in objects(value, self.items)]
        known = [(index, other) for index, other in values if other]
        for index, other in known:
            first, one = known[0]
            if (other == self.value) is not (one == self.value):
                words = message(other, one, _item(self, first))
                yield Violation((self.items, index, self.member), words)


class NotAmong(NamedTuple):
    """No text of the named members stands in another list of the value."""

    members: tuple[str, ...]
    others: str
    """The list of texts, a member of the value."""

    items: str
    """The list of objects that have the members."""

    def violations(self, value: Json, message: Callable[[str, str], str]) -> Iterator[Violation]:
        """Yield each member whose text stands in the other list; `message` gets the member and its text."""
        others = {text for _, text in texts(value, self.others)}
        for index, item in objects(value, self.items):
            for name in self.members:
                if isinstance(item.get(name), str) and item[name] in others:
                    yield Violation((self.items, index, name), message(name, item[name]))


class Excludes(NamedTuple):
    """A list of texts does not hold the text of a member beside it."""

    others: str
    member: str

    def violations(self, value: Json, message: Callable[[str], str]) -> Iterator[Violation]:
        """Yield the first item of the list that equals the member; `message` gets its text."""
        for index, text in texts(value, self.others):
            if text == value.get(self.member):
                yield Violation((self.others, index), message(text))
                return


class AtLeast(NamedTuple):
    """In each object of a list, one amount is not below another; 0 or less is no amount.

    An object without the first amount takes it from the value around the list.
    """

    items: str
    member: str
    bound: str

    def violations(self, value: Json, message: Callable[[int, int, str], str]) -> Iterator[Violation]:
        """Yield each amount that is too low, the shared one only once.

        `message` gets amount, bound, and for the shared amount the object, else "".
        """
        shared = number(value.get(self.member)) if isinstance(value, dict) else None
        for index, item in objects(value, self.items):
            bound, own = number(item.get(self.bound)), number(item.get(self.member))
            if bound is None:
                continue
            if own is not None and 0 < own < bound:
                yield Violation((self.items, index, self.member), message(own, bound, ""))
            elif own is None and shared is not None and 0 < shared < bound:
                yield Violation((self.member,), message(shared, bound, _item(self, index)))
                shared = None


def _item(comparison: Distinct | Same | AllOrNone | AtLeast, index: int) -> str:
    """Name an object of the list that is compared, as messages do: `` `variants[0]` ``."""
    return f"`{comparison.items}[{index}]`"


Comparison = Distinct | Same | AllOrNone | NotAmong | Excludes | AtLeast


class ComparisonCheck:
    """The check of a rule that compares members: finds the violations by the comparison alone."""

    __module__: str
    __qualname__: str

    def __init__(self, comparison: Comparison, message: Callable[..., str]) -> None:
        self.comparison = comparison
        self._message = message
        update_wrapper(self, message)

    def __call__(self, value: Json, _: Facts) -> Iterator[Violation]:
        """Yield the violations, each with its message."""
        return self.comparison.violations(value, self._message)


def compares(comparison: Comparison) -> Callable[[Callable[..., str]], ComparisonCheck]:
    """Make the check of a rule of a comparison, and of the function that words its messages.

    The quick path derives a precheck from the same comparison, so it is written once.
    """
    return lambda message: ComparisonCheck(comparison, message)
