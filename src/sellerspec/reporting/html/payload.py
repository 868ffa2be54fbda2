"""A payload on the page: its lines with numbers, and what was found marked where it stands."""

import re
from collections.abc import Iterator
from html import escape

from sellerspec.model import Finding, Severity
from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.hide import hidden
from sellerspec.reporting.records import Checked

WHOLE = 400
"""A payload of at most so many lines is shown whole; of a longer one, what is around the findings."""

AROUND = 5
"""Lines shown before and after a finding of a long payload."""

WIDE = 2000
"""Characters of a line that are shown at most on either side of a finding."""

_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[^\s,\]}]+')


def payload(number: int, checked: Checked) -> str:
    """Return the payload of the `number`-th file, findings marked, secrets blotted out."""
    lines = hidden(checked.text, checked.language).split("\n")
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
        if total <= WHOLE or at in near:
            yield at


def _gap(lines: int) -> str:
    return f'<span class="row quiet"><span class="number">⋮</span>{lines} lines</span>'


def _row(number: int, at: int, line: str, found: list[Finding]) -> Iterator[str]:
    kind = _worst(found)
    yield (
        f'<span class="row{f" {kind}" if kind else ""}" id="f{number}-l{at}">'
        f'<span class="number">{at}</span>{_marked(line, found)}</span>'
    )
    for each in found:
        severity = each.severity.value
        says = f"{escape(plain(each.message))} ({escape(each.rule)})"
        yield f'<span class="note {severity}">↑ {severity}: {says}</span>'


def _worst(found: list[Finding]) -> str:
    if any(each.severity is Severity.ERROR for each in found):
        return "error"
    return "warning" if found else ""


def _marked(line: str, found: list[Finding]) -> str:
    """Escape a line and mark the value at each finding's column; cut what is far from any."""
    out = []
    at = 0
    for column in sorted({(each.column or 1) - 1 for each in found}):
        value = _VALUE.match(line, column)
        if column < at or value is None:
            continue
        kind = _worst([each for each in found if (each.column or 1) - 1 == column])
        out.append(_cut(line[at:column]))
        out.append(f'<mark class="{kind}">{_cut(value[0])}</mark>')
        at = value.end()
    out.append(_cut(line[at:]))
    return "".join(out)


def _cut(text: str) -> str:
    if len(text) > 2 * WIDE:
        text = f"{text[:WIDE]} … {len(text) - 2 * WIDE} characters … {text[-WIDE:]}"
    return escape(plain(text))
