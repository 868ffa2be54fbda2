"""`--format text`: one clickable line for each finding, with server text and hint below."""

from collections.abc import Callable, Iterator, Sequence

from sellerspec.model import Finding
from sellerspec.reporting.excerpt import excerpt, plain
from sellerspec.reporting.records import Checked, Failed, count, details, place, plural

_COLOURS = {"error": "31;1", "warning": "33", "rule": "36", "quiet": "2", "good": "32"}


Ink = Callable[[str, str], str]
"""Returns a text in the colour of a name, or unchanged if colours are off."""


def _coloured(name: str, text: str) -> str:
    return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if text else text


def text(
    checked: Sequence[Checked],
    failures: Sequence[Failed] = (),
    *,
    terminal: bool = False,
    colour: bool = False,
) -> str:
    """Return `file:line:column: severity rule message` for each finding, and a summary.

    Args:
        checked: what was checked.
        failures: counted only, because the command has written them to stderr.
        terminal: show the offending line with a caret.
        colour: use colours.
    """
    ink: Ink = _coloured if colour else lambda _, text: text
    lines = [line for item in checked for line in _lines(item, terminal, ink)]
    lines.append(_summary(checked, failures, ink))
    return "\n".join(lines) + "\n"


def _lines(checked: Checked, terminal: bool, ink: Ink) -> Iterator[str]:
    for finding in checked.report.findings:
        yield _line(checked.name, finding, ink)
        if terminal and checked.text and finding.line:
            from sellerspec.reporting.hide import hidden  # a payload without findings does not need it

            shown, caret = excerpt(
                hidden(checked.text, checked.report.operation), finding.line, finding.column or 1
            )
            number = str(finding.line)
            yield f"  {ink('quiet', f'{number} |')} {shown}"
            yield f"  {' ' * len(number)} {ink('quiet', '|')} {ink(finding.severity.value, caret)}"
        for label, text in details(finding):
            yield f"    {label}: {plain(text)}"
    if checked.fixed:
        rules = ", ".join(f"{rule} ({number})" for rule, number in sorted(checked.fixed.items()))
        yield f"{plain(checked.name)}: {ink('good', 'fixed')} {rules}"
    if not checked.report.findings:
        yield f"{plain(checked.name)}: {ink('good', 'nothing found')} ({checked.report.operation})"
    for note in checked.report.notes:
        yield f"    note: {note}"


def _line(name: str, finding: Finding, ink: Ink) -> str:
    at = f" at {plain(finding.pointer)}" if finding.pointer else ""
    return (
        f"{plain(place(name, finding.line, finding.column))}: "
        f"{ink(finding.severity.value, finding.severity.value)} "
        f"{ink('rule', finding.rule)} {plain(finding.message)}{ink('quiet', f'{at} ({finding.basis})')}"
    )


def _summary(checked: Sequence[Checked], failures: Sequence[Failed], ink: Ink) -> str:
    counted = count(checked, failures)
    name = "error" if counted.errors or counted.failed else "warning" if counted.warnings else "good"
    unchecked = len(
        {(item.report.operation.partition("/")[0], id) for item in checked for id in item.report.unchecked}
    )
    return ink(name, str(counted)) + (
        f"; {plural(unchecked, 'rule')} unchecked for lack of facts" if unchecked else ""
    )
