"""Undo the `Content-Encoding` of bodies, within a bound: gzip, deflate, br, zstd."""

import re
import zlib
from collections.abc import Callable
from typing import Any

from sellerspec.errors import ParseError

MAX_SIZE = 64 * 1024 * 1024
"""Most bytes of a decompressed body."""

MAX_CODINGS = 4
"""Most compressions that lie one in another."""

_STEP = 1024
"""Bytes that are given to zstd at once, which may expand each to 32 KiB."""

_MAX_WINDOW = 8 * 1024 * 1024
"""Largest window of zstd, as RFC 9659 has it for HTTP."""


def decompressed(body: bytes, encoding: str = "") -> bytes:
    """Return a body as it was before it was compressed; its first bytes decide where no header does.

    A client that decompresses a body may keep the header of the compressed one. So a text stays as it is.

    Args:
        body: of a request or a response.
        encoding: value of its `Content-Encoding`; "" if there is none.

    Raises:
        ParseError: it has more than `MAX_SIZE` bytes, is broken or cut off, the compression is unknown,
            or its library is not installed.
    """
    names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise ParseError(f"the body is packed {len(names)} times, at most {MAX_CODINGS} are read")
    for name in reversed(names):
        if not body or _is_text(body):
            return body
        body = _unpacked(body, name)
    for _ in range(MAX_CODINGS):
        name = _by_first_bytes(body)
        if not name or _is_text(body):
            return body
        body = _unpacked(body, name)
    return body


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _by_first_bytes(body: bytes) -> str:
    if body[:2] == b"\x1f\x8b":
        return "gzip"
    if body[:4] == b"\x28\xb5\x2f\xfd":
        return "zstd"
    if body[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
        return "deflate"
    return ""


def _is_text(body: bytes) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return text.isprintable() or not _CONTROL.search(text)


def _unpacked(body: bytes, name: str) -> bytes:
    if name not in _UNPACKERS:
        raise ParseError(f"the body has the unknown compression `{name[:20]}`")
    try:
        plain = _UNPACKERS[name](body)
    except (ParseError, MemoryError):
        raise
    except EOFError:
        raise _cut_off() from None
    except Exception:  # each library has errors of its own
        raise ParseError(f"the body is not valid `{name}`") from None
    if len(plain) > MAX_SIZE:
        raise ParseError(f"the body unpacks to more than {MAX_SIZE:,} bytes")
    return plain


def _cut_off() -> ParseError:
    return ParseError("the compressed body is cut off")


def _gzip(body: bytes) -> bytes:
    import gzip
    import io

    with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:  # reads several members, one after the other
        return stream.read(MAX_SIZE + 1)


def _deflate(body: bytes) -> bytes:
    try:
        return _zlib(body, zlib.MAX_WBITS)
    except zlib.error:
        return _zlib(body, -zlib.MAX_WBITS)  # some servers omit the zlib header


def _zlib(body: bytes, bits: int) -> bytes:
    machine = zlib.decompressobj(bits)
    out = machine.decompress(body, MAX_SIZE + 1)
    if not machine.eof and len(out) <= MAX_SIZE:
        raise _cut_off()
    return out


def _brotli(body: bytes) -> bytes:
    try:
        import brotli
    except ImportError:
        raise _missing("brotli") from None
    machine: Any = brotli.Decompressor()
    out = bytearray(machine.process(body, output_buffer_limit=MAX_SIZE + 1))
    while not machine.is_finished() and not machine.can_accept_more_data() and len(out) <= MAX_SIZE:
        out += machine.process(b"", output_buffer_limit=MAX_SIZE + 1)
    if not machine.is_finished() and len(out) <= MAX_SIZE:
        raise _cut_off()
    return bytes(out)


def _zstd(body: bytes) -> bytes:
    try:
        import zstandard
    except ImportError:
        raise _missing("zstandard") from None
    out = bytearray()
    at = 0
    while at < len(body) and len(out) <= MAX_SIZE:  # frame after frame
        machine = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj()
        while not machine.eof and len(out) <= MAX_SIZE:
            if at >= len(body):
                raise _cut_off()
            out += machine.decompress(body[at : at + _STEP])
            at += _STEP
        at = min(at, len(body)) - len(machine.unused_data)
    return bytes(out)


def _missing(library: str) -> ParseError:
    return ParseError(f"to unpack the body, `{library}` is needed; run: pip install 'sellerspec[record]'")


_UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
