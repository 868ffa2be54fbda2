"""Derive from a schema a gate: a stricter, cheaper schema.

A value that fits the gate fits the schema. A value that does not may still fit the schema; the full
check decides. So every step here may narrow a schema, and none may widen it.

A schema is slow to check because the members of an object are looked up again and again, not because
of its keywords. So everything about one member is merged into one subschema.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sellerspec.model import Json

_ALL = frozenset(("null", "boolean", "integer", "number", "string", "array", "object"))

_APPLIES = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "items", "contains"), "array"),
    **dict.fromkeys(
        ("required", "properties", "additionalProperties", "minProperties", "maxProperties",
         "dependentRequired", "propertyNames"), "object"),
}  # fmt: skip
"""Keyword -> the type of the values that it limits."""

_TIGHTER: Mapping[str, Callable[[Any, Any], Any]] = {
    "minLength": max,
    "maxLength": min,
    "minimum": max,
    "maximum": min,
    "exclusiveMinimum": max,
    "exclusiveMaximum": min,
    "minItems": max,
    "maxItems": min,
    "minProperties": max,
    "maxProperties": min,
    "uniqueItems": lambda a, b: a or b,
    "required": lambda a, b: list(dict.fromkeys([*a, *b])),
    "type": lambda a, b: sorted(type_names(a) & type_names(b)),
    "enum": lambda a, b: [value for value in a if _text(value) in {_text(other) for other in b}],
    "not": lambda a, b: {"anyOf": [a, b]},
    "allOf": lambda a, b: [*a, *b],
    "items": lambda a, b: _both(a, b),
}
"""Keyword -> what makes one limit of two."""

KEPT = frozenset((*_APPLIES, "type", "enum", "const", "not", "allOf", "anyOf", "oneOf", "if", "then", "else"))
"""Keywords that limit a value."""

_OR_EMPTY = "^$|"
"""Begins a pattern that an empty text matches too."""

_BELOW = ("items", "additionalProperties", "contains")
"""Keywords with a schema for what a value holds, besides `properties`."""

ENTANGLED = frozenset(
    (
        "$ref",
        "$dynamicRef",
        "prefixItems",
        "patternProperties",
        "dependentSchemas",
        "minContains",
        "maxContains",
        "unevaluatedItems",
        "unevaluatedProperties",
    )
)
"""Keywords that change the meaning of those beside them: a schema with one of them is not changed."""


def folded(schema: Json) -> Json:
    """Return a stricter schema in which one subschema holds everything about one member.

    What applies only under a condition stays below that condition.
    """
    if not isinstance(schema, dict):
        return schema
    if not ENTANGLED.isdisjoint(schema):
        return {"allOf": [schema]}
    bare = {key: value for key, value in schema.items() if key in KEPT}
    out = {
        key: _inner(key, value) for key, value in bare.items() if key not in ("allOf", "if", "then", "else")
    }
    for part in bare.get("allOf", ()):
        out = _both(out, folded(part))
    if "if" in bare:
        out = _conditional(out, bare)
    return _pruned(out)


def _inner(key: str, value: Json) -> Json:
    if key == "properties":
        return {name: folded(member) for name, member in value.items()}
    if key in _BELOW:
        return folded(value)
    # To narrow a schema below `not` would widen it, and `anyOf` and `oneOf` are checked as they are.
    return value


def _conditional(out: dict[str, Json], bare: Mapping[str, Json]) -> dict[str, Json]:
    branches = {key: folded(bare[key]) for key in ("then", "else") if key in bare}
    if _text(branches.get("then", {})) == _text(branches.get("else", {})):
        return _both(out, branches.get("then", {}))
    of_objects = {"properties", "required", "allOf"}
    if any(isinstance(branch, dict) and of_objects & branch.keys() for branch in branches.values()):
        return _both(out, {"allOf": [{"if": bare["if"], **branches}]})
    then = branches.get("then")
    if bare["if"] == {"minLength": 1} and isinstance(then, dict) and "pattern" in then:
        branches["then"] = {**then, "pattern": f"{_OR_EMPTY}{then['pattern']}"}
    # For a scalar it is quicker to require both branches at once, and usually no narrower.
    for branch in branches.values():
        out = _both(out, branch)
    return out


def _both(a: Json, b: Json) -> dict[str, Json]:
    """Return one schema for two that must both be met."""
    if a is False or b is False:
        return {"not": {}}
    if a is True:
        return dict(b) if isinstance(b, dict) else {}
    if b is True:
        return dict(a)
    out: dict[str, Json] = dict(a)
    rest: dict[str, Json] = {}
    for key, value in b.items():
        if key in ("properties", "additionalProperties"):
            continue
        if key not in out or _text(out[key]) == _text(value):
            out[key] = value
        elif key in _TIGHTER:
            out[key] = _TIGHTER[key](out[key], value)
        else:
            rest[key] = value
    _members(out, a, b)
    if rest:
        out["allOf"] = [*out.get("allOf", ()), rest]
    return _pruned(out)


def _members(out: dict[str, Json], a: Mapping[str, Json], b: Mapping[str, Json]) -> None:
    """Merge `properties`, honouring `additionalProperties` of the other schema."""
    if not {"properties", "additionalProperties"} & (a.keys() | b.keys()):
        return
    mine, yours = a.get("properties", {}), b.get("properties", {})
    my_rest, your_rest = a.get("additionalProperties", True), b.get("additionalProperties", True)
    names = dict.fromkeys([*mine, *yours])
    folded = {name: _both_or_true(mine.get(name, my_rest), yours.get(name, your_rest)) for name in names}
    if folded:
        out["properties"] = folded
    rest = _both_or_true(my_rest, your_rest)
    out.pop("additionalProperties", None)
    if rest is not True:
        out["additionalProperties"] = rest


def _both_or_true(a: Json, b: Json) -> Json:
    if a is True or a == {}:
        return b
    if b is True or b == {}:
        return a
    if a is False or b is False:
        return False
    return _both(a, b)


def type_names(value: Json) -> frozenset[str]:
    """Return the names of all types that a `type` allows: a number may be an integer."""
    named = {value} if isinstance(value, str) else set(value)
    return frozenset(named | {"integer"} if "number" in named else named)


def _pruned(schema: dict[str, Json]) -> dict[str, Json]:
    """Leave out the keywords that limit none of the types which remain."""
    out = dict(schema)
    types = type_names(out["type"]) if "type" in out else _ALL
    if isinstance(out.get("not"), dict) and out["not"]:
        types = _negated(out, types)
    if types != (type_names(out["type"]) if "type" in out else _ALL):
        out["type"] = sorted(types)
    for key in out.keys() & _APPLIES.keys():
        about = _APPLIES[key]
        if about not in types and not (about == "number" and "integer" in types):
            del out[key]
    if out.get("minLength", 0) > 0 and "pattern" in out:
        out["pattern"] = out["pattern"].removeprefix(_OR_EMPTY)
    if "enum" in out:
        out["enum"] = [value for value in out["enum"] if _type(value) in types]
        out.pop("type", None)
    elif not types:
        return {"enum": []}
    elif isinstance(out.get("type"), list) and len(out["type"]) == 1:
        out["type"] = out["type"][0]
    return out


def _negated(out: dict[str, Json], types: frozenset[str]) -> frozenset[str]:
    """Rewrite `not` as positive keywords where possible; return the types that are left."""
    rest: list[Json] = []
    values: list[Json] = []
    for alternative in _alternatives(out.pop("not")):
        gone = (
            type_names(alternative["type"])
            if isinstance(alternative, dict) and set(alternative) == {"type"}
            else None
        )
        # numbers without the integers are no type with a name
        if gone is not None and ("integer" not in gone or "number" in gone or "number" not in types):
            types -= gone
        elif isinstance(alternative, dict) and set(alternative) in ({"const"}, {"enum"}):
            values.extend(alternative["enum"] if "enum" in alternative else [alternative["const"]])
        else:
            rest.append(alternative)
    if "enum" in out:
        out["enum"] = [value for value in out["enum"] if value not in values]
        values = []
    if None in values:
        types -= {"null"}
    if "" in values:
        out["minLength"] = max(1, out.get("minLength", 0))
    values = [value for value in values if value not in (None, "") and _type(value) in types]
    if values:
        rest.append({"enum": values})
    if rest:
        out["not"] = {"anyOf": rest}
    return types


def _alternatives(schema: Json) -> list[Json]:
    if isinstance(schema, dict) and set(schema) == {"anyOf"}:
        return [alternative for part in schema["anyOf"] for alternative in _alternatives(part)]
    return [schema]


def _type(value: Json) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return name
    return "integer" if float(value).is_integer() else "number"


def _text(value: Json) -> str:
    """Return a text that differs where Python takes values for equal, such as 1 and true."""
    return json.dumps(value, sort_keys=True)
