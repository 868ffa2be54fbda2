"""Open a table of any format: the cells of its header, then its rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import Columns
from sellerspec.errors import ParseError

MAX_COLUMNS = 16_384
"""Most columns of a table, as in Excel."""

MAX_HINTS = 20
"""Rows that are searched for the header where the header row has no known column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header that has at least one filled cell."""

    number: int
    """As a spreadsheet counts; rows of Parquet, which have no header, from 1."""

    cells: Mapping[int, Any]
    """Column from 0 -> value or `Odd` of each cell."""

    width: int | None = None
    """Number of cells, where a row could have more or fewer than the header."""

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds more than blanks."""
        return all(
            cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells.values()
        )


@dataclass(frozen=True, slots=True)
class Table:
    """One opened table."""

    name: str
    sheet: str
    """Name of the sheet; "" where the format has none."""

    header_row: int
    """Number of the header's row; 0 where the format keeps names apart from rows."""

    header: tuple[str, ...]
    """The header cells as they are."""

    rows: Iterator[Row]
    """Rows with at least one filled cell, in order."""

    delimiter: str = ""
    """What separates the cells of a CSV file."""


def opened(name: str, known: Columns, how: How, *, rows: int | None = None) -> Table:
    """Open a table.

    Args:
        name: path of a `.csv`, `.xlsx` or `.parquet` file.
        known: the columns that it may have.
        how: encoding, sheet and row of the header.
        rows: read only so many rows of a workbook, from the top.

    Raises:
        ParseError: the file is not in the format of its suffix, or has no such sheet; names it.
        UsageError: the encoding is not known.
        MissingExtra: the library for its format is not installed.
    """
    from sellerspec.bulk.tables import delimited, parquet, workbooks

    lower = name.lower()
    if lower.endswith(".xlsx"):
        table = workbooks.opened(name, known, how, rows)
    elif lower.endswith(".parquet"):
        table = parquet.opened(name)
    else:
        table = delimited.opened(name, known, how)
    if len(table.header) > MAX_COLUMNS:
        raise ParseError(f"a table of {len(table.header)} columns, at most {MAX_COLUMNS}", name=name)
    return replace(table, rows=(row for row in table.rows if not row.is_blank))
