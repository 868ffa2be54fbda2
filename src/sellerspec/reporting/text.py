"""`--format text`: for each finding a clickable line, its place in the payload, and what helps.

`--quiet` writes the clickable lines alone, of all findings. Otherwise the findings beyond the first `MOST`
of a rule are shortened: in one file they are counted, in further files they keep their line.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from sellerspec.model import Finding
from sellerspec.reporting.excerpt import WIDTH, excerpt, plain
from sellerspec.reporting.records import Checked, Failed, count, details, notes, pairs, place, plural

MOST = 10
"""Findings of a rule that are shown with their details, and files without findings that are named."""

RULES = 20
"""Rules that the summary lists, those with the most findings."""

_COLOURS = {
    "error": "31;1", "warning": "33;1", "rule": "36", "quiet": "2", "good": "32",
    "theirs": "35", "hint": "34", "help": "34", "fix": "32", "fix (unsafe)": "33",
}  # fmt: skip

Ink = Callable[[str, str], str]
"""Returns a text in the colour of a name, or unchanged if colours are off."""


def _coloured(name: str, text: str) -> str:
    return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if text else text


def text(
    checked: Sequence[Checked],
    failures: Sequence[Failed] = (),
    *,
    quiet: bool = False,
    colour: bool = False,
    width: int = WIDTH,
) -> str:
    """Return `file:line:column: severity rule message` for each finding, with its details and a summary.

    Args:
        checked: what was checked.
        failures: counted only, because the command has written them to stderr.
        quiet: return the line of each finding and nothing else.
        colour: use colours.
        width: characters of a line of a payload that are shown.
    """
    ink: Ink = _coloured if colour else lambda _, text: text
    if quiet:
        return "".join(f"{_line(item.name, finding, ink)}\n" for item, finding in pairs(checked))
    shown = _Text(ink, width)
    lines = [line for item in checked for line in shown.lines(item)]
    lines += (f"{more} more: {_nothing(ink, key)}" for key, more in shown.clean.items())
    lines += (f"note: {note}" for note in notes(checked))
    lines += shown.summary(checked, failures)
    return "\n".join(lines) + "\n"


class _Text:
    """What one output has shown so far."""

    def __init__(self, ink: Ink, width: int) -> None:
        self.ink = ink
        self._width = width
        self._detailed: Counter[str] = Counter()
        self._safe: Counter[str] = Counter()
        self._unsafe: Counter[str] = Counter()
        self._named = 0
        self.clean: Counter[str] = Counter()
        """Operation -> payloads and exchanges without findings that are only counted."""

    def lines(self, checked: Checked) -> Iterator[str]:
        """Yield the lines about one file."""
        yield from self._findings(checked)
        if checked.fixed:
            rules = ", ".join(f"{rule} ({number})" for rule, number in sorted(checked.fixed.items()))
            yield f"{plain(checked.name)}: {self.ink('good', 'fixed')} {rules}"
        if checked.report.findings:
            return
        if self._named < MOST:
            self._named += 1
            yield f"{plain(checked.name)}: {_nothing(self.ink, checked.report.operation)}"
        else:
            self.clean[checked.report.operation] += 1

    def _findings(self, checked: Checked) -> Iterator[str]:
        found = Counter(finding.rule for finding in checked.report.findings)
        left = Counter({rule: number - MOST for rule, number in found.items() if number > MOST + 1})
        here: Counter[str] = Counter()
        last: tuple[int | None, int | None] = None, None
        payload = _Payload(checked)
        for finding in sorted(checked.report.findings, key=_in_text):
            here[finding.rule] += 1
            if here[finding.rule] > found[finding.rule] - left[finding.rule]:
                continue
            yield _line(checked.name, finding, self.ink)
            if self._detailed[finding.rule] < MOST:
                at = finding.line, finding.column
                if at != last:
                    yield from payload.excerpt(finding, self.ink, self._width)
                yield from self._details(finding)
                last = at
        for rule, number in left.items():
            if number:
                yield f"{plain(checked.name)}: … and {number} more of {rule}; --quiet lists all"

    def _details(self, finding: Finding) -> Iterator[str]:
        for label, words in details(finding):
            colour = label if label in _COLOURS else "theirs"
            yield f"  {self.ink(colour, f'{label}:')} {plain(words)}"
        if not self._detailed[finding.rule]:
            yield f"  {self.ink('help', 'help:')} sellerspec explain {plain(finding.rule)}"
        self._detailed[finding.rule] += 1
        if finding.fixes:
            (self._safe if finding.fixes[0].safe else self._unsafe)[finding.rule] += 1
        yield ""

    def summary(self, checked: Sequence[Checked], failures: Sequence[Failed]) -> Iterator[str]:
        """Yield the totals: by rule if there are many findings, of all, and what can be fixed."""
        counted = count(checked, failures)
        found = Counter((finding.rule, finding.severity.value) for _, finding in pairs(checked))
        if found.total() > 2 * len(found) or found.total() > MOST:
            yield from self._table(found)
        name = "error" if counted.errors or counted.failed else "warning" if counted.warnings else "good"
        unchecked = {
            (one.report.operation.partition("/")[0], id) for one in checked for id in one.report.unchecked
        }
        yield self.ink(name, str(counted)) + (
            f"; {plural(len(unchecked), 'rule')} unchecked for lack of facts" if unchecked else ""
        )
        safe, unsafe = self._safe.total(), self._unsafe.total()
        least = "at least " if found.total() > self._detailed.total() and (safe or unsafe) else ""
        ways = [f"{safe} fixable with --fix"] if safe else []
        ways += [f"{unsafe} {'more' if safe else 'fixable'} with --fix --unsafe-fixes"] if unsafe else []
        if ways:
            yield self.ink("fix", f"{least}{', '.join(ways)}")

    def _table(self, found: Counter[tuple[str, str]]) -> Iterator[str]:
        """Yield a line for each rule: how many findings, and how many of those shown can be fixed."""
        wide = max(len(rule) for rule, _ in found)
        for (rule, severity), number in found.most_common(RULES):
            fixable = self._safe[rule] + self._unsafe[rule]
            more = f", {fixable} fixable" if fixable else ""
            yield f"{self.ink('rule', plain(rule).ljust(wide))}  {plural(number, severity)}{more}"
        if (rest := found.total() - sum(number for _, number in found.most_common(RULES))) > 0:
            yield f"… and {plural(rest, 'finding')} of {plural(len(found) - RULES, 'other rule')}"


class _Payload:
    """The lines of a payload, with secrets hidden; made when the first one is shown."""

    def __init__(self, checked: Checked) -> None:
        self._checked = checked
        self._lines: list[str] = []

    def excerpt(self, finding: Finding, ink: Ink, width: int) -> Iterator[str]:
        """Yield the line of a finding and marks below; for a bracket alone also the next line.

        The bracket that begins the payload is not shown: it helps nobody.
        """
        if not self._checked.text or not finding.line:
            return
        if not self._lines:
            from sellerspec.reporting.hide import hidden  # a payload without findings does not need it

            self._lines = hidden(self._checked.text, self._checked.report.operation).split("\n")
        number, column = finding.line, finding.column or 1
        line, marks = excerpt(self._lines, number, column, width)
        is_bracket = line.strip() in ("{", "[")
        if is_bracket and not "".join(self._lines[: number - 1]).strip():
            return
        digits = len(str(number + is_bracket))
        yield f"  {ink('quiet', f'{number:>{digits}} |')} {line}"
        yield f"  {' ' * digits} {ink('quiet', '|')} {ink(finding.severity.value, marks)}"
        if is_bracket and number < len(self._lines):
            yield f"  {ink('quiet', f'{number + 1} |')} {excerpt(self._lines, number + 1, 1, width)[0]}"


def _in_text(finding: Finding) -> tuple[int, int]:
    return finding.line or 0, finding.column or 0


def _nothing(ink: Ink, operation: str) -> str:
    return f"{ink('good', 'nothing found')} ({operation})"


def _line(name: str, finding: Finding, ink: Ink) -> str:
    at = f" at {plain(finding.pointer)}" if finding.pointer else ""
    return (
        f"{plain(place(name, finding.line, finding.column))}: "
        f"{ink(finding.severity.value, finding.severity.value)} "
        f"{ink('rule', finding.rule)} {plain(finding.message)}{ink('quiet', f'{at} ({finding.basis})')}"
    )
