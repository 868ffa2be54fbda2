"""A keyword at one place of a schema: its rule, its severity, and what its violation means."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sellerspec.io.strict import quoted
from sellerspec.model import Json, Path
from sellerspec.rules import Rule
from sellerspec.schema.conditions import Condition, members
from sellerspec.schema.prepare import GATE, LEVEL
from sellerspec.schema.wording import Say, say

ABOUT_MEMBERS = frozenset(("required", "dependentRequired", "additionalProperties"))
"""Keywords of an object whose violation is the violation of a member."""

_KEEPS_VALUE = ABOUT_MEMBERS | {
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "contains",
    "propertyNames",
    "not",
    "anyOf",
    "oneOf",
}
"""Keywords whose violation leaves the value itself readable."""


@dataclass(frozen=True, slots=True, eq=False)
class Keyword:
    """One keyword of a schema, independent of any value."""

    name: str
    limit: Json
    """The keyword's own value: 5 for `maximum: 5`."""

    parent: Mapping[str, Json]
    """The subschema that holds the keyword."""

    rule: str | None
    """The id of the rule that the nearest enclosing subschema with `x-rule` states."""

    warns: bool
    gate: str | None
    """The id of the rule whose `unless` holds this keyword, if one does."""

    breaks_value: bool
    """Whether a value that violates it is broken itself, so that rule functions must not see it."""

    say: Say
    """Makes the message."""

    conditions: tuple[Condition, ...]
    """The conditions on the way to it."""

    elsewhere: Mapping[str, str]
    """Of `additionalProperties`: members of objects and of items of lists beside -> whose, in words."""

    def of_member(self, member: str) -> "Keyword":
        """Return the keyword under the rule of a missing member, if that has one of its own."""
        own = self.parent.get("properties", {}).get(member)
        return replace(self, rule=own["x-rule"]) if isinstance(own, dict) and "x-rule" in own else self


@dataclass(frozen=True, slots=True)
class Texts:
    """What the messages of a schema need besides the schema."""

    formats: Mapping[str, Callable[[str], bool]]
    rule: Callable[[str], Rule | None] = lambda _: None
    """Returns a rule by its id."""

    hides: Callable[[Path], bool] = lambda _: False
    """Returns whether a place is one of a secret or a person, so that its value is not shown."""

    whole: str = "the value"
    """What the whole value is called, and the body of its request."""


_HOLDS_ITEMS = frozenset(("items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties"))
_HOLDS_NAMED = frozenset(("properties", "patternProperties", "prefixItems"))


def keyword(schema: Json, path: Path, texts: Texts) -> Keyword:
    """Return the keyword at a path of a prepared schema, with the annotations around it."""
    node: Any = schema
    rule = gate = None
    warns = False
    parent: Mapping[str, Json] = {}
    name = ""
    for part in path:
        if isinstance(node, dict):
            parent = node
            if "x-rule" in node:
                rule = node["x-rule"]
            gate = node.get(GATE, gate)
            warns = warns or node.get(LEVEL) == "warning"
        node = node[part]
        name = str(part)
        if name == "propertyNames":
            break
    stated = texts.rule(rule) if rule is not None else None
    breaks_value = not warns and name not in _KEEPS_VALUE
    because, required = parent.get("x-because", ""), parent.get("required", ())
    message = say(name, node, stated, texts.formats, because, required)
    return Keyword(
        name, node, parent, rule, warns, gate, breaks_value, message, tuple(_conditions(schema, path)),
        _elsewhere(schema, path) if name == "additionalProperties" else {},
    )  # fmt: skip


def _elsewhere(schema: Json, path: Path) -> dict[str, str]:
    """Return the members of what stands beside a keyword, or around the warning that holds it."""
    names: dict[str, str] = {}
    for around in (path[:-1], path[:-3]):
        node = schema
        for part in around:
            node = node[part]
        for holder, held in node.get("properties", {}).items() if isinstance(node, dict) else ():
            if isinstance(held, dict):
                items = held.get("items")
                listed = items.get("properties", ()) if isinstance(items, dict) else ()
                names |= dict.fromkeys(held.get("properties", ()), quoted(holder))
                names |= dict.fromkeys(listed, f"each item of {quoted(holder)}")
    return names


def _conditions(schema: Json, path: Path) -> Iterator[Condition]:
    """Yield the conditions on the way to a keyword."""
    node, depth, above = schema, 0, ""
    for part in path:
        if above in _HOLDS_NAMED:
            depth += 1
            above = ""
        elif above == "dependentSchemas":
            yield Condition(depth, (str(part),))
            above = ""
        else:
            if part in ("then", "else") and (names := members(node.get("if"))):
                yield Condition(depth, names, node["if"].keys() == {"not"})
            depth += part in _HOLDS_ITEMS
            above = str(part)
        node = node[part]
