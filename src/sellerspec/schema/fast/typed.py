"""Split a schema in two: types that are checked while a text is read, and a schema of the rest.

msgspec reads a text into values of given types in the time that others take to read it at all. The
engine then checks the rest alone. Members that a type does not name are left out in reading: the
reader of a text has to make sure that there were none (`holds_every_member`).
"""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, Required, TypedDict

from msgspec import Meta
from msgspec.json import Decoder

from sellerspec.model import Json
from sellerspec.schema.fast.gate import ENTANGLED, type_names

_EXACT = 1 << 53
"""Bounds below it are exact in every reader of numbers."""


class Split(NamedTuple):
    """A type and a schema; a value that fits both fits the schema that was split."""

    type: Any
    rest: Json
    """True if the type says everything."""


def decoder(type_: Any) -> Callable[[bytes | str], Json]:
    """Return what reads a text as a value of a type; it raises `ValueError` or `RecursionError`."""
    return Decoder(type_).decode


def split(schema: Json) -> Split:
    """Split a schema that `gate.folded` has made."""
    if not isinstance(schema, dict) or not ENTANGLED.isdisjoint(schema):
        return Split(Any, schema)
    rest = dict(schema)
    type_: Any = Any
    values = schema.get("enum")
    if values and all(isinstance(value, str | None) for value in values):
        type_ = Literal[tuple(rest.pop("enum"))]
    elif "type" in schema:
        type_ = reduce(or_, [_TYPES[name](rest) for name in _disjoint(rest.pop("type"))])
    return Split(type_, rest or True)


def _disjoint(type_: str | list[str]) -> list[str]:
    """Return the names of types, without `integer` beside `number`."""
    names = type_names(type_)
    return sorted(names - {"integer"} if "number" in names else names)


def _bounded(type_: Any, rest: dict[str, Json], bounds: Mapping[str, str]) -> Any:
    """Return a type with the bounds that msgspec can check, and remove those from the rest."""
    taken: dict[str, Any] = {}
    for keyword, name in bounds.items():
        if type(rest.get(keyword)) is int and abs(rest[keyword]) < _EXACT:
            taken[name] = rest.pop(keyword)
    return Annotated[type_, Meta(**taken)] if taken else type_


def _integer(rest: dict[str, Json]) -> Any:
    bounds = {"multipleOf": "multiple_of"}
    # msgspec takes one bound for each side
    bounds |= {"minimum": "ge"} if "minimum" in rest else {"exclusiveMinimum": "gt"}
    bounds |= {"maximum": "le"} if "maximum" in rest else {"exclusiveMaximum": "lt"}
    return _bounded(int, rest, bounds)


def _text(rest: dict[str, Json]) -> Any:
    return _bounded(str, rest, {"minLength": "min_length", "maxLength": "max_length"})


def _list(rest: dict[str, Json]) -> Any:
    item = split(rest.pop("items", True))
    if item.rest is not True:
        rest["items"] = item.rest
    return _bounded(list[item.type], rest, {"minItems": "min_length", "maxItems": "max_length"})  # type: ignore[name-defined]


def _object(rest: dict[str, Json]) -> Any:
    others = rest.pop("additionalProperties", True)
    known = rest.pop("properties", {})
    if not known:
        value = split(others)
        if value.rest is not True:
            rest["additionalProperties"] = value.rest
        return dict[str, value.type]  # type: ignore[name-defined]
    if isinstance(others, dict):
        rest |= {"properties": known, "additionalProperties": others}
        return dict[str, Any]
    needed = rest.pop("required", ())
    if others is False and not known.keys() >= set(needed):
        rest["required"], needed = needed, ()  # nothing fits that
    members = {name: split(known.get(name, True)) for name in dict.fromkeys([*known, *needed])}
    remaining = {name: member.rest for name, member in members.items() if member.rest is not True}
    if remaining:
        rest["properties"] = remaining
    make: Any = TypedDict
    return make(
        "Object",
        {
            name: Required[member.type] if name in needed else NotRequired[member.type]
            for name, member in members.items()
        },
    )


_TYPES: Mapping[str, Callable[[dict[str, Json]], Any]] = {
    "null": lambda _: type(None),
    "boolean": lambda _: bool,
    "integer": _integer,
    "number": lambda _: int | float,
    "string": _text,
    "array": _list,
    "object": _object,
}
"""Name of a type -> the type; removes from a schema what the type checks."""
