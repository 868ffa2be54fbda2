"""The state of a run on disk, from which an interrupted run is resumed.

A folder holds the verdicts, the findings and keys of each chunk, and a journal with one line for each
chunk that is done. A chunk is done when its line is in the journal. A resumed run cuts off or
overwrites what was written after that. So a killed process writes nothing twice.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, NamedTuple

import orjson

from sellerspec import __version__
from sellerspec.bulk.checker import ChunkResult
from sellerspec.bulk.reading import CHUNK, LEAST, LEFT, SPAN, sizes
from sellerspec.bulk.records import ACCEPTED, BLANK, REFUSED, WARNED, How, Place, Summary
from sellerspec.errors import UsageError
from sellerspec.model import Json


class DoneChunk(NamedTuple):
    """A chunk that is done."""

    file: int
    lines_before: int
    """Lines of the file before the chunk, if the chunk numbers its lines from 1; else 0."""


class State:
    """The folder of one run."""

    def __init__(
        self, folder: Path, names: Sequence[str], how: How, *, keeps_findings: bool, resume: bool
    ) -> None:
        """Start a run, or resume one.

        Args:
            folder: of the run.
            names: of the files.
            how: as in `check_files`.
            keeps_findings: whether the folder holds findings.
            resume: resume the run that left the folder.

        Raises:
            UsageError: the folder is of another call, or the files were changed.
        """
        self.folder = folder
        self.keys = folder / "keys"
        self.findings = folder / "findings"
        """A file of JSON Lines for each chunk that has findings."""

        self.verdicts = folder / "verdicts"
        """One byte for each line."""

        self._names = names
        self.summary = Summary(how.operation)
        self.lines: list[int] = [0] * len(names)
        """Lines of each file that are done."""

        self.chunks: list[DoneChunk] = []
        self.done = 0
        """Bytes of the catalogue that are done."""

        call = _call(names, how, keeps_findings)
        entries, size = _entries(folder / "journal.jsonl") if resume else ([], 0)
        if entries:
            self._resume(entries, call)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            self.keys.mkdir(parents=True)
            self.findings.mkdir()
            (folder / ".gitignore").write_text("*\n")
        self._verdicts = _open_at(self.verdicts, sum(self.lines))
        self._journal = _open_at(folder / "journal.jsonl", size)
        if not entries:
            self._write({"call": call})

    def _resume(self, entries: list[Json], call: Json) -> None:
        before = entries[0].get("call")
        if before != call:
            different = sorted(
                key for key in call if not isinstance(before, dict) or before.get(key) != call[key]
            )
            raise UsageError(
                f"cannot resume: {', '.join(different)} changed since the run that left `{self.folder}`"
            )
        for entry in entries[1:]:
            self._count(entry)

    def _count(self, entry: Json) -> None:
        """Add an entry of the journal to the summary."""
        file, lines_before = entry["file"], entry["lines_before"]
        accepted, warned, refused, _ = entry["verdicts"]
        self.lines[file] += sum(entry["verdicts"])
        self.summary.accepted += accepted + warned
        self.summary.warned += warned
        self.summary.refused += refused
        name = self._names[file]
        for rule, severity, number, first, cells in entry["rules"]:
            places = (Place(name, line + lines_before, pointer) for line, pointer in first)
            self.summary.add(rule, severity, number, places, (f"{name} {cell}" for cell in cells))
        self.chunks.append(DoneChunk(file, lines_before))
        self.done = entry["done"]

    def commit(self, result: ChunkResult) -> None:
        """Write the verdicts of a chunk, then its entry in the journal."""
        self._verdicts.write(result.verdicts)
        entry = {
            "done": result.done,
            "file": result.file,
            "lines_before": 0 if result.numbered else self.lines[result.file],
            "verdicts": [result.verdicts.count(verdict) for verdict in (ACCEPTED, WARNED, REFUSED, BLANK)],
            "rules": [tuple(count) for count in result.counts],
        }
        self._count(entry)
        self._write(entry)

    def _write(self, entry: Json) -> None:
        self._journal.write(orjson.dumps(entry) + b"\n")

    def close(self) -> None:
        """Close the files; the folder stays."""
        self._verdicts.close()
        self._journal.close()

    def remove(self) -> None:
        """Remove the folder: the run is done."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _call(names: Sequence[str], how: How, keeps_findings: bool) -> Json:
    """Return the parameters that must be equal to resume a run."""
    return {
        "files": list(names),
        "contents": [list(size) for size in sizes(names)],
        "operation": how.operation,
        "options": repr((replace(how, operation="", overlays=()), keeps_findings)),
        "overlays": [[overlay, *sizes([overlay])[0]] for overlay in how.overlays],
        "version": [__version__, CHUNK, SPAN, LEFT, LEAST],
    }


def _entries(path: Path) -> tuple[list[Json], int]:
    """Return the entries of a journal, up to the first that was cut short, and their size in bytes."""
    entries: list[Json] = []
    size = 0
    for line in path.read_bytes().splitlines(keepends=True) if path.is_file() else ():
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError:
            break
        if not line.endswith(b"\n"):
            break
        entries.append(entry)
        size += len(line)
    return entries, size


def _open_at(path: Path, size: int) -> IO[bytes]:
    """Open a file for appending, cut to `size`, without a buffer that a killed process would lose."""
    path.touch()
    os.truncate(path, size)
    return path.open("ab", buffering=0)
