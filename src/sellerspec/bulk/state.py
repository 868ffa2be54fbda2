"""The state of a run on disk, from which an interrupted run is resumed.

A folder holds the verdicts, the findings and keys of each chunk, and a journal with one line for each
chunk that is done. A chunk is done when its line is in the journal. A resumed run cuts off or
overwrites what was written after that. So a killed process writes nothing twice.
"""

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import astuple, replace
from pathlib import Path
from time import monotonic
from typing import IO, NamedTuple

import orjson

from sellerspec import __version__
from sellerspec.bulk.checker import ChunkResult
from sellerspec.bulk.lock import NAME, locked
from sellerspec.bulk.reading import CHUNK, LEAST, LEFT, SPAN, sizes
from sellerspec.bulk.records import ACCEPTED, BLANK, REFUSED, WARNED, How, Place, Summary, Unread
from sellerspec.errors import SellerspecError, UsageError
from sellerspec.io.copies import digest
from sellerspec.io.writing import put_on_disk
from sellerspec.model import Json

SHARE = 20
"""A run waits for the disk for at most a part of this number of its time."""


class DoneChunk(NamedTuple):
    """A chunk that is done."""

    file: int
    lines_before: int
    """Lines of the file before the chunk, if the chunk numbers its lines from 1; else 0."""

    content: str = ""
    """Hash of what was checked, if lines are split by it; else empty."""


