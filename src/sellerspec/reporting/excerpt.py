"""Show a line of a text with marks under a value, cut to the width of a screen."""

import re
import unicodedata
from collections.abc import Sequence

WIDTH = 100
"""Most characters of a line that are shown."""

VALUE = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[^\s,\]}]+')
"""A scalar of a JSON text, or the bracket that begins a list or an object."""


def excerpt(lines: Sequence[str], line: int, column: int, most: int = WIDTH) -> tuple[str, str]:
    """Return a line of a text and, below it, marks under the value at the column.

    Long lines (minified JSON) are cut around the column, control characters shown as `?`. A list or an
    object has one mark, under its bracket.

    Args:
        lines: of the text, with secrets hidden.
        line: from 1.
        column: from 1, in characters.
        most: characters of the line that are shown.
    """
    full = lines[line - 1].rstrip("\r") if 0 < line <= len(lines) else ""
    start = max(0, column - 1 - most // 2) if len(full) > most else 0
    shown = full[start : start + most]
    at = column - 1 - start
    value = VALUE.match(full, column - 1)
    marked = shown[at : at + len(value[0])] if value else ""
    head = "…" if start else ""
    tail = "…" if start + most < len(full) else ""
    indent = " " * (len(head) + width(plain(shown[:at])))
    return head + plain(shown) + tail, indent + "^" * max(1, width(plain(marked)))


def around(text: str, line: int, column: int, *, lines: int = 3, most: int = 14) -> list[str]:
    """Return the lines around a place with their numbers, and marks below the value itself."""
    texts = text.rstrip("\n").split("\n")
    first = max(1, line - lines)
    last = min(len(texts), line + lines, first + most)
    shown_lines = []
    for number in range(first, last + 1):
        at = column if number == line else 1
        shown, marks = excerpt(texts, number, at)
        shown_lines.append(f"{number:>5} | {shown}".rstrip())
        if number == line:
            shown_lines.append(f"      | {marks}")
    return shown_lines


def plain(text: str) -> str:
    """Return a text without characters that control a terminal.

    >>> plain("a\\x1b[31mb")
    'a?[31mb'
    """
    return "".join(char if char.isprintable() else " " if char == "\t" else "?" for char in text)


def width(text: str) -> int:
    """Return the columns of a text on a terminal: wide characters have two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
