"""The string formats that the Tokopedia schemas name: places, times, and encrypted blocks."""

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import UTC, datetime

from sellerspec.rules import Format

_PLACE = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]+)?), ?(-?[0-9]{1,3}(?:\.[0-9]+)?)")
_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?P<gap>[T ])(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(?P<zone>Z| \+0000 UTC)?"
)
_OF_LIST = ("T", "Z")
_FORMS = (_OF_LIST, (" ", None), (" ", " +0000 UTC"))
"""The texts between date and time, and after the time, in the three forms that Tokopedia uses."""

RSA_BLOCKS = (256, 512)
"""Bytes of one RSA block: keys of 2048 and of 4096 bits."""

TAG_AND_NONCE = 16 + 12
"""Bytes that follow the text in an AES-256-GCM block: tag and nonce."""


def is_place(text: str) -> bool:
    """Return whether a `geo` has the form `latitude,longitude`, or is empty (`""` or `","`).

    >>> is_place("-3.69,139.10"), is_place("Jakarta")
    (True, False)
    """
    return text in ("", ",") or _PLACE.fullmatch(text) is not None


def is_on_globe(text: str) -> bool:
    """Return whether latitude and longitude of a `geo` are in range; a text of another form passes."""
    place = _PLACE.fullmatch(text)
    return place is None or (abs(float(place[1])) <= 90 and abs(float(place[2])) <= 180)


def is_time(text: str) -> bool:
    """Return whether a text is empty or a time in one of the three forms that Tokopedia uses.

    >>> is_time("2023-08-14T11:02:49Z"), is_time("2023-10-31 21:24:22 +0000 UTC"), is_time("14/08/2023")
    (True, True, False)
    """
    return not text or moment(text) is not None


def is_time_of_list(text: str) -> bool:
    """Return whether a time has the form of the order list, with `T` and `Z`; other texts pass."""
    time = _TIME.fullmatch(text)
    return time is None or time.group("gap", "zone") == _OF_LIST


def moment(text: str) -> datetime | None:
    """Return the date and time of a text in one of the three forms; None for any other text.

    All forms seem to be local times, whatever zone they name. The result has the zone UTC, so that two
    of them can be compared.
    """
    time = _TIME.fullmatch(text)
    if time is None or time.group("gap", "zone") not in _FORMS:
        return None
    try:
        return datetime.fromisoformat(f"{time['day']}T{time['clock']}").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_base64(text: str) -> bool:
    """Return whether a text is padded base64; an empty text is."""
    return _decoded_size(text) is not None


def is_rsa_block(text: str) -> bool:
    """Return whether base64 has the size of one RSA block; empty and other texts pass."""
    size = _decoded_size(text)
    return size is None or not text or size in RSA_BLOCKS


def is_gcm_block(text: str) -> bool:
    """Return whether base64 is long enough for tag and nonce; empty and other texts pass."""
    size = _decoded_size(text)
    return size is None or not text or size > TAG_AND_NONCE


def _decoded_size(text: str) -> int | None:
    try:
        return len(b64decode(text, validate=True))
    except (NotBase64, ValueError):
        return None


def is_json_list(text: str) -> bool:
    """Return whether a text is empty or a JSON list.

    >>> is_json_list('[{"status": 2}]'), is_json_list("cover.jpg")
    (True, False)
    """
    if not text:
        return True
    try:
        return isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False


FORMATS: Mapping[str, Format] = {
    "tokopedia-geo": Format(
        what="empty, or latitude and longitude", example="-6.175,106.827", recognise=is_place
    ),
    "tokopedia-geo-range": Format(
        what="a latitude of at most 90 and a longitude of at most 180 degrees,",
        example="-6.175,106.827",
        recognise=is_on_globe,
    ),
    "tokopedia-time": Format(what="a date and time", example="2023-08-14T11:02:49Z", recognise=is_time),
    "tokopedia-time-one-form": Format(
        what="a time in the form of the order list,",
        example="2023-08-14T11:02:49Z",
        recognise=is_time_of_list,
    ),
    "tokopedia-base64": Format(what="base64 with padding", example="c2VjcmV0Lg==", recognise=is_base64),
    "tokopedia-rsa-block": Format(what="base64 of 256 or 512 bytes, an RSA block", recognise=is_rsa_block),
    "tokopedia-gcm-block": Format(
        what=f"base64 of more than {TAG_AND_NONCE} bytes: a text, its tag and nonce", recognise=is_gcm_block
    ),
    "tokopedia-json-list": Format(what="a JSON list", example='[{"status": 2}]', recognise=is_json_list),
}
"""Name of a format in the schemas -> the format. Blocks are too long for an example."""
