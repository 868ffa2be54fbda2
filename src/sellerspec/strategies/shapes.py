"""Collect the constraints that a schema and its subschemas state for one path."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from sellerspec import contract
from sellerspec.contract.examples import valid_payloads
from sellerspec.io.pointers import get, item_path, paths
from sellerspec.model import Json, Path


@cache
def body_schema(operation: str) -> Json:
    """Return the schema of an operation's JSON body; None if it has none."""
    request = contract.operation(operation).spec.request
    return request.schema if request is not None else None


Place = tuple[str, ...]
"""The names on the way to a value; `*` stands for any item of a list."""


def last_name(path: Path) -> str:
    """Return the last name of a path; "" if it has none."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


@cache
def known_values(operation: str) -> Mapping[Place, tuple[Json, ...]]:
    """Return the different values at each place of the valid examples of an operation."""
    return values_of(valid_payloads(operation))


def values_of(bodies: Iterable[Json]) -> Mapping[Place, tuple[Json, ...]]:
    """Return the different values at each place of some bodies."""
    values: dict[Place, list[Json]] = {}
    for body in bodies:
        for path in paths(body):
            value, seen = get(body, path), values.setdefault(item_path(path), [])
            if value not in seen:
                seen.append(value)
    return {where: tuple(seen) for where, seen in values.items()}


def always(schema: Json, path: Path) -> list[Mapping[str, Json]]:
    """Return the subschemas that apply to the value at a path without a condition."""
    schemas = list(_unconditional(schema))
    for part in path:
        schemas = [deeper for outer in schemas for deeper in _unconditional(_below(outer, part))]
    return schemas


def _unconditional(schema: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(schema, dict):
        yield schema
        for subschema in schema.get("allOf", ()):
            yield from _unconditional(subschema)


def at(schema: Json, path: Path) -> list[Mapping[str, Json]]:
    """Return the subschemas that apply to the value at a path, conditional and warning ones too."""
    schemas = list(_all(schema))
    for part in path:
        schemas = [deeper for outer in schemas for deeper in _all(_below(outer, part))]
    return schemas


def _below(schema: Mapping[str, Json], part: str | int) -> Json:
    if isinstance(part, int):
        items = schema.get("prefixItems", ())
        return items[part] if part < len(items) else schema.get("items")
    member = schema.get("properties", {}).get(part)
    other = schema.get("additionalProperties")
    return member if member is not None else other if isinstance(other, dict) else None


def _all(schema: Json) -> Iterator[Mapping[str, Json]]:
    """Yield a schema and its subschemas about the same value."""
    if not isinstance(schema, dict):
        return
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf", "x-warnings"):
        for subschema in schema.get(keyword, ()):
            yield from _all(subschema)
    for keyword in ("if", "then", "else"):
        yield from _all(schema.get(keyword))


def members(schemas: Sequence[Mapping[str, Json]]) -> tuple[str, ...]:
    """Return the names of the members that an object may have, in the order of the schemas."""
    return tuple(dict.fromkeys(name for schema in schemas for name in schema.get("properties", {})))


def types(schemas: Sequence[Mapping[str, Json]]) -> tuple[str, ...]:
    """Return the types that schemas name."""
    names: list[str] = []
    for schema in schemas:
        type_ = schema.get("type", ())
        names.extend((type_,) if isinstance(type_, str) else type_)
    return tuple(dict.fromkeys(names))


def listed(schemas: Sequence[Mapping[str, Json]]) -> tuple[Json, ...]:
    """Return the values that `enum`, `const`, `examples`, `default` and `contains` name."""
    values: list[Json] = []
    for schema in schemas:
        values.extend(schema.get("enum", ()))
        values.extend(schema[key] for key in ("const", "example", "default") if key in schema)
        if isinstance(schema.get("examples"), list):
            values.extend(schema["examples"])
        if isinstance(schema.get("contains"), dict):
            values.extend(schema["contains"].get("enum", ()))
    return tuple(value for index, value in enumerate(values) if value not in values[:index])


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


def bounds(schemas: Sequence[Mapping[str, Json]]) -> Iterator[tuple[str, int]]:
    """Yield keyword and limit of each bound."""
    for schema in schemas:
        for keyword in BOUNDS:
            if isinstance(schema.get(keyword), int | float):
                yield keyword, int(schema[keyword])


def limits(schemas: Sequence[Mapping[str, Json]], keyword: str) -> list[int]:
    """Return the limits of a keyword that is one of `BOUNDS`."""
    return [limit for name, limit in bounds(schemas) if name == keyword]
