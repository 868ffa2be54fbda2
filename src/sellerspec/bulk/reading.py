"""Cut catalogue files into chunks, the same chunks in every run."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

from sellerspec.bulk.archives import ARCHIVES, unpacked
from sellerspec.bulk.records import How
from sellerspec.bulk.scanning import MAX_ITEM, items
from sellerspec.errors import ParseError, SellerspecError
from sellerspec.io.files import reason
from sellerspec.io.folders import LINES, PACKED_ARRAYS, TABLES

SPAN = 16 << 20
"""Most bytes of a chunk that a worker reads itself, up to the end of its last line."""

LEFT = 16
"""A chunk is at most 1/16 of the rest of a file: chunks shrink, so that workers finish together."""

LEAST = 1 << 20
"""Fewest bytes of a chunk; the last one may have fewer."""

CHUNK = 2 << 20
"""Bytes of a chunk that is sent to a worker."""

ROWS = 500
"""Products of a table in one chunk."""

TAIL = 1 << 14
"""Bytes that are read at once to find the end of a line."""

STEP = 1 << 17
"""Bytes that are read at once: few enough to stay in the caches of the processor until they are parsed."""

ARRAYS = (".json", *PACKED_ARRAYS)

Kind = Literal["span", "lines", "items", "rows", "unread"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of one file, in the order of the catalogue."""

    name: str
    kind: Kind
    first: int
    """Number of its first line, item or row. It is 1 in a span: the lines before it are not counted."""

    done: int
    """Bytes of all files up to its end."""

    data: Any = None
    """The bytes of `lines`, the list of `items`, the products of `rows`."""

    offset: int = 0
    """Byte at which a `span` starts: the worker reads it itself."""

    length: int = 0
    """Bytes of a `span`."""

    problem: str = ""
    """Why an `unread` chunk cannot be read; it lasts to the end of its file."""

    number: int = 0
    file: int = 0
    """Index of the file in the run."""

    @property
    def numbered(self) -> bool:
        """Whether line numbers count from the start of the file; else from the start of the chunk."""
        return self.kind != "span"


def is_catalogue(name: str) -> bool:
    """Say whether the suffix of a file is one of JSON Lines or of a table."""
    return name.lower().endswith((*LINES, *TABLES))


def chunks(names: Sequence[str], how: How | None = None, *, size: int | None = None) -> Iterator[Chunk]:
    """Yield the chunks of all files, in order.

    Of uncompressed JSON Lines only the ends of chunks are read here.

    Args:
        names: the files.
        how: the operation and the mapping, for tables.
        size: bytes of a chunk; by default `CHUNK`, or between `LEAST` and `SPAN`.

    Raises:
        ParseError: a file cannot be read, or is not in the format of its suffix; names it.
        MissingExtra: the library of a format is not installed.
    """
    number = before = 0
    for file, name in enumerate(names):
        try:
            for chunk in _of_file(name, how, size):
                yield replace(chunk, number=number, file=file, done=before + chunk.done)
                number += 1
        except ParseError as error:
            if error.line <= 1 or error.name:  # nothing of it was read
                raise (error if error.name else error.named(name)) from None
            done = before + _size(name)
            yield Chunk(name, "unread", error.line, done, problem=error.problem, number=number, file=file)
            number += 1
        except OSError as error:
            raise ParseError(reason(error), name=name) from None
        before += _size(name)


def _size(name: str) -> int:
    return Path(name).stat().st_size


