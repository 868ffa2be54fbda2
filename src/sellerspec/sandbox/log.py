"""The log of a sandbox: every exchange with its report, as JSON and as HAR, without secrets.

The output is scrubbed as a cassette is; an exchange that cannot be scrubbed is shown without its bodies.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson

from sellerspec import __version__
from sellerspec.contract.operation import OperationContract
from sellerspec.inputs import Compared
from sellerspec.model import NO_FACTS, Exchange, Facts, Json, Report
from sellerspec.rules import Marketplace
from sellerspec.sandbox.messages import Reply, Request

if TYPE_CHECKING:
    from sellerspec.scrubbing import Scrubber

LONGEST = 1 << 16
"""Bytes of a body that is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry(Compared):
    """One exchange of the log; its report is made when it is read."""

    number: int
    at: datetime
    """The marketplace's wall clock."""

    seconds: float
    """Real time until the response was ready, without added latency."""

    request: Request
    response: Reply
    operation: OperationContract | None = None
    path: Mapping[str, str] = field(default_factory=dict, repr=False)
    facts: Facts = NO_FACTS
    changed: bool = False
    """Whether the call changed the state: a document, and more of it than moments."""

    @property
    def exchange(self) -> Exchange:
        """The exchange as it was sent and received."""
        return self.request.exchange_with(self.response)

    def report(self) -> Report | None:
        """Return the report on request and response; None without an operation or a whole response."""
        if self.operation is None or self.response.ends != "whole":
            return None
        return self.operation.check_exchange(self.exchange, self.path, self.request.query, self.facts)


class Log:
    """The latest exchanges."""

    def __init__(self, size: int, marketplace: Marketplace) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._discarded: list[Entry] = []
        self._marketplace = marketplace
        self.number = 0
        """Number of the latest exchange."""

    @cached_property
    def _scrubber(self) -> "Scrubber":
        from sellerspec.scrubbing import scrubber  # only a log that is read needs it

        return scrubber(self._marketplace)

    def add(self, entry: Entry) -> None:
        """Add an exchange; the oldest is removed if the log is full."""
        del self._discarded[-4:]
        self.number = entry.number
        self._entries.append(entry)

    def entries(self) -> tuple[Entry, ...]:
        """Return the exchanges, the oldest first."""
        return tuple(self._entries)

    def copy(self) -> "Log":
        """Return a log of the same entries, to read while the sandbox goes on."""
        copy = Log(len(self._entries), self._marketplace)
        copy._entries.extend(self._entries)
        return copy

    def clear(self) -> None:
        """Remove all entries; their memory is freed by later calls, because freeing is slow."""
        self._discarded.extend(self._entries)
        self._entries.clear()

    def to_json(self) -> list[Json]:
        """Return the log as JSON."""
        return [_json(entry, scrubbed) for entry, scrubbed in self._shown()]

    def har(self, base: str) -> dict[str, Json]:
        """Return the log as HAR 1.2; `_report` of an entry is the report on it."""
        return {
            "log": {
                "version": "1.2",
                "creator": {"name": "sellerspec", "version": __version__},
                "entries": [_har(entry, scrubbed, base) for entry, scrubbed in self._shown()],
            }
        }

    def _shown(self) -> Iterator[tuple[Entry, Exchange]]:
        """Yield the entries with their scrubbed exchanges."""
        entries = tuple(self._entries)
        exchanges = [_bounded(entry.exchange) for entry in entries]
        keys = [entry.operation.key if entry.operation else "" for entry in entries]
        return zip(entries, self._scrubbed(exchanges, keys), strict=True)

    def _scrubbed(self, exchanges: list[Exchange], keys: list[str]) -> list[Exchange]:
        """Scrub exchanges together; if one cannot be, scrub each alone and show only that one's method."""
        from sellerspec.scrubbing import NotScrubbed

        try:
            return [result.exchange for result in self._scrubber.scrub(exchanges, keys)]
        except NotScrubbed:
            if len(exchanges) > 1:
                pairs = zip(exchanges, keys, strict=True)
                return [self._scrubbed([exchange], [key])[0] for exchange, key in pairs]
            return [Exchange(exchanges[0].method, "/", exchanges[0].status)]


def _bounded(exchange: Exchange) -> Exchange:
    """Return an exchange without bodies that are too long to show."""
    return replace(
        exchange,
        request_body=exchange.request_body if len(exchange.request_body) <= LONGEST else b"",
        response_body=exchange.response_body if len(exchange.response_body) <= LONGEST else b"",
    )


def _notes(entry: Entry) -> tuple[str | None, Json]:
    """Return the key of the operation and the report; both None if no operation was called."""
    from sellerspec.reporting.hide import discreet  # only a log that is read needs it

    report = entry.report()
    return entry.operation.key if entry.operation else None, discreet(report).to_dict() if report else None


def _json(entry: Entry, scrubbed: Exchange) -> dict[str, Json]:
    operation, report = _notes(entry)
    return {
        "number": entry.number,
        "at": entry.at.isoformat(sep=" ", timespec="milliseconds"),
        "operation": operation,
        "seconds": round(entry.seconds, 6),
        "request": {
            "method": entry.request.method,
            "url": scrubbed.url,
            "headers": dict(scrubbed.request_headers),
            "body": _body(scrubbed.request_body, entry.request.body),
        },
        "response": {
            "status": entry.response.status,
            "headers": dict(scrubbed.response_headers),
            "body": _body(scrubbed.response_body, entry.response.content),
        },
        "report": report,
    }


def _body(scrubbed: bytes, body: bytes) -> Json:
    """Return a scrubbed body: JSON decoded, anything else as text, a dropped one by its size."""
    if not scrubbed:
        return f"{len(body)} bytes, not shown" if body else None
    try:
        return orjson.loads(scrubbed)
    except orjson.JSONDecodeError:
        return scrubbed.decode("utf-8", "replace")


def _har(entry: Entry, scrubbed: Exchange, base: str) -> dict[str, Json]:
    operation, report = _notes(entry)
    milliseconds = round(entry.seconds * 1000, 3)
    request: dict[str, Json] = {
        "method": scrubbed.method,
        "url": base + scrubbed.url,
        "queryString": _pairs(parse_qsl(scrubbed.url.partition("?")[2], keep_blank_values=True)),
        **_message(scrubbed.request_headers, entry.request.body),
    }
    if entry.request.body:
        content_type = scrubbed.request_headers.get("content-type", "")
        request["postData"] = {"mimeType": content_type, "text": _text(scrubbed.request_body)}
    content = {
        "size": len(entry.response.content),
        "mimeType": entry.response.content_type,
        "text": _text(scrubbed.response_body),
    }
    return {
        "startedDateTime": entry.at.isoformat(timespec="milliseconds") + "+07:00",
        "time": milliseconds,
        "request": request,
        "response": {
            "status": entry.response.status,
            "statusText": "",
            "content": content,
            "redirectURL": "",
            **_message(scrubbed.response_headers, entry.response.content),
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_operation": operation,
        "_report": report,
    }


def _message(headers: Mapping[str, str], body: bytes) -> dict[str, Json]:
    """Return the members that HAR gives both a request and a response."""
    return {
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers.items()),
        "headersSize": -1,
        "bodySize": len(body),
    }


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")
