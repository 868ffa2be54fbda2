"""The log of a sandbox: every exchange with its report, as JSON and as HAR; without secrets.

What goes out is scrubbed as a cassette is; an exchange that cannot be is shown without its bodies.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson

from sellerspec import __version__
from sellerspec.contract.operation import OperationContract
from sellerspec.model import Exchange, Facts, Json, Report
from sellerspec.rules import Marketplace
from sellerspec.sandbox.messages import Call, Reply
from sellerspec.sandbox.rubbish import Rubbish

if TYPE_CHECKING:
    from sellerspec.scrubbing import Scrubber

LONGEST = 1 << 16
"""Bytes of a body that is shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange of the log; its report is made when it is asked for."""

    number: int
    at: datetime
    """The marketplace's wall clock."""

    call: Call
    response: Reply
    operation: OperationContract | None
    path: Mapping[str, str]
    facts: Facts
    seconds: float
    """Real time that the response took, without added latency."""

    @property
    def exchange(self) -> Exchange:
        """The exchange as it went over the wire."""
        return Exchange(
            self.call.method,
            self.call.url,
            self.response.status,
            request_headers=self.call.headers,
            request_body=self.call.body,
            response_headers=self.response.all_headers(),
            response_body=self.response.content,
        )

    def report(self) -> Report | None:
        """Return the report on request and response; None where no operation was called."""
        if self.operation is None or self.response.drops:
            return None
        return self.operation.check_exchange(self.exchange, self.path, self.call.query, self.facts)


class Log:
    """The latest exchanges."""

    def __init__(self, size: int, marketplace: Marketplace) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._number = 0
        self._rubbish = Rubbish()
        self._marketplace = marketplace

    @cached_property
    def _scrubber(self) -> "Scrubber":
        from sellerspec.scrubbing import scrubber  # only a log that is read needs it

        return scrubber(self._marketplace)

    def add(
        self,
        at: datetime,
        call: Call,
        response: Reply,
        operation: OperationContract | None,
        path: Mapping[str, str],
        facts: Facts,
        seconds: float,
    ) -> None:
        """Note an exchange."""
        self._rubbish.sweep()
        self._number += 1
        self._entries.append(Entry(self._number, at, call, response, operation, path, facts, seconds))

    def entries(self) -> tuple[Entry, ...]:
        """Return the exchanges, the oldest first."""
        return tuple(self._entries)

    def clear(self) -> None:
        """Forget them."""
        self._rubbish.add(self._entries)
        self._entries = deque(maxlen=self._entries.maxlen)

    def to_json(self) -> list[Json]:
        """Return the log as JSON."""
        return [_json(entry, safe) for entry, safe in self._scrubbed()]

    def har(self, base: str) -> dict[str, Json]:
        """Return the log as HAR 1.2; the report of each exchange is its `_report`."""
        return {
            "log": {
                "version": "1.2",
                "creator": {"name": "sellerspec", "version": __version__},
                "entries": [_har(entry, safe, base) for entry, safe in self._scrubbed()],
            }
        }

    def _scrubbed(self) -> Iterator[tuple[Entry, Exchange]]:
        from sellerspec.scrubbing import NotScrubbed

        entries = self.entries()
        exchanges = [_bounded(entry.exchange) for entry in entries]
        try:
            found = [each.exchange for each in self._scrubber.scrub(exchanges)]
        except NotScrubbed:
            found = [self._alone(exchange) for exchange in exchanges]
        yield from zip(entries, found, strict=True)

    def _alone(self, exchange: Exchange) -> Exchange:
        from sellerspec.scrubbing import NotScrubbed

        try:
            return self._scrubber.scrub([exchange])[0].exchange
        except NotScrubbed:
            return Exchange(exchange.method, "/", exchange.status)


def _bounded(exchange: Exchange) -> Exchange:
    """Return an exchange without bodies that are too long to show."""
    return replace(
        exchange,
        request_body=exchange.request_body if len(exchange.request_body) <= LONGEST else b"",
        response_body=exchange.response_body if len(exchange.response_body) <= LONGEST else b"",
    )


def _report(entry: Entry) -> Json:
    report = entry.report()
    return report.to_dict() if report else None


def _json(entry: Entry, safe: Exchange) -> dict[str, Json]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(sep=" ", timespec="milliseconds"),
        "operation": entry.operation.key if entry.operation else None,
        "seconds": round(entry.seconds, 6),
        "request": {
            "method": entry.call.method,
            "url": safe.url,
            "headers": dict(safe.request_headers),
            "body": _shown(safe.request_body, entry.call.body),
        },
        "response": {
            "status": entry.response.status,
            "headers": dict(safe.response_headers),
            "body": _shown(safe.response_body, entry.response.content),
        },
        "report": _report(entry),
    }


def _shown(safe: bytes, real: bytes) -> Json:
    """Return a scrubbed body: JSON decoded, anything else as text, a dropped one by its size."""
    if not safe:
        return f"{len(real)} bytes, not shown" if real else None
    try:
        return orjson.loads(safe)
    except orjson.JSONDecodeError:
        return safe.decode("utf-8", "replace")


def _har(entry: Entry, safe: Exchange, base: str) -> dict[str, Json]:
    time = round(entry.seconds * 1000, 3)
    request: dict[str, Json] = {
        "method": entry.call.method,
        "url": base + safe.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(safe.request_headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(safe.url.partition("?")[2], keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": len(entry.call.body),
    }
    if entry.call.body:
        kind = entry.call.headers.get("content-type", "")
        request["postData"] = {"mimeType": kind, "text": safe.request_body.decode("utf-8", "replace")}
    return {
        "startedDateTime": entry.at.isoformat(timespec="milliseconds") + "+07:00",
        "time": time,
        "request": request,
        "response": {
            "status": entry.response.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(safe.response_headers),
            "content": {
                "size": len(entry.response.content),
                "mimeType": entry.response.kind,
                "text": safe.response_body.decode("utf-8", "replace"),
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(entry.response.content),
        },
        "cache": {},
        "timings": {"send": 0, "wait": time, "receive": 0},
        "_operation": entry.operation.key if entry.operation else None,
        "_report": _report(entry),
    }


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]
