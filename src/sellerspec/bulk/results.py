"""Write the results of a run: findings as JSON Lines, CSV or Parquet, lines split by verdict."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import sha256
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import IO

import orjson

from sellerspec.bulk.content import Digest, add_row, texts
from sellerspec.bulk.fixes import chunk_file
from sellerspec.bulk.fixes import texts as texts_of
from sellerspec.bulk.keys import pyarrow
from sellerspec.bulk.reading import Chunk, chunks, sizes
from sellerspec.bulk.records import BLANK, REFUSED, How
from sellerspec.bulk.state import DoneChunk
from sellerspec.errors import SellerspecError, UsageError
from sellerspec.io.writing import writing
from sellerspec.model import Json

COLUMNS = ("file", "line", "sheet", "row", "column", "pointer", "severity", "rule", "message", "server_text",
           "status", "code", "hint", "phase", "basis", "source")  # fmt: skip
"""Columns of findings in a table."""

_NUMBERS = frozenset(("line", "row", "status"))
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_BATCH = 1000
"""Lines that are split at once."""

FORMATS = (".jsonl", ".csv", ".parquet")


def check_format(path: Path | None) -> None:
    """Refuse a findings file with an unknown suffix.

    Raises:
        UsageError: it ends in none of `FORMATS`.
    """
    if path is not None and path.suffix.lower() not in FORMATS:
        raise UsageError(f"findings are written as {', '.join(FORMATS)}; `{path.name}` is none of these")


def write_findings(path: Path, findings: Iterator[bytes]) -> None:
    """Write findings in the format of the file's suffix; each is a JSON text (`records.record`)."""
    with writing(path) as out:
        if path.suffix.lower() == ".csv":
            _as_csv(out, findings)
        elif path.suffix.lower() == ".parquet":
            _as_parquet(out, findings)
        else:
            out.writelines(text + b"\n" for text in findings)


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
    """Return a cell that no spreadsheet evaluates as a formula."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS):
        return f"'{cell}"
    return cell


def _row(finding: Json) -> list[Json]:
    source = finding["source"]
    members = {**finding, "source": f"{source['document']} {source['section']}".rstrip()}
    return [members.get(column) for column in COLUMNS]


def _as_parquet(out: IO[bytes], texts: Iterator[bytes]) -> None:
    arrow = pyarrow()
    from pyarrow import parquet

    types = [(column, arrow.int64() if column in _NUMBERS else arrow.string()) for column in COLUMNS]
    schema = arrow.schema(types)
    with parquet.ParquetWriter(out, schema) as writer:
        while rows := [_row(orjson.loads(text)) for text in islice(texts, 20_000)]:
            columns = zip(*rows, strict=True)
            arrays = [arrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(arrow.table(arrays, schema=schema))


def stored(folder: Path, chunks: Sequence[DoneChunk]) -> Iterator[tuple[int, int, bytes]]:
    """Yield file, line in that file and JSON text of each stored finding."""
    for number, (file, lines_before, _) in enumerate(chunks):
        path = chunk_file(folder, number)
        if path.is_file():
            with path.open("rb") as lines:
                for text in lines:
                    finding = orjson.loads(text)
                    finding["line"] += lines_before
                    yield file, finding["line"], orjson.dumps(finding)


def split(
    names: Sequence[str],
    verdicts: Path,
    repetitions: Iterator[tuple[int, int]],
    how: How,
    done: Sequence[DoneChunk],
    *,
    fixes: Path | None,
    accepted: Path | None,
    refused: Path | None,
) -> None:
    """Write each line, as it is or as it was fixed, to the file of its verdict; blank lines to neither.

    Items of an array and products of a table are written as JSON Lines.

    Args:
        names: the files of the catalogue.
        verdicts: file of the verdicts, one byte for each line.
        repetitions: file and line of the lines refused by the comparison of lines, in catalogue order.
        how: as in the run.
        done: the chunks of the run, which hold a hash of what was checked.
        fixes: folder of the fixed lines; None if lines are not fixed.
        accepted: takes the accepted lines; None drops them.
        refused: takes the refused lines; None drops them.

    Raises:
        Changed: a file does not hold what was checked.
        NotWritten: a result cannot be written.
    """
    refuses = _Refusals(repetitions)
    left = iter(done)
    with ExitStack() as stack:
        codes = stack.enter_context(verdicts.open("rb"))
        outs = [stack.enter_context(writing(path)) if path else None for path in (accepted, refused)]
        for chunk in chunks(names, how):
            checked = next(left, None)
            digest = sha256()
            before = checked.lines_before if checked is not None else 0
            lines = _lines(chunk, before, digest)
            changed = texts_of(fixes, chunk.number) if fixes is not None else {}
            if changed:
                lines = _changed(lines, changed, before)
            while batch := list(islice(lines, _BATCH)):
                by_verdict: tuple[list[bytes], list[bytes]] = ([], [])
                # a changed chunk may have more lines than verdicts; its hash shows that
                for (number, line), verdict in zip(batch, codes.read(len(batch)), strict=False):
                    if verdict != BLANK:
                        by_verdict[refuses((chunk.file, number), verdict)].append(line)
                for out, texts in zip(outs, by_verdict, strict=True):
                    if out is not None and texts:
                        out.write(b"\n".join([*texts, b""]))
            if checked is None or checked.content != digest.hexdigest():
                raise Changed(chunk.name)
        if next(left, None) is not None:
            raise Changed(names[-1])


class _Refusals:
    """Says whether lines are refused, in catalogue order."""

    def __init__(self, repetitions: Iterator[tuple[int, int]]) -> None:
        self._repetitions = repetitions
        self._repeated = next(repetitions, None)

    def __call__(self, place: tuple[int, int], verdict: int) -> bool:
        refuses = verdict == REFUSED
        while self._repeated is not None and self._repeated <= place:
            refuses = refuses or self._repeated == place
            self._repeated = next(self._repetitions, None)
        return refuses


def _changed(
    lines: Iterator[tuple[int, bytes]], changed: Mapping[int, bytes], before: int
) -> Iterator[tuple[int, bytes]]:
    for number, text in lines:
        fixed = changed.get(number - before)
        yield number, text if fixed is None else _one_line(fixed)


class Changed(SellerspecError):
    """A file was changed while it was checked, so the verdicts are not about the lines that it holds now."""

    def __str__(self) -> str:
        return f"{self.args[0]}: changed while it was checked; its lines are written nowhere, check it again"


def require_unchanged(before: Sequence[tuple[int, int]], names: Sequence[str]) -> None:
    """Compare size and time of the files with those at the start.

    Raises:
        Changed: they differ.
    """
    for name, old, new in zip(names, before, sizes(names), strict=True):
        if old != new:
            raise Changed(name)


def _lines(chunk: Chunk, before: int, digest: Digest) -> Iterator[tuple[int, bytes]]:
    """Yield number and text of each line; rows between products have none."""
    if chunk.kind == "rows":
        for product in chunk.data:
            add_row(digest, product)
            yield from [(product.row - product.gap, b"")] * product.gap
            yield product.row, orjson.dumps(product.value)
        return
    for number, text in enumerate(texts(chunk, digest), chunk.first + before):
        yield number, _one_line(text) if chunk.kind == "items" else text


def _one_line(item: bytes) -> bytes:
    """Return an item of an array, which may span several lines, as one line."""
    try:
        return orjson.dumps(orjson.loads(item)) if b"\n" in item else item
    except orjson.JSONDecodeError:
        return item.replace(b"\n", b" ")
