"""Write a copy of a table with a comment at each wrong cell."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from sellerspec.bulk.reading import TABLES
from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import SEPARATOR, columns
from sellerspec.bulk.tables.rows import Row, read
from sellerspec.errors import UsageError
from sellerspec.io import xlsx
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
    known = columns(how.operation, how.mapping)
    sheet, header, rows = read(name, known)
    if name.lower().endswith(".xlsx"):
        data = Path(name).read_bytes()
        shift = 0
    else:
        sheet = "table"
        shift = 1 if name.lower().endswith(".parquet") else 0  # the rows of Parquet have no header
        data = xlsx.table(sheet, header, _cells(header, rows, shift))
    messages: dict[tuple[int, str], list[str]] = {}
    for finding in map(orjson.loads, findings):
        of_cell = messages.setdefault((finding["row"] + shift, finding["column"]), [])
        of_cell.append(f"{finding['severity']} {finding['rule']}: {finding['message']}")
    comments = {cell: "\n".join(texts[:_MOST]) for cell, texts in messages.items()}
    target.write_bytes(xlsx.annotated(data, sheet, comments, name=name))


def _cells(header: Sequence[str], rows: Iterable[Row], shift: int) -> list[list[Json]]:
    """Return the rows below a header, with empty rows where numbers are missing.

    Raises:
        UsageError: there are more than `xlsx.MAX_ROWS`.
    """
    table: list[list[Json]] = []
    for number, cells, _ in rows:
        if number + shift > xlsx.MAX_ROWS:
            raise UsageError(f"a table of more than {xlsx.MAX_ROWS} rows is too large for comments")
        table.extend([[]] * (number + shift - 2 - len(table)))
        table.append([_plain(cells.get(column)) for column in header])
    return table


def _plain(value: Json) -> Json:
    if isinstance(value, list):
        return SEPARATOR.join(map(str, value))
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
