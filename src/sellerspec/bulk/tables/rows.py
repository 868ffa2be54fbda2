"""Read the rows of a table as payloads; each member knows its cell."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from sellerspec.bulk.keys import pyarrow
from sellerspec.bulk.tables.columns import Columns, Member, columns
from sellerspec.errors import ParseError
from sellerspec.io import xlsx
from sellerspec.model import Json
from sellerspec.model import pointer as pointer_of


@dataclass(slots=True)
class Product:
    """One payload, made of one or more rows."""

    value: dict[str, Json]
    row: int
    """Number of its first row, as a spreadsheet counts."""

    gap: int
    """Rows between the first row of the previous payload, or the top of the table, and `row`."""

    sheet: str
    rows: list[int] = field(default_factory=list)
    """Row of each object of the list."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Pointer of a member, without the index in the list -> header of its column."""

    list_name: str | None = None
    unread: list[tuple[str, str, dict[str, Json]]] = field(default_factory=list)
    """Problem, pointer and cell of each cell without a usable value."""

    def cell(self, pointer: str) -> dict[str, Json]:
        """Return sheet, row and column of a member, or of the nearest member around it."""
        parts = pointer.split("/")[1:]
        row = self.row
        if len(parts) > 1 and parts[0] == self.list_name and parts[1].isdigit():
            index = int(parts.pop(1))
            row = self.rows[index] if index < len(self.rows) else row
        column = ""
        while parts and not column:
            column = self.headers.get("/" + "/".join(parts), "")
            parts.pop()
        return self.cell_at(row, column)

    def cell_at(self, row: int, column: str) -> dict[str, Json]:
        """Return sheet, row and column as members of a finding."""
        return {**({"sheet": self.sheet} if self.sheet else {}), "row": row, "column": column}


Row = tuple[int, Mapping[str, Json], Mapping[str, str]]
"""Number, cells by header, and the problems of unreadable cells by header."""


def products(name: str, operation: str, mapping: str | None) -> Iterator[Product]:
    """Yield the payloads of a table, in order; rows of one payload follow each other.

    A row whose group cell is empty belongs to the payload above.

    Raises:
        ParseError: the file is not in the format of its suffix, or has no group column; names it.
        MissingExtra: the library for its format is not installed.
    """
    known = columns(operation, mapping)
    sheet, header, rows = read(name, known)
    members = {column: member for column in header if (member := known.member(column)) is not None}
    if not members:
        raise ParseError(
            "no column has the name of a member; a mapping file can map columns to members", name=name
        )
    if known.group is not None and known.group not in header:
        raise ParseError(f"no column `{known.group}`, which groups the rows of one payload", name=name)
    headers = {_pointer(known, member): column for column, member in members.items()}
    current: Product | None = None
    group: Json = None
    last = 0
    for number, cells, unread in rows:
        cell = cells.get(known.group) if known.group is not None else None
        if current is None or known.group is None or (cell not in (None, "") and cell != group):
            if current is not None:
                yield current
            value = _empty(members.values())
            current = Product(value, number, number - last - 1, sheet, [], headers, known.rows)
            last = number
            group = cell
        _fill(current, number, cells, unread, members)
    if current is not None:
        yield current


def _empty(members: Iterable[Member]) -> dict[str, Json]:
    """Return a payload with the empty lists and objects that have columns."""
    value: dict[str, Json] = {}
    for member in members:
        if not member.of_row:
            target = _parent(value, member)
            if member.kind == "list":
                target.setdefault(member.path[-1], [])
    return value


def _parent(value: dict[str, Json], member: Member) -> dict[str, Json]:
    """Return the object that holds a member, created where it is missing."""
    for name in member.path[:-1]:
        value = value.setdefault(name, {})
    return value


def _pointer(known: Columns, member: Member) -> str:
    return pointer_of((known.rows, *member.path) if member.of_row and known.rows else member.path)


