"""Other ways to write a value: the same thing in the form that a contract may ask for, or a likely one.

Whether a rewritten value is right is not decided here: a contract checks it.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import orjson

from sellerspec.model import Json
from sellerspec.schema.nearest import is_same_name, nearest
from sellerspec.values import amount

CLOCK = timezone(timedelta(hours=7))
"""The wall clock of the marketplaces: Vietnam's, and Jakarta's."""

_BLANKS = " \t\r\n\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([.,\u00a0 ])[0-9]{3})(?:\1[0-9]{3}){0,4}")
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


class Rewrite(NamedTuple):
    """Another way to write a value."""

    title: str
    """What to do, without the value as it was."""

    value: Json
    safe: bool
    """Whether it means the same for certain."""


def rewrites(value: Json) -> Iterator[Rewrite]:
    """Yield other ways to write a value that stands at a wrong place or in a wrong form; safe ones first."""
    if isinstance(value, str):
        yield from _of_text(value)
    elif value is None:
        yield Rewrite("write `[]` instead of null", [], safe=True)
    elif isinstance(value, bool):
        return
    elif isinstance(value, int | float):
        yield from _of_number(value)
    elif isinstance(value, list):
        distinct = _distinct(value)
        if len(distinct) < len(value):
            yield Rewrite("drop the repeated items", distinct, safe=True)


def _of_number(value: float) -> Iterator[Rewrite]:
    whole = int(value) if isinstance(value, int) or value.is_integer() else None
    if whole is None:
        return
    if isinstance(value, float):
        yield Rewrite(f"write `{whole}` without a fraction", whole, safe=True)
    yield Rewrite(f'write the text `"{whole}"`', str(whole), safe=True)
    if whole in (0, 1):
        word = "true" if whole else "false"
        yield Rewrite(f"write `{word}`", bool(whole), safe=False)


def _of_text(text: str) -> Iterator[Rewrite]:
    bare = text.strip(_BLANKS)
    if bare != text:
        yield Rewrite("remove the blanks around the text", bare, safe=True)
    if _NUMBER.fullmatch(bare):
        number = amount(float(bare)) if "." in bare else int(bare)
        yield Rewrite("write the number without quotes", number, safe=True)
    if bare.lower() in ("true", "false"):
        yield Rewrite(f"write `{bare.lower()}` without quotes", bare.lower() == "true", safe=True)
    yield from _decoded(bare)
    yield from _times(bare)
    if _GROUPED.fullmatch(bare):
        digits = int(re.sub(r"[^0-9]", "", bare))
        yield Rewrite(f"write the number `{digits}`", digits, safe=False)
    if bare[:7].lower() == "http://":
        yield Rewrite("write the address with `https://`", f"https://{bare[7:]}", safe=False)
    elif bare.startswith("//"):
        yield Rewrite("write the address with `https://`", f"https:{bare}", safe=False)
    if bare:
        yield Rewrite("write a list with the text as its one item", [bare], safe=False)


def _decoded(text: str) -> Iterator[Rewrite]:
    if text[:1] in ("[", "{"):
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return
        yield Rewrite("write the JSON itself instead of a text that holds it", value, safe=True)


def _times(text: str) -> Iterator[Rewrite]:
    """Yield the forms of a time: its own clock is kept, a time with an offset is moved to `CLOCK`."""
    if not text[:4].isdecimal() or len(text) > 40:
        return
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return
    is_local = moment.tzinfo is None
    if not is_local:
        moment = moment.astimezone(CLOCK)
    for form in _FORMS:
        written = moment.strftime(form)
        if written != text:
            is_same = is_local and ("%H" in form) is (len(text) > 10)
            yield Rewrite(f"write the time as `{written}`", written, safe=is_same)


def listed(value: Json, allowed: object) -> Iterator[Rewrite]:
    """Yield the allowed value that a value is a slip of; safe if only case or separators differ."""
    values = allowed if isinstance(allowed, list) else [allowed]
    if isinstance(value, str) and (meant := nearest(value.strip(_BLANKS), values)) is not None:
        yield Rewrite(f"write `{meant}`", meant, safe=is_same_name(value, meant))


def _distinct(values: list[Json]) -> list[Json]:
    """Return a list without items that stand in it before, in the same JSON."""
    seen: dict[bytes, Json] = {}
    for value in values:
        seen.setdefault(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), value)
    return list(seen.values())
