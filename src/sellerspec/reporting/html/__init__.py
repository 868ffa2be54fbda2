"""`--format html`: one page without other files, for a browser, a phone and a keyboard."""

from collections.abc import Sequence
from html import escape

from sellerspec.model import Finding
from sellerspec.reporting.changes import Change, with_changes
from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.html.before_and_after import before_and_after
from sellerspec.reporting.html.page import filter_form, page, select
from sellerspec.reporting.html.payload import payload
from sellerspec.reporting.records import (
    Checked,
    Failed,
    Table,
    count,
    details,
    grounds,
    pairs,
    plural,
    requirements,
)


def html(checked: Sequence[Checked], failures: Sequence[Failed] = (), *, tables: Sequence[Table] = ()) -> str:
    """Return the page: summary, filter by rule, file and severity, payloads with their findings marked.

    Text from a payload, a file name or a table is escaped.
    """
    counted = count(checked, failures)
    known = requirements(checked)
    counts = counted._asdict()
    counts["could not be checked"] = counts.pop("failed")
    if not counted.fixed:
        del counts["fixed"]
    main = [
        _filter(checked),
        *(_failed(failures) if failures else ()),
        *(_section(number, item, known) for number, item in enumerate(checked)),
        *(_table(number, table) for number, table in enumerate(tables)),
    ]
    return page(str(counted), "sellerspec report", counts, main)


def _filter(checked: Sequence[Checked]) -> str:
    """Return the filter, which stays hidden until its script has run."""
    rules = [(rule, rule) for rule in sorted({finding.rule for _, finding in pairs(checked)})]
    if not rules:
        return '<p class="good">Nothing found.</p>' if checked else ""
    files = [(f"f{number}", plain(item.name)) for number, item in enumerate(checked)]
    severities = [("error", "errors"), ("warning", "warnings")]
    return filter_form(
        "findings",
        select("rule", "Rule", "all rules", rules),
        select("file", "File", "all files", files),
        select("severity", "Severity", "errors and warnings", severities),
    )


def _failed(failures: Sequence[Failed]) -> Sequence[str]:
    rows = "".join(f'<li class="error"><p>{escape(plain(str(failure)))}</p></li>' for failure in failures)
    return ("<section><h2>Could not be checked</h2>", f'<ul class="findings-failed">{rows}</ul></section>')


def _section(number: int, checked: Checked, known: dict[str, str]) -> str:
    report = checked.report
    name = escape(plain(checked.name))
    parts = [f'<section class="file" data-file="f{number}"><h2>{name}</h2>']
    parts.append(f'<p class="quiet">checked as <code>{escape(report.operation)}</code></p>')
    parts.extend(f'<p class="quiet">Note: {escape(note)}</p>' for note in report.notes)
    if not report.findings:
        parts.append('<p class="good">Nothing found.</p>')
    else:
        items = "\n".join(
            _finding(number, finding, checked, known, changes) for finding, changes in with_changes(checked)
        )
        parts.append(f'<ul class="findings">{items}</ul>')
    if report.unchecked:
        listed = ", ".join(f"<code>{escape(rule_id)}</code>" for rule_id in report.unchecked)
        summary = f"{plural(len(report.unchecked), 'rule')} unchecked for lack of facts"
        parts.append(f'<details><summary>{summary}</summary><p class="quiet">{listed}</p></details>')
    if checked.text and report.findings:
        parts.append(payload(number, checked))
    parts.append("</section>")
    return "\n".join(parts)


def _finding(
    number: int, finding: Finding, checked: Checked, known: dict[str, str], changes: Sequence[Change]
) -> str:
    severity = finding.severity.value
    where = f"<code>{escape(plain(finding.pointer) or '/')}</code>"
    if finding.line:
        line = f"line {finding.line}, column {finding.column}"
        where += f', <a href="#f{number}-l{finding.line}">{line}</a>' if checked.text else f", {line}"
    rule = escape(finding.rule)
    message = escape(plain(finding.message))
    rows = [
        f'<p><span class="badge">{severity}</span> <code>{rule}</code> {message}</p>',
        f"<p>at {where}</p>",
        *(f"<p>{label[0].upper()}{label[1:]}: {escape(plain(text))}</p>" for label, text in details(finding)),
        *(before_and_after(change, checked) for change in changes),
    ]
    if known.get(finding.rule):
        rows.append(f'<p class="quiet">Requirement: {escape(known[finding.rule])}.</p>')
    rows.append(f'<p class="quiet">{escape(plain(grounds(finding)))}</p>')
    attributes = f'class="{severity}" data-rule="{rule}" data-file="f{number}" data-severity="{severity}"'
    return f"<li {attributes}>{''.join(rows)}</li>"


def _table(number: int, table: Table) -> str:
    """Return a table in a region that the keyboard can scroll."""
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
