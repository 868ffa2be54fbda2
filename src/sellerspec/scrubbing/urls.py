"""Scrub URLs, queries and forms: what the contract knows of them stays."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus, urlsplit, urlunsplit

from sellerspec.io.secret_names import PERSONS, is_telling, plain_name
from sellerspec.scrubbing.placeholders import is_placeholder
from sellerspec.scrubbing.places import MOST, Place, of_kind

if TYPE_CHECKING:
    from sellerspec.scrubbing.texts import Values

_SEGMENT = re.compile(
    r"[a-z]{1,24}(?:[_.-][a-z]{1,24}){0,5}|v?[0-9]{1,5}(?:\.[0-9]{1,3})?|[a-z]{2,12}[0-9]{1,2}"
)
_VERSION = re.compile(r"v[0-9]{1,3}(?:\.[0-9]{1,3})?")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{0,253}")
_ADDRESS = re.compile(r"(?:[0-9.]{7,15}|\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z-]{1,63})(?::[0-9]{1,5})?")
"""A host that is an IP address or one word."""

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,4})?")
_FORM = re.compile(r"[\w.%+\[\]-]{1,200}=[^&\s<>{}\"]*(?:&[\w.%+\[\]-]{1,200}=[^&\s<>{}\"]*)*")


class Urls:
    """Scrubs addresses with one set of values."""

    def __init__(self, values: "Values") -> None:
        self._values = values

    def called(self, url: str, query: Place, path: Place, template: str = "", *, public: bool = False) -> str:
        """Return a URL without its secrets.

        Args:
            url: as it was sent.
            query: the place of the query.
            path: the place of the path parameters.
            template: the path of the operation, `/{version}/orders/{code}`; "" if none is known.
            public: whether its path may be seen.
        """
        values = self._values
        try:
            split = urlsplit(url)
        except ValueError:
            return values.secret("url", url, certain=False)
        host = split.netloc
        if "@" in host:
            user, _, host = host.rpartition("@")
            values.secret("password", unquote(user.partition(":")[2] or user))
        if not _HOST.fullmatch(host) or (not public and _is_telling_host(host)):
            host = quote(values.secret("host", host, certain=False), safe=".-")
        new_path = self._path(split.path, path, template, public=public)
        new_query = self.form(split.query, query)
        fragment = self.form(split.fragment, values.unknown)
        if (host, new_path, new_query, fragment) == (split.netloc, split.path, split.query, split.fragment):
            return url
        return urlunsplit((split.scheme, host, new_path, new_query, fragment))

    def link(self, url: str, place: Place) -> str:
        """Return a URL in a value: its host stays; its path where it is public, its query never."""
        if is_placeholder(url):
            return url
        public = place.kind in ("public", "kept")
        if not (place.takes_text or public):
            return self._values.secret("url", url, certain=False)
        return self.called(url, self._values.unknown, place, public=public)

    def _path(self, path: str, place: Place, template: str, *, public: bool) -> str:
        parts = path.split("/")
        known = template.split("/")[1:] if template else []
        if known[:1] == ["{version}"] and not _VERSION.fullmatch(parts[-len(known) :][0]):
            known = known[1:]  # the call came without its version
        first = len(parts) - len(known)
        if any(own[:1] != "{" and own != part for own, part in zip(known, parts[first:], strict=False)):
            known, first = [], len(parts)
        before = ""
        for index, part in enumerate(parts):
            own = known[index - first] if known and index >= first else ""
            bare, semicolon, matrix = part.partition(";")
            if own[:1] == "{":
                parts[index] = self._part(bare, place.member(own[1:-1]))
            elif not own and bare:
                parts[index] = self._segment(bare, before, place, public=public)
            if semicolon:
                parts[index] = (
                    f"{parts[index]};{self._matrix(matrix)}" if own or bare else self._matrix(matrix)
                )
            before = "" if is_placeholder(unquote(bare)) else bare
        return "/".join(parts)

    def _matrix(self, matrix: str) -> str:
        pairs = [pair.partition("=") for pair in matrix.split(";")]
        return ";".join(
            name + sign + quote(self._values.text(unquote(value), self._values.unknown), safe="")
            for name, sign, value in pairs
        )

    def _segment(self, segment: str, before: str, place: Place, *, public: bool) -> str:
        values = self._values
        kind = values.names.kind(before) if before else ""
        if kind in ("secret", "personal") or (before and is_telling(before)):
            return quote(values.secret(before, unquote(segment)), safe="")
        if public or kind == "public":
            return self._part(segment, place if public else of_kind("public", values.names, before))
        plain = len(segment) <= 40 and values.words.knows(unquote(segment))
        plain = plain or (_SEGMENT.fullmatch(segment) is not None and not _names_one(before))
        if plain and not values.stands_in(segment):
            return segment
        return self._part(segment, values.unknown)

    def _part(self, part: str, place: Place) -> str:
        plain = unquote(part)
        if place.takes_text and place.kind in ("public", "kept"):
            scrubbed = self._values.prose.searched(plain, place)
        else:
            scrubbed = self._typed(
                plain, place if place.is_known or place.is_hidden else self._values.unknown
            )
        return part if scrubbed == plain else quote(scrubbed, safe="")

    def form(self, text: str, place: Place) -> str:
        """Return a query or a form without secrets; a clean pair keeps its encoding."""
        if not text:
            return text
        pairs = text.split("&")
        remembers = self._values.remembers
        for index, pair in enumerate(pairs):
            if remembers and pair in place.clean:
                continue
            name, sign, value = pair.partition("=")
            if not sign:
                pairs[index] = (
                    self._part(pair, self._values.unknown) if not _SEGMENT.fullmatch(pair) else pair
                )
                continue
            if "%" in pair or "+" in pair:
                name, value = unquote_plus(name), unquote_plus(value)
            pairs[index] = self._pair(pair, name, value, place)
        return "&".join(pairs)

    def _pair(self, pair: str, name: str, value: str, place: Place) -> str:
        values = self._values
        plain, new_name, own = self._parameter(name, place)
        values.trail.append(new_name)
        scrubbed = self._typed(value, own)
        values.trail.pop()
        if scrubbed == value and new_name == plain:
            if values.remembers and (own.is_known or value not in values.kept):
                place.remember(pair)
            return pair
        shown = pair.partition("=")[0] if new_name == plain else quote_plus(new_name)
        return f"{shown}={quote_plus(scrubbed)}"

    def _parameter(self, name: str, place: Place) -> tuple[str, str, Place]:
        """Return the plain name of a parameter, its scrubbed name and its place; `a[b]` is the member `b`."""
        values = self._values
        own = place.parameters.get(name) if values.remembers else None
        if own is not None:
            return name, name, own
        own = place.member(name)
        if not own.is_known:
            last = (re.findall(r"[^\[\].]{1,100}", name[:500])[-1:] or [""])[0]
            own = values.unknown.member(last)
        plain = name.replace("[", ".").replace("]", "")
        new_name = values.key(plain, own)
        if values.remembers and new_name == plain == name and len(place.parameters) < MOST:
            place.parameters[name] = own
        return plain, new_name, own

    def _typed(self, value: str, place: Place) -> str:
        """Return the value of a parameter; one that is a number in the contract is a number here."""
        if not place.is_hidden and place.takes_numbers and _NUMBER.fullmatch(value):
            self._values.kept.add(value)
            return value
        if value in ("true", "false") and place.is_known:
            return value
        return self._values.text(value, place)


def _names_one(name: str) -> bool:
    """Return whether the segment after this one names a person: `customers`, `user`."""
    plain = plain_name(name)
    return plain in PERSONS or plain.removesuffix("s") in PERSONS


def _is_telling_host(host: str) -> bool:
    """Return whether a part of a host may be a token, a phone or the id of an account."""
    return not _ADDRESS.fullmatch(host) and any(
        sum(map(str.isdigit, label)) > 5
        or (label.lower() != label and any(map(str.isdigit, label)))
        or (len(label) >= 20 and any(map(str.isdigit, label)))
        for label in host.partition(":")[0].split(".")
    )


def is_form(text: str) -> bool:
    """Return whether a text is a form: `a=b&c=d`, without spaces."""
    return bool(_FORM.fullmatch(text)) and bool(parse_qsl(text, keep_blank_values=True))
