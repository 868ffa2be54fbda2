"""Two generations of an API side by side: which operation replaces which, and how their members differ."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sellerspec.model import Json
from sellerspec.openapi.spec import Body, OperationSpec, Spec

_PARTS = ("allOf", "anyOf", "oneOf")
"""Keywords with schemas that may have more members of the same object."""

REQUIRED = ", required"
LEFT_OUT = "to be left out"


class Row(NamedTuple):
    """One parameter or member."""

    name: str
    """`query page`, `variants[].price`."""

    old: str
    """Its types, and whether it is required; "" if that generation has none of that name."""

    new: str


class Pair(NamedTuple):
    """An operation and the one that it replaces."""

    old: OperationSpec
    new: OperationSpec

    def requests(self) -> list[Row]:
        """Return the parameters and the members of the bodies."""
        return _rows(*({**_parameters(one), **_members(one.request)} for one in self))

    def responses(self) -> list[Row]:
        """Return the members of the responses of success."""
        return _rows(*(_members(_success(one)) for one in self))


def pairs(old: Spec, new: Spec) -> list[Pair]:
    """Return the pairs in the order of the newer spec."""
    replacing = (new.operation(id) for id in new.ids())
    return [Pair(old.operation(one.replaces), one) for one in replacing if one.replaces]


def _rows(old: Mapping[str, str], new: Mapping[str, str]) -> list[Row]:
    return [Row(name, old.get(name, ""), new.get(name, "")) for name in dict.fromkeys((*old, *new))]


def _parameters(operation: OperationSpec) -> dict[str, str]:
    return {
        f"{one.where} {one.name}": _types(one.schema) + (REQUIRED if one.required else "")
        for one in operation.parameters
    }


def _success(operation: OperationSpec) -> Body | None:
    return next((body for status, body in operation.responses.items() if str(status)[:1] == "2"), None)


def _members(body: Body | None) -> dict[str, str]:
    members: dict[str, str] = {}
    for name, types in _below(body.schema, "") if body is not None else ():
        members.setdefault(name, types)
    return members


def _below(schema: Json, place: str) -> Iterator[tuple[str, str]]:
    """Yield each member below a place, with its types; members of the items of a list after `[]`."""
    if not isinstance(schema, dict):
        return
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        own = f"{place}.{name}" if place else name
        yield own, _types(member) + (REQUIRED if name in required else "")
        yield from _below(member, own)
    if isinstance(schema.get("items"), dict):
        yield from _below(schema["items"], f"{place}[]")
    for keyword in _PARTS:
        for part in schema.get(keyword, ()):
            yield from _below(part, place)


def is_left_out(schema: Json) -> bool:
    """Return whether a member is described only to say that it must be left out: it may be null at most."""
    parts = (schema, *schema.get("x-warnings", ())) if isinstance(schema, dict) else ()
    return any(part.get("type") == "null" for part in parts)


def _types(schema: Json) -> str:
    """Return the types of a schema, else the values that it lists; "any" if it has neither."""
    if not isinstance(schema, dict):
        return "any"
    if is_left_out(schema):
        return LEFT_OUT
    types = schema.get("type")
    if types is not None:
        return types if isinstance(types, str) else " or ".join(types)
    listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
    kinds = dict.fromkeys("null" if value is None else _KINDS.get(type(value), "any") for value in listed)
    if kinds:
        return " or ".join(kinds)
    parts = (_types(part) for keyword in _PARTS for part in schema.get(keyword, ()))
    return " or ".join(dict.fromkeys(part for part in parts if part != "any")) or "any"


_KINDS = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}
