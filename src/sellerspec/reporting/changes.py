"""What the fixes of a finding change in the text of the payload."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sellerspec.io.json_edit import edited
from sellerspec.model import Finding, Fix
from sellerspec.reporting.hide import hidden
from sellerspec.reporting.records import Checked

_BEFORE = re.compile(r"[^\s,{}\[\]]{0,60}\Z")
_AFTER = re.compile(r"[^\s,:{}\[\]]{0,60}")
"""What a change takes in at its ends: the names and the scalars that it begins or ends in."""


class Change(NamedTuple):
    """A part of a text, and what replaces it."""

    fix: Fix

    start: int
    """Offset in characters."""

    end: int
    """Offset behind the last character; equal to `start` if the change only inserts."""

    new: str


def changes(finding: Finding, checked: Checked) -> Iterator[Change]:
    """Yield the change of each fix of a finding that has one which may be shown.

    Args:
        finding: with its fixes as they may be shown.
        checked: what the finding is about.
    """
    text = checked.text
    for fix in finding.fixes:
        if not fix.patch:
            continue
        try:
            change = _difference(fix, text, edited(text, fix.patch))
        except LookupError:  # the patch is for another text: of an exchange, or of a workbook
            continue
        part = slice(change.start, change.end)
        if hidden(text, checked.report.operation)[part] == text[part]:
            yield change


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
