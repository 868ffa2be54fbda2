"""Scrub headers: names and the forms of their values by allow-list, a placeholder for credentials."""

import re
from collections.abc import Mapping
from http import HTTPMethod
from urllib.parse import unquote

from sellerspec.io.secret_names import CREDENTIAL_HEADERS, KEPT_HEADERS, is_telling
from sellerspec.scrubbing.bodies import Bodies
from sellerspec.scrubbing.packing import from_base64
from sellerspec.scrubbing.patterns import suspects
from sellerspec.scrubbing.placeholders import is_placeholder
from sellerspec.scrubbing.texts import Values

_COOKIE = re.compile(r"(?:^|;\s{0,9})([^=;\s]{1,200})=([^;]*)")
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SCHEME = re.compile(r"(?i:apikey|basic|bearer|digest|hawk|hmac|mac|negotiate|ntlm|oauth|tkpd|token)")
"""The word before a credential. Any other word may be a part of it."""

_Q = r"(?:; ?q=[01](?:\.[0-9]{1,3})?)?"
_SUBTYPE = r"(?:[a-z]{1,30}[0-9]{0,2}(?:[.+-](?:[a-z]{1,30}[0-9]{0,2}|[0-9]{1,4})){0,12})"
_MEDIA = rf"(?:[a-z]{{1,20}}/{_SUBTYPE})"
_PARAMETER = r"(?:; ?(?:charset|version|v|q)=\"?[A-Za-z0-9._-]{1,20}\"?)"
_BOUNDARY = r"(?:; ?boundary=\"?[A-Za-z0-9'()+_,./:=? -]{1,70}\"?)"
_CODING = rf"(?:gzip|x-gzip|deflate|br|zstd|compress|identity|chunked|trailers|\*){_Q}"
_LANGUAGE = rf"(?:\*|[a-z]{{2,3}}(?:-[a-z]{{4}})?(?:-(?:[a-z]{{2}}|[0-9]{{3}}))?){_Q}"
_TIME = (
    r"(?:[a-z]{3,9},? [0-9]{1,2}[ -][a-z]{3}[ -][0-9]{2,4} [0-9:]{8} (?:gmt|utc|[+-][0-9]{4})|-?[01]"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9:.]{5,15}(?:z|[+-][0-9]{2}:?[0-9]{2})?)"
)
_NUMBER = r"(?:[0-9]{1,13}(?:\.[0-9]{1,6})?)"
_RATE = rf"(?: ?(?:req|requests?)/[a-z]{{1,6}})?(?: \(burst {_NUMBER}\))?"
_DIRECTIVE = (
    r"(?:max-age|s-maxage|max-stale|min-fresh|stale-while-revalidate|stale-if-error|no-cache|no-store"
    r"|no-transform|only-if-cached|must-revalidate|proxy-revalidate|must-understand|private|public|immutable)"
    r"(?:=[0-9]{1,10})?"
)
_NAME = r"(?:\*|[a-z]{1,20}(?:-[a-z]{1,20}){0,5})"
_PRODUCT = (
    r"(?:[A-Za-z][A-Za-z_.-]{0,40}/v?[0-9]{1,4}"
    r"(?:[._+-][0-9]{1,8}|[._+-]?(?:a|b|rc|alpha|beta|dev|post)[.-]?[0-9]{0,4}){0,6})"
)
_PRODUCTS = rf"(?:{_PRODUCT}(?: {_PRODUCT}){{0,8}}|[A-Za-z-]{{1,24}})"


def _list(item: str) -> str:
    return rf"{item}(?:, ?{item}){{0,30}}"


