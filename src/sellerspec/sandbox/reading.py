"""Read the body of a request: decompressed, and refused if judging it would take too long."""

from dataclasses import replace

import orjson

from sellerspec.errors import ParseError
from sellerspec.io import compression
from sellerspec.sandbox.control import PREFIX
from sellerspec.sandbox.messages import Request, Unread

MAX_TEXT = 3 << 20
"""Most bytes of a body that is no file, for a call of the marketplace."""

MAX_VALUES = 10_000
"""Most values in the JSON of such a body: no product or order has so many, and each may be a finding."""

MAX_STATE_VALUES = 500_000
"""Most values in a state or another body for the control plane."""


def readable(request: Request, max_body: int) -> Request:
    """Return a request with its body decompressed; without a body, and with the reason, if it is too large.

    Args:
        max_body: bytes that may be read at all.
    """
    headers = dict(request.headers)
    # the contract and the log see the body that was meant
    encoding = headers.pop("content-encoding", "").strip().lower()
    body = request.body
    if encoding not in ("", "identity") and body:
        unpacked = _unpacked(body, encoding)
        if unpacked is None:
            return replace(request, headers=headers, body=b"", unread=not_compressed(encoding))
        body, headers["content-length"] = unpacked, str(len(unpacked))
    unread_ = _too_large(request, headers, body, max_body)
    return replace(request, headers=headers, body=b"" if unread_ else body, unread=unread_)


def _unpacked(body: bytes, encoding: str) -> bytes | None:
    try:
        plain = compression.decompressed(body, encoding)
    except ParseError:
        return None
    # a text that claims to be compressed stays as it is, but no marketplace could read it
    return None if plain is body else plain


def _too_large(request: Request, headers: dict[str, str], body: bytes, max_body: int) -> Unread | None:
    if request.unread or len(body) > max_body:
        return request.unread or oversized(max_body)
    if not body or headers.get("content-type", "").lower().lstrip().startswith("multipart/"):
        return None
    controls = request.path.startswith(PREFIX)
    if not controls and len(body) > MAX_TEXT:
        return oversized(MAX_TEXT)
    most = MAX_STATE_VALUES if controls else MAX_VALUES
    if has_more_values(body, most):
        return Unread(400, f"a body of more than {most:,} values")
    return None


def not_compressed(encoding: str) -> Unread:
    """Return the reason for a body that its encoding cannot have made."""
    return Unread(400, f"a body that is not `{encoding[:40]}`, as its `Content-Encoding` says")


def oversized(limit: int) -> Unread:
    """Return why a body of more than so many bytes is not read."""
    return Unread(413, f"a body of more than {limit:,} bytes")


def has_more_values(body: bytes, most: int) -> bool:
    """Return whether a JSON text holds more than `most` values; for any other text, whether it may."""
    return _separators(body) >= most and _values(body) > most


def _separators(body: bytes) -> int:
    """Return a number that is not below the count of values, unless the body is no JSON."""
    return sum(map(body.count, (b",", b"[", b"{"))) + 1


def _values(body: bytes) -> int:
    """Return how many values a JSON text holds; for any other text, how many it may hold."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _separators(body)
    count, remaining = 0, [value]
    while remaining:
        part = remaining.pop()
        count += 1
        if isinstance(part, dict):
            remaining.extend(part.values())
        elif isinstance(part, list):
            remaining.extend(part)
    return count
