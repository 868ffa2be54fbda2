"""Show a line of a text with a caret under a column, cut to the width of a screen."""

import unicodedata

WIDTH = 100
"""Most characters of a line that are shown."""


def excerpt(text: str, line: int, column: int) -> tuple[str, str]:
    """Return a line of the text and, below it, a caret under the column.

    Long lines (minified JSON) are cut around the column, control characters shown as `?`.

    Args:
        text: all lines, with secrets hidden.
        line: from 1.
        column: from 1, in characters.
    """
    lines = text.split("\n")
    full = lines[line - 1].rstrip("\r") if 0 < line <= len(lines) else ""
    start = max(0, column - 1 - WIDTH // 2) if len(full) > WIDTH else 0
    shown = full[start : start + WIDTH]
    before = shown[: column - 1 - start]
    head = "…" if start else ""
    tail = "…" if start + WIDTH < len(full) else ""
    return head + plain(shown) + tail, " " * (len(head) + width(plain(before))) + "^"


def around(text: str, line: int, column: int, *, lines: int = 3, most: int = 14) -> list[str]:
    """Return the lines around a place with their numbers, and a caret below the line itself."""
    total = text.rstrip("\n").count("\n") + 1
    first = max(1, line - lines)
    last = min(total, line + lines, first + most)
    shown_lines = []
    for number in range(first, last + 1):
        at = column if number == line else 1
        shown, caret = excerpt(text, number, at)
        shown_lines.append(f"{number:>5} | {shown}".rstrip())
        if number == line:
            shown_lines.append(f"      | {caret}")
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
