"""A payload on the page: numbered lines, with the findings marked at their places."""

from collections.abc import Iterator
from html import escape

from sellerspec.model import Finding, Severity
from sellerspec.reporting.excerpt import VALUE, plain
from sellerspec.reporting.hide import hidden
from sellerspec.reporting.records import Checked

MAX_LINES = 400
"""Of a payload with more lines, only the lines around the findings are shown."""

AROUND = 5
"""Lines before and after a finding that are shown of a long payload."""

WIDE = 2000
"""Most characters of a line that are shown on either side of a finding."""


def payload(number: int, checked: Checked) -> str:
    """Return the payload of the file `number`, with its findings marked and secrets hidden."""
    lines = hidden(checked.text, checked.report.operation).split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    by_line: dict[int, list[Finding]] = {}
    for finding in checked.report.findings:
        by_line.setdefault(finding.line or 0, []).append(finding)
    rows = []
    last = 0
    for at in _shown(len(lines), by_line):
        if at > last + 1:
            rows.append(_gap(at - last - 1))
        rows.extend(_row(number, at, lines[at - 1].rstrip("\r"), by_line.get(at, [])))
        last = at
    if last < len(lines):
        rows.append(_gap(len(lines) - last))
    name = escape(plain(checked.name))
    region = f'tabindex="0" role="region" aria-label="payload of {name}"'
    return f"<h3>Payload</h3><pre {region}>{''.join(rows)}</pre>"


def _shown(total: int, by_line: dict[int, list[Finding]]) -> Iterator[int]:
    near = {at for line in by_line for at in range(line - AROUND, line + AROUND + 1)}
    for at in range(1, total + 1):
        if total <= MAX_LINES or at in near:
            yield at


def _gap(lines: int) -> str:
    return f'<span class="row quiet"><span class="number">⋮</span>{lines} lines</span>'


def _row(number: int, at: int, line: str, findings: list[Finding]) -> Iterator[str]:
    kind = _worst(findings)
    yield (
        f'<span class="row{f" {kind}" if kind else ""}" id="f{number}-l{at}">'
        f'<span class="number">{at}</span>{_marked(line, findings)}</span>'
    )
    for finding in findings:
        severity = finding.severity.value
        message = f"{escape(plain(finding.message))} ({escape(finding.rule)}, {finding.basis})"
        yield f'<span class="note {severity}">↑ {severity}: {message}</span>'


def _worst(findings: list[Finding]) -> str:
    if any(finding.severity is Severity.ERROR for finding in findings):
        return "error"
    return "warning" if findings else ""


def _marked(line: str, findings: list[Finding]) -> str:
    """Return a line as HTML, with the value at the column of each finding marked, and cut if it is long."""
    by_column: dict[int, list[Finding]] = {}
    for finding in findings:
        by_column.setdefault((finding.column or 1) - 1, []).append(finding)
    parts = []
    end = 0
    for column, own in sorted(by_column.items()):
        value = VALUE.match(line, column)
        if column < end or value is None:
            continue
        parts.append(_cut(line[end:column]))
        parts.append(f'<mark class="{_worst(own)}">{_cut(value[0])}</mark>')
        end = value.end()
    parts.append(_cut(line[end:]))
    return "".join(parts)


def _cut(text: str) -> str:
    if len(text) > 2 * WIDE:
        text = f"{text[:WIDE]} … {len(text) - 2 * WIDE} characters … {text[-WIDE:]}"
    return escape(plain(text))
