"""An empty table for an operation: headers, notes, and drop-downs for closed lists."""

import csv
from io import StringIO
from typing import Literal

from sellerspec.bulk.tables.columns import Columns, columns
from sellerspec.io import xlsx


def template(operation: str, form: Literal["csv", "xlsx"] = "xlsx") -> bytes:
    """Return an empty table; a CSV file has the headers only.

    Raises:
        UsageError: the operation's payloads fit no table.
        MissingExtra: openpyxl is not installed.
    """
    known = columns(operation, None)
    found = _columns(known)
    if form == "csv":
        out = StringIO()
        csv.writer(out, lineterminator="\r\n").writerow([each.name for each in found])
        return out.getvalue().encode("utf-8-sig")
    notes = [f"Rows of {operation}, to be checked with: sellerspec check FILE --as {operation}"]
    if known.group is not None:
        notes.append(f"One row for each of `{known.rows}`; rows of one payload follow each other.")
    return xlsx.template(operation.partition("/")[2][:31], found, notes=notes)


def _columns(known: Columns) -> list[xlsx.Column]:
    group = f"Any text; the same in all rows of one payload, whose `{known.rows}` they are."
    found = [xlsx.Column(known.group, group)] if known.group is not None else []
    for name, each in known.members.items():
        note = each.note or "No note."
        if name.endswith(".*"):
            name, note = (
                f"{name.removesuffix('*')}code",
                f"{note} One column for each: put the code in the header.",
            )
        found.append(xlsx.Column(name, note, each.choices, each.kind in ("text", "list")))
    return found
