"""`--format markdown`: a summary for a job page or a pull request comment."""

import re
from collections.abc import Sequence

from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.records import Checked, Failed, Table, count, details, notes, pairs, place

_SPECIAL = re.compile(r"([\\*_{}\[\]()#+!|~<>&])")

MAX_CLEAN = 20
"""Most files without findings that are named."""


def markdown(
    checked: Sequence[Checked], failures: Sequence[Failed] = (), *, tables: Sequence[Table] = ()
) -> str:
    """Return GitHub-flavoured Markdown: all findings in one table, files without findings in one line."""
    counted = count(checked, failures)
    lines = ["## sellerspec", "", f"{'❌' if counted.errors or failures else '✅'} {counted}", ""]
    if failures:
        lines += ["### Could not be checked", "", *(f"- {escaped(str(failure))}" for failure in failures), ""]
    rows = [
        (
            finding.severity.value,
            code(place(item.name, finding.line)),
            code(finding.pointer or "/"),
            code(finding.rule),
            finding.basis.value,
            "<br>".join(
                (escaped(finding.message), *(f"{name}: {escaped(text)}" for name, text in details(finding)))
            ),
        )
        for item, finding in pairs(checked)
    ]
    if rows:
        lines += [*table_of(("", "where", "pointer", "rule", "basis", "what"), rows), ""]
    clean = [item.name for item in checked if not item.report.findings]
    if clean:
        more = f" and {len(clean) - MAX_CLEAN} more" if len(clean) > MAX_CLEAN else ""
        lines += [f"Nothing found in {', '.join(map(code, clean[:MAX_CLEAN]))}{more}.", ""]
    for note in notes(checked):
        lines += [f"Note: {escaped(note)}.", ""]
    for table in tables:
        cells = [[escaped(cell) for cell in row] for row in table.rows]
        columns = [escaped(column) for column in table.columns]
        lines += [f"### {escaped(table.title)}", "", *table_of(columns, cells), ""]
        lines += [escaped(table.note), ""] if table.note else []
    return "\n".join(lines)


def table_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table; the cells are Markdown."""
    return [
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def escaped(text: str) -> str:
    """Return a text that Markdown and HTML show as it is; code between backticks stays code."""
    parts = plain(text).split("`")
    if len(parts) % 2 == 0:
        return _SPECIAL.sub(r"\\\1", plain(text)).replace("`", "\\`")
    return "".join(
        code(part) if number % 2 else _SPECIAL.sub(r"\\\1", part) for number, part in enumerate(parts)
    )


def code(text: str) -> str:
    """Return a text as inline code for a table cell: a bar or a backtick cannot end it."""
    shown = plain(text).replace("`", "ˋ").replace("|", "\\|")
    return f"`{shown}`" if shown else ""
