"""Read the cells of a workbook: values, dates and numbers as they are shown; formulas never run.

The one door to openpyxl.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from io import BytesIO
from math import isfinite
from types import ModuleType
from typing import Any

from sellerspec.errors import MissingExtra, ParseError
from sellerspec.io.cells import ERROR, FORMULA, Odd
from sellerspec.io.xlsx.archive import validate
from sellerspec.model import Json

MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_MERGED = 100_000

INEXACT = 10**15
"""The smallest integer with sixteen digits; Excel keeps fifteen."""

_PLAIN_FORMATS = frozenset(("General", "0", "#", "@"))
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Cells = Mapping[int, Json | Odd]
"""Column from 0 -> value of each filled cell."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The filled cells of one sheet."""

    name: str
    visible: bool
    rows: Mapping[int, Cells]
    """Number as Excel counts -> cells; only rows with a filled cell."""

    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First and last row, first and last column from 0, of each block of merged cells."""

    def covered(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """Return row and column of each merged cell without a value of its own -> of the cell that has it.

        Raises:
            ParseError: there are more than `MAX_MERGED`.
        """
        cells: dict[tuple[int, int], tuple[int, int]] = {}
        size = 0
        for top, bottom, left, right in self.merged:
            rows = range(top, min(bottom, MAX_ROWS) + 1)
            columns = range(left, min(right, MAX_COLUMNS) + 1)
            if (size := size + len(rows) * len(columns)) > MAX_MERGED:
                raise ParseError(f"sheet `{self.name[:40]}` has more than {MAX_MERGED} merged cells")
            cells |= dict.fromkeys(((row, column) for row in rows for column in columns), (top, left))
        for top, _, left, _ in self.merged:
            cells.pop((top, left), None)
        return cells


def openpyxl_module() -> ModuleType:
    """Return the library openpyxl.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module("openpyxl")
    except ModuleNotFoundError:
        raise MissingExtra("sandbox", "openpyxl") from None


def grids(data: bytes, *, name: str = "", rows: int | None = None) -> tuple[Grid, ...]:
    """Return the cells of every sheet of a workbook, at least one sheet.

    Args:
        data: the bytes of an .xlsx file.
        name: of the file, for errors.
        rows: read only so many rows of each sheet from the top.

    Raises:
        ParseError: it is no .xlsx, has macros, or could harm its reader.
        MissingExtra: openpyxl is not installed.
    """
    try:
        validate(data)
        read = tuple(_grids(openpyxl_module(), data, rows))
        if not read:
            raise ParseError("a workbook without a sheet of cells")
        return read
    except ParseError as error:
        raise error.named(name) from None


def _grids(openpyxl: ModuleType, data: bytes, rows: int | None) -> Iterator[Grid]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it drops
        try:
            workbook = loaded(data, read_only=True)
            try:
                for worksheet in workbook.worksheets:
                    yield _grid(workbook, worksheet, rows)
            finally:
                workbook.close()
        except (*UNREADABLE, openpyxl.utils.exceptions.InvalidFileException) as error:
            raise ParseError(f"not a workbook that can be read: {type(error).__name__}") from None


def loaded(data: bytes, *, read_only: bool) -> Any:
    """Return a workbook of openpyxl, without chart sheets that have no chart, which it cannot read."""
    excel = import_module("openpyxl.reader.excel")

    class Reader(excel.ExcelReader):  # type: ignore[misc, name-defined]
        def read_chartsheet(self, sheet: Any, rel: Any) -> None:
            if not read_only:
                with suppress(AttributeError):
                    super().read_chartsheet(sheet, rel)

    reader = Reader(BytesIO(data), read_only, keep_links=False)
    reader.read()
    return reader.wb


UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, SyntaxError,
              zipfile.BadZipFile, zlib.error, EOFError, OverflowError, RecursionError)  # fmt: skip
"""What openpyxl raises for files that do not keep to the format."""


def _grid(workbook: Any, worksheet: Any, most: int | None) -> Grid:
    """Read one sheet with openpyxl's parser, which gives the cells that there are and no others.

    `iter_rows` would fill gaps up to any row number that a file names, or hide what lies beyond a limit.
    """
    reader = import_module("openpyxl.worksheet._reader")
    shared = worksheet._shared_strings
    rows: dict[int, Cells] = {}
    with worksheet._get_source() as source:
        parser = reader.WorkSheetParser(
            source, shared, epoch=workbook.epoch, date_formats=workbook._date_formats,
            timedelta_formats=workbook._timedelta_formats,
        )  # fmt: skip
        for number, cells in parser.parse():
            if most is not None and number > most:
                break
            filled = {cell["column"] - 1: cell for cell in cells if cell["value"] is not None}
            if filled:
                _within_limits(worksheet.title, number, max(filled), number in rows)
                rows[number] = {column: _cell(worksheet, cell) for column, cell in sorted(filled.items())}
        blocks = parser.merged_cells.mergeCell if parser.merged_cells is not None else ()
    merged = tuple((block.min_row, block.max_row, block.min_col - 1, block.max_col - 1) for block in blocks)
    return Grid(worksheet.title, worksheet.sheet_state == "visible", dict(sorted(rows.items())), merged)


def _within_limits(title: str, number: int, column: int, again: bool) -> None:
    if number > MAX_ROWS or column >= MAX_COLUMNS:
        raise ParseError(f"sheet `{title[:40]}` has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")
    if again:
        raise ParseError(f"sheet `{title[:40]}` has two rows with the number {number}")


def _cell(worksheet: Any, cell: Mapping[str, Any]) -> Json | Odd:
    value, kind = cell["value"], cell["data_type"]
    if kind == "f":
        return FORMULA
    if kind == "e":
        return ERROR
    if isinstance(value, str):
        return _ESCAPED.sub(_unescaped, value)
    if isinstance(value, datetime | date | time | timedelta):
        text = _date_text(value)
        return Odd("date", text, f"a date or time, {text}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, bool) else str(value)
    return _number(value, _number_format(worksheet, cell["style_id"]))


def _unescaped(escape: re.Match[str]) -> str:
    """Return the character that a workbook writes as `_x000D_`; half of a pair stays as it is written."""
    code = int(escape[1], 16)
    return escape[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _date_text(value: Any) -> str:
    """Return a date as text; without a time where that is midnight, as for a cell that shows a day."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value)


def _number_format(worksheet: Any, style: int) -> str:
    """Return the format of a style; `General` for a style that the workbook does not have."""
    cells = import_module("openpyxl.cell.read_only")
    try:
        return str(cells.ReadOnlyCell(worksheet, 0, 0, None, style_id=style).number_format)
    except IndexError:
        return "General"


def _number(value: float, form: str) -> Json | Odd:
    """Return a number; as `Odd` where its digits are not those that were typed, or that the sheet shows."""
    if not isfinite(value):
        return Odd("unread", None, "a number that is not finite")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        value = int(value)
    text = str(value)
    if len(text.lstrip("-").replace(".", "")) > 15 or "e" in text:
        return Odd("number", value, f"the number {text}, of which Excel keeps 15 digits only")
    if form in _PLAIN_FORMATS and (isinstance(value, int) or form in ("General", "@")):
        return value
    if set(form) == {"0"} and isinstance(value, int):
        shown = f"{value:0{len(form)}}"
        return value if shown == text else Odd("number", value, f"the number {text}, shown as `{shown}`")
    return Odd("number", value, f"the number {text}, shown in the format `{form[:20]}`")
