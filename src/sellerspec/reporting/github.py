"""`--format github`: workflow commands that GitHub shows as annotations beside the line."""

from collections.abc import Sequence

from sellerspec.reporting.changes import Change, with_changes
from sellerspec.reporting.records import Checked, Failed, details, grounds, notes

LONGEST = 80
"""Most characters of a part of the payload that an annotation suggests to change."""


def github(checked: Sequence[Checked], failures: Sequence[Failed] = ()) -> str:
    """Return a line with an `::error` or `::warning` command for every finding.

    An assumed operation is a `::notice` at the first file that was checked as one.
    """
    commands = []
    for item in checked:
        for finding, changes in with_changes(item):
            lines = [f"{finding.message} at {finding.pointer or '/'}"]
            lines += (f"{label}: {text}" for label, text in details(finding))
            lines += filter(None, (_suggestion(change, item.text) for change in changes))
            lines.append(grounds(finding))
            place = {"file": item.name, "line": finding.line, "col": finding.column, "title": finding.rule}
            commands.append(command(finding.severity.value, place, "\n".join(lines)))
    for note, name in notes(checked).items():
        commands.append(command("notice", {"file": name, "title": "assumed"}, note))
    for failure in failures:
        place = {"file": failure.name, "line": failure.line, "col": failure.column}
        commands.append(command("error", {**place, "title": "could not be checked"}, failure.problem))
    return "".join(f"{line}\n" for line in commands)


def _suggestion(change: Change, text: str) -> str:
    """Return what to write instead of what, on one line; "" if it is long."""
    old = text[change.start : change.end]
    return f"suggestion: {old} -> {change.new}" if max(len(old), len(change.new)) <= LONGEST else ""


def command(name: str, properties: dict[str, str | int | None], message: str) -> str:
    """Return a workflow command, with the characters escaped that could end or forge one.

    >>> command("error", {"file": "a,b.json"}, "100%")
    '::error file=a%2Cb.json::100%25'
    """
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    printable = "".join(char if char.isprintable() or char in "\r\n\t" else "?" for char in text)
    return printable.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
