"""`--format markdown`: a summary for a job page or a pull request comment."""

import re
from collections.abc import Sequence

from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.records import Checked, Failed, Table, count

_SPECIAL = re.compile(r"([\\*_{}\[\]()#+!|~<>&])")


def markdown(
    checked: Sequence[Checked], failures: Sequence[Failed] = (), *, tables: Sequence[Table] = ()
) -> str:
    """Return GitHub-flavoured Markdown: what was found in one table, files without findings in a line."""
    counted = count(checked, failures)
    lines = ["## sellerspec", "", f"{'❌' if counted.errors or failures else '✅'} {counted}", ""]
    if failures:
        lines += ["### Could not be checked", "", *(f"- {escaped(str(failure))}" for failure in failures), ""]
    found = [(each, finding) for each in checked for finding in each.report.findings]
    if found:
        rows = []
        for each, finding in found:
            place = f"{each.name}:{finding.line}" if finding.line else each.name
            says = escaped(finding.message)
            if finding.server_text:
                says += f"<br>server: {escaped(finding.server_text)}"
            if finding.hint:
                says += f"<br>hint: {escaped(finding.hint)}"
            rows.append(
                (finding.severity.value, code(place), code(finding.pointer or "/"), code(finding.rule), says)
            )
        lines += [*_table(("", "where", "pointer", "rule", "what"), rows), ""]
    clean = [each for each in checked if not each.report.findings]
    if clean:
        named = ", ".join(code(each.name) for each in clean[:20])
        lines += [f"Nothing found in {named}{f' and {len(clean) - 20} more' if len(clean) > 20 else ''}.", ""]
    for table in tables:
        cells = [[escaped(cell) for cell in row] for row in table.rows]
        columns = [escaped(column) for column in table.columns]
        lines += [f"### {escaped(table.title)}", "", *_table(columns, cells), ""]
        lines += [escaped(table.note), ""] if table.note else []
    return "\n".join(lines)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def escaped(text: str) -> str:
    """Return a text that Markdown and HTML leave as it is; code between backticks stays code."""
    parts = plain(text).split("`")
    if len(parts) % 2 == 0:
        return _SPECIAL.sub(r"\\\1", plain(text)).replace("`", "\\`")
    return "".join(
        code(each) if number % 2 else _SPECIAL.sub(r"\\\1", each) for number, each in enumerate(parts)
    )


def code(text: str) -> str:
    """Return a text as inline code, fit for a table cell: a bar and a backtick cannot end it."""
    shown = plain(text).replace("`", "ˋ").replace("|", "\\|")
    return f"`{shown}`" if shown else ""
