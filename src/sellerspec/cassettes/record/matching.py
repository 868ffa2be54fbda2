"""Compare a live request with a recorded one, both scrubbed, and name the differences."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import orjson

from sellerspec.cassettes.record.recording import LOCAL
from sellerspec.io import hosts
from sellerspec.io.bodies import body_bytes
from sellerspec.io.urls import split
from sellerspec.model import Exchange, Json, Path, pointer
from sellerspec.scrubbing import Scrubber, unnumbered

MOST = 8
"""Differences that are named."""


class Matching:
    """vcrpy's matchers: they raise `AssertionError` with the difference."""

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber
        self._known: dict[tuple[str, bytes, str], tuple[str, bytes]] = {}

    def sellerspec_url(self, live: Any, recorded: Any) -> None:
        """Compare host, path and query; this machine is the same on every port."""
        urls = self._scrubbed(live)[0], self._scrubbed(recorded)[0]
        host, recorded_host = map(_host, urls)
        if host != recorded_host:
            raise AssertionError(f"host {host}, recorded {recorded_host}")
        one, other = map(split, urls)
        if one.path != other.path:
            raise AssertionError(f"path {one.path}, recorded {other.path}")
        query, noted = (sorted(parse_qsl(url.query, keep_blank_values=True)) for url in (one, other))
        if query != noted:
            raise AssertionError("query differs: " + ", ".join(_parameters(dict(query), dict(noted))))

    def sellerspec_body(self, live: Any, recorded: Any) -> None:
        """Compare bodies: JSON member by member, anything else as text."""
        one, other = self._scrubbed(live)[1], self._scrubbed(recorded)[1]
        if one == other:
            return
        try:
            differences = list(differing(orjson.loads(one), orjson.loads(other)))
        except orjson.JSONDecodeError:
            raise AssertionError(f"a body of {len(one)} bytes, recorded are {len(other)}") from None
        if differences:
            more = f" and {len(differences) - MOST} more" if len(differences) > MOST else ""
            raise AssertionError("body differs at " + ", ".join(differences[:MOST]) + more)

    def _scrubbed(self, request: Any) -> tuple[str, bytes]:
        body = body_bytes(request.body)
        content_type = str(request.headers.get("content-type", ""))
        key = (request.uri, body, content_type)
        if key not in self._known:
            boundary = content_type.partition("boundary=")[2].strip('"').encode()
            if boundary:  # a new one for each request
                body = body.replace(boundary, b"boundary")
                content_type = content_type.partition("boundary=")[0] + "boundary=boundary"
            clean = self._scrubber.request(
                Exchange(
                    request.method, request.uri,
                    request_headers={"content-type": content_type,
                                     "content-encoding": str(request.headers.get("content-encoding", ""))},
                    request_body=body,
                )
            )  # fmt: skip
            scrubbed = unnumbered(clean.request_body.decode("utf-8", "surrogateescape"))
            self._known[key] = unnumbered(clean.url), scrubbed.encode("utf-8", "surrogateescape")
        return self._known[key]


def _host(url: str) -> str:
    return "this machine" if hosts.name(url) in LOCAL else hosts.host(url)


def _parameters(one: dict[str, str], other: dict[str, str]) -> Iterator[str]:
    for name in sorted({*one, *other}):
        if name not in other:
            yield f"`{name}` was not recorded"
        elif name not in one:
            yield f"`{name}` is missing"
        elif one[name] != other[name]:
            yield f"`{name}`"


def differing(one: Json, other: Json, at: Path = ()) -> Iterator[str]:
    """Yield the places where two JSON values differ, without the values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key not in other:
                yield f"{pointer((*at, key))} (not recorded)"
            elif key not in one:
                yield f"{pointer((*at, key))} (missing)"
            else:
                yield from differing(one[key], other[key], (*at, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differing(*pair, (*at, index))
    elif one != other or isinstance(one, bool) != isinstance(other, bool):
        yield pointer(at) or "/"
