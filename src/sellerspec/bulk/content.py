"""The content of a chunk: its lines or items, and a hash that shows whether it has changed."""

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from sellerspec.bulk.reading import STEP, Chunk
from sellerspec.errors import ParseError


class Digest(Protocol):
    """A hash of `hashlib`."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""


def texts(chunk: Chunk, digest: Digest | None = None) -> Iterator[bytes]:
    """Yield the lines or items of a chunk, without line feeds. The chunk must not be of a table.

    Raises:
        ParseError: the file became shorter since it was cut into chunks.
    """
    lines = chain.from_iterable(map(lines_of, pieces(chunk, digest)))
    return (line.removesuffix(b"\n") for line in lines)


def lines_of(piece: bytes | list[bytes]) -> Iterable[bytes]:
    """Return the items of a piece, or its lines with their line feeds."""
    return io.BytesIO(piece) if isinstance(piece, bytes) else piece


def pieces(chunk: Chunk, digest: Digest | None = None) -> Iterator[bytes | list[bytes]]:
    """Yield lists of items, or bytes of complete lines, and add them to a hash.

    Raises:
        ParseError: the file became shorter since it was cut into chunks.
    """
    if chunk.kind == "unread":
        return
    for piece in _read(chunk) if chunk.kind == "span" else (chunk.data,):
        if digest is not None:
            digest.update(piece if isinstance(piece, bytes) else b"\n".join(piece))
        yield piece


def add_row(digest: Digest | None, product: Any) -> None:
    """Add a product of a table to a hash."""
    if digest is not None:
        digest.update(f"{product.row} {product.value!r}\n".encode(errors="surrogatepass"))


def _read(chunk: Chunk) -> Iterator[bytes]:
    """Yield the bytes of a span in blocks of complete lines."""
    left = chunk.length
    held: list[bytes] = []
    with Path(chunk.name).open("rb", buffering=0) as stream:
        stream.seek(chunk.offset)
        while left:
            block = stream.read(min(left, STEP))
            if not block:
                raise ParseError("the file became shorter while it was checked", name=chunk.name)
            left -= len(block)
            end = block.rfind(b"\n") + 1 if left else len(block)
            if end:
                yield b"".join([*held, block[:end]])
                held = [block[end:]]
            else:
                held.append(block)
