"""The string formats that the Tokopedia schemas name: places, times, and encrypted blocks."""

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

_PLACE = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]+)?), ?(-?[0-9]{1,3}(?:\.[0-9]+)?)")
_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?P<gap>[T ])(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(?P<zone>Z| \+0000 UTC)?"
)
_OF_LIST = ("T", "Z")
_FORMS = (_OF_LIST, (" ", None), (" ", " +0000 UTC"))
"""The text between day and clock, and the one after the clock, in the three forms of a time."""

RSA_BLOCKS = (256, 512)
"""Bytes of one RSA block: keys of 2048 and of 4096 bits."""

TAG_AND_NONCE = 16 + 12
"""Bytes that AES-256-GCM adds after the text: its tag, then the nonce."""


def is_place(text: str) -> bool:
    """Tell whether a `geo` reads `latitude,longitude`, or is empty (`""` or a lone comma).

    >>> is_place("-3.69,139.10"), is_place("Jakarta")
    (True, False)
    """
    return text in ("", ",") or _PLACE.fullmatch(text) is not None


def is_on_globe(text: str) -> bool:
    """Tell whether a `geo` of the right form lies on the globe; any other text passes."""
    place = _PLACE.fullmatch(text)
    return place is None or (abs(float(place[1])) <= 90 and abs(float(place[2])) <= 180)


def is_time(text: str) -> bool:
    """Tell whether a text is empty or a time in one of the three forms that Tokopedia uses.

    >>> is_time("2023-08-14T11:02:49Z"), is_time("2023-10-31 21:24:22 +0000 UTC"), is_time("14/08/2023")
    (True, True, False)
    """
    return not text or moment(text) is not None


def is_time_of_list(text: str) -> bool:
    """Tell whether a time that can be read is in the form of the order list, with `T` and `Z`."""
    time = _TIME.fullmatch(text)
    return time is None or time.group("gap", "zone") == _OF_LIST


def moment(text: str) -> datetime | None:
    """Return the moment of a time in one of the three forms; None for any other text.

    All of them seem to show the same wall clock, whatever zone they name, so they can be compared.
    """
    time = _TIME.fullmatch(text)
    if time is None or time.group("gap", "zone") not in _FORMS:
        return None
    try:
        return datetime.fromisoformat(f"{time['day']}T{time['clock']}").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_base64(text: str) -> bool:
    """Tell whether a text is base64 with its padding; an empty one is."""
    return _decoded(text) is not None


def is_rsa_block(text: str) -> bool:
    """Tell whether base64 holds one RSA block; empty text and other text pass."""
    size = _decoded(text)
    return size is None or not text or size in RSA_BLOCKS


def is_gcm_block(text: str) -> bool:
    """Tell whether base64 has room for tag and nonce; empty text and other text pass."""
    size = _decoded(text)
    return size is None or not text or size > TAG_AND_NONCE


def _decoded(text: str) -> int | None:
    try:
        return len(b64decode(text, validate=True))
    except (NotBase64, ValueError):
        return None


def is_json_list(text: str) -> bool:
    """Tell whether a text is empty or holds a JSON list.

    >>> is_json_list('[{"status": 2}]'), is_json_list("cover.jpg")
    (True, False)
    """
    if not text:
        return True
    try:
        return isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "tokopedia-geo": is_place,
    "tokopedia-geo-range": is_on_globe,
    "tokopedia-time": is_time,
    "tokopedia-time-one-form": is_time_of_list,
    "tokopedia-base64": is_base64,
    "tokopedia-rsa-block": is_rsa_block,
    "tokopedia-gcm-block": is_gcm_block,
    "tokopedia-json-list": is_json_list,
}
