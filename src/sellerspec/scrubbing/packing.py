"""Decompress bodies, and decode base64."""

import base64
import binascii
import re
import zlib
from collections.abc import Callable
from typing import Any

from sellerspec.errors import SellerspecError

MAX_SIZE = 64 * 1024 * 1024
"""Most bytes of a decompressed body."""


class NotScrubbed(SellerspecError):
    """A value cannot be scrubbed, so it is not written."""


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return a decompressed body; the header or the first bytes name the compression.

    Raises:
        NotScrubbed: it has more than `MAX_SIZE` bytes, is broken, or a library is missing.
    """
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        body = _decompressed(body, name)
    for _ in range(3):
        name = _by_first_bytes(body)
        if not name:
            break
        body = _decompressed(body, name)
    return body


def _by_first_bytes(body: bytes) -> str:
    if body[:2] == b"\x1f\x8b":
        return "gzip"
    if body[:4] == b"\x28\xb5\x2f\xfd":
        return "zstd"
    if body[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
        return "deflate"
    return ""


def _decompressed(body: bytes, name: str) -> bytes:
    if name in ("identity", "") or not body:
        return body
    if name not in _UNPACKERS:
        raise NotScrubbed(f"a body has the unknown compression `{name[:20]}`")
    try:
        return _UNPACKERS[name](body)
    except NotScrubbed:
        raise
    except Exception as error:
        # a client that decompresses the body may keep the header, so the body is text already
        if _is_text(body):
            return body
        raise NotScrubbed(f"a body is not valid `{name}`: {type(error).__name__}") from None


def _is_text(body: bytes) -> bool:
    try:
        return body.decode().isprintable() or body[:1] in b'{["<'
    except UnicodeDecodeError:
        return False


def _zlib(body: bytes, bits: int) -> bytes:
    machine = zlib.decompressobj(bits)
    out = machine.decompress(body, MAX_SIZE + 1)
    if len(out) > MAX_SIZE:
        raise _too_large()
    if not machine.eof:
        raise NotScrubbed("a compressed body is cut off")
    return out


def _too_large() -> NotScrubbed:
    return NotScrubbed(f"a compressed body unpacks to more than {MAX_SIZE:,} bytes")


def _deflate(body: bytes) -> bytes:
    try:
        return _zlib(body, zlib.MAX_WBITS)
    except zlib.error:
        return _zlib(body, -zlib.MAX_WBITS)  # some servers omit the zlib header


def _brotli(body: bytes) -> bytes:
    try:
        import brotli
    except ImportError:
        raise NotScrubbed("a body is packed with brotli; run: pip install 'sellerspec[record]'") from None
    machine: Any = brotli.Decompressor()
    out = bytearray(machine.process(body, output_buffer_limit=MAX_SIZE + 1))
    while not machine.is_finished() and not machine.can_accept_more_data() and len(out) <= MAX_SIZE:
        out += machine.process(b"", output_buffer_limit=MAX_SIZE + 1)
    if len(out) > MAX_SIZE:
        raise _too_large()
    if not machine.is_finished():
        raise NotScrubbed("a compressed body is cut off")
    return bytes(out)


def _zstd(body: bytes) -> bytes:
    try:
        import zstandard
    except ImportError:
        raise NotScrubbed("a body is packed with zstd; run: pip install 'sellerspec[record]'") from None
    with zstandard.ZstdDecompressor().stream_reader(body, read_across_frames=True) as reader:
        out = reader.read(MAX_SIZE + 1)
    if len(out) > MAX_SIZE:
        raise _too_large()
    return out


_UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: _zlib(body, zlib.MAX_WBITS | 16),
    "x-gzip": lambda body: _zlib(body, zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{16,}={0,2}\s*|[A-Za-z0-9_-]{16,}={0,2}")


def from_base64(text: str) -> bytes | None:
    """Return the decoded bytes of a base64 text, or None if it is not base64."""
    if not _BASE64.fullmatch(text):
        return None
    bare = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
