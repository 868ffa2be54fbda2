"""Scrub one value: a text, a number, a JSON value, at a place that the contract knows or does not know.

What is kept is decided by the place. A text at a known place stays, without what looks like a secret.
At a secret or personal place, and at one that nobody knows, it becomes a placeholder. Of running text
the words stay that the contract knows.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

import orjson

from sellerspec.errors import ParseError
from sellerspec.io import strict
from sellerspec.io.compression import decompressed
from sellerspec.io.member_names import is_plain
from sellerspec.io.secret_names import LOCATIONS, Names, plain_name
from sellerspec.model import Json, Path, pointer
from sellerspec.scrubbing.learned import Learned
from sellerspec.scrubbing.packing import NotScrubbed, from_base64
from sellerspec.scrubbing.placeholders import Placeholders, is_placeholder
from sellerspec.scrubbing.places import Place
from sellerspec.scrubbing.prose import Prose
from sellerspec.scrubbing.urls import Urls
from sellerspec.scrubbing.vocabulary import Vocabulary

MAX_DEPTH = 150
"""Most levels of nesting, including texts within texts."""

_HARMLESS = frozenset(("true", "false", "null", "none", "yes", "no", "n/a"))
_PLAIN = re.compile(r"[^\W\d_]{0,15}(?:[ .,-]{1,3}[^\W\d_]{1,15}){0,60}[.]?|[0-9]{1,7}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
_SCHEME = re.compile(r"(?i:bearer|basic|token|tkpd)[ \t]")


class Leak(NamedTuple):
    """A secret in an exchange."""

    pointer: str
    name: str
    """Name of its member or of its pattern; never the secret itself."""


class Values:
    """Scrubs values, and collects the secrets that have a secret name.

    A collected secret is replaced at every other place too: a key in a path, a token in an error
    message. So values are read twice: once to collect, and once, after `learned`, to scrub. Texts
    that stand at a known place are collected as well: a message may repeat them.
    """

    def __init__(self, names: Names, placeholders: Placeholders, *, remembers: bool = False) -> None:
        self.names = names
        self.placeholders = placeholders
        self.leaks: list[Leak] = []
        self.trail: list[str | int] = []
        self.learned = Learned()
        self.words = Vocabulary(frozenset(), frozenset())
        self.kept: set[str] = set()
        """Texts and numbers that stand at known places of the exchange, and may stand elsewhere in it."""

        self.linked: dict[str, str] = {}
        """Links of this exchange -> what stands for them at a known place, and so at every other place."""

        self.unknown = Place(names)
        self.prose = Prose(self)
        self.urls = Urls(self)
        self.remembers = remembers
        self._named: dict[str, tuple[str, Place | None]] = {}
        self._replaced: Learned | None = None
        self._depth = 0

    def learn(self) -> None:
        """Replace the secrets collected so far in every text from now on."""
        self._replaced = self.learned or None
        self.placeholders.begin()
        self.leaks.clear()

    def secret(self, name: str, value: str, place: Place | None = None, *, certain: bool = True) -> str:
        """Return the placeholder of a text.

        Args:
            name: of its member or pattern.
            value: the text.
            place: whose form the placeholder gets.
            certain: whether it is a secret wherever it stands, not only unknown here.
        """
        if is_placeholder(value) or not any(map(str.isalnum, value)):
            return value
        self.leak(name)
        placeholder = self.placeholders.of_text(name, value, place.fits if place else lambda _: 0)
        if certain and len(value) >= 6 and plain_name(name) not in LOCATIONS and not _is_word(value):
            self.learned.add(value)
            self._named.setdefault(value, (name, place))
        return placeholder

    def leak(self, name: str) -> None:
        """Note that a secret was found here."""
        path: Path = tuple(self.trail)
        self.leaks.append(Leak(pointer(path), name))

    def json(self, value: Json, place: Place) -> Json:
        """Return a JSON value without its secrets; the same object if it has none.

        Raises:
            NotScrubbed: it is nested deeper than `MAX_DEPTH`.
        """
        kind = value.__class__
        if kind is str:
            return self.text(value, place)
        if kind is int or kind is float:
            return self._number(value, place)
        if kind is not dict and kind is not list:
            return value
        self.enter()
        try:
            return self._list(value, place) if kind is list else self._object(value, place)
        finally:
            self._depth -= 1

    def document(self, data: bytes, place: Place) -> bytes | None:
        """Return a JSON text without its secrets, the same object if it has none; None if it is not JSON."""
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            return None
        try:
            complete = strict.holds_every_member(data, value) or strict.readable(data) is not None
        except orjson.JSONEncodeError:  # deeper than orjson supports
            raise _too_deep() from None
        if not complete:
            self.leak("a member given twice")  # orjson has dropped the first value
            return orjson.dumps(self.json(value, place))
        if self.remembers and value.__class__ in (dict, list) and is_clean(value, place):
            return data
        scrubbed = self.json(value, place)
        return data if scrubbed is value else orjson.dumps(scrubbed)

    def _list(self, value: list[Json], place: Place) -> Json:
        changed: list[Json] | None = None
        items = place.items
        for index, item in enumerate(value):
            self.trail.append(index)
            new = self.json(item, items)
            self.trail.pop()
            if new is not item:
                changed = changed if changed is not None else list(value)
                changed[index] = new
        return value if changed is None else changed

    def _object(self, value: dict[str, Json], place: Place) -> Json:
        changed = False
        out: dict[str, Json] = {}
        for key, member in value.items():
            below = place.seen.get(key) if self.remembers else None
            new_key = key
            if below is None:
                below = place.member(key)
                new_key = self.key(key, below)
                if new_key == key and self.remembers:
                    place.seen[key] = below
                elif new_key != key and not below.is_hidden:
                    below = self.unknown
            self.trail.append(new_key)
            new = self.json(member, below)
            self.trail.pop()
            out[new_key] = new
            changed = changed or new is not member or new_key != key
        return out if changed else value

    def key(self, key: str, place: Place) -> str:
        """Return the name of a member, or a placeholder if no contract knows it and it may be data."""
        if place.is_known or key in self.words.texts or self._is_plain_key(key, place):
            return self.without_learned(key)
        if is_placeholder(key):
            return key
        return self.secret("name", key, certain=False)

    def _is_plain_key(self, key: str, place: Place) -> bool:
        if place.is_below_secret or " " in key:
            return self.words.knows(key)
        return is_plain(key)

    def stands_in(self, text: str) -> bool:
        """Return whether a collected secret stands in a text."""
        return self._replaced is not None and self._replaced.stands_in(text)

    def without_learned(self, text: str) -> str:
        """Return a text without the secrets that were collected."""
        if self._replaced is None:
            return text
        replaced = self._replaced.replaced(text, self._placeholder)
        if replaced != text:
            self.leak("a secret that stands elsewhere, too")
        return replaced

    def _placeholder(self, secret: str) -> str:
        name, place = self._named[secret]
        return self.placeholders.of_text(name, secret, place.fits if place else lambda _: 0)

    def enter(self) -> None:
        """Go one level deeper.

        Raises:
            NotScrubbed: too deep.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep()

    def _number(self, value: int | float, place: Place) -> int | float:
        if place.keeps_number(value) or is_placeholder(value):
            if place.takes_numbers:
                self.kept.add(str(value))
            return value
        if str(value) in self.kept and not (place.is_hidden or place.is_telling):
            return value
        self.leak(place.name or "number")
        return self.placeholders.of_number(value)

    def text(self, value: str, place: Place) -> str:
        """Return a text at a place without its secrets."""
        if self.remembers and value in place.clean:
            return value
        if not value.strip() or is_placeholder(value):
            if self.remembers:
                place.remember(value)
            return value
        if place.is_hidden:
            return self.structured(value, place.inside) or self.secret(place.name, value, place)
        if not place.takes_text or not (place.is_free or place.is_as_stated(value)):
            return self._unknown(value, place)
        always = not place.is_free or (self.remembers and self._is_clean_anywhere(value))
        if not place.is_free:
            scrubbed = value if value in place.words else self.known(value, place)
        else:
            scrubbed = value if always else self.prose.running(value, place.name)
        if scrubbed != value and "://" in value:
            self.linked.setdefault(value, scrubbed)
        if scrubbed == value:
            self.kept.add(value)
            if self.remembers and always:
                place.remember(value)
        return scrubbed

    def _is_clean_anywhere(self, value: str) -> bool:
        """Return whether a running text is clean in every exchange, not only beside this one's values."""
        kept, leaks = self.kept, len(self.leaks)
        self.kept = set()
        clean = self.prose.running(value) == value
        self.kept = kept
        del self.leaks[leaks:]
        return clean

    def _unknown(self, value: str, place: Place) -> str:
        if not place.is_telling:
            if value.lower() in _HARMLESS or value in self.words.texts or value in self.kept:
                return value
            if value.isdigit() and len(value) <= 2:
                return value
            if value in self.linked:
                return self.linked[value]
        return self.structured(value, self.unknown) or self.secret(
            place.name or "text", value, certain=place.is_telling
        )

    def structured(self, value: str, place: Place) -> str | None:
        """Return a JSON text without its secrets; None if the text is none."""
        if value.lstrip()[:1] not in ("{", "["):
            return None
        self.enter()
        try:
            scrubbed = self.document(value.encode("utf-8", "surrogatepass"), place)
        finally:
            self._depth -= 1
        return None if scrubbed is None else scrubbed.decode("utf-8", "replace")

    def known(self, value: str, place: Place) -> str:
        """Return a text of a known place without what looks like a secret."""
        text = self.without_learned(value)
        if _PLAIN.fullmatch(text) and not _SCHEME.search(text):
            return text
        structured = self.structured(text, place.inside)
        if structured is not None:
            return structured
        if "%" in text and (plain := unquote(text)) != text and "%" not in plain and " " not in text:
            scrubbed = self.known(plain, place)
            return text if scrubbed == plain else self.secret(place.name or "text", value, certain=False)
        if len(text) >= 16 and _is_packed(text):
            return self.secret(place.name or "packed", text, certain=False)
        return self.prose.searched(text, place)


