"""Read and write Excel workbooks (.xlsx): cells are values; formulas and macros never run.

The one door to openpyxl. A file is not trusted: its zip directory and the raw bytes of its parts are
checked first, so that an archive bomb, a macro or an XML entity never reaches openpyxl.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from importlib import import_module
from io import BytesIO
from types import ModuleType

from sellerspec.errors import MissingExtra, ParseError
from sellerspec.model import Json

MAX_FILE = 16 << 20
"""Largest file, in bytes."""

MAX_UNPACKED = 128 << 20
"""Largest size of all its parts together when unpacked, in bytes."""

MAX_RATIO = 200
"""Largest ratio of unpacked to packed size, for parts of more than 1 MiB."""

MAX_PARTS = 1000
MAX_ROWS = 20_000
MAX_COLUMNS = 100

_NEEDED = ("[Content_Types].xml", "xl/workbook.xml")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*['\"]([^'\"]{1,40})['\"]", re.IGNORECASE)
_FORBIDDEN_XML = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header that has at least one filled cell."""

    number: int
    """As Excel counts: the header is row 1."""

    cells: Mapping[str, Json]
    """Column name -> value of each filled cell."""

    unread: Mapping[str, str] = field(default_factory=dict)
    """Column name -> why the cell is not read: it has a formula or an error."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a header row, then rows."""

    name: str
    columns: tuple[str, ...]
    """Names in the header row, from the left; "" where the header cell is empty."""

    rows: tuple[Row, ...]


def letters(column: int) -> str:
    """Return Excel's letters of a column counted from 1.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(data: bytes, *, name: str = "") -> tuple[Sheet, ...]:
    """Return every sheet of a workbook, at least one.

    Raises:
        ParseError: it is no .xlsx, has macros, or could harm its reader.
        MissingExtra: openpyxl is not installed.
    """
    try:
        _validate(data)
        openpyxl = _openpyxl()
        sheets = tuple(_sheets(openpyxl, data))
        if not sheets:
            raise ParseError("a workbook without a sheet of cells")
        return sheets
    except ParseError as error:
        raise error.named(name) from None


def _openpyxl() -> ModuleType:
    try:
        return import_module("openpyxl")
    except ModuleNotFoundError:
        raise MissingExtra("sandbox", "openpyxl") from None


def _validate(data: bytes) -> None:
    """Refuse a file by its zip directory and the raw bytes of its parts, before anything reads them."""
    if len(data) > MAX_FILE:
        raise ParseError(f"a workbook of {len(data)} bytes, at most {MAX_FILE}")
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise ParseError("an old .xls or an encrypted workbook; save it as .xlsx without a password")
    if data[:4] != b"PK\x03\x04":
        raise ParseError("not an .xlsx workbook")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            _validate_directory(parts)
            for part in parts:
                _validate_content(part.filename, archive.read(part))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise ParseError(f"a damaged zip archive: {str(error)[:80]}") from None


def _validate_directory(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MAX_PARTS:
        raise ParseError(f"{len(parts)} parts in the archive, at most {MAX_PARTS}")
    if len({name.lower() for name in names}) < len(names):
        raise ParseError("two parts of the archive have the same name")
    if any("vbaproject" in name.lower() or "macrosheets/" in name.lower() for name in names):
        raise ParseError("the workbook has macros; save it as .xlsx")
    total = sum(part.file_size for part in parts)
    if total > MAX_UNPACKED:
        raise ParseError(f"unpacks to {total} bytes, at most {MAX_UNPACKED}")
    for part in parts:
        _validate_entry(part)
    if not set(_NEEDED) <= set(names):
        raise ParseError("a zip archive, but not an .xlsx workbook")


def _validate_entry(part: zipfile.ZipInfo) -> None:
    if _outside(part.filename):
        raise ParseError("a part of the archive has a name that leads out of it")
    if part.flag_bits & 1:
        raise ParseError("an encrypted part in the archive")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ParseError("a part of the archive is packed in an unusual way")
    if part.file_size > 1 << 20 and part.file_size > MAX_RATIO * max(part.compress_size, 1):
        raise ParseError(f"a part of the archive unpacks to more than {MAX_RATIO} times its size")


def _outside(name: str) -> bool:
    return name.startswith("/") or "\\" in name or "\0" in name or ":" in name or ".." in name.split("/")


def _validate_content(name: str, part: bytes) -> None:
    """Refuse XML that could harm its reader; the first byte shows that a part is XML, not its name."""
    start = part[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if part[:2] in (b"\xff\xfe", b"\xfe\xff") or part[:2] in (b"<\0", b"\0<"):
        raise ParseError("a part of the workbook is not UTF-8")
    if not start.startswith(b"<"):
        return  # no XML reader takes it: an image, for example
    encoding = _ENCODING.match(part[:256].removeprefix(b"\xef\xbb\xbf").lstrip())
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        raise ParseError("a part of the workbook is not UTF-8")
    if _FORBIDDEN_XML.search(part):
        raise ParseError("a part of the workbook defines XML entities")
    if name.lower() == "[content_types].xml" and b"macroenabled" in part.lower():
        raise ParseError("the workbook has macros; save it as .xlsx")


def _sheets(openpyxl: ModuleType, data: bytes) -> Iterator[Sheet]:
    errors = (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, SyntaxError,
               zipfile.BadZipFile, zlib.error, EOFError, OverflowError,
               openpyxl.utils.exceptions.InvalidFileException)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it drops
        try:
            workbook = openpyxl.load_workbook(BytesIO(data), read_only=True, keep_links=False)
            try:
                for worksheet in workbook.worksheets:
                    worksheet.reset_dimensions()  # the size in the file is not trusted
                    yield _sheet(
                        worksheet.title, worksheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1)
                    )
            finally:
                workbook.close()
        except errors as error:
            raise ParseError(f"not a workbook that can be read: {type(error).__name__}") from None


def _sheet(title: str, rows: Iterator[Sequence[Json]]) -> Sheet:
    header: tuple[str, ...] = ()
    read_rows: list[Row] = []
    for number, cells in enumerate(rows, 1):
        filled = [(place, cell) for place, cell in enumerate(cells) if cell.value is not None]
        if not filled:
            continue
        if number > MAX_ROWS or filled[-1][0] >= MAX_COLUMNS:
            raise ParseError(f"sheet `{title[:40]}` has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")
        if number == 1:
            names = {place: str(cell.value).strip() for place, cell in filled}
            header = tuple(names.get(place, "") for place in range(max(names) + 1))
        else:
            read_rows.append(_row(number, header, filled))
    return Sheet(title, header, tuple(read_rows))


def _row(number: int, header: tuple[str, ...], filled: Sequence[tuple[int, Json]]) -> Row:
    cells: dict[str, Json] = {}
    unread: dict[str, str] = {}
    for place, cell in filled:
        named = header[place] if place < len(header) else ""
        column = named or letters(place + 1)
        if cell.data_type == "f":
            unread[column] = "a formula, not a value; formulas are never evaluated"
        elif cell.data_type == "e":
            unread[column] = "an error of Excel, not a value"
        else:
            cells[column] = _value(cell.value)
    return Row(number, cells, unread)


def _value(value: Json) -> Json:
    """Return a cell's value as JSON: a whole number as an integer, a date as text."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str) else str(value)


