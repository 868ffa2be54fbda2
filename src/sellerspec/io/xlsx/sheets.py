"""A sheet whose first row names its columns, as the rules of an import read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sellerspec.io.cells import Odd, letters
from sellerspec.io.xlsx.reading import Cells, Grid, grids
from sellerspec.model import Json


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header that has at least one filled cell."""

    number: int
    """As Excel counts: the header is row 1."""

    cells: Mapping[str, Json]
    """Column name -> value of each filled cell."""

    unread: Mapping[str, str] = field(default_factory=dict)
    """Column name -> why the cell is not read: it has a formula, an error or a date, or no header."""

    numbers: Mapping[str, str] = field(default_factory=dict)
    """Column name -> what a number is whose digits are not those that were typed, or that are shown."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a header row, then rows."""

    name: str
    columns: tuple[str, ...]
    """Names in the header row, from the left; "" where the header cell is empty."""

    rows: tuple[Row, ...]


def read(data: bytes, *, name: str = "") -> tuple[Sheet, ...]:
    """Return every sheet of a workbook, at least one.

    Raises:
        ParseError: it is no .xlsx, has macros, or could harm its reader.
        MissingExtra: openpyxl is not installed.
    """
    return tuple(map(sheet, grids(data, name=name)))


def sheet(grid: Grid) -> Sheet:
    """Return the sheet of a grid, with row 1 as its header."""
    header = header_of(grid, 1)
    covered = grid.covered()
    rows = (
        _row(number, header, {**_merged(number, header, covered), **cells})
        for number, cells in grid.rows.items()
        if number > 1
    )
    return Sheet(grid.name, header, tuple(rows))


def _merged(
    number: int, header: tuple[str, ...], covered: Mapping[tuple[int, int], tuple[int, int]]
) -> dict[int, Odd]:
    """Return the cells of a row whose value is in another cell, with which they are merged."""
    places = ((column, covered.get((number, column))) for column in range(len(header)))
    return {column: merged(*place) for column, place in places if place is not None}


def merged(row: int, column: int) -> Odd:
    """Return what a merged cell is whose value is in another one."""
    return Odd("unread", None, f"a cell merged with {letters(column + 1)}{row}, which alone holds the value")


def header_of(grid: Grid, row: int) -> tuple[str, ...]:
    """Return the texts of a header row, from the left; "" where a cell is empty."""
    names = {column: header_text(value) for column, value in grid.rows.get(row, {}).items()}
    return tuple(names.get(column, "") for column in range(max(names, default=-1) + 1))


def header_text(value: Json | Odd) -> str:
    """Return the text of a header cell."""
    return str(value.value or "") if isinstance(value, Odd) else str(value).strip()


def _row(number: int, header: tuple[str, ...], filled: Cells) -> Row:
    cells: dict[str, Json] = {}
    unread: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for place, value in filled.items():
        named = header[place] if place < len(header) else ""
        column = named or letters(place + 1)
        if not isinstance(value, Odd):
            cells[column] = value
        elif value.kind == "number":
            cells[column] = value.value
            numbers[column] = value.why
        else:
            unread[column] = value.why
        if not named:
            unread.setdefault(column, "a value in a column without a header")
    return Row(number, cells, unread, numbers)


def as_json(sheet: Sheet) -> Json:
    """Return a sheet as JSON for rules: `sheet`, `columns`, and `rows`, each with `row` and its cells."""
    rows = [
        {
            "row": row.number,
            "cells": dict(row.cells),
            "unread": dict(row.unread),
            "numbers": dict(row.numbers),
        }
        for row in sheet.rows
    ]
    return {"sheet": sheet.name, "columns": list(sheet.columns), "rows": rows}
