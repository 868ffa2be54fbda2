"""What a schema says of one place, gathered from everywhere it says it."""

from collections.abc import Iterator, Mapping
from functools import cache

from sellerspec import contract
from sellerspec.model import Json, Path


@cache
def body_schema(operation: str) -> Json:
    """Return the schema of an operation's JSON body; None where it has none."""
    request = contract.operation(operation).spec.request
    return request.schema if request is not None else None


def at(schema: Json, path: Path) -> list[Mapping[str, Json]]:
    """Return the subschemas that speak of the value at a path, conditions and advice too."""
    found = list(_all(schema))
    for part in path:
        found = [deep for each in found for deep in _all(_below(each, part))]
    return found


def _below(schema: Mapping[str, Json], part: str | int) -> Json:
    if isinstance(part, int):
        listed = schema.get("prefixItems", ())
        return listed[part] if part < len(listed) else schema.get("items")
    named = schema.get("properties", {}).get(part)
    other = schema.get("additionalProperties")
    return named if named is not None else other if isinstance(other, dict) else None


def _all(schema: Json) -> Iterator[Mapping[str, Json]]:
    """Yield a schema and those that stand beside it for the same value."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key in ("allOf", "anyOf", "oneOf", "x-warnings"):
        for each in schema.get(key, ()):
            yield from _all(each)
    for key in ("if", "then", "else"):
        yield from _all(schema.get(key))


def members(schemas: list[Mapping[str, Json]]) -> tuple[str, ...]:
    """Return the names of the members that an object may have, in the order of the schemas."""
    return tuple(dict.fromkeys(name for schema in schemas for name in schema.get("properties", {})))


def types(schemas: list[Mapping[str, Json]]) -> tuple[str, ...]:
    """Return the types that are spoken of."""
    found: list[str] = []
    for schema in schemas:
        named = schema.get("type", ())
        found.extend((named,) if isinstance(named, str) else named)
    return tuple(dict.fromkeys(found))


def listed(schemas: list[Mapping[str, Json]]) -> tuple[Json, ...]:
    """Return the values that `enum`, `const`, `examples` and the like name."""
    found: list[Json] = []
    for schema in schemas:
        found.extend(schema.get("enum", ()))
        found.extend(schema[key] for key in ("const", "example", "default") if key in schema)
        if isinstance(schema.get("examples"), list):
            found.extend(schema["examples"])
        inner = schema.get("contains")
        if isinstance(inner, dict):
            found.extend(inner.get("enum", ()))
    return tuple(each for i, each in enumerate(found) if each not in found[:i])


BOUNDS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
)


def bounds(schemas: list[Mapping[str, Json]]) -> Iterator[tuple[str, int]]:
    """Yield keyword and limit of each bound."""
    for schema in schemas:
        for keyword in BOUNDS:
            if isinstance(schema.get(keyword), int | float):
                yield keyword, int(schema[keyword])