def as_json(sheet: Sheet) -> Json:
    """Return a sheet as JSON for rules: `sheet`, `columns`, and `rows` with `row`, `cells`, `unread`."""
    rows = [{"row": row.number, "cells": dict(row.cells), "unread": dict(row.unread)} for row in sheet.rows]
    return {"sheet": sheet.name, "columns": list(sheet.columns), "rows": rows}


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
    workbook = _openpyxl().Workbook()
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
            cell = sheet.cell(number, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with `=` stays a text
    return _saved(workbook)


def annotated(data: bytes, sheet: str, notes: Mapping[tuple[int, str], str], *, name: str = "") -> bytes:
    """Return a copy of a workbook with notes as comments of their cells.

    Args:
        data: the bytes of an .xlsx file.
        sheet: name of the sheet.
        notes: row and column name -> text; the column "" means the row itself.
        name: of the file, for errors.

    Raises:
        ParseError: as `read`.
        MissingExtra: openpyxl is not installed.
    """
    try:
        _validate(data)
    except ParseError as error:
        raise error.named(name) from None
    openpyxl = _openpyxl()
    styles, comments = import_module("openpyxl.styles"), import_module("openpyxl.comments")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(BytesIO(data), keep_links=False)
    page = workbook[sheet]
    columns = {str(cell.value).strip(): cell.column for cell in page[1] if cell.value is not None}
    wrong = styles.PatternFill("solid", fgColor="FFC7CE")
    for (row, column), text in sorted(notes.items()):
        cell = page.cell(row, columns.get(column, 1))
        before = f"{cell.comment.text}\n" if cell.comment is not None else ""
        cell.comment = comments.Comment(f"{before}{text}", "sellerspec", height=120, width=360)
        cell.fill = wrong
    return _saved(workbook)
