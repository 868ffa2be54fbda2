"""Make a plain value from a schema: a start for the search for a minimal payload."""

from collections.abc import Mapping

from sellerspec.model import Json


def sample(schema: Json) -> Json:
    """Return a value with the required members of a schema, each as simple as its keywords allow.

    Conditions and formats are ignored: the payload is repaired later. A documented `example` is taken
    as it is.

    >>> sample({"type": "object", "required": ["a"], "properties": {"a": {"minimum": 3, "type": "integer"}}})
    {'a': 3}
    """
    if not isinstance(schema, dict):
        return "text"
    for keyword in ("const", "example", "default"):
        if keyword in schema:
            return schema[keyword]
    if schema.get("examples") and isinstance(schema["examples"], list):
        return schema["examples"][0]
    if "enum" in schema:
        return next((value for value in schema["enum"] if value is not None), None)
    if not {"type", "properties", "required"} & schema.keys():
        for key in ("allOf", "anyOf", "oneOf"):
            described = [part for part in schema.get(key, ()) if isinstance(part, dict)]
            typed = next((part for part in described if _names_type(part)), None)
            if typed is not None:
                return sample(typed)
    return _of_type(_type(schema), schema)


def _names_type(schema: Mapping[str, Json]) -> bool:
    return not {"type", "properties", "required", "enum", "const"}.isdisjoint(schema)


def _type(schema: Mapping[str, Json]) -> str:
    named = schema.get("type")
    if isinstance(named, list):
        return next((str(name) for name in named if name != "null"), "null")
    if isinstance(named, str):
        return named
    for key in ("allOf", "anyOf", "oneOf"):
        for subschema in schema.get(key, ()):
            if isinstance(subschema, dict) and "type" in subschema:
                return _type(subschema)
    return "object" if "properties" in schema or "required" in schema else "string"


def _of_type(kind: str, schema: Mapping[str, Json]) -> Json:
    if kind == "object":
        known = schema.get("properties", {})
        return {name: sample(known.get(name, {})) for name in schema.get("required", ())}
    if kind == "array":
        return [sample(schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
    if kind in ("integer", "number"):
        return _number(schema)
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    return "text".ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 1 << 30)]


def _number(schema: Mapping[str, Json]) -> Json:
    if "minimum" in schema:
        return schema["minimum"]
    if "exclusiveMinimum" in schema:
        return schema["exclusiveMinimum"] + 1
    return min(1, schema["maximum"]) if "maximum" in schema else 1
