"""Find secrets in a text by their form. Every pattern is bounded, so the work grows with the text only.

A repetition has an upper bound, or nothing follows it that could make the engine go back; and a
pattern begins where a run of its characters begins.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sellerspec.scrubbing.placeholders import DATE


class Suspect(NamedTuple):
    """A part of a text that looks like a secret."""

    start: int
    end: int
    name: str
    """Its pattern: `email`, `phone`, `number`, `jwt`, `bearer`, `key` or `random`."""


_SHAPES = re.compile(
    r"""
    (?P<jwt>(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,8000}\.[A-Za-z0-9_.-]{4,8000})
    | (?i:(?<![A-Za-z])(?:bearer|basic|token|tkpd)[ \t]{1,8}(?P<bearer>[A-Za-z0-9._~+/:-]{8,4000}={0,2}))
    | (?P<key>-----BEGIN[ A-Z]{0,30}PRIVATE\ KEY(?:\ BLOCK)?-----(?:(?!-----END)[\s\S]){0,9000}
        (?:-----END[ A-Z]{0,30}PRIVATE\ KEY(?:\ BLOCK)?-----)?
        | (?<![A-Za-z0-9])(?:bot)?[0-9]{6,12}:[A-Za-z0-9_-]{30,60}(?![A-Za-z0-9])
        | (?<![A-Za-z0-9])(?:(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,40} | AIza[A-Za-z0-9_-]{16,60}
        | (?:glpat|gldt|glrt|sk|pk|rk|npm|hf|dop_v1|shpat|shpss|xox[a-z]|xapp|ya29|GOCSPX|whsec|SG)
          [._-][A-Za-z0-9._-]{10,300}
        | (?:gh[a-z]|github_pat|sk_live|sk_test|rk_live|pk_live)_[A-Za-z0-9_]{10,300}))
    """,
    re.VERBOSE,
)
_EMAIL = re.compile(
    r"(?:\"[^\"\s@]{1,64}\"|[^\s@<>\"'(),;:=&?/\\|\[\]{}]{1,64})@[^\s@<>\"'(),;:=&?/\\|\[\]{}]{3,255}"
)
_DIGITS = re.compile(r"(?<![\w.])[(+]{0,2}[0-9](?:[\s().\u2010-\u2015/+-]{0,3}[0-9]){5,59}(?!\w)")
_IN_NAME = re.compile(r"(?<=[_.=-]|[^\W\d])(?:\+?84|0084|0)[35789][0-9]{8}(?![0-9A-Za-z])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
_ODD = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\uff01-\uff5e]|(?![0-9])\d")
"""Characters that are not seen, and other forms of letters and digits."""
_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_MAYBE = re.compile(
    r"@|eyJ|PRIVATE KEY|[0-9](?:[^0-9A-Za-z]{0,3}[0-9]){6}|[A-Za-z0-9+/_=-]{24}"
    r"|[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11}"
    r"|(?i:bearer|basic|token|tkpd)\s|AKIA|ASIA|AROA|AIDA|AIza|[a-zA-Z0-9]{2}[._-][A-Za-z0-9._-]{10}"
)
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def suspects(text: str, *, public: bool = False, strict: bool = False) -> Iterator[Suspect]:
    """Yield the parts of a text that look like a secret, from left to right; parts may overlap.

    Args:
        text: without placeholders.
        public: leave out what only looks random, and numbers that only look like one of a person.
        strict: also yield each number of more than five digits.
    """
    positions: list[int] = []
    if not text.isascii() and _ODD.search(text):
        text, positions = _folded(text)
    if _MAYBE.search(text) is None and not (strict and re.search(r"[0-9]{4}", text)):
        return
    for start, end, name in sorted(_suspects(text, public, strict)):
        yield (
            Suspect(positions[start], positions[end - 1] + 1, name)
            if positions
            else Suspect(start, end, name)
        )


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text in plain letters and digits, without unseen characters, and where each one stood."""
    letters: list[str] = []
    positions: list[int] = []
    for position, letter in enumerate(text):
        if _ODD.match(letter):
            letter = unicodedata.normalize("NFKC", letter) if letter.isprintable() else ""
            letter = str(unicodedata.digit(letter)) if letter.isdigit() else letter
        if letter:
            letters.append(letter)
            positions.append(position)
    return "".join(letters), positions


def _suspects(text: str, public: bool, strict: bool) -> Iterator[Suspect]:
    yield from (
        Suspect(*shape.span(shape.lastgroup or 0), shape.lastgroup or "") for shape in _SHAPES.finditer(text)
    )
    for mail in _EMAIL.finditer(text) if "@" in text else ():
        if "." in mail[0].rpartition("@")[2].strip("."):
            yield Suspect(*mail.span(), "email")
    for number in _DIGITS.finditer(text):
        name = "number" if strict else "" if public else number_kind(number[0])
        if name:
            yield Suspect(*number.span(), name)
    if not public:
        yield from (Suspect(*phone.span(), "phone") for phone in _IN_NAME.finditer(text))
        yield from (Suspect(*iban.span(), "number") for iban in _IBAN.finditer(text) if is_iban(iban[0]))
        yield from (
            Suspect(*token.span(), "random") for token in _RANDOM.finditer(text) if is_random(token[0])
        )


def number_kind(text: str) -> str:
    """Return `phone` or `number` for digits and signs that may be those of a person, else "".

    Phones of Vietnam and Indonesia, others with `+`, cards (by their check digit), identity cards and
    tax numbers.
    """
    if DATE.match(text):
        return ""
    digits = "".join(filter(str.isdigit, text))
    if _PHONE.fullmatch(digits) and (digits[0] == "0" or "+" in text or digits[:2] in ("84", "62")):
        return "phone"
    if _ABROAD.match(text) and 8 <= len(digits) <= 15:
        return "phone"
    separated = not text.isdigit()
    if 13 <= len(digits) <= 19 and digits[0] in "23456" and is_card(digits):
        return "number" if separated or len(digits) in (15, 16) else ""
    if len(digits) == 12 and _CCCD.fullmatch(digits):
        return "number"
    if len(digits) == 16 and _NIK.fullmatch(digits):
        return "number"
    return "number" if _NPWP.fullmatch(text) else ""


_PHONE = re.compile(
    r"(?:0084|84|0)0?(?:[35789][0-9]{8}|2[0-9]{8,9})|(?:0062|62|0)0?(?:8[0-9]{8,11}|2[1-9][0-9]{7,8})"
)
_ABROAD = re.compile(r"\(?\+[1-9]")
_CCCD = re.compile(r"0[0-9]{2}[0-9][0-9]{2}[0-9]{6}")
_NIK = re.compile(r"[1-9][0-9]{5}(?:[04][1-9]|[1256][0-9]|[37][01])(?:0[1-9]|1[0-2])[0-9]{6}")
_NPWP = re.compile(r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}\.[0-9]-[0-9]{3}\.[0-9]{3}")


def is_card(digits: str) -> bool:
    """Return whether digits end with the check digit of a card (Luhn)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Return whether a text is an account number with the check digits of an IBAN."""
    bare = text.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1


def is_random(text: str) -> bool:
    """Return whether a text of at least 24 characters is more random than names, numbers and paths.

    Hexadecimal texts need 32 digits. Other texts need upper and lower case letters and digits, and four
    bits of entropy for each character.
    """
    for part in re.split(r"[/_=+-]", text):
        if _HEX.fullmatch(part):
            return entropy(part) > 3.2
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
