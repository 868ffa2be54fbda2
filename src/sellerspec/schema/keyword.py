"""A keyword at one place of a schema: its rule, its severity, and what its violation means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sellerspec.model import Json, Path
from sellerspec.schema.messages import words_for
from sellerspec.schema.prepare import GATE, LEVEL

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

    words: Callable[[Json, Json], str]
    """The message for a value and the limit."""

    def of_member(self, member: str) -> "Keyword":
        """Return the keyword under the rule of a missing member, if that has one of its own."""
        own = self.parent.get("properties", {}).get(member)
        return replace(self, rule=own["x-rule"]) if isinstance(own, dict) and "x-rule" in own else self


def keyword(schema: Json, path: Path) -> Keyword:
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
    breaks_value = not warns and name not in _KEEPS_VALUE
    return Keyword(name, node, parent, rule, warns, gate, breaks_value, words_for(name))
