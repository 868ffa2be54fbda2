"""A schema as the engines get it: warnings and the gates of rules are asserted too, and marked."""

from collections.abc import Callable, Iterator, Mapping

from sellerspec.model import Json
from sellerspec.schema.engine import Formats

WARNINGS = "x-warnings"
LEVEL = "x-level"
"""Marks, in a prepared schema, the subschemas whose violations only warn."""

GATE = "x-gate"
"""Marks, in a prepared schema, a rule's `unless`: a violation calls the rule, and reports nothing itself."""

_SCHEMA_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_SCHEMAS = ("items", "prefixItems", "additionalProperties", "allOf", "anyOf", "oneOf", "not", "if", "then",
            "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems")  # fmt: skip


def with_gates(schema: Json, gates: Mapping[str, Json], formats: Formats) -> Json:
    """Return a prepared schema that also asserts the `unless` of rules.

    Args:
        schema: as it is written.
        gates: id of a rule -> its `unless`.
        formats: those of the marketplace.
    """
    ready = prepared(schema, formats)
    marked = [{GATE: id, **prepared(unless, formats)} for id, unless in gates.items()]
    return {"allOf": [ready, *marked]} if marked else ready


def prepared(schema: Json, formats: Formats) -> Json:
    """Return a copy of a schema that asserts its `x-warnings` too, each marked with `x-level`.

    Formats for which the marketplace has no function are dropped: they only document, and the
    engines would check them differently. So is `$schema`: at it jsonschema changes to its own
    validator, which runs patterns with Python's `re`, for which `$` also stands before a last line feed.
    """
    if isinstance(schema, list):
        return [prepared(part, formats) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = _rebuilt(schema, lambda part: prepared(part, formats))
    out.pop("$schema", None)
    if "format" in out and out["format"] not in formats:
        del out["format"]
    warnings = [
        {LEVEL: "warning", **_aware_of(prepared(warning, formats), schema)}
        for warning in schema.get(WARNINGS, ())
    ]
    if warnings:
        out["allOf"] = [*out.get("allOf", ()), *warnings]
    return out


def _aware_of(warning: Json, schema: Mapping[str, Json]) -> Json:
    """Let `additionalProperties: false` of a warning see the members of the schema around it."""
    if isinstance(warning, bool):
        return {} if warning else {"not": {}}
    if warning.get("additionalProperties") is False:
        known = dict.fromkeys(schema.get("properties", {}), True)
        return {**warning, "properties": {**known, **warning.get("properties", {})}}
    return warning


def without_warnings(schema: Json) -> Json:
    """Return a copy of a schema, not yet prepared, without its `x-warnings`."""
    if isinstance(schema, list):
        return [without_warnings(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return _rebuilt(schema, without_warnings)


def _rebuilt(schema: Mapping[str, Json], change: Callable[[Json], Json]) -> dict[str, Json]:
    """Return a copy of a schema without its `x-warnings`, each subschema (or list of them) changed."""
    out: dict[str, Json] = {}
    for key, value in schema.items():
        if key in _SCHEMA_MAPS and isinstance(value, dict):
            out[key] = {name: change(part) for name, part in value.items()}
        elif key != WARNINGS:
            out[key] = change(value) if key in _SCHEMAS else value
    return out


def annotated(schema: Json, warns: bool = False) -> Iterator[tuple[Mapping[str, Json], bool]]:
    """Yield each subschema of a schema, not yet prepared, that states a rule, and whether it warns."""
    if isinstance(schema, list):
        for part in schema:
            yield from annotated(part, warns)
    if not isinstance(schema, dict):
        return
    if "x-rule" in schema:
        yield schema, warns
    for key, value in schema.items():
        if key in _SCHEMA_MAPS and isinstance(value, dict):
            for part in value.values():
                yield from annotated(part, warns)
        elif key in _SCHEMAS or key == WARNINGS:
            yield from annotated(value, warns or key == WARNINGS)