_FORMS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(form, re.IGNORECASE)
    for names, form in (
        ("accept", _list(rf"(?:\*/\*|[a-z]{{1,20}}/\*|{_MEDIA}){_PARAMETER}{{0,3}}")),
        ("accept-encoding content-encoding transfer-encoding", _list(_CODING)),
        ("accept-language content-language", _list(_LANGUAGE)),
        ("allow", _list(f"(?:{'|'.join(HTTPMethod)})")),
        ("cache-control", _list(_DIRECTIVE)),
        ("connection", _list("(?:keep-alive|close|upgrade|te|http2-settings)")),
        ("content-length", "[0-9]{1,15}"),
        ("content-type", rf"{_MEDIA}(?:{_PARAMETER}|{_BOUNDARY}){{0,3}};?"),
        ("date expires last-modified", _TIME),
        ("sellerspec-assumed", "[a-z0-9-]{1,20}/[a-z]{1,40}"),
        ("retry-after", rf"{_TIME}|{_NUMBER}"),
        ("server user-agent", _PRODUCTS),
        ("vary", _list(_NAME)),
        (
            "x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset x-ratelimit-reset-after"
            " x-ratelimit-full-reset-after",
            rf"{_TIME}|{_list(rf'{_NUMBER}(?:;[a-z]{{1,10}}={_NUMBER}){{0,3}}')}|-?{_NUMBER}{_RATE}",
        ),
    )
    for name in names.split()
}
"""Header -> the form of its value. What has another form may be anything."""

_OF_THE_TRANSFER = frozenset(("connection", "content-encoding", "content-length", "transfer-encoding"))
"""Headers that a reader acts on: with another form they are left out."""


class Headers:
    """Scrubs headers with one set of values."""

    def __init__(self, values: Values, bodies: Bodies) -> None:
        self._values = values
        self._bodies = bodies
        self._clean: set[tuple[str, str]] = set()

    def scrubbed(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers that may be written; the same object if those are all of them."""
        if headers.items() <= self._clean:
            return headers
        values = self._values
        kept: dict[str, str] = {}
        for item in headers.items():
            name, value = item
            if item in self._clean:
                kept[name] = value
                continue
            lower = name.lower()
            values.trail.append(lower)
            if lower in CREDENTIAL_HEADERS:
                kept[name] = self._credential(lower, value)
            elif lower in KEPT_HEADERS and (shown := self._kept(lower, value)) is not None:
                kept[name] = shown
            else:
                self._left_out(lower, value)
            values.trail.pop()
            if values.remembers and kept.get(name) == value and len(self._clean) < 50_000:
                self._clean.add(item)
        return kept

    def _kept(self, name: str, value: str) -> str | None:
        """Return the value of a header that is kept; None if it is left out after all."""
        values = self._values
        if name == "location":
            return values.urls.called(value, values.unknown, values.unknown)
        if name == "content-disposition":
            return self._bodies.disposition(value)
        if name == "x-request-id":
            has_form = bool(_ID.fullmatch(value)) and all(part.name == "random" for part in suspects(value))
        else:
            has_form = bool(_FORMS[name].fullmatch(value.strip()))
        if (has_form or is_placeholder(value)) and not values.stands_in(value):
            return value
        if name in _OF_THE_TRANSFER:
            return None
        media = re.match(_MEDIA, value, re.IGNORECASE) if name == "content-type" else None
        if media is not None and media[0] != value:
            values.leak(name)
            return media[0]
        return values.secret(name, value, certain=False)

    def _credential(self, name: str, value: str) -> str:
        scheme, space, token = value.partition(" ")
        if space and _SCHEME.fullmatch(scheme) and token:
            if scheme.lower() == "basic" and (pair := from_base64(token)) is not None:
                self._values.secret("password", pair.decode("utf-8", "replace").partition(":")[2])
            return f"{scheme} {self._values.secret(name, token.strip())}"
        return self._values.secret(name, value)

    def _left_out(self, name: str, value: str) -> None:
        """Collect the secrets of a header that is left out, and record the header as a leak."""
        values = self._values
        if name in ("cookie", "set-cookie"):
            pairs = _COOKIE.findall(value)
            for key, secret in pairs if name == "cookie" else pairs[:1]:
                values.secret(key, unquote(secret.strip('"')))
        elif is_telling(name) or values.names.kind(name) in ("secret", "personal"):
            values.secret(name, value)
        values.leak("header")