def is_clean(value: Json, place: Place) -> bool:
    """Return whether all of a JSON value is known to be clean; fast."""
    kind = value.__class__
    if kind is dict:
        seen = place.seen
        for key, member in value.items():
            below = seen.get(key)
            if below is None:
                return False
            # most members are texts, and a call costs more than the search
            if not (member in below.clean if member.__class__ is str else is_clean(member, below)):
                return False
    elif kind is list:
        items = place.items
        for item in value:
            if not is_clean(item, items):
                return False
    elif kind is str:
        return value in place.clean
    elif kind is int or kind is float:
        return place.keeps_number(value)
    return True


def _is_word(text: str) -> bool:
    """Return whether a text may stand elsewhere by chance: one word, a few digits, `AAAA…`."""
    if text.isalpha():
        return len(text) <= 12 or text.lower() == text or text.upper() == text
    return (text.isdigit() and len(text) < 8) or len(set(text)) <= 2


def _is_packed(text: str) -> bool:
    """Return whether a text is base64 or hexadecimal of a text, compressed or not."""
    data = bytes.fromhex(text) if _HEX.fullmatch(text) else from_base64(text)
    if data is None:
        return False
    try:
        inner = decompressed(data).decode()
    except (ParseError, UnicodeDecodeError):
        return False
    return bool(inner) and (inner.isprintable() or inner.lstrip()[:1] in ("{", "["))


def _too_deep() -> NotScrubbed:
    return NotScrubbed(f"a value is nested deeper than {MAX_DEPTH} levels")
