"""A schema made ready: one engine call says whether there is anything to report, a second what."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sellerspec.model import Json, Path
from sellerspec.schema import engine as engines
from sellerspec.schema.gate import gate
from sellerspec.schema.words import said
from sellerspec.strict import quoted

ADVICE = "x-advice"
LEVEL = "x-level"
"""Marks, in a prepared schema, the subschemas whose breaches only warn."""

GATE = "x-gate"
"""Marks, in a prepared schema, a rule's `unless`: a breach calls the rule, and reports nothing itself."""


class Breached(NamedTuple):
    """One place that does not meet one keyword, with what the schema's annotations say of it."""

    at: Path
    says: str
    rule: Mapping[str, Json] | None
    """The nearest enclosing subschema that has `x-rule`."""

    warns: bool
    gate: str | None = None
    """The id of the rule whose `unless` this is."""

    breaks_value: bool = False
    """Whether the value itself is broken, so that rule functions must not see it."""

    keeps_types: bool = False
    """Whether what is there has the types that the schema asks for: a member is missing or unknown,
    or a value is out of its bounds."""


class _Keyword(NamedTuple):
    """What is known of one place in a schema, whatever the value."""

    name: str
    limit: Json
    parent: Mapping[str, Json]
    rule: Mapping[str, Json] | None
    warns: bool
    gate: str | None

    def owner(self, member: str) -> Mapping[str, Json] | None:
        """Return the subschema whose rule a missing member breaks: its own, if that states one."""
        own = self.parent.get("properties", {}).get(member)
        return own if isinstance(own, dict) and "x-rule" in own else self.rule


_COUNTS = frozenset(
    (
        "minItems",
        "maxItems",
        "uniqueItems",
        "required",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "additionalProperties",
        "contains",
        "propertyNames",
        "not",
        "anyOf",
        "oneOf",
    )
)
"""Keywords whose breach leaves the value itself readable."""

_BOUNDS = frozenset(
    (
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
    )
)
"""Keywords whose breach says nothing about types."""


class Compiled:
    """A schema with its advice and the gates of rules, compiled once."""

    def __init__(
        self, schema: Json, *, formats: engines.Formats, gates: Mapping[str, Json] = {}, engine: str
    ) -> None:
        self.schema = _with_gates(schema, gates, formats)
        self._engine = engines.compiled(self.schema, formats, engine)
        self._known: dict[Path, _Keyword] = {}
        self.nothing_to_say = engines.compiled(
            gate(_with_gates(schema, gates, formats, quick=True)), formats, engine
        ).is_valid
        """Says True only if there is no breach; False means that `breaches` has to look."""

    def breaches(self, value: Json) -> list[Breached]:
        """Return every breach, each place and keyword once."""
        out: list[Breached] = []
        seen: set[engines.Spot] = set()
        for spot in self._engine.spots(value):
            if spot in seen:
                continue
            seen.add(spot)
            at, place = spot
            known = self._known.get(place)
            if known is None:
                known = self._known[place] = _keyword(self.schema, place)
            if known.gate is not None:
                out.append(Breached(at, "", None, False, known.gate))
                continue
            try:
                here = value
                for part in at:
                    here = here[part]
            except KeyError:
                at, here = _walked(at, value)
            if known.name in _ABOUT_MEMBERS:
                out += _of_members(at, known, here)
            else:
                says = said(known.name, here, known.limit)
                breaks = not known.warns and known.name not in _COUNTS
                bound = known.name in _BOUNDS
                out.append(Breached(at, says, known.rule, known.warns, None, breaks, bound))
        return out


def _walked(at: Path, value: Json) -> tuple[Path, Json]:
    """Return the true path and the value there: jsonschema-rs gives a member named `2` as the number 2."""
    path: list[str | int] = []
    for part in at:
        if isinstance(value, dict) and part not in value:
            part = next(each for each in value if _number(each) == part)
        path.append(part)
        value = value[part]
    return tuple(path), value


def _number(name: str) -> int | None:
    digits = name.removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdecimal() else None


_ABOUT_MEMBERS = frozenset(("required", "dependentRequired", "additionalProperties"))
"""Keywords of an object whose breach is the breach of a member."""


