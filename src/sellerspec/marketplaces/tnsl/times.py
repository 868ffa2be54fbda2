"""Times as TNSL writes them: ISO 8601 with offset, `2022-10-26T14:22:46+07:00`."""

import re
from datetime import datetime

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def moment(text: str) -> datetime | None:
    """Return the moment that a text names, or None if it is not such a time or no real one.

    >>> moment("2022-10-26T14:22:46+07:00").isoformat()
    '2022-10-26T14:22:46+07:00'
    """
    if _FORM.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_time(text: str) -> bool:
    """Say whether a text is a real time in TNSL's form (the string format `tnsl-time`)."""
    return moment(text) is not None
