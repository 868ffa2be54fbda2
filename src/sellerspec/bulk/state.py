"""What an interrupted run leaves behind, and how the next one goes on from it.

A folder holds verdicts so far, findings and keys by chunk, and a journal with one line for each chunk
that is done. A chunk counts once its line stands in the journal; what was written beyond is cut off
again, or written over. Nothing is written twice, and nothing is lost, whenever the process is killed.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple

import orjson

from sellerspec import __version__
from sellerspec.bulk.checker import Counted, Result
from sellerspec.bulk.reading import CHUNK, LEAST, LEFT, SPAN, sizes
from sellerspec.bulk.records import ACCEPTED, BLANK, REFUSED, WARNED, How, Place, Summary
from sellerspec.errors import UsageError
from sellerspec.model import Json


class Position(NamedTuple):
    """Where a run stood."""

    chunks: int
    """Chunks that are done."""

    verdicts: int
    """Bytes of the verdicts file that count: one for each line."""

    done: int
    """Bytes of the catalogue that are done."""


class Done(NamedTuple):
    """A chunk that is done."""

    file: int
    before: int
    """What the numbers of its lines lack to be those in the file."""


class State:
    """The folder of one run."""

    def __init__(self, folder: Path, names: Sequence[str], how: How, *, told: bool, resume: bool) -> None:
        """Begin, or go on.

        Args:
            folder: of the run.
            names: of the files.
            how: what to check, and how.
            told: whether findings are kept.
            resume: go on from what lies in the folder.

        Raises:
            UsageError: what lies there is of another call, or the files have changed since.
        """
        self.folder = folder
        self.keys = folder / "keys"
        self._names = names
        self.summary = Summary(how.operation)
        self.at = Position(0, 0, 0)
        self.lines: list[int] = [0] * len(names)
        self.chunks: list[Done] = []
        call = _call(names, how, told)
        known = _journal(folder / "journal.jsonl") if resume else []
        if known:
            self._go_on(known, call)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            self.keys.mkdir(parents=True)
            self.findings.mkdir()
            (folder / ".gitignore").write_text("*\n")
        self._verdicts = _at(self.verdicts, self.at.verdicts)
        self._journal = _at(folder / "journal.jsonl", sum(len(each) for each, _ in known))
        if not known:
            self._write({"call": call})

    @property
    def findings(self) -> Path:
        """Folder of the findings so far, a file of JSON Lines for each chunk that has some."""
        return self.folder / "findings"

    @property
    def verdicts(self) -> Path:
        """File of the verdicts so far, one byte for each line."""
        return self.folder / "verdicts"

    def _go_on(self, known: list[tuple[bytes, Json]], call: Json) -> None:
        before = known[0][1].get("call")
        if before != call:
            different = sorted(
                key for key in call if not isinstance(before, dict) or before.get(key) != call[key]
            )
            raise UsageError(
                f"cannot resume: {', '.join(different)} changed since the run that left `{self.folder}`"
            )
        for _, each in known[1:]:
            self._count(
                each["file"],
                each["before"],
                each["verdicts"],
                [Counted(*counted) for counted in each["rules"]],
            )
            self.at = Position(*each["at"])
            self.chunks.append(Done(each["file"], each["before"]))

    def _count(self, file: int, before: int, verdicts: Sequence[int], rules: Sequence[Counted]) -> None:
        accepted, warned, refused, _ = verdicts
        self.lines[file] += sum(verdicts)
        self.summary.accepted += accepted + warned
        self.summary.warned += warned
        self.summary.refused += refused
        for rule, severity, number, first in rules:
            places = (Place(self._names[file], line + before, pointer) for line, pointer in first)
            self.summary.add(rule, severity, number, places)

    def commit(self, result: Result) -> None:
        """Write what a chunk says, then that it is done."""
        self._verdicts.write(result.verdicts)
        verdicts = [result.verdicts.count(each) for each in (ACCEPTED, WARNED, REFUSED, BLANK)]
        before = 0 if result.numbered else self.lines[result.file]
        self._count(result.file, before, verdicts, result.counted)
        self.at = Position(
            result.number + 1,
            self.at.verdicts + len(result.verdicts),
            result.done,
        )
        self.chunks.append(Done(result.file, before))
        self._write(
            {
                "at": list(self.at),
                "file": result.file,
                "before": before,
                "verdicts": verdicts,
                "rules": [tuple(each) for each in result.counted],
            }
        )

    def _write(self, entry: Json) -> None:
        self._journal.write(orjson.dumps(entry) + b"\n")

    def close(self) -> None:
        """Close the files; the folder stays."""
        for each in (self._verdicts, self._journal):
            each.close()

    def remove(self) -> None:
        """Remove the folder: the run is done."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _call(names: Sequence[str], how: How, told: bool) -> Json:
    """Return what must be the same for a run to go on."""
    return {
        "files": list(names),
        "contents": [list(size) for size in sizes(names)],
        "operation": how.operation,
        "options": repr((how.facts, how.strict, how.engine, how.mapping, how.across, told)),
        "overlays": [[overlay, *sizes([overlay])[0]] for overlay in how.overlays],
        "version": [__version__, CHUNK, SPAN, LEFT, LEAST],
    }


def _journal(path: Path) -> list[tuple[bytes, Json]]:
    """Return the lines of a journal with their values, up to the first that was cut short."""
    if not path.is_file():
        return []
    found = []
    for line in path.read_bytes().splitlines(keepends=True):
        try:
            found.append((line, orjson.loads(line)))
        except orjson.JSONDecodeError:
            break
        if not line.endswith(b"\n"):
            found.pop()
            break
    return found


def _at(path: Path, size: int) -> IO[bytes]:
    """Open a file unbuffered, cut to `size`: what a killed process wrote is in the file at once."""
    path.touch()
    os.truncate(path, size)
    return path.open("ab", buffering=0)
