"""Which column of a table is which member of a payload: read off the schema, or off a mapping file."""

from collections.abc import Iterator, Mapping, Sequence
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
"""Column of a template whose value is the same in all rows of one payload."""

SEPARATOR = "|"
"""Between the items of a list in one cell."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member that a column fills."""

    path: tuple[str, ...]
    """Below the payload, or below each object of the payload's list of rows."""

    of_row: bool
    """Whether each row has its own: a member of the list's objects."""

    kind: Kind = "text"
    separator: str = SEPARATOR
    note: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table mean."""

    members: Mapping[str, Member]
    """Header -> member. A header that ends in `.*` stands for all that begin so."""

    group: str | None
    """Column that tells which rows are one payload; None where each row is one."""

    rows: str | None
    """Member that is the list of rows: `variants`."""

    sheet: str | None = None
    """Sheet of a workbook; None takes the first."""

    def member(self, header: str) -> Member | None:
        """Return what a column fills; None if the table's reader has no use for it."""
        found = self.members.get(header)
        if found is not None:
            return found
        for name, each in self.members.items():
            start = name.removesuffix("*")
            if name.endswith(".*") and header.startswith(start) and len(header) > len(start):
                return Member((*each.path, header[len(start) :]), each.of_row, each.kind, each.separator)
        return None


@cache
def columns(operation: str, mapping: str | None) -> Columns:
    """Return the columns of an operation's tables.

    Raises:
        ParseError: the mapping file is none.
        UsageError: the payload has more than one list of objects, so that a row has no one place.
    """
    own = of_schema(operation)
    return own if mapping is None else _of_file(Path(mapping), own)


def of_schema(operation: str) -> Columns:
    """Return the columns that an operation's own schema suggests."""
    ready = contract.operation(operation)
    schema = ready.body and ready.spec.request and ready.spec.request.schema
    members = dict(_members(schema, of_row=False))
    lists = [
        (name, each["items"])
        for name, each in _properties(schema).items()
        if "array" in _types(each) and _properties(each.get("items"))
    ]
    if len(lists) > 1:  # pragma: no cover - no operation has two so far
        raise UsageError(f"`{operation}` has no table: more than one list in a payload")
    for rows, item in lists:
        inner = dict(_members(item, of_row=True))
        members |= {(f"variant.{name}" if name in members else name): each for name, each in inner.items()}
        return Columns(members, GROUP, rows)
    return Columns(members, None, None)


def _properties(schema: Json) -> Mapping[str, Json]:
    """Return the members that a schema knows, those under its `allOf` too."""
    found: dict[str, Json] = {}
    if isinstance(schema, dict):
        for each in schema.get("allOf", ()):
            found |= _properties(each)
        found |= schema.get("properties", {})
    return found


def _types(schema: Json) -> list[str]:
    named = schema.get("type", []) if isinstance(schema, dict) else []
    return [named] if isinstance(named, str) else [each for each in named if each != "null"]


_KINDS: Mapping[str, Kind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "string": "text",
}


def _members(schema: Json, *, of_row: bool) -> Iterator[tuple[str, Member]]:
    for name, each in _properties(schema).items():
        if not isinstance(each, dict):
            continue
        types = _types(each)
        note = str(each.get("description", ""))
        if "object" in types:
            yield f"{name}.*", Member((name,), of_row, "text", note=note)
        elif "array" in types:
            if not _properties(each.get("items")):
                note = f"{note} Several with {SEPARATOR} between them.".strip()
                yield name, Member((name,), of_row, "list", note=note)
        else:
            kind = _KINDS.get(types[0], "text") if types else "text"
            yield name, Member((name,), of_row, kind, note=note, choices=_choices(each))


def _choices(schema: Mapping[str, Json]) -> tuple[str, ...]:
    """Return a closed list, without the values that are only advised against."""
    unwanted = [warning.get("not", {}).get("const") for warning in schema.get("x-warnings", ())]
    return tuple(each for each in schema.get("enum", ()) if isinstance(each, str) and each not in unwanted)


def _of_file(path: Path, own: Columns) -> Columns:
    value = resources.read_yaml(path)
    if not isinstance(value, dict) or not isinstance(value.get("columns"), dict):
        raise ParseError("a mapping has `columns`: header -> member", name=str(path))
    unknown = sorted(value.keys() - {"columns", "group", "sheet"})
    if unknown:
        raise ParseError(f"a mapping has `columns`, `group` and `sheet`, not `{unknown[0]}`", name=str(path))
    members = {str(name): _member(each, own, str(path)) for name, each in value["columns"].items()}
    group = value.get("group")
    if own.rows is None and group is not None:
        raise ParseError("`group` is for payloads that have a list", name=str(path))
    return Columns(members, None if group is None else str(group), own.rows, value.get("sheet"))


def _member(given: Json, own: Columns, name: str) -> Member:
    """Return the member that a mapping names: `/variants/price`, or an object with `member` and more."""
    told = given if isinstance(given, dict) else {"member": given}
    pointer = told.get("member")
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        raise ParseError("a column's member is a pointer, like `/variants/price`", name=name)
    parts = pointers.split(pointer)
    of_row = own.rows is not None and len(parts) > 1 and parts[0] == own.rows
    path = parts[1:] if of_row else parts
    known = _known(own.members.values(), path, of_row)
    kind = told.get("type", known.kind if known is not None else "text")
    if kind not in KINDS:
        raise ParseError(f"`{str(kind)[:20]}` is no type; known: {', '.join(KINDS)}", name=name)
    return Member(path, of_row, kind, str(told.get("separator", SEPARATOR)))


def _known(
    members: Sequence[Member] | Iterator[Member] | Json, path: tuple[str, ...], of_row: bool
) -> Member | None:
    return next((member for member in members if member.of_row is of_row and member.path == path), None)
