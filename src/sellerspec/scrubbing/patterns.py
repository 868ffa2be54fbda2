"""Find secrets by their form: known patterns, and texts that are too random to be words."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sellerspec.scrubbing.placeholders import is_placeholder


class Suspect(NamedTuple):
    """A part of a text that looks like a secret."""

    start: int
    end: int
    name: str
    """Its pattern: `email`, `phone`, `jwt`, `bearer`, `key` or `random`."""


_SHAPES = re.compile(
    r"""
    (?P<jwt>\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?)
    | (?i:\b(?:bearer|basic|token|tkpd)\s+(?P<bearer>[A-Za-z0-9._~+/:-]{8,}=*))
    | (?P<email>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24})
    | (?P<phone>(?<![\w.+-])(?:\+?84|0)(?:[ .-]?[35789])(?:[ .-]?[0-9]){8}(?![\w-])
        | (?<![\w.+-])(?:\+?62|0)[ .-]?8(?:[ .-]?[0-9]){8,11}(?![\w-]))
    | (?P<key>-----BEGIN[ A-Z]*PRIVATE\ KEY-----[\s\S]*?(?:-----END[ A-Z]*PRIVATE\ KEY-----|\Z)
        | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b | \b(?:ghp|gho|xoxb|xoxp|sk_live|rk_live)_?[A-Za-z0-9-]{16,})
    """,
    re.VERBOSE,
)
_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_MAYBE = re.compile(
    r"@|eyJ|PRIVATE KEY|[0-9][0-9 .-]{7,}|[A-Za-z0-9+/_=-]{24}|(?i:bearer|basic|token|tkpd)\s"
    r"|AKIA|ASIA|gh[po]_|xox[bp]|_live"
)
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def suspects(text: str, *, random: bool = True) -> Iterator[Suspect]:
    """Yield the parts of a text that look like a secret, from left to right.

    Args:
        random: also yield texts that match no pattern, but are too random to be words or numbers.
    """
    if _MAYBE.search(text) is None:
        return
    at = 0
    while shape := _SHAPES.search(text, at):
        name = shape.lastgroup or ""
        start, end = shape.span(name)
        if not is_placeholder(text[start:end]):
            yield Suspect(start, end, name)
        at = max(end, shape.end())
    if random:
        for token in _RANDOM.finditer(text):
            if is_random(token[0]) and not _in_placeholder(text, token.start()):
                yield Suspect(token.start(), token.end(), "random")


def _in_placeholder(text: str, at: int) -> bool:
    start = max(text.rfind(sign, 0, at) for sign in " \"'=&,;:") + 1
    return text[start : start + 8] == "SCRUBBED" or text[at : at + 8] == "SCRUBBED"


def is_random(text: str) -> bool:
    """Return whether a text of at least 24 characters is more random than names, numbers and paths.

    Hexadecimal texts need 32 digits. Other texts need upper and lower case letters and digits, and four
    bits of entropy for each character.
    """
    if _HEX.fullmatch(text):
        return entropy(text) > 3.2
    if _UUID.fullmatch(text):
        return False
    mixed = any(map(str.isupper, text)) and any(map(str.islower, text)) and any(map(str.isdigit, text))
    if not mixed:
        return False
    longest = max(map(len, re.split(r"[/_-]", text)))
    return longest >= 20 and entropy(text) > 4.0


def entropy(text: str) -> float:
    """Return the Shannon entropy of a text in bits for each character.

    >>> entropy("aabb")
    1.0
    """
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())
