"""Check catalogue files: first each line, in chunks on all cores, then the lines among each other."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

import orjson

from sellerspec import contract
from sellerspec.bulk import fixed_file, results
from sellerspec.bulk.across import compare
from sellerspec.bulk.pool import chunk_results, cores
from sellerspec.bulk.reading import chunks, sizes
from sellerspec.bulk.records import (
    REFUSED,
    WARNED,
    Folders,
    How,
    Place,
    Progress,
    Summary,
    Unread,
    Watch,
    cell_text,
    record,
)
from sellerspec.bulk.state import State
from sellerspec.errors import SellerspecError, UsageError, needs
from sellerspec.io.copies import cache_dir, digest
from sellerspec.io.files import reason
from sellerspec.io.folders import TABLES
from sellerspec.io.writing import NotWritten, check_outputs, make_folder
from sellerspec.model import Json, Severity

MAX_WORKERS = 256
"""Most processes of a run."""


class Interrupted(SellerspecError):
    """A run was interrupted; `--resume` continues it."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress)
        self.progress = progress

    def __str__(self) -> str:
        per_cent = 100 * self.progress.done // max(self.progress.total, 1)
        return f"interrupted after {self.progress.lines} lines ({per_cent} %); go on with --resume"


def check_files(
    names: Sequence[str],
    how: How,
    *,
    workers: int | None = None,
    output: Path | None = None,
    accepted: Path | None = None,
    refused: Path | None = None,
    annotate: Path | None = None,
    fixed: Path | None = None,
    resume: bool = False,
    state: Path | None = None,
    watch: Watch | None = None,
) -> Summary:
    """Check every line of catalogue files, in memory that does not grow with them.

    Several workers are new processes, so call this below `if __name__ == "__main__":`.

    Args:
        names: paths: JSON Lines (`.jsonl`, `.gz`, `.zst`), JSON arrays (`.json`), tables (`.csv`,
            `.xlsx`, `.parquet`).
        how: the operation and the options of its check.
        workers: number of processes; by default one for each core.
        output: takes every finding: `.jsonl`, `.csv` or `.parquet`.
        accepted: takes the lines without an error, as they are.
        refused: takes the lines with an error, as they are.
        annotate: takes a copy of the table, with a comment at each wrong cell; only for one table.
        fixed: takes all lines in their order, with the fixes that their findings have; the other results
            are then about the fixed lines. Only for one catalogue, in its format. It is not written if a
            part of the catalogue cannot be read.
        resume: continue an interrupted run of the same call.
        state: folder of the run, removed when it is done; by default beside the first result.
        watch: called with the progress after each chunk.

    Raises:
        SellerspecError: a file cannot be read, the operation is not known, or a library is missing.
        UsageError: an output is an input or another output, or a run with the same first result goes on.
        NotWritten: a disk is full; what was checked is kept.
        Changed: a file was changed while it was checked.
        Interrupted: the user pressed Ctrl+C; holds the progress.
    """
    began = time.monotonic()
    results.check_format(output)
    outputs = {"--output": output, "--accepted": accepted, "--refused": refused, "--annotate": annotate,
               "--fixed": fixed}  # fmt: skip
    inputs = dict.fromkeys(map(Path, (*names, *how.overlays, *filter(None, [how.mapping]))), "the input")
    check_outputs(outputs, inputs)
    fixed_file.check_format(names, fixed)
    workers = _number_of(workers)
    before = sizes(names)
    operation = contract.operation(how.operation, how.overlays, how.engine)
    notes = _check_headers(names, how)
    compares = how.across and operation.spec.compares_lines
    if compares:
        needs("bulk", "pyarrow", "duckdb")
    keeps_findings = output is not None or annotate is not None
    splits = accepted is not None or refused is not None
    folder = state or _folder(filter(None, (output, accepted, refused, fixed, Path(names[0]))))
    run = _state(
        folder, names, how, keeps_findings=keeps_findings, splits=splits, fixes=fixed is not None,
        resume=resume,
    )  # fmt: skip
    repetitions = _Repetitions(run, names, how)
    total = sum(size for size, _ in before)
    with _kept(run, total):
        todo = (chunk for chunk in chunks(names, how) if chunk.number >= len(run.chunks))
        folders = Folders(
            run.keys if compares else None, run.findings if keeps_findings else None,
            run.fixes if fixed is not None else None, splits,
        )  # fmt: skip
        for result in chunk_results(todo, how, workers=workers, folders=folders):
            run.commit(result)
            if watch is not None:
                watch(Progress(run.done, total, run.summary.lines))
        if compares:
            repetitions.collect(workers)
        results.require_unchanged(before, names)
        if splits:
            results.split(
                names,
                run.verdicts,
                repetitions.errors(),
                how,
                run.chunks,
                fixes=run.fixes if fixed is not None else None,
                accepted=accepted,
                refused=refused,
            )
        if fixed is not None and run.summary.unread:
            notes.append(f"{fixed} is not written: a part of {names[0]} cannot be read")
        elif fixed is not None:
            fixed_file.write_fixed(fixed, names[0], how, run.fixes, before)
        if output is not None:
            results.write_findings(output, repetitions.merged())
        if annotate is not None:
            from sellerspec.bulk.tables import annotated

            # the cells that are wrong in the fixed table, if there is one
            tables = names if fixed is None or run.summary.unread else [str(fixed)]
            annotated(tables, annotate, repetitions.merged(), how)
    run.remove()
    run.summary.unread += _without_payload(run, names)
    run.summary.notes = tuple(notes)
    run.summary.assumed = operation.assumed
    run.summary.unchecked = operation.body.unchecked(how.facts)
    run.summary.seconds = time.monotonic() - began
    return run.summary


