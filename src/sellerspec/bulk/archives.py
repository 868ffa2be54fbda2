"""Compress catalogues, and decompress them in bounded steps, up to where an archive cannot be read."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BufferedWriter
from typing import IO, Any

from sellerspec.errors import MissingExtra, ParseError
from sellerspec.io.compression import STEP, members

FREE = 256 << 20
"""Bytes that any archive may grow to."""

RATIO = 100
"""How many times its size an archive may grow to, beyond `FREE`. Catalogues grow to 5 to 30 times theirs."""

ARCHIVES = (".gz", ".zst")


def unpacked(stream: IO[bytes], name: str, size: int) -> Iterator[bytes]:
    """Yield the bytes of a file in blocks of `size`, decompressed as its suffix says.

    What can be decompressed before a broken place is yielded.

    Raises:
        MissingExtra: the library of the format is not installed.
        ParseError: the archive is broken, ends too early or grows too large.
    """
    if not name.lower().endswith(ARCHIVES):
        yield from iter(lambda: stream.read(size), b"")
        return
    held = bytearray()
    try:
        for piece in _decompressed(stream, *_format(name)):
            held += piece
            while len(held) >= size:
                yield bytes(held[:size])
                del held[:size]
    except ParseError:
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


@contextmanager
def packed(out: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """Open a stream that compresses as the suffix of a file says, into `out`.

    Raises:
        MissingExtra: the library of the format is not installed.
    """
    if not name.lower().endswith(ARCHIVES):
        yield out
        return
    with _packing(out, name) as stream, BufferedWriter(stream, STEP << 7) as buffered:
        yield buffered


def _packing(out: IO[bytes], name: str) -> Any:
    """Return a stream that compresses into `out`, and leaves that open."""
    if name.lower().endswith(".zst"):
        return _zstandard().ZstdCompressor().stream_writer(out, closefd=False)
    # without a name and a time: equal content makes an equal file
    return gzip.GzipFile("", "wb", compresslevel=6, fileobj=out, mtime=0)


def _zstandard() -> Any:
    try:
        return import_module("zstandard")
    except ModuleNotFoundError:
        raise MissingExtra("bulk", "zstandard") from None


def _format(name: str) -> tuple[Callable[[], Any], type[Exception]]:
    """Return what makes a decompressor of one member of an archive, and its exception."""
    if name.lower().endswith(".gz"):
        return lambda: zlib.decompressobj(wbits=31), zlib.error
    zstandard = _zstandard()
    return zstandard.ZstdDecompressor().decompressobj, zstandard.ZstdError


def _decompressed(stream: IO[bytes], new: Callable[[], Any], broken: type[Exception]) -> Iterator[bytes]:
    """Yield the content of an archive, which may consist of several members."""
    grown = 0
    try:
        for piece in members(iter(lambda: stream.read(STEP), b""), new):
            grown += len(piece)
            if grown > FREE + RATIO * stream.tell():
                raise ParseError(f"the archive grows to more than {RATIO} times its size; unpack it first")
            yield piece
    except EOFError:
        raise ParseError("the archive ends too early: a part of it is missing") from None
    except broken as error:
        raise ParseError(_problem(error, grown)) from None


def _problem(error: Exception, grown: int) -> str:
    """Return what is wrong with an archive; the message of the library is about its own code."""
    if "data check" in str(error) or "length check" in str(error) or "checksum" in str(error):
        return "the checksum of the archive is wrong: lines before this one may be damaged too"
    if "memory" in str(error):
        return "the archive needs a window of more than 128 MB of memory; unpack it first"
    return "the archive is broken" if grown else "not an archive of its suffix"