def _of_file(name: str, how: How | None, size: int | None) -> Iterator[Chunk]:
    lower = name.lower()
    if lower.endswith(TABLES):
        from sellerspec.bulk.tables import products

        assert how is not None  # noqa: S101 - a table is read for an operation
        rows = products(name, how)
        total = _size(name)
        while held := list(islice(rows, ROWS)):
            yield Chunk(name, "rows", held[0].row, total if len(held) < ROWS else 0, held)
    elif lower.endswith((*ARCHIVES, *ARRAYS)):
        with Path(name).open("rb") as stream:
            blocks = unpacked(stream, name, size or CHUNK)
            cut: Iterator[tuple[int, Kind, Any]]
            cut = _items(blocks, size or CHUNK) if lower.endswith(ARRAYS) else _lines(blocks)
            for first, kind, data in cut:
                yield Chunk(name, kind, first, stream.tell(), data)
    else:
        with Path(name).open("rb", buffering=0) as unbuffered:
            for offset, length in _spans(unbuffered, size):
                yield Chunk(name, "span", 1, offset + length, offset=offset, length=length)


def _spans(stream: IO[bytes], size: int | None) -> Iterator[tuple[int, int]]:
    """Yield offset and length of each span of complete lines; the file is read at the ends only."""
    total = stream.seek(0, io.SEEK_END)
    start = block = 0
    while block < total:
        stop = min(block + (size or min(SPAN, max(LEAST, (total - block) // LEFT))), total)
        end = stop if stop == total else _line_end(stream, block, stop)
        if end:
            yield start, end - start
            start = end
        elif stop - start > MAX_ITEM:
            line = _line_feeds(stream, 0, start) + 1
            raise ParseError(f"more than {MAX_ITEM} bytes in one line", line=line, column=1)
        block = stop


def _line_end(stream: IO[bytes], start: int, stop: int) -> int:
    """Return the offset behind the last line feed between two offsets; 0 if there is none."""
    while start < stop:
        before = max(start, stop - TAIL)
        stream.seek(before)
        end = stream.read(stop - before).rfind(b"\n") + 1
        if end:
            return before + end
        stop = before
    return 0


def _line_feeds(stream: IO[bytes], start: int, stop: int) -> int:
    """Return the number of line feeds between two offsets."""
    stream.seek(start)
    number = 0
    while start < stop and (block := stream.read(min(STEP, stop - start))):
        start += len(block)
        number += len(block) - len(block.replace(b"\n", b""))  # takes a fifth of the time of `count`
    return number


def _lines(blocks: Iterator[bytes]) -> Iterator[tuple[int, Kind, bytes]]:
    """Yield number of the first line, kind and bytes of each chunk."""
    first = 1
    held: list[bytes] = []
    length = 0
    try:
        for block in blocks:
            end = block.rfind(b"\n") + 1
            if end:
                data = b"".join([*held, block[:end]])
                yield first, "lines", data
                first += data.count(b"\n")
                held, length = [], 0
            held.append(block[end:])
            length += len(held[-1])
            if length > MAX_ITEM:
                raise ParseError(f"more than {MAX_ITEM} bytes in one line")
    except ParseError as error:
        raise ParseError(error.problem, line=first, column=1) from None
    if length:
        yield first, "lines", b"".join(held)


def _items(blocks: Iterator[bytes], size: int) -> Iterator[tuple[int, Kind, list[bytes]]]:
    """Yield number of the first item, kind and items of each chunk."""
    first, length = 1, 0
    held: list[bytes] = []
    problem = None
    try:
        for item in items(blocks):
            held.append(item.strip())
            length += len(held[-1]) + 1
            if length >= size:
                yield first, "items", held
                first, length, held = first + len(held), 0, []
    except ParseError as error:
        problem = error.problem
    if held:
        yield first, "items", held
    if problem is not None:
        raise ParseError(problem, line=first + len(held), column=1)


def sizes(names: Sequence[str]) -> list[tuple[int, int]]:
    """Return size and modification time of each file.

    Raises:
        SellerspecError: one does not exist.
    """
    statuses = []
    for name in names:
        try:
            status = Path(name).stat()
        except OSError as error:
            raise ParseError(reason(error), name=name) from None
        if not Path(name).is_file():
            raise SellerspecError(f"{name}: not a file")
        statuses.append((status.st_size, status.st_mtime_ns))
    return statuses
