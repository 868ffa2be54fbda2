"""Compare a live request with a recorded one as if both had been scrubbed, and say where they differ."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from sellerspec.cassettes.record.serializer import LOCAL, _bytes
from sellerspec.model import Exchange, Json, Path, pointer
from sellerspec.scrubbing import Scrubber, unnumbered

MOST = 8
"""Differences that are told."""


class Matching:
    """vcrpy's matchers: they raise `AssertionError` with the difference."""

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber
        self._known: dict[tuple[str, bytes, str], tuple[str, bytes]] = {}

    def sellerspec_url(self, live: Any, recorded: Any) -> None:
        """Compare host, path and query; this machine is the same on every port."""
        one, other = urlsplit(self._scrubbed(live)[0]), urlsplit(self._scrubbed(recorded)[0])
        if _host(one) != _host(other):
            raise AssertionError(f"host {_host(one)}, recorded {_host(other)}")
        if one.path != other.path:
            raise AssertionError(f"path {one.path}, recorded {other.path}")
        asked, noted = (sorted(parse_qsl(each.query, keep_blank_values=True)) for each in (one, other))
        if asked != noted:
            raise AssertionError("query differs: " + ", ".join(_pairs(dict(asked), dict(noted))))

    def sellerspec_body(self, live: Any, recorded: Any) -> None:
        """Compare bodies: JSON member by member, anything else as text."""
        one, other = self._scrubbed(live)[1], self._scrubbed(recorded)[1]
        if one == other:
            return
        try:
            asked, noted = orjson.loads(one), orjson.loads(other)
        except orjson.JSONDecodeError:
            raise AssertionError(f"a body of {len(one)} bytes, recorded are {len(other)}") from None
        differences = list(differing(asked, noted))
        if differences:
            more = f" and {len(differences) - MOST} more" if len(differences) > MOST else ""
            raise AssertionError("body differs at " + ", ".join(differences[:MOST]) + more)

    def _scrubbed(self, request: Any) -> tuple[str, bytes]:
        body = _bytes(request.body)
        content_type = str(request.headers.get("content-type", ""))
        key = (request.uri, body, content_type)
        if key not in self._known:
            boundary = content_type.partition("boundary=")[2].strip('"').encode()
            if boundary:  # a new one for each request
                body = body.replace(boundary, b"boundary")
                content_type = content_type.partition("boundary=")[0] + "boundary=boundary"
            found = self._scrubber.request(
                Exchange(
                    request.method, request.uri,
                    request_headers={"content-type": content_type,
                                     "content-encoding": str(request.headers.get("content-encoding", ""))},
                    request_body=body,
                )
            )  # fmt: skip
            scrubbed = unnumbered(found.request_body.decode("utf-8", "surrogateescape"))
            self._known[key] = unnumbered(found.url), scrubbed.encode("utf-8", "surrogateescape")
        return self._known[key]


def _host(split: Any) -> str:
    return "this machine" if split.hostname in LOCAL else str(split.netloc).lower()


def _pairs(one: dict[str, str], other: dict[str, str]) -> Iterator[str]:
    for name in sorted({*one, *other}):
        if one.get(name) != other.get(name):
            yield (
                f"`{name}`"
                + ("" if name in other else " was not recorded")
                + ("" if name in one else " is missing")
            )


def differing(one: Json, other: Json, at: Path = ()) -> Iterator[str]:
    """Yield where two JSON values differ, without telling the values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key not in other:
                yield f"{pointer((*at, key))} (not recorded)"
            elif key not in one:
                yield f"{pointer((*at, key))} (missing)"
            else:
                yield from differing(one[key], other[key], (*at, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from differing(mine, theirs, (*at, index))
    elif one != other or isinstance(one, bool) != isinstance(other, bool):
        yield pointer(at) or "/"