def _of_members(at: Path, known: _Keyword, value: Json) -> Iterator[Breached]:
    name, limit = known.name, known.limit
    if name == "additionalProperties":
        members = known.parent.get("properties", {})
        patterns = tuple(known.parent.get("patternProperties", ()))
        for key in value:
            if key not in members and not any(re.search(each, key) for each in patterns):
                says = f"{quoted(key)} is not a member that is known here"
                yield Breached((*at, key), says, known.rule, known.warns, None, False, True)
        return
    if name == "required":
        missing = [each for each in limit if each not in value]
    else:
        missing = [
            each for key, needed in limit.items() if key in value for each in needed if each not in value
        ]
    for each in missing:
        says = f"{quoted(each)} is missing"
        yield Breached((*at, each), says, known.owner(each), known.warns, None, False, True)


def _keyword(schema: Json, place: Path) -> _Keyword:
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
                rule = node
            gate = node.get(GATE, gate)
            warns = warns or node.get(LEVEL) == "warning"
        node = node[part]
        name = str(part)
        if name == "propertyNames":
            break
    return _Keyword(name, node, parent, rule, warns, gate)


def _with_gates(
    schema: Json, gates: Mapping[str, Json], formats: engines.Formats, *, quick: bool = False
) -> Json:
    ready = prepared(schema, formats, quick=quick)
    opened = [{GATE: id, **prepared(each, formats, quick=quick)} for id, each in gates.items()]
    return {"allOf": [ready, *opened]} if opened else ready


def prepared(schema: Json, formats: engines.Formats, *, quick: bool = False) -> Json:
    """Return a copy of a schema whose advice is asserted too, marked as such.

    Formats that the marketplace has no function for are dropped: they say what is meant, and
    the engines would each check them in their own way. With `quick`, a format stands as the
    pattern that surely has it: narrower, and without a call from the engine into Python.
    """
    if isinstance(schema, list):
        return [prepared(each, formats, quick=quick) for each in schema]
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Json] = {}
    for key, value in schema.items():
        if key == "format" and value not in formats:
            continue
        surely = getattr(formats[value], "surely", "") if quick and key == "format" else ""
        if surely:
            out["allOf"] = [{"pattern": surely}, *out.get("allOf", ())]
            continue
        if key in _SCHEMA_MAPS and isinstance(value, dict):
            out[key] = {name: prepared(each, formats, quick=quick) for name, each in value.items()}
        elif key in _SCHEMAS:
            # narrower under a negation, or in a condition, would be wider outside
            inner = prepared(value, formats, quick=quick and key not in ("not", "if", "oneOf"))
            out[key] = [*out.get("allOf", ()), *inner] if key == "allOf" else inner
        elif key != ADVICE:
            out[key] = value
    advice = [
        {LEVEL: "warning", **_beside(prepared(each, formats, quick=quick), schema)}
        for each in schema.get(ADVICE, ())
    ]
    if advice:
        out["allOf"] = [*out.get("allOf", ()), *advice]
    return out


_SCHEMA_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_SCHEMAS = ("items", "prefixItems", "additionalProperties", "allOf", "anyOf", "oneOf", "not", "if", "then",
            "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems")  # fmt: skip


def _beside(advice: Json, around: Mapping[str, Json]) -> Json:
    """Let `additionalProperties: false` of an advice see the members of the schema around it."""
    if advice.get("additionalProperties") is False:
        known = dict.fromkeys(around.get("properties", {}), True)
        return {**advice, "properties": {**known, **advice.get("properties", {})}}
    return advice


def annotated(schema: Json, warns: bool = False) -> Iterator[tuple[Mapping[str, Json], bool]]:
    """Yield each subschema of a (not yet prepared) schema that states a rule, and whether it warns."""
    if isinstance(schema, list):
        for each in schema:
            yield from annotated(each, warns)
    if not isinstance(schema, dict):
        return
    if "x-rule" in schema:
        yield schema, warns
    for key, value in schema.items():
        if key in _SCHEMA_MAPS and isinstance(value, dict):
            for each in value.values():
                yield from annotated(each, warns)
        elif key in _SCHEMAS:
            yield from annotated(value, warns)
        elif key == ADVICE:
            yield from annotated(value, warns=True)


def without(value: Json, broken: Collection[Path]) -> Json:
    """Return a copy of a value without the broken places: members left out, items made null.

    Only what lies around those places is copied.
    """
    if () in broken:
        return None
    copies: dict[Path, Json] = {}
    for path in sorted(broken, key=len, reverse=True):
        around = value
        for depth in range(len(path)):
            here = path[:depth]
            if here not in copies:
                copies[here] = (around if not depth else around[here[-1]]).copy()
                if depth:
                    around[here[-1]] = copies[here]
            around = copies[here]
        if isinstance(around, dict):
            del around[path[-1]]
        else:
            around[path[-1]] = None
    return copies.get((), value)
