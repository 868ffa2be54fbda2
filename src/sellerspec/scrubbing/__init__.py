"""Scrub exchanges: what the contract does not know as harmless is replaced by a stable placeholder.

Headers, queries, bodies and texts are kept by allow-list. A member that the schemas of the called
operation name keeps its value, unless it is secret or personal by name, or looks like a secret. Every
other text, and a number of more than five digits, becomes a placeholder of the same form. A secret
that was found once is replaced at every other place. A body that is neither JSON nor a form nor a
short text is dropped. At the end the result is searched again, and an exchange that still has a
secret is refused.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import unquote

from sellerspec.contract import settings
from sellerspec.model import Exchange, Json
from sellerspec.rules import Marketplace
from sellerspec.scrubbing.bodies import Bodies
from sellerspec.scrubbing.headers import Headers
from sellerspec.scrubbing.known import Contracts, Known
from sellerspec.scrubbing.learned import Learned
from sellerspec.scrubbing.packing import NotScrubbed
from sellerspec.scrubbing.placeholders import Placeholders, is_placeholder, numbers, unnumbered
from sellerspec.scrubbing.places import Place
from sellerspec.scrubbing.texts import Leak, Values

__all__ = [
    "Leak",
    "NotScrubbed",
    "Scrubbed",
    "Scrubber",
    "is_placeholder",
    "phrase",
    "scrubber",
    "unnumbered",
]

KEY = "SELLERSPEC_SCRUB_KEY"
"""Environment variable with the key of the placeholders of a project."""

_PHRASES = frozenset(status.phrase.lower() for status in HTTPStatus)


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
    keep: Iterable[str] | None = None,
    overlays: Sequence[str] | None = None,
    operation: str = "",
    key: bytes | str | None = None,
) -> "Scrubber":
    """Return a scrubber that knows the contract of a marketplace.

    Args:
        marketplace: whose contract counts; by default the host and path of each call decide.
        secret_members: further names, as in `Marketplace.secret_members`.
        keep: members to be kept although the contract does not know them, or knows them as personal;
            by default those of the project's settings.
        overlays: paths of OpenAPI Overlay files; by default those of the project's settings.
        operation: key of the operation of a call that no URL determines, as of a webhook.
        key: key of the placeholders, by default from the environment. Without a key they are numbered.

    Raises:
        ParseError: the project's settings cannot be read.
    """
    own = settings.read() if keep is None or overlays is None else settings.Settings()
    contracts = Contracts(
        marketplace,
        secret_members=tuple(secret_members),
        keep=tuple(own.keep if keep is None else keep),
        overlays=tuple(own.overlays if overlays is None else overlays),
        fallback=operation,
    )
    given = key if key is not None else os.environ.get(KEY) or None
    return Scrubber(contracts, key=given.encode() if isinstance(given, str) else given)


class Scrubber:
    """Scrubs the exchanges of one cassette; the same secret has the same placeholder in all of them."""

    def __init__(self, contracts: Contracts, *, key: bytes | None = None) -> None:
        self.contracts = contracts
        self._key = key
        self._fast = _Work(self._values(remembers=True), contracts)

    def _values(self, *, taken: int = 0, remembers: bool = False) -> Values:
        return Values(self.contracts.names, Placeholders(self._key, taken=taken), remembers=remembers)

    def scrub(self, exchanges: Sequence[Exchange], operations: Sequence[str] = ()) -> list[Scrubbed]:
        """Return the exchanges without their secrets.

        Args:
            exchanges: those of one cassette.
            operations: for each exchange the key of its operation, "" where its URL determines it.

        Raises:
            NotScrubbed: a body cannot be decompressed, or a secret is left.
        """
        keys = [*operations, *[""] * (len(exchanges) - len(operations))]
        taken = max((numbers(_blob(exchange)) for exchange in exchanges), default=0)
        values = self._values(taken=taken)
        done = self._scrubbed(list(zip(exchanges, keys, strict=True)), values)
        for scrubbed, key in zip(done, keys, strict=True):
            self._prove(scrubbed.exchange, key, values.learned)
        return done

    def _scrubbed(self, exchanges: Sequence[tuple[Exchange, str]], values: Values) -> list[Scrubbed]:
        """Scrub exchanges together: the first pass collects, the second one replaces what it found."""
        work = _Work(values, self.contracts)
        done, kept = [], []
        for exchange, key in exchanges:
            done.append(work.exchange(exchange, key))
            kept.append(work.kept)
        if not values.leaks:
            return done
        values.learn()
        return [
            work.exchange(exchange, key, kept=texts)
            for (exchange, key), texts in zip(exchanges, kept, strict=True)
        ]

    def _prove(self, exchange: Exchange, key: str, learned: Learned) -> None:
        if learned.stands_in(_blob(exchange)):
            raise NotScrubbed(f"a secret is still in {exchange.method} {_place(exchange)} after scrubbing")
        left = [leak for leak in self.leaks(exchange, key) if leak.name != "unreadable"]
        if left:
            raise NotScrubbed(f"{left[0].pointer} still looks like a secret ({left[0].name}) after scrubbing")

    def leaks(self, exchange: Exchange, operation: str = "") -> tuple[Leak, ...]:
        """Return the places of an exchange that scrubbing would change.

        Args:
            exchange: as it was recorded.
            operation: key of its operation, where its URL does not determine it.
        """
        fast = self._fast
        fast.values.leaks.clear()
        fast.exchange(exchange, operation)
        if not fast.values.leaks:
            return ()
        values = self._values()
        self._scrubbed([(exchange, operation)], values)
        return tuple(dict.fromkeys(values.leaks))

    def request(self, exchange: Exchange, operation: str = "") -> Exchange:
        """Return a scrubbed request to compare with a cassette; a body that fails is left out."""
        bare = replace(exchange, status=None, response_headers={}, response_body=b"")
        try:
            return self._scrubbed([(bare, operation)], self._values())[0].exchange
        except NotScrubbed:
            return replace(bare, request_body=b"")

    def note(self, value: Json) -> Json:
        """Return a value that stands beside the exchanges of a cassette, without what nobody knows."""
        values = self._values()
        return values.json(value, values.unknown)


def phrase(reason: str) -> str:
    """Return the reason phrase of a response if it is one of HTTP, else ""."""
    return reason if reason.lower() in _PHRASES else ""


class _Work:
    """Scrubs the parts of an exchange with one set of values."""

    def __init__(self, values: Values, contracts: Contracts) -> None:
        self.values = values
        self.kept: tuple[set[str], set[str]] = (set(), set())
        """Texts at known places of the request, and of the whole exchange, that was scrubbed last."""

        self._contracts = contracts
        self._bodies = Bodies(values)
        self._headers = Headers(values, self._bodies)
        self._clean_urls: set[tuple[str, str, str]] = set()

    def exchange(
        self, exchange: Exchange, key: str = "", *, kept: tuple[set[str], set[str]] | None = None
    ) -> Scrubbed:
        """Return an exchange without its secrets, and note the leaks; `kept` is that of a first pass."""
        values = self.values
        known = self._contracts.of(exchange, key)
        if known.contract is not None or not values.words.words:
            values.words = known.words
        values.linked.clear()
        kept_request, kept_all = kept or (set(), set())
        values.kept = kept_request
        url = self._url(exchange, known, key)
        request = self._message("request", exchange.request_headers, exchange.request_body, known.body)
        values.kept = kept_all | kept_request
        response = self._message(
            "response", exchange.response_headers, exchange.response_body, known.response
        )
        self.kept = (kept_request, values.kept)
        scrubbed = Exchange(
            exchange.method,
            url,
            exchange.status,
            request_headers=request[0],
            request_body=request[1],
            response_headers=response[0],
            response_body=response[1],
        )
        return Scrubbed(scrubbed, tuple(filter(None, (request[2], response[2]))))

    def _url(self, exchange: Exchange, known: Known, key: str) -> str:
        values = self.values
        values.trail[:] = ["request", "url"]
        address, _, query = exchange.url.partition("?")
        call = (exchange.method, address, key)
        if call in self._clean_urls and "#" not in query:
            new = values.urls.form(query, known.query)
            return exchange.url if new == query else f"{address}?{new}"
        url = values.urls.called(exchange.url, known.query, known.path, known.template)
        if values.remembers and url == exchange.url and len(self._clean_urls) < 10_000:
            self._clean_urls.add(call)
        return url

    def _message(
        self, side: str, headers: Mapping[str, str], body: bytes, place: Place
    ) -> tuple[Mapping[str, str], bytes, str]:
        """Return the headers and the body of a request or response, and what was dropped of the body."""
        trail = self.values.trail
        trail[:] = [side, "headers"]
        kept = self._headers.scrubbed(headers)
        trail[-1] = "body"
        new, dropped = self._bodies.scrubbed(body, headers, place) if body else (body, "")
        trail.clear()
        if new is not body:
            kept = {
                name: str(len(new)) if name.lower() == "content-length" else value
                for name, value in kept.items()
                if name.lower() != "content-encoding"
            }
        return kept, new, f"{side} body ({dropped})" if dropped else ""


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
