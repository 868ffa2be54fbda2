"""What is known of a keyword at one place in a schema: its rule, and what it means not to meet it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sellerspec.io.strict import quoted
from sellerspec.model import Json, Path
from sellerspec.schema.messages import words_for
from sellerspec.schema.prepare import GATE, LEVEL

ABOUT_MEMBERS = frozenset(("required", "dependentRequired", "additionalProperties"))
"""Keywords of an object whose violation is the violation of a member."""


@dataclass(frozen=True, slots=True, eq=False)
class Keyword:
    """What is known of one place in a schema, whatever the value."""

    name: str
    limit: Json
    parent: Mapping[str, Json]
    rule: str | None
    """The id of the rule that the nearest enclosing subschema with `x-rule` states."""

    warns: bool
    gate: str | None
    """The id of the rule whose `unless` this is part of, if it is."""

    breaks_value: bool
    """Whether what breaks it is broken itself, so that rule functions must not see it."""

    words: Callable[[Json, Json], str]
    """How to say of a value, and the limit, that it does not meet the keyword."""

    _missing: dict[str, "tuple[str, Keyword]"] = field(default_factory=dict)

    def lacking(self, at: Path, member: str) -> "Located":
        """Return the violation of a missing member, under the member's own rule if it has one."""
        found = self._missing.get(member)
        if found is None:
            own = self.parent.get("properties", {}).get(member)
            keyword = replace(self, rule=own["x-rule"]) if isinstance(own, dict) and "x-rule" in own else self
            found = self._missing[member] = (f"{quoted(member)} is missing", keyword)
        return (*at, member), *found

    def unknown(self, at: Path, member: str) -> "Located":
        """Return the violation of an object that has a member which nobody knows."""
        return (*at, member), f"{quoted(member)} is not a member that is known here", self


Located = tuple[Path, str, Keyword]
"""A place that does not meet a keyword, and the words for it."""

_COUNTS = frozenset(
    (
        *ABOUT_MEMBERS,
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
    )
)
"""Keywords whose violation leaves the value itself readable."""


def keyword(schema: Json, place: Path) -> Keyword:
    """Walk to a keyword and gather the annotations on the way."""
    node: Any = schema
    rule = gate = None
    warns = False
    parent: Mapping[str, Json] = {}
    name = ""
    for part in place:
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
    breaks = not warns and name not in _COUNTS
    return Keyword(name, node, parent, rule, warns, gate, breaks, words_for(name))
