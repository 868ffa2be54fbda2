"""Write a copy of a table with a comment at each wrong cell."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import SEPARATOR
from sellerspec.bulk.tables.mapping import columns
from sellerspec.bulk.tables.sources import Row, opened
from sellerspec.errors import UsageError
from sellerspec.io import xlsx
from sellerspec.io.cells import Odd
from sellerspec.io.folders import TABLES
from sellerspec.io.writing import write
from sellerspec.model import Json

_MOST = 10
"""Most findings in one comment."""


def annotated(names: Sequence[str], target: Path, findings: Iterable[bytes], how: How) -> None:
    """Write a copy of one table as .xlsx, with comments at the wrong cells.

    Args:
        names: the files of the run: one table.
        target: ends in `.xlsx`.
        findings: lines of the findings file.
        how: as in the run.

    Raises:
        UsageError: there is more than one file, it is no table, or it is too large for a workbook.
    """
    name = names[0]
    if len(names) != 1 or not name.lower().endswith(TABLES):
        raise UsageError("`--annotate` is for one table")
    if target.suffix.lower() != ".xlsx":
        raise UsageError(f"comments need a workbook; `{target.name}` does not end in .xlsx")
    table = opened(name, columns(how), how)
    if name.lower().endswith(".xlsx"):
        data, sheet, header_row = Path(name).read_bytes(), table.sheet, table.header_row
        shift = 0
    else:
        sheet, header_row = "table", 1
        shift = 1 - table.header_row  # the header is row 1 of the copy; the rows of Parquet have none
        data = xlsx.table(sheet, table.header, _cells(table.rows, shift))
    messages: dict[tuple[int, str], list[str]] = {}
    for finding in map(orjson.loads, findings):
        of_cell = messages.setdefault((finding["row"] + shift, finding["column"]), [])
        of_cell.append(f"{finding['severity']} {finding['rule']}: {finding['message']} ({finding['basis']})")
    comments = {cell: "\n".join(texts[:_MOST]) for cell, texts in messages.items()}
    write(target, xlsx.annotated(data, sheet, comments, name=name, header_row=header_row))


def _cells(rows: Iterable[Row], shift: int) -> list[list[Json]]:
    """Return the rows below a header, with empty rows where numbers are missing.

    Raises:
        UsageError: there are more than `xlsx.MAX_ROWS`.
    """
    table: list[list[Json]] = []
    for row in rows:
        if row.number + shift > xlsx.MAX_ROWS:
            raise UsageError(f"a table of more than {xlsx.MAX_ROWS} rows is too large for comments")
        table.extend([[]] * (row.number + shift - 2 - len(table)))
        table.append([_plain(row.cells.get(column)) for column in range(max(row.cells, default=-1) + 1)])
    return table


def _plain(value: Any) -> Json:
    if isinstance(value, Odd):
        return f"({value.why})" if value.value is None else value.value
    if isinstance(value, list):
        return SEPARATOR.join(map(str, value))
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value, "f")
    return value
