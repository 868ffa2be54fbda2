"""A schema as the engines get it: its advice too, and what spares a rule its call, marked as such."""

from collections.abc import Iterator, Mapping

from sellerspec.model import Json
from sellerspec.schema.engine import Formats

WARNINGS = "x-warnings"
LEVEL = "x-level"
"""Marks, in a prepared schema, the subschemas whose violations only warn."""

GATE = "x-gate"
"""Marks, in a prepared schema, a rule's `unless`: a violation calls the rule, and reports nothing itself."""


def with_gates(schema: Json, gates: Mapping[str, Json], formats: Formats, *, quick: bool = False) -> Json:
    """Return a schema, prepared, that also asks for what spares rules their call.

    Args:
        schema: as it is written.
        gates: id of a rule -> its `unless`.
        formats: those that the marketplace knows.
        quick: as for `prepared`.
    """
    ready = prepared(schema, formats, quick=quick)
    opened = [{GATE: id, **prepared(each, formats, quick=quick)} for id, each in gates.items()]
    return {"allOf": [ready, *opened]} if opened else ready


def prepared(schema: Json, formats: Formats, *, quick: bool = False) -> Json:
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
        elif key != WARNINGS:
            out[key] = value
    advice = [
        {LEVEL: "warning", **_beside(prepared(each, formats, quick=quick), schema)}
        for each in schema.get(WARNINGS, ())
    ]
    if advice:
        out["allOf"] = [*out.get("allOf", ()), *advice]
    return out


_SCHEMA_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_SCHEMAS = ("items", "prefixItems", "additionalProperties", "allOf", "anyOf", "oneOf", "not", "if", "then",
            "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems")  # fmt: skip


def _beside(advice: Json, around: Mapping[str, Json]) -> Json:
    """Let `additionalProperties: false` of an advice see the members of the schema around it."""
    if isinstance(advice, bool):
        return {} if advice else {"not": {}}
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
        elif key == WARNINGS:
            yield from annotated(value, warns=True)
