"""Find the member of each column: by the schema, or by a mapping file, which can also ignore columns."""

from collections.abc import Mapping
from pathlib import Path

from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import KINDS, SEPARATOR, Columns, Kind, Member, nearest, of_schema
from sellerspec.errors import ParseError
from sellerspec.io import pointers, resources
from sellerspec.io.cells import clean
from sellerspec.model import Json

_ENTRIES = ("columns", "group", "ignore", "sheet")


def columns(how: How) -> Columns:
    """Return the columns of an operation's tables, by its schema or the mapping.

    Raises:
        ParseError: the mapping is invalid, or names a member that the payload does not have.
        UsageError: the payload has more than one list of objects, so a row is ambiguous.
    """
    own = of_schema(how.operation, how.overlays)
    return own if how.mapping is None else _mapped(Path(how.mapping), own)


def _mapped(path: Path, own: Columns) -> Columns:
    """Return the columns that a mapping file names; without `columns`, those of the schema, `own`."""
    value = resources.read_yaml(path)
    name = str(path)
    if not isinstance(value, dict) or not value.keys() & {"columns", "ignore"}:
        raise ParseError(
            "a mapping has `columns`: header -> member, or `ignore`: a list of headers", name=name
        )
    unknown = sorted(str(key) for key in value if key not in _ENTRIES)
    if unknown:
        known = ", ".join(f"`{entry}`" for entry in _ENTRIES)
        raise ParseError(f"a mapping has {known}, not `{unknown[0][:40]}`", name=name)
    members = _columns(value["columns"], own, name) if "columns" in value else own.members
    ignored = _ignored(value.get("ignore", []), members if "columns" in value else {}, name)
    group = value.get("group", own.group if "columns" not in value else None)
    if own.rows is None and group is not None:
        raise ParseError("`group` is for payloads that have a list", name=name)
    return Columns(
        members,
        None if group is None else str(group),
        own.rows,
        None if value.get("sheet") is None else str(value["sheet"]),
        ignored,
        mapped="columns" in value,
        rows_needed=own.rows_needed,
    )


def _columns(entries: Json, own: Columns, name: str) -> dict[str, Member]:
    if not isinstance(entries, dict) or not entries:
        raise ParseError("`columns` of a mapping is header -> member", name=name)
    members = {
        clean(str(header)): _member(str(header), entry, own, name) for header, entry in entries.items()
    }
    if len(members) < len(entries):
        raise ParseError("two headers in `columns` differ only in blanks", name=name)
    return members


def _ignored(entries: Json, members: Mapping[str, Member], name: str) -> frozenset[str]:
    if not isinstance(entries, list) or not all(isinstance(entry, str | int | float) for entry in entries):
        raise ParseError("`ignore` of a mapping is a list of headers", name=name)
    ignored = frozenset(clean(str(entry)).casefold() for entry in entries)
    both = next((header for header in members if header.casefold() in ignored), None)
    if both is not None:
        raise ParseError(f"column `{both[:40]}` is in `columns` and in `ignore`", name=name)
    return ignored


def _member(header: str, entry: Json, own: Columns, name: str) -> Member:
    """Return the member of an entry: `/variants/price`, or an object with `member`, `type`, `separator`."""
    options = entry if isinstance(entry, dict) else {"member": entry}
    wrong = next((key for key in options if key not in ("member", "type", "separator")), None)
    if wrong is not None:
        raise ParseError(f"a column has `member`, `type` and `separator`, not `{str(wrong)[:40]}`", name=name)
    pointer = options.get("member")
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        raise ParseError("a column's member is a pointer, like `/variants/price`", name=name)
    place = _place(pointer, header, own)
    if place is None:
        raise ParseError(_no_place(pointer, own), name=name)
    path, of_row, own_kind = place
    kind = options.get("type", own_kind)
    if kind not in KINDS:
        raise ParseError(f"`{str(kind)[:20]}` is no type; known: {', '.join(KINDS)}", name=name)
    separator = options.get("separator", SEPARATOR)
    if not isinstance(separator, str) or not separator:
        raise ParseError("a `separator` is a text", name=name)
    return Member(path, of_row, kind, separator)


def _place(pointer: str, header: str, own: Columns) -> tuple[tuple[str, ...], bool, Kind] | None:
    """Return path, `of_row` and kind of the place of a pointer; None if the payload has no such place."""
    parts = pointers.split(pointer)
    of_row = own.rows is not None and len(parts) > 1 and parts[0] == own.rows
    path = parts[1:] if of_row else parts
    for name, member in own.members.items():
        if member.of_row == of_row:
            is_open = name.endswith(".*")
            if is_open and (member.path == path if header.endswith(".*") else member.path == path[:-1]):
                return path, of_row, "text"
            if not is_open and member.path == path:
                return path, of_row, member.kind
    return None


def _no_place(pointer: str, own: Columns) -> str:
    places = {
        own.pointer(member) + ("/…" if header.endswith(".*") else "")
        for header, member in own.members.items()
    }
    plain = "/".join(part for part in pointer.split("/") if not part.isdigit())
    close = nearest(plain, sorted(places))
    meant = f"; did you mean `{close}`?" if close else f"; places are {', '.join(sorted(places)[:8])} …"
    return f"a payload has no place `{pointer[:60]}`{meant}"
