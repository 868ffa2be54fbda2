"""Map the columns of a table to the members of a payload, by the schema or by a mapping file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from sellerspec import contract
from sellerspec.errors import ParseError, UsageError
from sellerspec.io import pointers, resources
from sellerspec.model import Json

Kind = Literal["text", "integer", "number", "boolean", "list"]
KINDS = ("text", "integer", "number", "boolean", "list")
GROUP = "product"
"""Column of a template that has the same value in all rows of one payload."""

SEPARATOR = "|"
"""Separates the items of a list in one cell."""


@dataclass(frozen=True, slots=True)
class Member:
    """The member that a column fills."""

    path: tuple[str, ...]
    """Path in the payload, or, if `of_row`, in an object of the list of rows."""

    of_row: bool
    """Whether the member is in the objects of the list, with one value for each row."""

    kind: Kind = "text"
    separator: str = SEPARATOR
    note: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """The members that the columns of a table fill."""

    members: Mapping[str, Member]
    """Header -> member. `attributes.*` stands for every header that starts with `attributes.`."""

    group: str | None
    """Column that groups the rows of one payload; None if each row is a payload."""

    rows: str | None
    """Member that is the list of rows: `variants`."""

    sheet: str | None = None
    """Sheet of a workbook; None takes the first."""

    def member(self, header: str) -> Member | None:
        """Return the member that a column fills; None if it fills none."""
        if header in self.members:
            return self.members[header]
        for name, member in self.members.items():
            start = name.removesuffix("*")
            if name.endswith(".*") and header.startswith(start) and len(header) > len(start):
                return Member(
                    (*member.path, header[len(start) :]), member.of_row, member.kind, member.separator
                )
        return None


@cache
def columns(operation: str, mapping: str | None) -> Columns:
    """Return the columns of an operation's tables.

    Raises:
        ParseError: the mapping file is not a mapping.
        UsageError: the payload has more than one list of objects, so a row is ambiguous.
    """
    own = of_schema(operation)
    return own if mapping is None else _of_file(Path(mapping), own)


def of_schema(operation: str) -> Columns:
    """Return the columns of an operation's schema."""
    ready = contract.operation(operation)
    schema = ready.body and ready.spec.request and ready.spec.request.schema
    members = dict(_members(schema, of_row=False))
    lists = [
        (name, member["items"])
        for name, member in _properties(schema).items()
        if "array" in _types(member) and _properties(member.get("items"))
    ]
    if len(lists) > 1:  # pragma: no cover - no operation has two so far
        raise UsageError(f"`{operation}` has no table: more than one list in a payload")
    for rows, item in lists:
        inner = dict(_members(item, of_row=True))
        members |= {
            (f"variant.{name}" if name in members else name): member for name, member in inner.items()
        }
        return Columns(members, GROUP, rows)
    return Columns(members, None, None)


def _properties(schema: Json) -> Mapping[str, Json]:
    """Return the properties of a schema, including those under its `allOf`."""
    properties: dict[str, Json] = {}
    if isinstance(schema, dict):
        for subschema in schema.get("allOf", ()):
            properties |= _properties(subschema)
        properties |= schema.get("properties", {})
    return properties


def _types(schema: Json) -> list[str]:
    named = schema.get("type", []) if isinstance(schema, dict) else []
    return [named] if isinstance(named, str) else [name for name in named if name != "null"]


_KINDS: Mapping[str, Kind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "string": "text",
}


def _members(schema: Json, *, of_row: bool) -> Iterator[tuple[str, Member]]:
    for name, member in _properties(schema).items():
        if not isinstance(member, dict):
            continue
        types = _types(member)
        note = str(member.get("description", ""))
        if "object" in types:
            yield f"{name}.*", Member((name,), of_row, "text", note=note)
        elif "array" in types:
            if not _properties(member.get("items")):
                note = f"{note} Several with {SEPARATOR} between them.".strip()
                yield name, Member((name,), of_row, "list", note=note)
        else:
            kind = _KINDS.get(types[0], "text") if types else "text"
            yield name, Member((name,), of_row, kind, note=note, choices=_choices(member))


def _choices(schema: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the values of an enum, without those that cause a warning."""
    unwanted = [warning.get("not", {}).get("const") for warning in schema.get("x-warnings", ())]
    enum = schema.get("enum", ())
    return tuple(choice for choice in enum if isinstance(choice, str) and choice not in unwanted)


def _of_file(path: Path, own: Columns) -> Columns:
    value = resources.read_yaml(path)
    if not isinstance(value, dict) or not isinstance(value.get("columns"), dict):
        raise ParseError("a mapping has `columns`: header -> member", name=str(path))
    unknown = sorted(value.keys() - {"columns", "group", "sheet"})
    if unknown:
        raise ParseError(f"a mapping has `columns`, `group` and `sheet`, not `{unknown[0]}`", name=str(path))
    members = {str(header): _member(entry, own, str(path)) for header, entry in value["columns"].items()}
    group = value.get("group")
    if own.rows is None and group is not None:
        raise ParseError("`group` is for payloads that have a list", name=str(path))
    return Columns(members, None if group is None else str(group), own.rows, value.get("sheet"))


def _member(entry: Json, own: Columns, name: str) -> Member:
    """Return the member of an entry: `/variants/price`, or an object with `member`, `type`, `separator`."""
    options = entry if isinstance(entry, dict) else {"member": entry}
    pointer = options.get("member")
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        raise ParseError("a column's member is a pointer, like `/variants/price`", name=name)
    parts = pointers.split(pointer)
    of_row = own.rows is not None and len(parts) > 1 and parts[0] == own.rows
    path = parts[1:] if of_row else parts
    kinds = (member.kind for member in own.members.values() if (member.of_row, member.path) == (of_row, path))
    kind = options.get("type", next(kinds, "text"))
    if kind not in KINDS:
        raise ParseError(f"`{str(kind)[:20]}` is no type; known: {', '.join(KINDS)}", name=name)
    return Member(path, of_row, kind, str(options.get("separator", SEPARATOR)))
