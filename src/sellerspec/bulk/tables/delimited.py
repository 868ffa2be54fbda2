"""Rows of a CSV file, in any encoding, with any of the usual separators."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import IO

from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import Columns
from sellerspec.bulk.tables.sources import Row, Table
from sellerspec.errors import ParseError, UsageError
from sellerspec.io.cells import clean

_DELIMITERS = ",;\t|"
_SEP = re.compile(r"\"?sep=(.)\"?\s*\Z", re.IGNORECASE)
"""The first line of a CSV file that names its separator for Excel, which does not count it as a row."""

_NO_FILES = frozenset(("idna", "punycode", "unicode-escape", "raw-unicode-escape"))
"""Python's codecs for short texts, in which no file is written."""

MARK = "\ufeff"
"""The mark at the start of a text in Unicode; no part of the first cell."""

_MARKED = {
    "utf-8-sig": ((codecs.BOM_UTF8, "utf-8"),),
    "utf-16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    "utf-32": ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
}
"""Encoding that reads over a mark -> each mark in bytes, and the encoding that keeps it."""

_START = 1 << 16
"""Characters from which the separator is found out."""


def opened(name: str, known: Columns, how: How) -> Table:
    """Open a CSV file.

    Raises:
        ParseError, UsageError: as `sources.opened`.
    """
    encoding = _encoding(how.encoding)
    header_row = how.header_row or 1
    with _decoding(name, how.encoding), Path(name).open(encoding=encoding, newline="") as stream:
        first = _SEP.match(stream.readline(_START))
        start = first[0] if first is not None else ""
        stream.seek(0)
        sample = stream.read(_START)[len(start) :]
    delimiter = first[1] if first is not None else _delimiter(sample, known, header_row)
    rows = _rows(name, how, encoding, delimiter, skips=first is not None)
    number, header = next(islice(rows, header_row - 1, None), (header_row, []))
    return Table(name, "", number, tuple(header), map(_row, rows), delimiter)


def _row(numbered: tuple[int, list[str]]) -> Row:
    return Row(numbered[0], dict(enumerate(numbered[1])), len(numbered[1]))


def _encoding(name: str | None) -> str:
    """Return the encoding of a file; a mark at the start of UTF-8 is no part of the first cell.

    Raises:
        UsageError: it is not known, or is not of texts.
    """
    if name is None:
        return "utf-8-sig"
    try:
        codec = codecs.lookup(name)
        "".encode(name)  # refuses `base64` and its like, which encode no text
        if codec.name in _NO_FILES:
            raise LookupError
    except (LookupError, ValueError, UnicodeError):
        raise UsageError(
            f"no encoding named `{name[:40]}`; known are e.g. utf-8, utf-16, cp1258, cp1252"
        ) from None
    return "utf-8-sig" if codec.name == "utf-8" else codec.name


@contextmanager
def _decoding(name: str, encoding: str | None) -> Iterator[None]:
    """Turn a wrong encoding into an error of the file."""
    try:
        yield
    except UnicodeError:
        hint = "save it as CSV UTF-8, or name its encoding with --encoding"
        raise ParseError(f"not {(encoding or 'UTF-8')[:40]}; {hint}", name=name) from None


def _delimiter(sample: str, known: Columns, header_row: int) -> str:
    """Return the separator with which the header has most known columns, or else most cells."""

    def score(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
        try:
            header = next(islice(reader, header_row - 1, None), [])
        except csv.Error:
            return 0, 0
        return sum(known.find(clean(cell)) is not None for cell in header), len(header)

    return max(_DELIMITERS, key=score)


class Text:
    """The text of a CSV file that was read before, row by row."""

    def __init__(self, name: str, how: How, delimiter: str) -> None:
        self._name, self._how, self._delimiter = name, how, delimiter
        encoding = _encoding(how.encoding)
        marked = _MARKED.get(encoding, ())
        with Path(name).open("rb") as stream:
            start = stream.read(4)
        found = (kept for mark, kept in marked if start.startswith(mark))
        self._encoding = next(found, marked[0][1] if marked else encoding)

    def rows(self) -> Iterator[tuple[int, str, list[str]]]:
        """Yield number, text with its line end, and cells of each row; a line `sep=` has the number 0."""
        with _decoding(self._name, self._how.encoding), self._opened() as stream:
            held: list[str] = []
            first = stream.readline()
            if _SEP.match(first.removeprefix(MARK)):
                yield 0, first, []
                first = ""
            lines = chain([first] if first else [], stream)
            reader = csv.reader(_held(lines, held), delimiter=self._delimiter, strict=True)
            for number, row in enumerate(reader, 1):
                yield number, "".join(held), row
                held.clear()

    def encoded(self, text: str) -> bytes:
        """Return a part of the text in the encoding of the file."""
        return codecs.encode(text, self._encoding)

    def _opened(self) -> IO[str]:
        return Path(self._name).open(encoding=self._encoding, newline="")


def _held(lines: Iterable[str], held: list[str]) -> Iterator[str]:
    """Yield lines, and add them to a list as they are; the mark of the first is left out."""
    start = MARK
    for line in lines:
        held.append(line)
        yield line.removeprefix(start)
        start = ""


def _rows(
    name: str, how: How, encoding: str, delimiter: str, *, skips: bool
) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row."""
    number = 0
    with _decoding(name, how.encoding), Path(name).open(encoding=encoding, newline="") as stream:
        if skips:
            stream.readline()
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            for number, row in enumerate(reader, 1):
                yield number, row
        except csv.Error as error:
            limit = csv.field_size_limit()
            problem = (
                f"a cell has more than {limit} characters; is a quotation mark not closed?"
                if "limit" in str(error)
                else "a quotation mark is not closed, or is inside a cell and not written twice"
            )
            raise ParseError(f"row {number + 1}: {problem}", name=name) from None
