"""Undo the `Content-Encoding` of bodies, within a bound: gzip, deflate, br, zstd."""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sellerspec.errors import ParseError

MAX_SIZE = 64 * 1024 * 1024
"""Most bytes of a decompressed body."""

MAX_CODINGS = 4
"""Most compressions that lie one in another."""

STEP = 1 << 10
"""Compressed bytes that are decompressed at once. A broken stream loses what they hold, and the worst one
makes 32 MiB of them."""

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
        name = next((name for name, starts in _STARTS if body.startswith(starts)), "")
        if not name or _is_text(body):
            return body
        body = _unpacked(body, name)
    return body


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


_STARTS = (
    ("gzip", (b"\x1f\x8b",)),
    ("zstd", (b"\x28\xb5\x2f\xfd",)),
    ("deflate", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")),
)
"""Compression -> first bytes of a body that has it."""


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
        raise ParseError("the compressed body is cut off") from None
    except Exception:  # each library has errors of its own
        raise ParseError(f"the body is not valid `{name}`") from None
    if len(plain) > MAX_SIZE:
        raise ParseError(f"the body unpacks to more than {MAX_SIZE:,} bytes")
    return plain


def members(blocks: Iterable[bytes], new: Callable[[], Any]) -> Iterator[bytes]:
    """Yield the content of a stream of members, one after the other. Zeros may follow a member.

    Args:
        blocks: the stream, in blocks of `STEP` bytes.
        new: returns a decompressor of one member, as `zlib.decompressobj` is one.

    Raises:
        EOFError: the stream ends within a member. The decompressor has further exceptions.
    """
    member: Any = None
    padding = b""
    for block in blocks:
        while block:
            if member is None and not (block := block.lstrip(padding)):
                break
            member, padding = member or new(), b"\0"
            yield member.decompress(block)
            block, member = (member.unused_data, None) if member.eof else (b"", member)
    if member is not None:
        raise EOFError


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
        raise EOFError
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
        raise EOFError
    return bytes(out)


def _zstd(body: bytes) -> bytes:
    try:
        import zstandard
    except ImportError:
        raise _missing("zstandard") from None
    out = bytearray()
    blocks = (body[at : at + STEP] for at in range(0, len(body), STEP))
    for piece in members(blocks, zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj):
        out += piece
        if len(out) > MAX_SIZE:
            break
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
