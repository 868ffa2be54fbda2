"""Tiki's format of a date and time: `2019-06-27 10:47:34`, local, without an offset."""

from datetime import datetime

from sellerspec.rules import Format

_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
TIME = Format(
    f"(?:{_YEAR}-{_DAY}|{_LEAP_YEAR}-02-29) (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]",
    what="a date and time",
    example="2019-11-03 23:59:59",
)
"""The format `tiki-time`: valid dates and times from the year 0001 on."""


def moment(text: object) -> datetime | None:
    """Return the date and time of a text in the format `tiki-time`; None for any other text.

    >>> moment("2019-06-27 10:47:34")
    datetime.datetime(2019, 6, 27, 10, 47, 34)
    >>> moment("2019-02-30 10:47:34") is None
    True
    """
    return datetime.fromisoformat(text) if isinstance(text, str) and TIME(text) else None
