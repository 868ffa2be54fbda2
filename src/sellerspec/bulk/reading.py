"""Cut catalogue files into chunks, the same chunks in every run."""

import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

from sellerspec.bulk.records import How
from sellerspec.bulk.scanning import MAX_ITEM, items
from sellerspec.errors import MissingExtra, ParseError, SellerspecError

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

LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
ARRAYS = (".json", ".json.gz", ".json.zst")
TABLES = (".csv", ".xlsx", ".parquet")

Kind = Literal["span", "lines", "items", "rows"]


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
            raise (error if error.name else error.named(name)) from None
        except (OSError, EOFError) as error:
            raise ParseError(str(getattr(error, "strerror", None) or error).lower(), name=name) from None
        before += Path(name).stat().st_size


def _of_file(name: str, how: How | None, size: int | None) -> Iterator[Chunk]:
    lower = name.lower()
    if lower.endswith(TABLES):
        from sellerspec.bulk.tables import products

        assert how is not None  # noqa: S101 - a table is read for an operation
        rows = products(name, how)
        total = Path(name).stat().st_size
        while held := list(islice(rows, ROWS)):
            yield Chunk(name, "rows", held[0].row, total if len(held) < ROWS else 0, held)
    elif lower.endswith((".gz", ".zst", *ARRAYS)):
        with opened(name) as (stream, position):
            cut: Callable[[Any, int], Iterator[tuple[int, Kind, Any]]]
            cut = _items if lower.endswith(ARRAYS) else _lines
            for first, kind, data in cut(stream, size or CHUNK):
                yield Chunk(name, kind, first, position(), data)
    else:
        with Path(name).open("rb", buffering=0) as stream:
            for offset, length in _spans(stream, size):
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
            raise ParseError(f"line {_line_feeds(stream, 0, start) + 1} has more than {MAX_ITEM} bytes")
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


def _lines(stream: IO[bytes], size: int) -> Iterator[tuple[int, Kind, bytes]]:
    """Yield number of the first line, kind and bytes of each chunk."""
    first = 1
    held = b""
    while block := stream.read(size):
        end = block.rfind(b"\n") + 1
        if not end:
            held += block
            if len(held) > MAX_ITEM:
                raise ParseError(f"line {first} has more than {MAX_ITEM} bytes")
            continue
        data = held + block[:end]
        yield first, "lines", data
        first += data.count(b"\n")
        held = block[end:]
    if held:
        yield first, "lines", held


def _items(stream: IO[bytes], size: int) -> Iterator[tuple[int, Kind, list[bytes]]]:
    """Yield number of the first item, kind and items of each chunk."""
    first, length = 1, 0
    held: list[bytes] = []
    for item in items(iter(lambda: stream.read(size), b"")):
        held.append(item)
        length += len(item)
        if length >= size:
            yield first, "items", held
            first, length, held = first + len(held), 0, []
    if held:
        yield first, "items", held


@contextmanager
def opened(name: str) -> Iterator[tuple[Any, Any]]:
    """Yield a stream, decompressed as the suffix says, and a function that returns the bytes read so far.

    Raises:
        MissingExtra: zstandard is not installed.
        ParseError: the data is not in the format of the suffix.
    """
    with Path(name).open("rb") as raw:
        if name.lower().endswith(".gz"):
            with gzip.open(raw) as stream:
                yield stream, raw.tell
        elif name.lower().endswith(".zst"):
            try:
                zstandard = import_module("zstandard")
            except ModuleNotFoundError:
                raise MissingExtra("bulk", "zstandard") from None
            try:
                with zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as stream:
                    # the reader returns short blocks; the buffer makes chunks equal in every run
                    yield io.BufferedReader(stream, CHUNK), raw.tell
            except zstandard.ZstdError as error:
                raise ParseError(f"not a valid .zst file: {error}"[:160]) from None
        else:
            yield raw, raw.tell


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
            raise ParseError((error.strerror or str(error)).lower(), name=name) from None
        if not Path(name).is_file():
            raise SellerspecError(f"{name}: not a file")
        statuses.append((status.st_size, status.st_mtime_ns))
    return statuses