def _fill(
    product: Product, number: int, cells: Mapping[str, Json], unread: Mapping[str, str],
    members: Mapping[str, Member],
) -> None:  # fmt: skip
    """Add one row to its payload."""
    own: dict[str, Json] = {}
    for column, member in members.items():
        problem = unread.get(column)
        if problem is None:
            value = _typed(cells.get(column), member)
            if value is None:
                continue
            target = _parent(own if member.of_row else product.value, member)
            name = member.path[-1]
            before = target.setdefault(name, value)
            if before == [] and product.row == number:
                before = target[name] = value
            if before == value:
                continue
            problem = f"another value than the rows of this payload before, from row {product.row}"
        path: tuple[str | int, ...] = member.path
        if member.of_row and product.list_name is not None:
            path = (product.list_name, len(product.rows), *path)
        product.unread.append((problem, pointer_of(path), product.cell_at(number, column)))
    if product.list_name is not None:
        product.rows.append(number)
        product.value.setdefault(product.list_name, []).append(own)


_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_TRUTH = {"true": True, "false": False, "1": True, "0": False}


def _typed(value: Json, member: Member) -> Json:
    """Return a cell in the type of its member; a value that is not of that type is returned as it is."""
    if value is None or value == "":
        return None
    if member.kind == "list":
        return value if isinstance(value, list) else _split(str(value), member.separator)
    if isinstance(value, str):
        text = value.strip()
        if member.kind == "integer" and _INTEGER.fullmatch(text):
            return int(text)
        if member.kind == "number" and _NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        if member.kind == "boolean":
            return _TRUTH.get(text.lower(), value)
    elif member.kind == "text" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def _split(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def read(name: str, known: Columns) -> tuple[str, tuple[str, ...], Iterator[Row]]:
    """Return the sheet's name, the header and the rows of a table.

    Raises:
        ParseError: the file is not in the format of its suffix; names it.
    """
    lower = name.lower()
    if lower.endswith(".xlsx"):
        return _of_workbook(name, known)
    if lower.endswith(".parquet"):
        return _of_parquet(name)
    return _of_csv(name)


def _of_csv(name: str) -> tuple[str, tuple[str, ...], Iterator[Row]]:
    def rows() -> Iterator[tuple[int, list[str]]]:
        try:
            with Path(name).open(encoding="utf-8-sig", newline="") as stream:
                yield from enumerate(csv.reader(stream, _dialect(stream.read(1 << 16), stream)), 1)
        except UnicodeDecodeError:
            raise ParseError("not UTF-8; save it as CSV UTF-8", name=name) from None
        except csv.Error as error:
            raise ParseError(f"not CSV: {error}", name=name) from None

    every = rows()
    header = tuple(cell.strip() for cell in next(every, (1, []))[1])
    return "", header, ((n, dict(zip(header, row, strict=False)), {}) for n, row in every if any(row))


def _dialect(start: str, stream: Any) -> Any:
    """Return the dialect with the separator of the header line: comma, semicolon or tab."""
    stream.seek(0)
    header = start.partition("\n")[0]

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=header.count)

    return Dialect


def _of_workbook(name: str, known: Columns) -> tuple[str, tuple[str, ...], Iterator[Row]]:
    sheets = xlsx.read(Path(name).read_bytes(), name=name)
    sheet = next((sheet for sheet in sheets if known.sheet in (None, sheet.name)), None)
    if sheet is None:
        raise ParseError(f"no sheet named `{str(known.sheet)[:40]}`", name=name)
    return sheet.name, sheet.columns, ((row.number, row.cells, row.unread) for row in sheet.rows)


def _of_parquet(name: str) -> tuple[str, tuple[str, ...], Iterator[Row]]:
    arrow = pyarrow()
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(name)
    except arrow.ArrowException:
        raise ParseError("not a Parquet file", name=name) from None

    def rows() -> Iterator[Row]:
        with table:
            cells = (row for batch in table.iter_batches(1000) for row in batch.to_pylist())
            for number, row in enumerate(cells, 1):
                yield number, {column: _json(value) for column, value in row.items()}, {}

    return "", tuple(table.schema_arrow.names), rows()


def _json(value: Any) -> Json:
    """Return a value of Parquet as JSON."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value
