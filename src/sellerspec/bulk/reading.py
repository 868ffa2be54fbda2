"""Cut catalogue files into chunks: some hundred lines each, the same ones in every run."""

import gzip
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Literal

from sellerspec.bulk.scanning import MAX_ITEM, items
from sellerspec.errors import MissingExtra, ParseError, SellerspecError

SPAN = 16 << 20
"""Bytes of a chunk of which only the place is handed on, up to the end of its last line, at most."""

LEFT = 16
"""A chunk takes at most one part in so many of what is left of a file: all workers end at one time."""

LEAST = 1 << 20
"""Bytes of the smallest chunk, but for the last."""

CHUNK = 2 << 20
"""Bytes of a chunk that is handed on itself."""

TAIL = 1 << 14
"""Bytes that are read at once to find where a line ends."""

STEP = 1 << 17
"""Bytes that are read at once: few enough to stay in the processor's caches until they are looked at."""

LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
ARRAYS = (".json", ".json.gz", ".json.zst")
TABLES = (".csv", ".xlsx", ".parquet")

Kind = Literal["span", "lines", "items", "rows"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of one file, in the order of the catalogue."""

    number: int
    file: int
    """Which of the run's files."""

    name: str
    first: int
    """Number of its first line, or item, or row; 1 in a span, as nobody has counted the lines before it."""

    kind: Kind
    offset: int
    """Byte at which a `span` starts: the worker reads it itself."""

    length: int
    done: int
    """Bytes of all files that are done with it."""

    data: Any = None
    """The bytes of `lines`, the list of `items`, the products of `rows`."""

    @property
    def numbered(self) -> bool:
        """Whether the number of its first line is that in the file."""
        return self.kind != "span"


def is_catalogue(name: str) -> bool:
    """Say whether a file's name is that of lines or of a table."""
    return name.lower().endswith((*LINES, *TABLES))


def chunks(
    names: Sequence[str], *, mapping: str | None = None, operation: str = "", size: int | None = None
) -> Iterator[Chunk]:
    """Yield the chunks of all files, in order.

    Lines that are not packed are not read here, but for what stands around the end of a chunk.

    Args:
        names: the files.
        mapping: as in `How`.
        operation: as in `How`.
        size: bytes of a chunk; by default `CHUNK`, or what `SPAN`, `LEFT` and `LEAST` say.

    Raises:
        ParseError: a file cannot be read, or is not what its name says; names it.
        MissingExtra: the library for a format is not installed.
    """
    number = before = 0
    for file, name in enumerate(names):
        try:
            for each in _of_one(name, file, number, before, size, mapping, operation):
                number = each.number + 1
                yield each
        except ParseError as error:
            raise (error if error.name else error.named(name)) from None
        except (OSError, EOFError) as error:
            raise ParseError(str(getattr(error, "strerror", None) or error).lower(), name=name) from None
        before += Path(name).stat().st_size


def _of_one(
    name: str, file: int, number: int, before: int, size: int | None, mapping: str | None, operation: str
) -> Iterator[Chunk]:
    lower = name.lower()
    if lower.endswith(TABLES):
        from sellerspec.bulk.tables import products

        total = Path(name).stat().st_size
        held: list[Any] = []
        for product in products(name, operation, mapping):
            held.append(product)
            if len(held) >= 500:
                yield Chunk(number, file, name, held[0].row, "rows", 0, 0, before, held)
                number, held = number + 1, []
        if held:
            yield Chunk(number, file, name, held[0].row, "rows", 0, 0, before + total, held)
    elif lower.endswith((".gz", ".zst", *ARRAYS)):
        with opened(name) as (stream, position):
            cut = _items if lower.endswith(ARRAYS) else _lines
            for first, kind, data, length in cut(stream, size or CHUNK):
                yield Chunk(number, file, name, first, kind, 0, length, before + position(), data)
                number += 1
    else:
        with Path(name).open("rb", buffering=0) as stream:
            for offset, length in _spans(stream, size):
                yield Chunk(number, file, name, 1, "span", offset, length, before + offset + length)
                number += 1


def _spans(stream: IO[bytes], size: int | None) -> Iterator[tuple[int, int]]:
    """Yield offset and length of each span of whole lines; only where blocks end, the file is read."""
    total = stream.seek(0, io.SEEK_END)
    start = block = 0
    while block < total:
        stop = min(block + (size or min(SPAN, max(LEAST, (total - block) // LEFT))), total)
        end = stop if stop == total else _line_end(stream, block, stop)
        if end:
            yield start, end - start
            start = end
        elif stop - start > MAX_ITEM:
            raise ParseError(f"line {_ends(stream, 0, start) + 1} has more than {MAX_ITEM} bytes")
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


def _ends(stream: IO[bytes], start: int, stop: int) -> int:
    """Return the number of line feeds between two offsets."""
    stream.seek(start)
    found = 0
    while start < stop and (block := stream.read(min(STEP, stop - start))):
        start += len(block)
        found += len(block) - len(block.replace(b"\n", b""))  # a fifth of the time that `count` takes
    return found


def _lines(stream: IO[bytes], size: int) -> Iterator[tuple[int, Kind, bytes, int]]:
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
        yield first, "lines", data, len(data)
        first += data.count(b"\n")
        held = block[end:]
    if held:
        yield first, "lines", held, len(held)


def _items(stream: IO[bytes], size: int) -> Iterator[tuple[int, Kind, list[bytes], int]]:
    first, length = 1, 0
    held: list[bytes] = []
    for item in items(iter(lambda: stream.read(size), b"")):
        held.append(item)
        length += len(item)
        if length >= size:
            yield first, "items", held, length
            first, length, held = first + len(held), 0, []
    if held:
        yield first, "items", held, length


@contextmanager
def opened(name: str) -> Iterator[tuple[Any, Any]]:
    """Open a file, unpacking it as its name asks; also give the bytes of the file read so far.

    Raises:
        MissingExtra: zstandard is not installed.
        ParseError: it is not packed as its name says.
    """
    with Path(name).open("rb") as raw:
        if name.lower().endswith(".gz"):
            with gzip.open(raw) as stream:
                yield stream, raw.tell
        elif name.lower().endswith(".zst"):
            zstandard = _zstandard()
            try:
                with zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as stream:
                    # a reader of zstd returns short blocks; the buffer makes chunks the same in every run
                    yield io.BufferedReader(stream, CHUNK), raw.tell
            except zstandard.ZstdError as error:
                raise ParseError(f"not packed as its name says: {error}"[:160]) from None
        else:
            yield raw, raw.tell


def _zstandard() -> Any:
    try:
        return import_module("zstandard")
    except ModuleNotFoundError:
        raise MissingExtra("bulk", "zstandard") from None


def sizes(names: Sequence[str]) -> list[tuple[int, int]]:
    """Return size and time of change of each file.

    Raises:
        SellerspecError: one is not there.
    """
    found = []
    for name in names:
        try:
            status = Path(name).stat()
        except OSError as error:
            raise ParseError((error.strerror or str(error)).lower(), name=name) from None
        if not Path(name).is_file():
            raise SellerspecError(f"{name}: not a file")
        found.append((status.st_size, status.st_mtime_ns))
    return found