def _without_payload(run: State, names: Sequence[str]) -> Iterator[Unread]:
    """Yield the files in which nothing was judged, if nothing else says so."""
    broken = {unread.name for unread in run.summary.unread}
    for name, payloads in zip(names, run.payloads, strict=True):
        if not payloads and name not in broken:
            yield Unread(name, 0, "no payload in it, so nothing was judged; if that is meant, leave it out")


def _check_headers(names: Sequence[str], how: How) -> list[str]:
    """Check the headers of all tables; return notes for a person. Without tables, import nothing."""
    options = (how.mapping, how.encoding, how.sheet, how.header_row)
    if options == (None,) * 4 and not any(name.lower().endswith(TABLES) for name in names):
        return []
    from sellerspec.bulk.tables import check_headers

    return check_headers(names, how)


def _number_of(workers: int | None) -> int:
    """Return the number of processes.

    Raises:
        UsageError: it is not between 1 and `MAX_WORKERS`.
    """
    number = cores() if workers is None else workers
    if not 1 <= number <= MAX_WORKERS:
        raise UsageError(f"workers: {number} is not between 1 and {MAX_WORKERS}")
    return number


def _folder(files: Iterable[Path]) -> Path:
    """Return the folder of a run: beside its first result that is no device, else beside the catalogue.

    It is in the cache if nothing can be written there.
    """
    beside = next(file for file in files if file.is_file() or not file.exists())
    folder = beside.with_name(f".{beside.name}.sellerspec")
    if folder.is_dir() or os.access(folder.parent, os.W_OK):
        return folder
    runs = cache_dir() / "runs"
    make_folder(cache_dir(), 0o700)
    make_folder(runs, 0o700)
    return runs / digest(os.fsencode(folder.absolute()))[:16]


def _state(folder: Path, names: Sequence[str], how: How, **options: bool) -> State:
    """Return the state of a run; say what to do if its folder cannot be made."""
    try:
        return State(folder, names, how, **options)
    except OSError as error:
        kept = "nothing was checked; the run keeps its state there"
        raise NotWritten(str(folder), reason(error), kept) from error


