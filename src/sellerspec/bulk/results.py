"""Write what a run found: findings as JSON Lines, CSV or Parquet; lines split by verdict."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from heapq import merge
from io import StringIO
from pathlib import Path
from typing import IO, Any

import orjson

from sellerspec.bulk.checker import findings_of, texts
from sellerspec.bulk.keys import pyarrow
from sellerspec.bulk.reading import Chunk, chunks
from sellerspec.bulk.records import BLANK, REFUSED
from sellerspec.bulk.state import Done
from sellerspec.errors import UsageError
from sellerspec.model import Json

COLUMNS = ("file", "line", "sheet", "row", "column", "pointer", "severity", "rule", "message", "server_text",
           "status", "code", "hint", "phase", "basis", "source")  # fmt: skip
"""Columns of findings in a table."""

_NUMBERS = frozenset(("line", "row", "status"))
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

FORMATS = (".jsonl", ".csv", ".parquet")

Ordered = tuple[int, int, bytes]
"""File, line and text of one finding."""


def check_format(path: Path | None) -> None:
    """Refuse a findings file whose name does not say its format.

    Raises:
        UsageError: it ends in none of `FORMATS`.
    """
    if path is not None and path.suffix.lower() not in FORMATS:
        raise UsageError(f"findings are written as {', '.join(FORMATS)}; `{path.name}` is none of these")


def write_findings(path: Path, of_lines: Iterable[Ordered], of_catalogue: Iterable[Ordered]) -> None:
    """Write all findings in the order of the catalogue; those of a line come before those across lines."""
    found = ordered(of_lines, of_catalogue)
    with _finished(path) as out:
        if path.suffix.lower() == ".csv":
            _as_csv(out, found)
        elif path.suffix.lower() == ".parquet":
            _as_parquet(out, found)
        else:
            for each in found:
                out.write(each + b"\n")


def ordered(of_lines: Iterable[Ordered], of_catalogue: Iterable[Ordered]) -> Iterator[bytes]:
    """Yield the texts of all findings in the order of the catalogue."""
    for _, _, text in merge(of_lines, of_catalogue, key=lambda each: each[:2]):
        yield text


def _as_csv(out: IO[bytes], texts: Iterable[bytes]) -> None:
    held = StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for text in texts:
        writer.writerow([safe(cell) for cell in _row(orjson.loads(text))])
        if held.tell() > 1 << 16:
            out.write(held.getvalue().encode())
            held.seek(0)
            held.truncate()
    out.write(held.getvalue().encode())


def safe(cell: Json) -> Json:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS):
        return f"'{cell}"
    return cell


def _row(found: Json) -> list[Json]:
    source = found["source"]
    found = {**found, "source": f"{source['document']} {source['section']}".rstrip()}
    return [found.get(column) for column in COLUMNS]


def _as_parquet(out: IO[bytes], texts: Iterable[bytes]) -> None:
    arrow = pyarrow()
    from pyarrow import parquet

    types = [(column, arrow.int64() if column in _NUMBERS else arrow.string()) for column in COLUMNS]
    schema = arrow.schema(types)
    with parquet.ParquetWriter(out, schema) as writer:
        held: list[list[Json]] = []
        for text in texts:
            held.append(_row(orjson.loads(text)))
            if len(held) >= 20_000:
                writer.write_table(_table(arrow, held, schema))
                held = []
        if held:
            writer.write_table(_table(arrow, held, schema))


def _table(arrow: Any, rows: list[list[Json]], schema: Any) -> Any:
    columns = zip(*rows, strict=True)
    return arrow.table(
        [arrow.array(each, field.type) for each, field in zip(columns, schema, strict=True)], schema=schema
    )


def stored(folder: Path, chunks: Sequence[Done]) -> Iterator[Ordered]:
    """Yield the findings that a run has kept, in order; their lines are numbered as in the file."""
    for number, (file, before) in enumerate(chunks):
        path = findings_of(folder, number)
        if path.is_file():
            with path.open("rb") as lines:
                for text in lines:
                    found = orjson.loads(text)
                    found["line"] += before
                    yield file, found["line"], orjson.dumps(found)


def split(
    names: list[str],
    verdicts: Path,
    refused_across: Iterable[tuple[int, int]],
    *,
    accepted: Path | None,
    refused: Path | None,
    mapping: str | None = None,
    operation: str = "",
) -> None:
    """Write each line, as it is, to the file of its verdict; blank lines to neither.

    Items of an array are written as JSON Lines; so are the products of a table.

    Args:
        names: the files of the catalogue.
        verdicts: file of the verdicts, one byte for each line.
        refused_across: file and line of those that only the comparison of lines refuses, in order.
        accepted: where the accepted lines go; None drops them.
        refused: where the others go; None drops them.
        mapping: as in `How`.
        operation: as in `How`.
    """
    across = iter(refused_across)
    next_across = next(across, None)
    with ExitStack() as stack:
        said = stack.enter_context(verdicts.open("rb"))
        outs = [stack.enter_context(_finished(each)) if each else None for each in (accepted, refused)]
        before: dict[int, int] = {}
        for chunk in chunks(names, mapping=mapping, operation=operation):
            lines = list(_lines(chunk, 0 if chunk.numbered else before.get(chunk.file, 0)))
            before[chunk.file] = before.get(chunk.file, 0) + len(lines)
            held: tuple[list[bytes], list[bytes]] = ([], [])
            for (number, line), verdict in zip(lines, said.read(len(lines)), strict=True):
                place = (chunk.file, number)
                bad = verdict == REFUSED
                while next_across is not None and next_across <= place:
                    bad = bad or next_across == place
                    next_across = next(across, None)
                if verdict != BLANK:
                    held[bad].append(line)
            for out, each in zip(outs, held, strict=True):
                if out is not None and each:
                    out.write(b"\n".join([*each, b""]))


def _lines(chunk: Chunk, before: int) -> Iterator[tuple[int, bytes]]:
    if chunk.kind == "rows":
        for each in chunk.data:
            yield from ((each.row - each.gap, b"") for _ in range(each.gap))
            yield each.row, orjson.dumps(each.value)
        return
    for number, text in enumerate(texts(chunk), chunk.first + before):
        yield number, _one_line(text) if chunk.kind == "items" else text


def _one_line(item: bytes) -> bytes:
    """Return an item of an array, which may be written over several lines, as one line."""
    try:
        return orjson.dumps(orjson.loads(item)) if b"\n" in item else item
    except orjson.JSONDecodeError:
        return item.replace(b"\n", b" ")


@contextmanager
def _finished(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that appears only when it is complete."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("wb") as out:
        yield out
    unfinished.replace(path)
