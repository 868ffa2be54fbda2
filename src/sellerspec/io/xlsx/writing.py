"""Write workbooks: templates, plain tables, and copies with comments."""

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from math import isfinite

from sellerspec.errors import ParseError
from sellerspec.io.cells import Odd, letters
from sellerspec.io.xlsx.reading import MAX_ROWS, UNREADABLE, grids, loaded, openpyxl_module
from sellerspec.model import Json

LONGEST = 32_767
"""Most characters of a cell."""

_WRONG, _CHANGED = "FFC7CE", "C6EFCE"
"""Colors of cells with a finding, and of cells with another value: a light red and a light green."""

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""Characters that XML cannot hold or would change, and the underscore that begins their escape."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template."""

    name: str
    """The text of its header cell."""

    note: str
    """Its explanation; a comment of the header cell."""

    choices: tuple[str, ...] = ()
    """All values it may have, offered as a drop-down; () where the list is open."""

    text: bool = True
    """Whether Excel stores its cells as text, so that a code keeps its leading zeros."""


def template(title: str, columns: Sequence[Column], *, notes: Sequence[str] = ()) -> bytes:
    """Return an empty workbook: a header row with notes and drop-downs, and a sheet of explanations.

    Raises:
        MissingExtra: openpyxl is not installed.
    """
    workbook, sheet = _new(title)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        _write_column(sheet, letters(place), column)
    page = workbook.create_sheet("notes")
    for line in notes:
        page.append([line])
    for column in columns:
        page.append([column.name, column.note])
    page.column_dimensions["A"].width = 24
    page.column_dimensions["B"].width = 90
    return _saved(workbook)


def _new(title: str) -> tuple[Json, Json]:
    workbook = openpyxl_module().Workbook()
    workbook.active.title = title
    return workbook, workbook.active


def _write_column(sheet: Json, letter: str, column: Column) -> None:
    cell = sheet[f"{letter}1"]
    cell.value = column.name
    cell.font = import_module("openpyxl.styles").Font(bold=True)
    cell.comment = import_module("openpyxl.comments").Comment(column.note, "sellerspec")
    sheet.column_dimensions[letter].width = max(14, len(column.name) + 4)
    if column.text:
        sheet.column_dimensions[letter].number_format = "@"
    if column.choices:
        validation = import_module("openpyxl.worksheet.datavalidation")
        choices = validation.DataValidation(
            type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True
        )
        choices.error = f"one of: {', '.join(column.choices)}"
        choices.add(f"{letter}2:{letter}{MAX_ROWS}")
        sheet.add_data_validation(choices)


def _saved(workbook: Json) -> bytes:
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[Json]]) -> bytes:
    """Return a workbook with one sheet: a header row, then rows of plain values, never formulas.

    Raises:
        MissingExtra: openpyxl is not installed.
    """
    workbook, sheet = _new(title)
    for number, row in enumerate((header, *rows), 1):
        for place, value in enumerate(row, 1):
            _put(sheet.cell(number, place), value)
    return _saved(workbook)


def _put(cell: Json, value: Json) -> None:
    cell.value = _writable(value)
    if isinstance(cell.value, str):
        cell.data_type = "s"  # a text that begins with `=` stays a text


def _writable(value: Json) -> Json:
    """Return a value as a cell can hold it: a text escaped and cut, a number that Excel keeps, else text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and isfinite(value) and abs(value) < 1 << 53:
        return value
    return escaped(str(value))


def escaped(text: str) -> str:
    """Return a text as a cell or a comment can hold it: `_x0000_` in place of what XML cannot hold."""
    text = _UNWRITABLE.sub(lambda char: f"_x{ord(char[0]):04X}_", text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def annotated(
    data: bytes, sheet: str, notes: Mapping[tuple[int, str], str], *, name: str = "", header_row: int = 1
) -> bytes:
    """Return a copy of a workbook with notes as comments of their cells.

    Args:
        data: the bytes of an .xlsx file.
        sheet: name of the sheet.
        notes: row and column name, or letters of a column without a name, -> text; the column ""
            means the row itself.
        name: of the file, for errors.
        header_row: row with the names of the columns.

    Raises:
        ParseError: as `read`.
        MissingExtra: openpyxl is not installed.
    """
    # openpyxl makes an object of each merged cell: `covered` limits their number first
    merged = {grid.name: grid.covered() for grid in grids(data, name=name)}[sheet]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = loaded(data, read_only=False)
        return _with_comments(workbook[sheet], notes, header_row, merged)
    except UNREADABLE:
        # openpyxl reads the cells, but cannot keep something else, e.g. a style that is not there
        workbook = loaded(_values(data, sheet, name), read_only=False)
        return _with_comments(workbook[sheet], notes, header_row, merged)


def _with_comments(
    page: Json,
    notes: Mapping[tuple[int, str], str],
    header_row: int,
    merged: Mapping[tuple[int, int], tuple[int, int]],
) -> bytes:
    columns = {letters(place): place for place in range(1, page.max_column + 2)}
    for cell in reversed(page[header_row]):
        if cell.value is not None:
            columns[str(cell.value).strip()] = cell.column
    for (row, column), text in sorted(notes.items()):
        place = columns.get(column, 1)
        top, left = merged.get((row, place - 1), (row, place - 1))  # only the first cell has a comment
        _mark(page.cell(top, left + 1), text, _WRONG)
    return _saved(page.parent)


def _mark(cell: Json, text: str, color: str) -> None:
    """Add a comment to a cell, below one that it has, and fill it with a color."""
    styles, comments = import_module("openpyxl.styles"), import_module("openpyxl.comments")
    before = f"{cell.comment.text}\n" if cell.comment is not None else ""
    cell.comment = comments.Comment(escaped(before + text), "sellerspec", height=120, width=360)
    cell.fill = styles.PatternFill("solid", fgColor=color)


def changed(
    data: bytes, sheet: str, cells: Mapping[tuple[int, int], tuple[Json, str]], *, name: str = ""
) -> bytes:
    """Return a copy of a workbook with other values in some cells, which have a comment and a color.

    Args:
        data: the bytes of an .xlsx file.
        sheet: name of the sheet.
        cells: row, and column from 0 -> new value, and the comment.
        name: of the file, for errors.

    Raises:
        ParseError: the workbook holds something that cannot be kept.
        MissingExtra: openpyxl is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = loaded(data, read_only=False)
            for (row, column), (value, text) in cells.items():
                cell = workbook[sheet].cell(row, column + 1)
                _put(cell, value)
                _mark(cell, text, _CHANGED)
            return _saved(workbook)
    except UNREADABLE:
        problem = "holds something that cannot be kept, e.g. a style that is not there; save it with Excel"
        raise ParseError(problem, name=name) from None


def _values(data: bytes, sheet: str, name: str) -> bytes:
    """Return a workbook with nothing but the values of one sheet."""
    grid = next(grid for grid in grids(data, name=name) if grid.name == sheet)
    width = max((max(cells) for cells in grid.rows.values()), default=-1) + 1
    rows = [
        [_value(grid.rows.get(number, {}).get(column)) for column in range(width)]
        for number in range(1, max(grid.rows, default=0) + 1)
    ]
    return table(sheet, rows[0], rows[1:]) if rows else table(sheet, (), ())


def _value(cell: Json | Odd) -> Json:
    return (cell.why if cell.value is None else cell.value) if isinstance(cell, Odd) else cell
