"""The cells of a table that the fixes of a payload change."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from sellerspec.bulk.tables.cells import Fault, typed
from sellerspec.bulk.tables.columns import Columns, Member
from sellerspec.bulk.tables.rows import Product
from sellerspec.io import pointers
from sellerspec.io.cells import clean
from sellerspec.io.strict import canonical
from sellerspec.model import Finding, Fix, Json, Path, pointer

ALONE = "write the value alone"
"""The note on a cell that held more than its value, such as blanks around it."""

Applied = Iterable[tuple[Finding, Fix]]


class Change(NamedTuple):
    """A value that a fix changes, in one row or in all rows of a payload."""

    row: int
    last: int
    """The last row of the payload, if the member is its own; else `row`."""

    column: str
    """Pointer of the member, without an index in the list of rows."""

    old: Json
    """The value that the cell was read as; None if it was empty or not read."""

    new: Json
    """What the cell holds then: a text, a number, a truth value; None leaves it empty."""

    note: str
    """What the fix does, for a person."""

    def fits(self, cell: Json, member: Member, row: int) -> bool:
        """Say whether a cell of a row holds what changes."""
        value = typed(cell, member)
        if isinstance(value, Fault):
            return self.old is None and value.meant is not None
        if self.old is None:
            return value is None and row == self.row
        return value is not None and _text(value) == _text(self.old)


def changes(product: Product, payload: Json, known: Columns, applied: Applied) -> list[Change] | None:
    """Return what changes in the rows of a payload, in their order; None if the cells cannot hold it."""
    notes = {str(step["path"]): fix.title for _, fix in applied for step in fix.patch}
    found: list[Change] = []
    value: Json = product.value
    for column, path, row, member in _places(product, known):
        old, new = pointers.get(value, path), pointers.get(payload, path)
        if _text(old) == _text(new):
            continue
        cell = _cell(new, member)
        if not _reads_as(cell, member, new):
            return None
        last = row if member.of_row else max([row, *product.rows])
        note = next((text for at, text in notes.items() if _is_at(pointer(path), at)), ALONE)
        found.append(Change(row, last, column, None if old == [] else old, cell, note))
        value = _with(value, path, new, member)
    if canonical(value) != canonical(payload):
        return None  # a member without a column, or a row that would come or go
    return sorted(found, key=lambda change: change.row)


def _places(product: Product, known: Columns) -> Iterator[tuple[str, Path, int, Member]]:
    """Yield each member that has a column: its column, its path in the payload, its row."""
    found = ((column, known.find(clean(header))) for column, header in product.headers.items())
    for column, member in ((column, match[1]) for column, match in found if match and match[1]):
        if not member.of_row or product.list_name is None:
            yield column, member.path, product.row, member
            continue
        for index, row in enumerate(product.rows):
            yield column, (product.list_name, index, *member.path), row, member


def _is_at(place: str, changed: str) -> bool:
    return f"{place}/".startswith(f"{changed}/") or changed.startswith(f"{place}/")


def _cell(value: Json, member: Member) -> Json:
    """Return what a cell holds for the value of a member."""
    return (member.separator.join(map(str, value)) or None) if isinstance(value, list) else value


def cell_text(cell: Json) -> str:
    """Return what a cell holds, as a file of texts writes it."""
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def _reads_as(cell: Json, member: Member, value: Json) -> bool:
    """Say whether a cell is read as a value again, also if a text holds it."""
    if value in (None, []):
        return value is None or not member.of_row
    return all(_text(typed(written, member)) == _text(value) for written in (cell, cell_text(cell)))


def _with(value: Json, path: Path, new: Json, member: Member) -> Json:
    """Return a payload as it is read with a changed cell; an empty cell of a list is an empty list."""
    if new is None:
        is_list = member.kind == "list" and not member.of_row
        return pointers.put(value, path, []) if is_list else pointers.drop(value, path)
    return pointers.put(value, path, new) if pointers.has(value, path[:-1]) else value


def _text(value: Json) -> bytes:
    """Return a value as text, in which 1, 1.0 and true differ; a fault is no value."""
    return b"" if isinstance(value, Fault) else orjson.dumps(value)
