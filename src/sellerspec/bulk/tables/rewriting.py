"""Write a copy of a table in which some cells have another value."""

import re
from collections.abc import Iterator, Mapping
from hashlib import file_digest, sha256
from itertools import chain
from pathlib import Path
from typing import IO

from sellerspec.bulk.records import How
from sellerspec.bulk.results import Changed
from sellerspec.bulk.tables import delimited
from sellerspec.bulk.tables.changes import Change, cell_text
from sellerspec.bulk.tables.columns import Member
from sellerspec.bulk.tables.header import header
from sellerspec.bulk.tables.mapping import columns
from sellerspec.bulk.tables.sources import Table, opened
from sellerspec.errors import UsageError
from sellerspec.io import xlsx
from sellerspec.model import Json


def rewrite(out: IO[bytes], name: str, how: How, changes: Iterator[Change]) -> None:
    """Write a table with changes; all other cells, and in CSV all other bytes, stay as they are.

    Args:
        out: takes the file.
        name: the table, `.csv` or `.xlsx`.
        how: as in the run.
        changes: in the order of their rows.

    Raises:
        Changed: the table does not hold what is to be changed.
        UsageError: the table cannot be written again as it is.
    """
    table = opened(name, columns(how), how)
    known = columns(how).fitting(table.header)
    members = header(table, known).members
    places = {known.pointer(member): (column, member) for column, member in members.items()}
    due = _Due(name, changes, places)
    if name.lower().endswith(".xlsx"):
        _write_workbook(out, table, due)
    else:
        _write_csv(out, table, how, due)
    due.require_done()


class _Due:
    """The changes that are due at each row."""

    def __init__(
        self, name: str, changes: Iterator[Change], places: Mapping[str, tuple[int, Member]]
    ) -> None:
        self._name, self._changes, self._places = name, changes, places
        self._next = next(changes, None)
        self._here: list[Change] = []
        self._unused: list[Change] = []

    def at(self, row: int, cells: Mapping[int, Json]) -> dict[int, Change]:
        """Return the changes of a row, by column from 0.

        Raises:
            Changed: a row before it did not hold what is to be changed.
        """
        self._here = [change for change in self._here if change.last >= row or self._missed(change)]
        while self._next is not None and self._next.row <= row:
            self._here.append(self._next)
            self._unused.append(self._next)
            self._next = next(self._changes, None)
        found = {}
        for change in self._here:
            column, member = self._places[change.column]
            if change.fits(cells.get(column), member, row):
                found[column] = change
                self._unused = [unused for unused in self._unused if unused is not change]
        return found

    def _missed(self, change: Change) -> bool:
        if change in self._unused:
            raise Changed(self._name)
        return False

    def require_done(self) -> None:
        """Require that every change was made.

        Raises:
            Changed: one was not.
        """
        if self._unused or self._next is not None:
            raise Changed(self._name)


def _write_workbook(out: IO[bytes], table: Table, due: _Due) -> None:
    cells: dict[tuple[int, int], tuple[Json, str]] = {}
    for row in table.rows:
        for column, change in due.at(row.number, row.cells).items():
            was = cell_text(row.cells.get(column) if change.old is None else change.old)
            cells[row.number, column] = change.new, f"fixed: {change.note}; was: {was[:200]}"
    data = Path(table.name).read_bytes()
    out.write(xlsx.changed(data, table.sheet, cells, name=table.name) if cells else data)


def _write_csv(out: IO[bytes], table: Table, how: How, due: _Due) -> None:
    """Write a CSV file from its own text; its quotation marks and line ends stay.

    Raises:
        UsageError: the encoding does not give the same bytes again.
    """
    with Path(table.name).open("rb") as stream:
        before = file_digest(stream, "sha256").digest()
    written = sha256()
    text = delimited.Text(table.name, how, table.delimiter)
    for number, raw, cells in text.rows():
        data = text.encoded(raw)
        written.update(data)
        found = due.at(number, dict(enumerate(cells))) if number > table.header_row else {}
        out.write(text.encoded(_with_cells(raw, table.delimiter, found)) if found else data)
    if written.digest() != before:
        raise UsageError(f"{table.name} cannot be written in its encoding again; save it as CSV UTF-8")


def _with_cells(raw: str, delimiter: str, changes: Mapping[int, Change]) -> str:
    """Return the text of a row with other cells; a cell keeps its quotation marks."""
    parts: list[str] = []
    at = 0
    for column, (start, end) in enumerate(_spans(raw, delimiter)):
        if column in changes:
            new = cell_text(changes[column].new)
            is_quoted = raw[start:end].startswith('"') or any(char in new for char in f'{delimiter}"\r\n')
            parts += raw[at:start], '"{}"'.format(new.replace('"', '""')) if is_quoted else new
            at = end
    return "".join(chain(parts, (raw[at:],)))


def _spans(raw: str, delimiter: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each cell in the text of a row."""
    sign = re.escape(delimiter)
    cell = re.compile(rf'("(?:[^"]|"")*+"|[^{sign}\r\n]*+)({sign})?')
    for match in cell.finditer(raw, int(raw.startswith(delimited.MARK))):
        yield match.span(1)
        if match[2] is None:
            return
