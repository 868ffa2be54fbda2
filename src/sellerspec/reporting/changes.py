"""What the fixes of a finding change in the text of the payload."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sellerspec.io.json_edit import edited
from sellerspec.model import Finding, Fix
from sellerspec.reporting.records import Checked

_BEFORE = re.compile(r"[^\s,{}\[\]]{0,60}\Z")
_AFTER = re.compile(r"[^\s,:{}\[\]]{0,60}")
"""What a change takes in at its ends: the names and the scalars that it begins or ends in."""


CHARACTERS = 20_000_000
"""About how many characters are read for the changes of one payload: each change reads its text."""

LEAST = 5
"""Changes that also a large payload has."""


class Change(NamedTuple):
    """A part of a text, and what replaces it."""

    fix: Fix

    start: int
    """Offset in characters."""

    end: int
    """Offset behind the last character; equal to `start` if the change only inserts."""

    new: str


def with_changes(checked: Checked) -> Iterator[tuple[Finding, list[Change]]]:
    """Yield each finding with the changes of those of its fixes that may be shown.

    Args:
        checked: its findings have their fixes as they may be shown.
    """
    text = checked.text
    left = max(LEAST, CHARACTERS // max(1, len(text)))
    for finding in checked.report.findings:
        fixes = [fix for fix in finding.fixes if fix.patch][:left]
        left -= len(fixes)
        yield finding, [change for fix in fixes if (change := _change(fix, checked)) is not None]


def _change(fix: Fix, checked: Checked) -> Change | None:
    from sellerspec.reporting.hide import hidden  # loads the scrubber; most reports have no fixes

    text = checked.text
    try:
        change = _difference(fix, text, edited(text, fix.patch))
    except LookupError:  # the patch is for another text: of an exchange, or of a workbook
        return None
    part = slice(change.start, change.end)
    return change if hidden(text, checked.report.operation)[part] == text[part] else None


def _difference(fix: Fix, old: str, new: str) -> Change:
    start = _common(old, new)
    least = min(len(old), len(new)) - start
    end = _common(old[::-1][:least], new[::-1][:least])
    if before := _BEFORE.search(old, max(0, start - 60), start):
        start = before.start()
    if after := _AFTER.match(old, len(old) - end):
        end = len(old) - after.end()
    return Change(fix, start, len(old) - end, new[start : len(new) - end])


def _common(one: str, other: str) -> int:
    """Return the length of what two texts begin with, found by halving: texts may be long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low
