"""Rows of a Parquet file; a value that is neither text nor number is a date, or is not read."""

import re
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from typing import Any

from sellerspec.bulk.keys import pyarrow
from sellerspec.bulk.tables.sources import Row, Table
from sellerspec.errors import ParseError
from sellerspec.io.cells import Odd

_ZEROS = re.compile(r"\.0+(?=[Z+-]|$)")
_BATCH = 1000
_PLAIN = (str, int, Decimal, type(None))


def opened(name: str) -> Table:
    """Open a Parquet file.

    Raises:
        ParseError, MissingExtra: as `sources.opened`.
    """
    arrow = pyarrow()
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(name)
    except (arrow.ArrowException, OSError):
        raise ParseError("not a Parquet file", name=name) from None
    return Table(name, "", 0, tuple(file.schema_arrow.names), _rows(arrow, file, name))


def _rows(arrow: Any, file: Any, name: str) -> Iterator[Row]:
    number = 0
    with file:
        batches = file.iter_batches(_BATCH)
        while True:
            try:
                batch = next(batches, None)
            except (arrow.ArrowException, OSError):
                raise ParseError(f"cannot be read after row {number}: damaged", name=name) from None
            if batch is None:
                return
            columns = [_values(arrow, column) for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield Row(number, dict(enumerate(cells)))


def _values(arrow: Any, column: Any) -> list[Any]:
    """Return the values of a column; `Odd` where JSON has no such value."""
    types = arrow.types
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    is_date = types.is_temporal(column.type) and not (
        types.is_duration(column.type) or types.is_interval(column.type)
    )
    try:
        values = column.cast(arrow.string()).to_pylist() if is_date else column.to_pylist()
    except (arrow.ArrowException, *_ODD):
        values = [_single(arrow, scalar) for scalar in column]
    if is_date:
        return [_date(value) for value in values]
    return [value if isinstance(value, _PLAIN) else _plain(value, str(column.type)) for value in values]


_ODD = (ValueError, OverflowError, TypeError, LookupError)
"""What pyarrow raises for values that Python does not have."""


def _single(arrow: Any, scalar: Any) -> Any:
    """Return one value; `Odd` if Python has no such value."""
    try:
        return scalar.as_py()
    except (arrow.ArrowException, *_ODD):
        return Odd("unread", None, f"a value of the type {scalar.type} that cannot be read")


def _date(value: Any) -> Any:
    """Return the text of a date, without parts that are zero."""
    if value is None or isinstance(value, Odd):
        return value
    text = str(value)
    if text.startswith("<"):  # "<value out of range: 2932897>"
        return Odd("unread", None, "a date out of range")
    text = _ZEROS.sub("", text).removesuffix(" 00:00:00")
    return Odd("date", text, f"a date or time, {text}")


def _plain(value: Any, type_: str) -> Any:
    if isinstance(value, bool | Odd):
        return value
    if isinstance(value, float):
        if not isfinite(value):
            return Odd("unread", None, "a number that is not finite")
        is_exact = value.is_integer() and abs(value) < 1 << 53
        if is_exact or "e" in repr(value):
            why = f"the number {value!r}, from a column of numbers with decimals"
            return Odd("number", value, why)
        return value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return Odd("unread", None, "bytes that are no text")
    if isinstance(value, list):
        return _list(value, type_)
    return Odd("unread", None, f"a value of the type {type_[:60]}")


def _list(values: list[Any], type_: str) -> Any:
    items = [value if isinstance(value, _PLAIN) else _plain(value, type_) for value in values]
    if any(isinstance(item, list) or (isinstance(item, Odd) and item.value is None) for item in items):
        return Odd("unread", None, f"a list of the type {type_[:60]}")
    plain = (item.value if isinstance(item, Odd) else item for item in items)
    return [format(item, "f") if isinstance(item, Decimal) else item for item in plain]
