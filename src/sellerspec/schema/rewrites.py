"""Other ways to write a value: the same thing in the form that a contract may ask for, or a likely one.

Whether a rewritten value is right is not decided here: a contract checks it. No title shows a value
of the payload. A text is never read as more than it says: `007` is no number, `1.500` may be 1500
or 1.5, `03/04/2024` may be two days, and no hour is added to a day.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from sellerspec.errors import ParseError
from sellerspec.fix import replaced
from sellerspec.io.pointers import get
from sellerspec.io.strict import decode
from sellerspec.model import Fix, Json, Path
from sellerspec.schema.nearest import nearest

CLOCK = timezone(timedelta(hours=7))
"""The wall clock of the marketplaces: Vietnam's, and Jakarta's."""

BLANKS = " \t\r\n\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff"
"""Characters that cannot be seen at the start and the end of a text."""

_EXACT = 10**15
"""Numbers below it are exact in every reader of numbers."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,2}|\.0{4,9})?")
"""A number in one reading only: three digits after a dot may be thousands."""

_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([.,\u00a0 ])[0-9]{3})(?:\1[0-9]{3}){0,3}")
_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?P<clock>(?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2})?)"
    r"(?P<part>\.[0-9]{1,9})? ?(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?(?P<utc>(?<=\+0000) UTC)?"
)


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
"""What stands before `://` in an address: a text that only holds one somewhere is no address."""

_SEVERAL = re.compile("://|[,;|]")
"""What stands between several addresses in one text."""


class Rewrite(NamedTuple):
    """Another way to write a value."""

    title: str
    """What to do, without the value as it was."""

    value: Json
    safe: bool
    """Whether it means the same for certain."""


def rewrites(value: Json, *, typed: bool = False, taken: bool = False) -> Iterator[Rewrite]:
    """Yield other ways to write a value.

    Args:
        typed: whether it has a JSON type that is not allowed.
        taken: whether the contract takes it too, and only warns: then both ways mean the same.
    """
    if isinstance(value, str):
        yield from _of_text(value)
    elif value is None:
        yield Rewrite("write `[]` instead of null", [], safe=typed)
    elif isinstance(value, bool):
        if taken:  # else a number is asked for: true is no price
            yield Rewrite("write 1 for true, 0 for false", int(value), safe=True)
    elif isinstance(value, int | float) and value == value // 1 and abs(value) < _EXACT:
        if isinstance(value, float):
            yield Rewrite("write the number without a fraction", int(value), safe=True)
        else:  # an error may come from a text that has lost its zeros: a phone number, a code
            yield Rewrite("write the number as text", str(value), safe=taken)
        if value in (0, 1):
            yield Rewrite("write true for 1, false for 0", bool(value), safe=taken)


def _of_text(text: str) -> Iterator[Rewrite]:
    bare = text.strip(BLANKS)
    if not bare:
        return
    if bare != text:
        yield Rewrite("remove the blanks around the text", bare, safe=True)
    if _NUMBER.fullmatch(bare):
        number = float(bare) if "." in bare else int(bare)
        whole = int(number) if number == number // 1 else number
        yield Rewrite("write the number without quotes", whole, safe=True)
    elif _GROUPED.fullmatch(bare):
        digits = int(re.sub(r"[^0-9]", "", bare))
        yield Rewrite("write the number without separators and quotes", digits, safe=False)
    elif bare in ("true", "false", "True", "False", "TRUE", "FALSE"):
        yield Rewrite("write true or false without quotes", bare[0] in "tT", safe=True)
    else:
        yield from _times(bare)
        yield from _addresses(bare)
    if bare[0] in "[{":
        yield from _decoded(bare)
    else:
        yield Rewrite("write a list with the text as its one item", [bare], safe=False)


def _decoded(text: str) -> Iterator[Rewrite]:
    try:
        value = decode(text)
    except ParseError:
        return
    yield Rewrite("write the JSON itself instead of a text that holds it", value, safe=True)


def _addresses(text: str) -> Iterator[Rewrite]:
    scheme, _, rest = text.partition("://")
    host, _, path = rest.partition("/")
    if _SCHEME.fullmatch(scheme) and " " in path and " " not in host and not _SEVERAL.search(rest):
        yield Rewrite("write `%20` for a blank in the address", text.replace(" ", "%20"), safe=True)
    if scheme.lower() == "http":
        yield Rewrite("write the address with `https://`", f"https://{rest}", safe=False)
    elif text.startswith("//"):
        yield Rewrite("write the address with `https://`", f"https:{text}", safe=False)


def _times(text: str) -> Iterator[Rewrite]:
    """Yield the forms of a time; safe are those with the same clock and the same offset."""
    time = _TIME.fullmatch(text)
    if time is None:
        return
    zone = (time["zone"] or "").upper()
    try:
        moment = datetime.fromisoformat(f"{time['day']}T{time['clock']}{zone}")
        local = moment.astimezone(CLOCK) if zone else moment
    except (ValueError, OverflowError):  # no such day, or one that has no other on that clock
        return
    stated = moment if zone else moment.replace(tzinfo=CLOCK)
    plain, is_exact = moment.replace(tzinfo=None), not (time["part"] or "").strip(".0")
    on_clock = local.replace(tzinfo=None).isoformat(" ")
    yield Rewrite("write the time as `Y-m-d H:i:s`", on_clock, is_exact and not zone)
    yield Rewrite("write the time in ISO 8601 with its offset", stated.isoformat(), is_exact and bool(zone))
    if moment.utcoffset() == timedelta(0):
        yield Rewrite("write the time in ISO 8601 with `Z`", f"{plain.isoformat()}Z", is_exact)


def meant(text: Json, allowed: Iterable[object]) -> str | None:
    """Return the one allowed text that a text is a slip of; None if there is none, or several."""
    if not isinstance(text, str):
        return None
    others = [other for other in allowed if isinstance(other, str)]
    for form in (_bare, _folded, _joined):
        if alike := [other for other in others if form(other) == form(text)]:
            return alike[0] if len(alike) == 1 else None
    near = [other for other in others if nearest(_bare(text), [other])]
    return near[0] if len(near) == 1 else None


def listed(value: Json, allowed: Iterable[object]) -> Iterator[Rewrite]:
    """Yield the allowed text that a value is a slip of; safe if only case, blanks or separators differ."""
    found = meant(value, allowed)
    if found is not None:
        yield Rewrite(f"write `{found}`", found, safe=_joined(value) == _joined(found))


def corrected(payload: Json, path: Path, allowed: Iterable[object]) -> Iterator[Fix]:
    """Return the fix of a text that is a slip of an allowed one."""
    return replacing(path, listed(get(payload, path), allowed))


def _bare(text: str) -> str:
    return text.strip(BLANKS)


def _folded(text: str) -> str:
    return re.sub(r"[-_\s]", "_", _bare(text)).lower()


def _joined(text: str) -> str:
    return _folded(text).replace("_", "")


def replacing(path: Path, ways: Iterable[Rewrite]) -> Iterator[Fix]:
    """Return the fixes that write the value at a path in other ways."""
    return (Fix(way.title, (replaced(path, way.value),), way.safe) for way in ways)


def without_repetitions(values: list[Json]) -> Iterator[Rewrite]:
    """Yield a list without repeated texts and numbers; an object that comes twice may be meant twice."""
    if all(isinstance(value, str | int) and not isinstance(value, bool) for value in values):
        yield Rewrite("drop the repeated items", list(dict.fromkeys(values)), safe=True)
