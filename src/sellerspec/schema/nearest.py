"""The allowed text that a wrong one is a slip of: another case, another separator, a wrong letter.

A hint must not change what is meant, so a near text is not enough: `unsuccessful_delivery` is
near `successful_delivery`. Word for word, the first letter has to agree.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_LONGEST = 64
"""Characters of a text that can be a slip of another."""


def nearest(text: str, allowed: Iterable[object]) -> str | None:
    """Return the allowed text that a text is a slip of; None if there is none.

    >>> nearest("cancelled", ("canceled", "successful_delivery"))
    'canceled'
    >>> nearest("Drop-Ship", ("drop_ship",))
    'drop_ship'
    >>> nearest("unsuccessful_delivery", ("canceled", "successful_delivery"))
    """
    if not 2 <= len(text) <= _LONGEST:
        return None
    return _nearest(text, tuple(other for other in allowed if isinstance(other, str) and other != text))


@lru_cache(maxsize=1024)
def _nearest(text: str, allowed: tuple[str, ...]) -> str | None:
    words = _words(text)
    joined = "".join(words)
    for other in allowed:
        if "".join(_words(other)) == joined:
            return other
    return next((other for other in allowed if _slips(words, _words(other))), None)


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case, also those of `camelCase`."""
    return re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower())


def _slips(words: list[str], others: list[str]) -> bool:
    return len(words) == len(others) and all(map(_slip, words, others))


def _slip(word: str, other: str) -> bool:
    """Return whether two words are the same but for one letter that is wrong, missing, extra or swapped."""
    if word == other:
        return True
    if min(len(word), len(other)) < 4 or word[0] != other[0] or abs(len(word) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), len(word))
    rest, other_rest = word[start:], other[start:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
    )
