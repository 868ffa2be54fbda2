"""Cells of tables, and the characters in them that nobody sees."""

import re
import unicodedata
from typing import Literal, NamedTuple

from sellerspec.model import Json


class Odd(NamedTuple):
    """A cell that is not simply a value."""

    kind: Literal["unread", "merged", "date", "number"]
    """`unread` has no value. `merged` has that of a cell above. `date` was made a date. `number` is a number
    that does not have the digits that were typed, or that are shown."""

    value: Json
    """The date as text, or the number; else None."""

    why: str
    """What it is, for a person: `a date, 2024-03-01`."""


FORMULA = Odd("unread", None, "a formula, which is never evaluated")
ERROR = Odd("unread", None, "an error of Excel")

CLEAN_CODE = "a code without blanks around it and without invisible characters"
"""What a cell must hold in which `unclean` finds nothing."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff9-\ufffb]"
)


def letters(column: int) -> str:
    """Return the letters that a spreadsheet gives a column, counted from 1.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def clean(text: str) -> str:
    """Return a text without outer blanks and without characters that nobody sees, in one Unicode form."""
    return unicodedata.normalize("NFC", _UNSEEN.sub(_as_blank, text)).strip()


def _as_blank(unseen: re.Match[str]) -> str:
    return " " if unseen[0].isspace() else ""


def control_character(text: str) -> str | None:
    """Return the name of the first control character of a text, such as `U+0000`; None without one."""
    control = _CONTROL.search(text)
    return control and f"U+{ord(control[0]):04X}"


def unclean(text: str) -> str | None:
    """Return what is wrong with a code, for a person: blanks around it, or characters that nobody sees."""
    unseen = None if text.isascii() and text.isprintable() else _UNSEEN.search(text)
    if unseen is not None:
        name = unicodedata.name(unseen[0], "a control character").lower()
        return f"the invisible character U+{ord(unseen[0]):04X} ({name})"
    return "blanks before or after it" if text != text.strip() else None
