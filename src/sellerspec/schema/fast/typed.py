"""Part a schema in two: types that are checked while a text is read, and a schema of what they leave unsaid.

msgspec reads a text into values of given types in the time that others take to read it at all. The
engine is then asked about the rest alone. Members that a type does not name are left out in
reading: who reads has to make sure that there were none (`strict.holds_every_member`).
"""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, Required, TypedDict

from msgspec import Meta
from msgspec.json import Decoder

from sellerspec.model import Json
from sellerspec.schema.fast.gate import ENTANGLED, type_names

Read = Callable[[bytes | str], Json]


class Parted(NamedTuple):
    """What a type says of a schema, and the rest: a value that fits both fits the schema."""

    type: Any
    rest: Json
    """True if the type says it all."""


def reader(type_: Any) -> Read:
    """Return what reads a text as a value of a type; it raises `ValueError` or `RecursionError`."""
    return Decoder(type_).decode


def parted(schema: Json) -> Parted:
    """Part a schema that `gate.folded` has made."""
    if not isinstance(schema, dict) or not ENTANGLED.isdisjoint(schema):
        return Parted(Any, schema)
    rest = dict(schema)
    kind: Any = Any
    listed = schema.get("enum")
    if listed and all(isinstance(each, str | None) for each in listed):
        kind = Literal[tuple(rest.pop("enum"))]
    elif "type" in schema:
        kind = reduce(or_, [_TYPES[each](rest) for each in _told_apart(rest.pop("type"))])
    return Parted(kind, rest or True)


def _told_apart(named: str | list[str]) -> list[str]:
    """Return the names of types of which no two have a value in common."""
    found = type_names(named)
    return sorted(found - {"integer"} if "number" in found else found)


def _bounded(kind: Any, rest: dict[str, Json], bounds: Mapping[str, str]) -> Any:
    """Return a type with those bounds that it can bear; they leave the rest."""
    told: dict[str, Any] = {}
    for keyword, name in bounds.items():
        if type(rest.get(keyword)) is int and abs(rest[keyword]) < _MOST:
            told[name] = rest.pop(keyword)
    return Annotated[kind, Meta(**told)] if told else kind


_MOST = 1 << 53
"""Bounds below it are exact in every reader of numbers."""


def _integer(rest: dict[str, Json]) -> Any:
    bounds = {"multipleOf": "multiple_of"}
    # msgspec takes one bound for each side
    bounds |= {"minimum": "ge"} if "minimum" in rest else {"exclusiveMinimum": "gt"}
    bounds |= {"maximum": "le"} if "maximum" in rest else {"exclusiveMaximum": "lt"}
    return _bounded(int, rest, bounds)


def _text(rest: dict[str, Json]) -> Any:
    return _bounded(str, rest, {"minLength": "min_length", "maxLength": "max_length"})


def _list(rest: dict[str, Json]) -> Any:
    item = parted(rest.pop("items", True))
    if item.rest is not True:
        rest["items"] = item.rest
    return _bounded(list[item.type], rest, {"minItems": "min_length", "maxItems": "max_length"})  # type: ignore[name-defined]


def _object(rest: dict[str, Json]) -> Any:
    others = rest.pop("additionalProperties", True)
    known = rest.pop("properties", {})
    if not known:
        value = parted(others)
        if value.rest is not True:
            rest["additionalProperties"] = value.rest
        return dict[str, value.type]  # type: ignore[name-defined]
    if isinstance(others, dict):
        rest |= {"properties": known, "additionalProperties": others}
        return dict[str, Any]
    needed = rest.pop("required", ())
    if others is False and not known.keys() >= set(needed):
        rest["required"], needed = needed, ()  # nothing fits that
    members = {fromkey: parted(known.get(fromkey, True)) for fromkey in dict.fromkeys([*known, *needed])}
    unsaid = {name: each.rest for name, each in members.items() if each.rest is not True}
    if unsaid:
        rest["properties"] = unsaid
    make: Any = TypedDict
    return make(
        "Object",
        {
            name: Required[each.type] if name in needed else NotRequired[each.type]
            for name, each in members.items()
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
"""Name of a type -> the type; takes out of a schema what it says of it."""
