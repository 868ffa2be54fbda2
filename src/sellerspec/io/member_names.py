"""Names of members: which may be shown, and which are data, such as a phone number that is a key.

Apart from the scrubber, which takes a tenth of a second to load: a report with plain names needs no more.
"""

import re

_PLAIN = re.compile(
    r"[$@_]{0,2}(?:[a-z]{1,24}(?:[A-Z]{1,3}[a-z]{0,20}|[_.:-][a-z]{1,24}|[_-][A-Z][a-z]{1,20}){0,8}"
    r"|[A-Z][a-z]{0,24}(?:[_-]?[A-Z]?[a-z]{1,20}){0,8}|[A-Z]{1,24}(?:_[A-Z]{1,24}){0,6})"
    r"[0-9]{0,2}(?:[_-][a-z]{1,20}){0,3}"
)


def is_plain(name: str) -> bool:
    """Return whether the name of a member is a name, and no data: `address1`, but not a phone or a token."""
    return len(name) <= 48 and _PLAIN.fullmatch(name) is not None


def is_plain_part(part: str) -> bool:
    """Return whether a part of a pointer is a plain name, the number of an item, or `*`."""
    return part in ("", "*") or is_plain(part) or (part.isdigit() and len(part) <= 5)


_LONG = 16
_MOST_DIGITS = 8
_E_MAIL = re.compile(r"(?:@|%40)[^@]*\.")


def without_data(name: str) -> str:
    """Return a name, or a part of a path, as messages show it: `***` for a token, a phone or an e-mail.

    >>> without_data("order_code"), without_data("AO-THUN-1"), without_data("0912345678")
    ('order_code', 'AO-THUN-1', '***')
    """
    if is_plain_part(name):
        return name
    digits = sum(character.isdigit() for character in name)
    is_token = len(name) > _LONG and (digits or not name.islower())
    return "***" if is_token or digits > _MOST_DIGITS or _E_MAIL.search(name) else name