@contextmanager
def _kept(run: State, total: int) -> Iterator[None]:
    """Close the state of a run. If something cannot be written, say what is kept."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(Progress(run.done, total, run.summary.lines)) from None
    except results.Changed:
        run.remove()  # no run can go on from there
        raise
    except (NotWritten, OSError) as error:
        if isinstance(error, OSError):
            error = NotWritten(str(run.folder), reason(error), "")
        run.close()
        error.kept = f"{run.kept} lines are checked and kept, go on with --resume"
        raise error from None
    finally:
        run.close()


class _Repetitions:
    """The findings about lines that repeat values of other lines; a file stores them."""

    def __init__(self, run: State, names: Sequence[str], how: How) -> None:
        self._run, self._names, self._how = run, list(names), how
        self._path = run.folder / "repetitions.jsonl"

    def collect(self, workers: int) -> None:
        """Compare the lines, and add the findings to the file and the summary."""
        run, names = self._run, self._names
        starts = [0, *accumulate(run.lines)]
        repetitions = compare(run.keys, names, run.chunks, workers=workers, strict=self._how.strict)
        of_tables = _Cells(names, self._how)
        with self._path.open("wb") as out, run.verdicts.open("rb") as verdicts:
            for (file, line), group in groupby(repetitions, key=lambda repetition: repetition[:2]):
                refuses = False
                for _, _, finding in group:
                    refuses = refuses or finding.severity is Severity.ERROR
                    cell = of_tables.cell(file, line, finding.pointer)
                    text = orjson.dumps(record(names[file], line, finding, cell))
                    severity = finding.severity.value
                    name = names[file]
                    cells = [f"{name} {cell_text(cell, finding)}"] if cell is not None else []
                    out.write(b"%d %d %s %s\n" % (file, line, severity.encode(), text))
                    first = [Place(name, line, finding.pointer)]
                    run.summary.add(finding.rule, severity, finding.basis.value, 1, first, cells)
                verdicts.seek(starts[file] + line - 1)
                _recount(run.summary, verdicts.read(1)[0], refuses=refuses)

    def _lines(self) -> Iterator[tuple[int, int, bytes, bytes]]:
        if self._path.is_file():
            with self._path.open("rb") as lines:
                for text in lines:
                    file, line, severity, text = text.rstrip(b"\n").split(b" ", 3)
                    yield int(file), int(line), severity, text

    def merged(self) -> Iterator[bytes]:
        """Yield all findings of the run in catalogue order; those about repetitions come last in a line."""
        own = ((file, line, text) for file, line, _, text in self._lines())
        stored = results.stored(self._run.findings, self._run.chunks)
        return (text for _, _, text in merge(stored, own, key=lambda finding: finding[:2]))

    def errors(self) -> Iterator[tuple[int, int]]:
        """Yield file and line of each error."""
        return ((file, line) for file, line, severity, _ in self._lines() if severity == b"error")


class _Cells:
    """The cells of payloads of tables, looked up in catalogue order."""

    def __init__(self, names: list[str], how: How) -> None:
        self._names, self._how = names, how
        self._file = -1
        self._products: Iterator[Any] = iter(())
        self._product: Any = None

    def cell(self, file: int, line: int, pointer: str) -> dict[str, Json] | None:
        """Return the cell of a member; None if the file is no table."""
        if not self._names[file].lower().endswith(TABLES):
            return None
        from sellerspec.bulk.tables import products

        if file != self._file:
            self._file, self._product = file, None
            self._products = products(self._names[file], self._how)
        while self._product is None or self._product.row < line:
            self._product = next(self._products)
        cell: dict[str, Json] = self._product.cell(pointer)
        return cell


def _recount(summary: Summary, verdict: int, *, refuses: bool) -> None:
    """Correct the counts for a line with findings about a repetition; `verdict` does not include them."""
    if verdict == REFUSED or (verdict == WARNED and not refuses):
        return
    if not refuses:
        summary.warned += 1
        return
    summary.accepted -= 1
    summary.refused += 1
    summary.warned -= verdict == WARNED
