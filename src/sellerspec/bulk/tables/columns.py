"""The members of a payload that the columns of a table fill, by the schema of the operation."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Literal, get_args

from sellerspec import contract
from sellerspec.errors import UsageError
from sellerspec.io.cells import clean
from sellerspec.model import Json, pointer

Kind = Literal["text", "integer", "number", "boolean", "list", "date"]
KINDS = get_args(Kind)
GROUP = "product"
"""Column of a template that has the same value in all rows of one payload."""

SEPARATOR = "|"
"""Separates the items of a list in one cell."""

_CODE = re.compile(r"(^|_)(sku|code|ids?|ref_num|barcode|option[12]|option_attributes)$")
"""Names of members whose values are codes: one more blank makes another code."""


@cache
def _is_code(name: str) -> bool:
    return _CODE.search(name) is not None


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
    required: bool = False
    """Whether no payload is accepted without it."""

    @property
    def is_code(self) -> bool:
        """Whether its values are codes, in which blanks and invisible characters matter."""
        return _is_code(self.path[-1])


@dataclass(frozen=True)
class Columns:
    """The members that the columns of a table fill."""

    members: Mapping[str, Member]
    """Header -> member. `attributes.*` stands for every header that starts with `attributes.`."""

    group: str | None
    """Column that groups the rows of one payload; None if each row is a payload."""

    rows: str | None
    """Member that is the list of rows: `variants`."""

    sheet: str | None = None
    """Sheet of a workbook; None takes the one that has such columns."""

    ignored: frozenset[str] = frozenset()
    """Headers of columns that the mapping ignores, in lower case."""

    mapped: bool = False
    """Whether a mapping file names the columns; then none of them may be missing."""

    rows_needed: bool = True
    """Whether no payload is accepted without the list of rows."""

    def fitting(self, header: Sequence[str]) -> "Columns":
        """Return the columns of a table, which may leave out a list that no payload needs."""
        names = [name for name in map(clean, header) if name and name.casefold() not in self.ignored]
        found = [self.find(name) for name in names]
        of_rows = {name for name, member in self.members.items() if member.of_row}
        used = of_rows if self.mapped else of_rows.intersection(match[0] for match in found if match)
        grouped = self.group is not None and (self.mapped or (self.group, None) in found)
        if self.rows_needed or used or grouped or None in found:
            return self
        members = {name: member for name, member in self.members.items() if not member.of_row}
        return replace(self, members=members, group=None, rows=None)

    def find(self, header: str) -> tuple[str, Member | None] | None:
        """Return the known name and the member of a header; the member is None for the group.

        A name that differs in upper and lower case alone is found if no other has it exactly.
        """
        if header in self.members or header == self.group:
            return header, self.members.get(header)
        folded = header.casefold()
        alike = self._folded.get(folded, ())
        if len(alike) == 1:
            return alike[0], self.members.get(alike[0])
        for name in self._open:
            start = name.removesuffix("*")
            if folded.startswith(start.casefold()) and len(header) > len(start):
                rest, member = header[len(start) :], self.members[name]
                return f"{start}{rest}", replace(member, path=(*member.path, rest), required=False)
        return None

    @property
    def names(self) -> list[str]:
        """The names of all columns, with that of the group."""
        return list(dict.fromkeys([*self.members, *([self.group] if self.group is not None else [])]))

    @cached_property
    def _folded(self) -> Mapping[str, Sequence[str]]:
        folded: dict[str, list[str]] = {}
        for name in self.names:
            folded.setdefault(name.casefold(), []).append(name)
        return folded

    @cached_property
    def _open(self) -> Sequence[str]:
        return [name for name in self.members if name.endswith(".*")]

    def pointer(self, member: Member) -> str:
        """Return the pointer of a member, without an index in the list of rows."""
        return pointer((self.rows, *member.path) if member.of_row and self.rows else member.path)


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that is most similar to a name, if any is similar."""
    from difflib import get_close_matches  # only for errors

    by_folded = {known_name.casefold(): known_name for known_name in known}
    folded = clean(name).casefold()
    if folded in by_folded:
        return by_folded[folded]
    last = _last(folded)
    same = [known_name for folded_name, known_name in by_folded.items() if _last(folded_name) == last]
    close = get_close_matches(folded, by_folded, n=1) or get_close_matches(last, by_folded, n=1)
    return same[0] if same else by_folded[close[0]] if close else None


def _last(name: str) -> str:
    """Return the last part of a name with dots, slashes or brackets."""
    return re.split(r"[./\[\]]+", name.rstrip("./[]"))[-1]


@cache
def of_schema(operation: str, overlays: tuple[str, ...] = ()) -> Columns:
    """Return the columns of an operation's schema.

    Raises:
        UsageError: the payload has more than one list of objects, so a row is ambiguous.
    """
    ready = contract.operation(operation, overlays)
    schema = ready.body and ready.spec.request and ready.spec.request.schema
    members = dict(_members(schema, of_row=False))
    lists = [
        (name, member["items"])
        for name, member in _properties(schema).items()
        if "array" in _types(member) and _properties(member.get("items"))
    ]
    if len(lists) > 1:
        raise UsageError(f"`{operation}` has no table: more than one list in a payload")
    for rows, item in lists:
        inner = dict(_members(item, of_row=True))
        members |= {
            (f"variant.{name}" if name in members else name): member for name, member in inner.items()
        }
        return Columns(members, GROUP, rows, rows_needed=rows in _required(schema))
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


def _members(
    schema: Json, *, of_row: bool, path: tuple[str, ...] = (), required: bool = True
) -> Iterator[tuple[str, Member]]:
    """Yield header and member of everything that a schema describes, also in objects of objects."""
    needed = _required(schema) if required else frozenset()
    for name, member in _properties(schema).items():
        if not isinstance(member, dict):
            continue
        place, types, is_needed = (*path, name), _types(member), name in needed
        header = ".".join(place)
        note = str(member.get("description", ""))
        if "object" in types:
            inner = list(_members(member, of_row=of_row, path=place, required=is_needed))
            yield from inner or [(f"{header}.*", Member(place, of_row, note=note, required=is_needed))]
        elif "array" in types and not _properties(member.get("items")):
            note = f"{note} Several with {SEPARATOR} between them.".strip()
            yield header, Member(place, of_row, "list", note=note, required=is_needed)
        scalar = [kind for kind in types if kind in _KINDS]
        if scalar or not types:
            kind = _KINDS[scalar[0]] if scalar else _of_enum(member)
            yield header, Member(place, of_row, kind, SEPARATOR, note, _choices(member), is_needed)


def _of_enum(schema: Mapping[str, Json]) -> Kind:
    """Return the kind of a member whose values alone say it."""
    values = schema.get("enum", ())
    return "integer" if values and all(type(value) is int for value in values) else "text"


def _required(schema: Json) -> frozenset[str]:
    """Return the names that a schema requires, including those under its `allOf`."""
    if not isinstance(schema, dict):
        return frozenset()
    below = (_required(subschema) for subschema in schema.get("allOf", ()))
    return frozenset(schema.get("required", ())).union(*below)


def _choices(schema: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the values of an enum, without those that cause a warning."""
    unwanted = [warning.get("not", {}).get("const") for warning in schema.get("x-warnings", ())]
    enum = schema.get("enum", ())
    return tuple(choice for choice in enum if isinstance(choice, str) and choice not in unwanted)
