"""Write an empty table for an operation, with headers, notes, and drop-downs for closed lists."""

import csv
from io import StringIO
from typing import Literal

from sellerspec.bulk.tables.columns import Columns, of_schema
from sellerspec.io import xlsx


def template(operation: str, form: Literal["csv", "xlsx"] = "xlsx") -> bytes:
    """Return an empty table as CSV, which has the headers only, or as a workbook.

    Raises:
        UsageError: the payloads of the operation fit no table.
        MissingExtra: openpyxl is not installed.
    """
    known = of_schema(operation)
    headers = _columns(known)
    if form == "csv":
        out = StringIO()
        csv.writer(out, lineterminator="\r\n").writerow([header.name for header in headers])
        return out.getvalue().encode("utf-8-sig")
    notes = [f"Rows of {operation}, to be checked with: sellerspec check FILE --as {operation}"]
    if known.group is not None:
        notes.append(f"One row for each of `{known.rows}`; rows of one payload follow each other.")
    return xlsx.template(operation.partition("/")[2][:31], headers, notes=notes)


def _columns(known: Columns) -> list[xlsx.Column]:
    group = f"Any text; the same in all rows of one payload, whose `{known.rows}` they are."
    headers = [xlsx.Column(known.group, group)] if known.group is not None else []
    for name, member in known.members.items():
        note = member.note or "No note."
        if name.endswith(".*"):
            name = f"{name.removesuffix('*')}code"
            note = f"{note} One column for each: put the code in the header."
        headers.append(xlsx.Column(name, note, member.choices, member.kind in ("text", "list")))
    return headers
