"""`--format html`: one page that needs nothing else, for a browser, a phone, a keyboard."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from sellerspec import __version__
from sellerspec.model import Finding
from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.html.payload import payload
from sellerspec.reporting.records import Checked, Failed, Table, count
from sellerspec.reporting.rules import requirement


def html(checked: Sequence[Checked], failures: Sequence[Failed] = (), *, tables: Sequence[Table] = ()) -> str:
    """Return the page: summary, filter by rule, file and severity, each payload with its findings marked.

    Everything that comes from a payload, a file name or a table is escaped, and a content
    security policy lets no script run but the page's own. Without script all is shown.
    """
    counted = count(checked, failures)
    script = _file("page.js")
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    asked = requirement({each.report.operation.partition("/")[0] for each in checked if each.report.findings})
    counts = {
        "checked": counted.checked,
        "refused": counted.refused,
        "errors": counted.errors,
        "warnings": counted.warnings,
        "could not be checked": counted.failed,
    }
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>sellerspec: {escape(str(counted))}</title>",
        f"<style>\n{_file('page.css')}</style></head><body>",
        '<a class="skip" href="#main">Skip to the findings</a>',
        "<header><h1>sellerspec report</h1>",
        '<dl class="counts">',
        *(f"<div><dt>{name}</dt><dd>{number}</dd></div>" for name, number in counts.items()),
        "</dl></header>",
        '<main id="main">',
        _filter(checked),
        *(_failed(failures) if failures else ()),
        *(_section(number, each, asked) for number, each in enumerate(checked)),
        *(_table(number, each) for number, each in enumerate(tables)),
        "</main>",
        f'<footer><p class="quiet">sellerspec {escape(__version__)}. '
        "Values of secret and personal members are blotted out.</p></footer>",
        f"<script>{script}</script></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _filter(checked: Sequence[Checked]) -> str:
    """Return the filter; it stays hidden until the script that makes it work has run."""
    found = [finding for each in checked for finding in each.report.findings]
    if not found:
        return '<p class="good">Nothing found.</p>' if checked else ""
    rules = [(each, each) for each in sorted({each.rule for each in found})]
    files = [(f"f{number}", plain(each.name)) for number, each in enumerate(checked)]
    return "\n".join(
        (
            '<form class="filter" id="filter" aria-label="Filter the findings" hidden>',
            _select("rule", "Rule", "all rules", rules),
            _select("file", "File", "all files", files),
            _select(
                "severity", "Severity", "errors and warnings", [("error", "errors"), ("warning", "warnings")]
            ),
            '<button type="reset">Show all</button>',
            '<p id="shown" role="status"></p></form>',
        )
    )


def _select(name: str, label: str, every: str, choices: Sequence[tuple[str, str]]) -> str:
    options = "".join(f'<option value="{escape(value)}">{escape(said)}</option>' for value, said in choices)
    return f'<label>{label}<select name="{name}"><option value="">{every}</option>{options}</select></label>'


def _failed(failures: Sequence[Failed]) -> Sequence[str]:
    rows = "".join(f'<li class="error"><p>{escape(plain(str(failure)))}</p></li>' for failure in failures)
    return ("<section><h2>Could not be checked</h2>", f'<ul class="findings-failed">{rows}</ul></section>')


def _section(number: int, checked: Checked, asked: dict[str, str]) -> str:
    report = checked.report
    name = escape(plain(checked.name))
    parts = [f'<section class="file" data-file="f{number}"><h2>{name}</h2>']
    parts.append(f'<p class="quiet">checked as <code>{escape(report.operation)}</code></p>')
    parts.extend(
        f'<p class="quiet">No document states <code>{escape(each)}</code>; its shape is assumed.</p>'
        for each in report.assumed
    )
    if not report.findings:
        parts.append('<p class="good">Nothing found.</p>')
    else:
        items = "\n".join(_finding(number, finding, checked, asked) for finding in report.findings)
        parts.append(f'<ul class="findings">{items}</ul>')
    if report.unchecked:
        listed = ", ".join(f"<code>{escape(rule_id)}</code>" for rule_id in report.unchecked)
        said = f"{len(report.unchecked)} rules lack a fact"
        parts.append(f'<details><summary>{said}</summary><p class="quiet">{listed}</p></details>')
    if checked.text and report.findings:
        parts.append(payload(number, checked))
    parts.append("</section>")
    return "\n".join(parts)


def _finding(number: int, finding: Finding, checked: Checked, asked: dict[str, str]) -> str:
    severity = finding.severity.value
    place = plain(finding.pointer) or "/"
    where = f"<code>{escape(place)}</code>"
    if finding.line:
        said = f"line {finding.line}, column {finding.column}"
        where += f', <a href="#f{number}-l{finding.line}">{said}</a>' if checked.text else f", {said}"
    rule, says = escape(finding.rule), escape(plain(finding.message))
    rows = [
        f'<p><span class="badge">{severity}</span> <code>{rule}</code> {says}</p>',
        f"<p>at {where}</p>",
    ]
    if finding.server_text:
        rows.append(f"<p>The marketplace answers: <q>{escape(plain(finding.server_text))}</q></p>")
    if finding.phase == "async":
        rows.append("<p>Accepted first, rejected later in tracking.</p>")
    if finding.hint:
        rows.append(f"<p>Hint: {escape(plain(finding.hint))}</p>")
    if asked.get(finding.rule):
        rows.append(f'<p class="quiet">Asks: {escape(asked[finding.rule])}.</p>')
    rows.append(f'<p class="quiet">{finding.basis.value}, {escape(plain(str(finding.source)))}</p>')
    marks = f'class="{severity}" data-rule="{rule}" data-file="f{number}" data-severity="{severity}"'
    return f"<li {marks}>{''.join(rows)}</li>"


def _table(number: int, table: Table) -> str:
    """Return a table in a region that can be scrolled by keyboard."""
    title = escape(plain(table.title))
    head = "".join(f'<th scope="col">{escape(plain(column))}</th>' for column in table.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(plain(cell))}</td>' for cell in row)}</tr>" for row in table.rows
    )
    note = f"<caption>{escape(plain(table.note))}</caption>" if table.note else ""
    return (
        f'<section><h2 id="t{number}">{title}</h2>'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="t{number}">'
        f"<table>{note}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )
