"""Rows of a sheet of an Excel workbook."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import Columns
from sellerspec.bulk.tables.sources import Row, Table
from sellerspec.errors import ParseError
from sellerspec.io import xlsx
from sellerspec.io.cells import clean


def opened(name: str, known: Columns, how: How, rows: int | None) -> Table:
    """Open the sheet of a workbook that is named, or else the one that has known columns.

    Raises:
        ParseError, MissingExtra: as `sources.opened`.
    """
    header_row = how.header_row or 1
    most = None if rows is None else header_row + rows
    grids = xlsx.grids(Path(name).read_bytes(), name=name, rows=most)
    sheet = how.sheet or known.sheet
    grid = (
        _named(grids, sheet, name)
        if sheet is not None
        else _with_known_columns(grids, known, header_row, name)
    )
    header = xlsx.header_of(grid, header_row)
    return Table(name, grid.name, header_row, header, _rows(grid, header_row, name))


def _named(grids: Sequence[xlsx.Grid], sheet: str, name: str) -> xlsx.Grid:
    for grid in grids:
        if grid.name == sheet:
            return grid
    alike = [grid for grid in grids if clean(grid.name).casefold() == clean(sheet).casefold()]
    if len(alike) == 1:
        return alike[0]
    names = ", ".join(f"`{grid.name}`" for grid in grids[:10])
    raise ParseError(f"no sheet named `{sheet[:40]}`; the workbook has {names}", name=name)


def _with_known_columns(grids: Sequence[xlsx.Grid], known: Columns, header_row: int, name: str) -> xlsx.Grid:
    """Return the visible sheet with known columns; if none has some, the first.

    Raises:
        ParseError: several sheets have known columns, so that one would not be checked.
    """
    visible = [grid for grid in grids if grid.visible]
    if not visible:
        raise ParseError("a workbook without a visible sheet; name one with --sheet", name=name)
    scores = [_score(grid, known, header_row) for grid in visible]
    best = max(scores)
    alike = [grid for grid, score in zip(visible, scores, strict=True) if 2 * score > best]
    if best and len(alike) > 1:
        names = ", ".join(f"`{grid.name}`" for grid in alike[:10])
        raise ParseError(f"the sheets {names} could all be meant; name one with --sheet", name=name)
    return alike[0] if best else visible[0]


def _score(grid: xlsx.Grid, known: Columns, header_row: int) -> int:
    """Return how many headers of a sheet are known."""
    return sum(known.find(clean(text)) is not None for text in xlsx.header_of(grid, header_row))


def _rows(grid: xlsx.Grid, header_row: int, name: str) -> Iterator[Row]:
    merged: dict[int, dict[int, Any]] = {}
    try:
        covered = grid.covered()
    except ParseError as error:
        raise error.named(name) from None
    for (row, column), (top, left) in covered.items():
        odd = xlsx.merged(top, left)
        is_below = left == column and top > header_row
        merged.setdefault(row, {})[column] = odd._replace(kind="merged") if is_below else odd
    for number, cells in grid.rows.items():
        if number > header_row:
            yield Row(number, {**merged.get(number, {}), **cells})
