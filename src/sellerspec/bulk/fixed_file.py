"""Write a catalogue with its fixes: every line in its order, those that do not change byte for byte."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO

import orjson

from sellerspec.bulk.archives import packed, unpacked
from sellerspec.bulk.content import lines_of, pieces
from sellerspec.bulk.fixes import chunk_file, records, replaced
from sellerspec.bulk.reading import ARRAYS, CHUNK, Chunk, chunks
from sellerspec.bulk.records import How
from sellerspec.bulk.results import Changed, require_unchanged
from sellerspec.bulk.scanning import items
from sellerspec.errors import UsageError, needs
from sellerspec.io.folders import LINES, TABLES
from sellerspec.io.writing import writing

FAMILIES = {"JSON Lines": LINES, "a JSON array": ARRAYS, "CSV": (".csv",), "a workbook": (".xlsx",)}
"""Format -> suffixes of the files that hold it. What is read in a format is written in it."""


def check_format(names: Sequence[str], target: Path | None) -> None:
    """Refuse a fixed file in another format than the catalogue, before anything is read.

    Raises:
        UsageError: there are several catalogues, the format is not written, or the suffix is of another.
        MissingExtra: the library of its compression is not installed.
    """
    if target is None:
        return
    if len(names) != 1:
        raise UsageError("`--fixed` is for one catalogue; fix each of several in a call of its own")
    own, other = _family(names[0]), _family(target.name)
    if own is None:
        raise UsageError(f"--fixed: tables are written as .csv and .xlsx; `{names[0]}` is neither")
    if other != own and (other is not None or names[0].lower().endswith(TABLES)):
        raise UsageError(f"--fixed: `{target.name}` is not {own}, as `{names[0]}` is")
    if target.name.lower().endswith(".zst"):
        needs("bulk", "zstandard")


def _family(name: str) -> str | None:
    return next((family for family, suffixes in FAMILIES.items() if name.lower().endswith(suffixes)), None)


def write_fixed(target: Path, name: str, how: How, folder: Path, before: Sequence[tuple[int, int]]) -> None:
    """Write a catalogue with its fixes, completely or not at all.

    Args:
        target: its suffix says how it is compressed.
        name: the catalogue.
        how: as in the run.
        folder: holds what `ChunkFixes` kept of each chunk.
        before: size and time of the catalogue at the start.

    Raises:
        Changed: the catalogue does not hold what was checked.
        NotWritten: the file cannot be written.
    """
    with writing(target) as plain, packed(plain, target.name) as out:
        every = chain.from_iterable(map(records, sorted(folder.iterdir())))
        if name.lower().endswith(ARRAYS):
            _write_array(out, name, every)
        elif name.lower().endswith(TABLES):
            from sellerspec.bulk.tables import Change, rewrite

            rewrite(out, name, how, (Change(*one) for *_, text in every for one in orjson.loads(text)[1]))
        else:
            for chunk in chunks([name], how):
                _write_lines(out, chunk, records(chunk_file(folder, chunk.number)))
        require_unchanged(before, [name])


def _write_lines(out: IO[bytes], chunk: Chunk, changes: Iterator[tuple[int, int, bytes]]) -> None:
    first, change = chunk.first, next(changes, None)
    for piece in pieces(chunk):
        if change is None:
            out.writelines(piece if isinstance(piece, list) else (piece,))
            continue
        lines = list(lines_of(piece))
        while change is not None and change[0] < first + len(lines):
            number, checksum, text = change
            lines[number - first] = _replaced(lines[number - first], checksum, text, chunk.name)
            change = next(changes, None)
        first += len(lines)
        out.write(b"".join(lines))  # at once: the buffer of a file is smaller than a few lines
    if change is not None:
        raise Changed(chunk.name)


def _write_array(out: IO[bytes], name: str, changes: Iterator[tuple[int, int, bytes]]) -> None:
    change = next(changes, None)
    with Path(name).open("rb") as stream:
        before = b"["
        for number, item in enumerate(items(unpacked(stream, name, CHUNK)), 1):
            if change is not None and change[0] == number:
                item = _replaced(item, *change[1:], name)
                change = next(changes, None)
            out.write(before + item)
            before = b","
        out.write(b"[]\n" if before == b"[" else b"]\n")
    if change is not None:
        raise Changed(name)


def _replaced(line: bytes, checksum: int, text: bytes, name: str) -> bytes:
    new = replaced(line, checksum, text)
    if new is None:
        raise Changed(name)
    return new