class State:
    """The folder of one run."""

    def __init__(
        self,
        folder: Path,
        names: Sequence[str],
        how: How,
        *,
        keeps_findings: bool,
        splits: bool,
        fixes: bool,
        resume: bool,
    ) -> None:
        """Start a run, or resume one.

        Args:
            folder: of the run.
            names: of the files.
            how: as in `check_files`.
            keeps_findings: whether the folder holds findings.
            splits: whether the lines are split by their verdicts.
            fixes: whether the lines are fixed.
            resume: resume the run that left the folder.

        Raises:
            UsageError: the folder is in use, of another call or of something else, or the files were
                changed.
            SellerspecError: the folder does not hold what its journal lists.
            OSError: the folder cannot be written.
        """
        self.folder = folder
        self.keys = folder / "keys"
        self.findings = folder / "findings"
        """A file of JSON Lines for each chunk that has findings."""

        self.fixes = folder / "fixes"
        """A file for each chunk that has lines which fixes change."""

        self.verdicts = folder / "verdicts"
        """One byte for each line."""

        self._names = names
        self.summary = Summary(how.operation)
        self.lines: list[int] = [0] * len(names)
        self.payloads: list[int] = [0] * len(names)
        """Lines of each file that are done."""

        self.chunks: list[DoneChunk] = []
        self.done = 0
        """Bytes of the catalogue that are done."""

        self._waiting: list[Json] = []
        """Entries that are not yet in the journal."""

        self._next_sync = 0.0
        """Time of `monotonic`."""

        call = _call(names, how, keeps_findings, splits, fixes)
        folder.mkdir(mode=0o700, exist_ok=True)
        with ExitStack() as stack:
            self._lock = stack.enter_context(locked(folder))
            entries, size = _entries(folder / "journal.jsonl") if resume else ([], 0)
            if entries:
                self._resume(entries, call)
            else:
                self._clear()
            self._verdicts = stack.enter_context(_open_at(self.verdicts, sum(self.lines)))
            self._journal = stack.enter_context(_open_at(folder / "journal.jsonl", size))
            if not entries:
                self._write({"call": call})
            self.kept = self.summary.lines
            """Lines of the chunks that are in the journal."""

            stack.pop_all()  # from here on, `close` and `remove` close the files

    def _clear(self) -> None:
        """Empty the folder, but for the lock.

        Raises:
            UsageError: it holds something that no run has written.
        """
        own = {NAME, ".gitignore", "journal.jsonl", "repetitions.jsonl"}
        own |= {path.name for path in (self.keys, self.findings, self.fixes, self.verdicts)}
        others = sorted(path.name for path in self.folder.iterdir() if path.name not in own)
        if others:
            raise UsageError(f"`{self.folder}` is not the folder of a run: it holds `{others[0]}`")
        self._empty()
        self.keys.mkdir()
        self.findings.mkdir()
        self.fixes.mkdir()
        (self.folder / ".gitignore").write_text("*\n")

    def _empty(self) -> None:
        """Remove everything from the folder but the lock."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != NAME:
                path.unlink()

    def _resume(self, entries: list[Json], call: Json) -> None:
        before = entries[0].get("call")
        if before != call:
            different = sorted(
                key for key in call if not isinstance(before, dict) or before.get(key) != call[key]
            )
            raise UsageError(
                f"cannot resume: {', '.join(different)} changed since the run that left `{self.folder}`"
            )
        with suppress(FileNotFoundError), self.verdicts.open("rb") as verdicts:
            for entry in entries[1:]:
                if not self._is_stored(entry, verdicts):
                    break
                self._count(entry)
        if len(self.chunks) < len(entries) - 1:
            raise SellerspecError(
                f"cannot resume: `{self.folder}` does not hold all that its journal lists; run again without"
                " --resume"
            )

    def _is_stored(self, entry: Json, verdicts: IO[bytes]) -> bool:
        """Say whether what an entry of the journal lists is in the folder."""
        stored = verdicts.read(sum(entry["verdicts"]))
        sizes = (
            (self.folder / file).is_file() and (self.folder / file).stat().st_size == size
            for file, size in entry["files"].items()
        )
        return len(stored) == sum(entry["verdicts"]) and digest(stored) == entry["hash"] and all(sizes)

    def _count(self, entry: Json) -> None:
        """Add an entry of the journal to the summary."""
        file, lines_before = entry["file"], entry["lines_before"]
        accepted, warned, refused, _ = entry["verdicts"]
        self.lines[file] += sum(entry["verdicts"])
        self.payloads[file] += accepted + warned + refused
        self.summary.accepted += accepted + warned
        self.summary.warned += warned
        self.summary.refused += refused
        name = self._names[file]
        for rule, severity, basis, number, first, cells in entry["rules"]:
            places = (Place(name, line + lines_before, pointer) for line, pointer in first)
            self.summary.add(rule, severity, basis, number, places, (f"{name} {cell}" for cell in cells))
        self.summary.fixed += entry["fixed"]
        for rule, number in entry["fixes"].items():
            self.summary.fixes[rule] = self.summary.fixes.get(rule, 0) + number
        if entry["unread"]:
            self.summary.unread.append(Unread(name, *entry["unread"]))
        self.chunks.append(DoneChunk(file, lines_before, entry["content"]))
        self.done = entry["done"]

    def commit(self, result: ChunkResult) -> None:
        """Write the verdicts of a chunk, then its entry in the journal, at once or with those of the next.

        Entries are written when all that they list is on the disk, also after a loss of power. To wait
        for the disk takes at most one part in `SHARE` of the run.
        """
        _write_all(self._verdicts, result.verdicts)
        entry = {
            "done": result.done,
            "file": result.file,
            "lines_before": 0 if result.numbered else self.lines[result.file],
            "verdicts": [result.verdicts.count(verdict) for verdict in (ACCEPTED, WARNED, REFUSED, BLANK)],
            "rules": [astuple(count) for count in result.counts],
            "content": result.content,
            "files": result.files,
            "fixed": result.fixed,
            "fixes": result.fixes,
            "hash": digest(result.verdicts),
            "unread": result.unread,
        }
        self._count(entry)
        self._waiting.append(entry)
        if monotonic() >= self._next_sync:
            self.sync()

    def sync(self) -> None:
        """Wait until the results of all chunks are on the disk, and write their entries in the journal."""
        began = monotonic()
        os.fsync(self._verdicts.fileno())
        files = [self.folder / file for entry in self._waiting for file in entry["files"]]
        for file in files:
            put_on_disk(file)
        for folder in {file.parent for file in files}:
            _put_folder_on_disk(folder)
        self._write(*self._waiting)
        self._waiting.clear()
        self.kept = self.summary.lines
        self._next_sync = monotonic() + SHARE * (monotonic() - began)

    def _write(self, *entries: Json) -> None:
        _write_all(self._journal, b"".join(orjson.dumps(entry) + b"\n" for entry in entries))
        os.fsync(self._journal.fileno())

    def close(self) -> None:
        """Close the files, with all entries if the disk takes them; the folder stays."""
        if not self._verdicts.closed:
            with suppress(OSError):
                self.sync()
        self._verdicts.close()
        self._journal.close()
        self._lock.close()

    def remove(self) -> None:
        """Remove the folder: the run is done."""
        self._verdicts.close()
        self._journal.close()
        with suppress(OSError):
            self._empty()
            (self.folder / NAME).unlink()
        self._lock.close()
        with suppress(OSError):
            self.folder.rmdir()


def _write_all(file: IO[bytes], data: bytes) -> None:
    """Write data to a file without a buffer, of which a full disk may take only a part."""
    while data:
        data = data[file.write(data) :]


def _put_folder_on_disk(folder: Path) -> None:
    """Wait until the names of new files are on the disk, where the system allows to wait for that."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _call(names: Sequence[str], how: How, *keeps: bool) -> Json:
    """Return the parameters that must be equal to resume a run."""
    return {
        "files": list(names),
        "contents": [list(size) for size in sizes(names)],
        "operation": how.operation,
        "options": repr((replace(how, operation="", overlays=()), *keeps)),
        "overlays": [[overlay, *sizes([overlay])[0]] for overlay in how.overlays],
        "mapping": [list(size) for size in sizes([how.mapping] if how.mapping is not None else [])],
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
