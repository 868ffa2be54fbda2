"""Scrub exchanges: a secret is replaced by a stable placeholder, or the exchange is not written.

Headers are kept by allow-list. Bodies are decompressed and searched, whatever their content type is.
Members, parameters and form fields are secret by name (one list for all marketplaces, and one for each),
texts by their form. A secret that was found once is replaced at every other place. A body that is
neither JSON nor a form nor a short text is dropped. At the end the result is searched again, and an
exchange that still has a secret is refused.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from sellerspec.model import Exchange
from sellerspec.rules import Marketplace
from sellerspec.scrubbing.bodies import Bodies
from sellerspec.scrubbing.names import CREDENTIAL_HEADERS, KEPT_HEADERS, Names, plain_name
from sellerspec.scrubbing.packing import NotScrubbed, from_base64
from sellerspec.scrubbing.placeholders import Placeholders, is_placeholder, numbers, unnumbered
from sellerspec.scrubbing.texts import Leak, Values

__all__ = ["Leak", "NotScrubbed", "Scrubbed", "Scrubber", "is_placeholder", "scrubber", "unnumbered"]

KEY = "SELLERSPEC_SCRUB_KEY"
"""Environment variable with the key of the placeholders of a project."""

_COOKIE = re.compile(r"(?:^|;\s*)([^=;\s]+)=([^;]*)")
_TELLING = re.compile(r"token|secret|passw|session|signature|api-?key|auth|cookie", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """An exchange without its secrets."""

    exchange: Exchange
    dropped: tuple[str, ...] = ()
    """Bodies that were dropped: `request body (5,120 bytes of image/png)`."""


def scrubber(
    marketplace: Marketplace | None = None,
    *,
    secret_members: Iterable[str] = (),
    key: bytes | str | None = None,
) -> "Scrubber":
    """Return a scrubber with the secret names of a marketplace.

    Args:
        marketplace: its secret and public members are added to the common ones.
        secret_members: further names, as in `Marketplace.secret_members`.
        key: key of the placeholders, by default from the environment. Without a key they are numbered.
    """
    own = () if marketplace is None else marketplace.secret_members
    public = () if marketplace is None else marketplace.public_members
    given = key if key is not None else os.environ.get(KEY) or None
    names = Names((*own, *secret_members), public)
    return Scrubber(names, key=given.encode() if isinstance(given, str) else given)


class Scrubber:
    """Scrubs the exchanges of one cassette; the same secret has the same placeholder in all of them."""

    def __init__(self, names: Names, *, key: bytes | None = None) -> None:
        self.names = names
        self.keyed = key is not None
        self._key = key
        self._looking = Values(names, Placeholders(key))
        self._work = _Work(self._looking)

    def scrub(self, exchanges: Sequence[Exchange]) -> list[Scrubbed]:
        """Return the exchanges without their secrets.

        Raises:
            NotScrubbed: a body cannot be decompressed, or a secret is left.
        """
        taken = max((numbers(_blob(exchange)) for exchange in exchanges), default=0)
        values = Values(self.names, Placeholders(self._key, taken=taken))
        done = _scrubbed(exchanges, values)
        for scrubbed in done:
            self._prove(scrubbed.exchange, values.known)
        return done

    def _prove(self, exchange: Exchange, known: Iterable[str]) -> None:
        blob = _blob(exchange)
        if any(secret in blob for secret in known):
            raise NotScrubbed(f"a secret is still in {exchange.method} {_place(exchange)} after scrubbing")
        left = [leak for leak in self.leaks(exchange) if leak.name != "unreadable"]
        if left:
            raise NotScrubbed(f"{left[0].pointer} still looks like a secret ({left[0].name}) after scrubbing")

    def leaks(self, exchange: Exchange) -> tuple[Leak, ...]:
        """Return the places of an exchange that have a secret, or a text that looks like one."""
        values = self._looking
        values.leaks.clear()
        self._work.exchange(exchange)
        return tuple(dict.fromkeys(values.leaks)) if values.leaks else ()

    def request(self, exchange: Exchange) -> Exchange:
        """Return a scrubbed request to compare with a cassette; a body that fails is left out."""
        try:
            return _scrubbed([exchange], Values(self.names, Placeholders(self._key)))[0].exchange
        except NotScrubbed:
            return replace(exchange, request_body=b"")


class _Work:
    """Scrubs the parts of an exchange with one set of values."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._bodies = Bodies(values)
        self._clean: set[tuple[str, str]] = set()

    def exchange(self, exchange: Exchange) -> Scrubbed:
        """Return an exchange without its secrets, and note the leaks."""
        values = self._values
        values.trail[:] = ["request", "url"]
        url = values.url(exchange.url)
        dropped = []
        messages = []
        for side, headers, body in (
            ("request", exchange.request_headers, exchange.request_body),
            ("response", exchange.response_headers, exchange.response_body),
        ):
            values.trail[:] = [side]
            kept, new_body, dropped_body = self._message(headers, body)
            messages.append((kept, new_body))
            if dropped_body:
                dropped.append(f"{side} body ({dropped_body})")
        values.trail.clear()
        (request_headers, request_body), (response_headers, response_body) = messages
        scrubbed = Exchange(
            exchange.method,
            url,
            exchange.status,
            request_headers=request_headers,
            request_body=request_body,
            response_headers=response_headers,
            response_body=response_body,
        )
        return Scrubbed(scrubbed, tuple(dropped))

    def _message(self, headers: Mapping[str, str], body: bytes) -> tuple[Mapping[str, str], bytes, str]:
        """Return the headers and the body of a request or response, and what was dropped of the body."""
        trail = self._values.trail
        trail.append("headers")
        kept = headers if headers.items() <= self._clean else self._headers(headers)
        trail[-1] = "body"
        new, dropped = self._bodies.scrubbed(body, headers) if body else (body, "")
        trail.pop()
        if new is not body:
            kept = {
                name: str(len(new)) if name.lower() == "content-length" else value
                for name, value in kept.items()
                if name.lower() != "content-encoding"
            }
        return kept, new, dropped

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
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
            elif lower == "location":
                kept[name] = values.url(value)
            elif lower in KEPT_HEADERS:
                kept[name] = values.text(value, lower)
            else:
                self._left_out(lower, value)
            values.trail.pop()
            if kept.get(name) == value and not values.known and len(self._clean) < 50_000:
                self._clean.add(item)
        return kept

    def _credential(self, name: str, value: str) -> str:
        scheme, space, token = value.partition(" ")
        if space and scheme.isalpha() and token:
            if scheme.lower() == "basic" and (pair := from_base64(token)) is not None:
                self._values.secret("password", pair.decode("utf-8", "replace").partition(":")[2])
            return f"{scheme} {self._values.secret(name, token.strip())}"
        return self._values.secret(name, value)

    def _left_out(self, name: str, value: str) -> None:
        """Collect the secrets of a header that is left out, and record the header as a leak."""
        if name in ("cookie", "set-cookie"):
            pairs = _COOKIE.findall(value)
            for key, secret in pairs if name == "cookie" else pairs[:1]:
                self._values.secret(key, unquote(secret.strip('"')))
        elif _TELLING.search(name) or self._values.names.kind(plain_name(name)) == "secret":
            self._values.secret(name, value)
        self._values.leaks.append(Leak(f"/{'/'.join(map(str, self._values.trail))}", "header"))


def _scrubbed(exchanges: Sequence[Exchange], values: Values) -> list[Scrubbed]:
    """Scrub exchanges together: the first pass collects their secrets, the second replaces all of them."""
    collecting = _Work(values)
    for exchange in exchanges:
        collecting.exchange(exchange)
    values.learned()
    replacing = _Work(values)
    return [replacing.exchange(exchange) for exchange in exchanges]


def _blob(exchange: Exchange) -> str:
    """Return all texts of an exchange, one in each line."""
    return "\n".join(
        (
            exchange.url,
            unquote(exchange.url),
            *exchange.request_headers.values(),
            *exchange.response_headers.values(),
            exchange.request_body.decode("utf-8", "replace"),
            exchange.response_body.decode("utf-8", "replace"),
        )
    )


def _place(exchange: Exchange) -> str:
    return exchange.url.partition("?")[0].rpartition("/")[0]
