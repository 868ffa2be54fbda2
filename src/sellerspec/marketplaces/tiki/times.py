"""Tiki's way to write a moment: `2019-06-27 10:47:34`, a wall clock without an offset."""

import re
from datetime import datetime

_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def moment(text: object) -> datetime | None:
    """Return the moment that a text names; None for another shape, or a day or hour that no clock shows.

    >>> moment("2019-06-27 10:47:34")
    datetime.datetime(2019, 6, 27, 10, 47, 34)
    >>> moment("2019-02-30 10:47:34") is None
    True
    """
    if not isinstance(text, str) or not _SHAPE.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_DAYS = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
SURELY = f"^(?:[1-9][0-9]{{3}})-{_DAYS} (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
"""Matches every moment but those of a 29 February, which need a calendar, and of the first thousand years."""


def is_time(text: str) -> bool:
    """Say whether a text is a moment as Tiki writes it: the format `tiki-time`."""
    return moment(text) is not None
