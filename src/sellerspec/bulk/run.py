"""Check whole catalogue files: chunks over all cores, then lines against each other, then the results."""

import time
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

import orjson

from sellerspec import contract
from sellerspec.bulk import results
from sellerspec.bulk.across import compare
from sellerspec.bulk.keys import keys_for
from sellerspec.bulk.pool import cores
from sellerspec.bulk.pool import results as in_order
from sellerspec.bulk.reading import TABLES, chunks, sizes
from sellerspec.bulk.records import REFUSED, WARNED, How, Kept, Place, Progress, Summary, Watch, record
from sellerspec.bulk.state import State
from sellerspec.errors import SellerspecError, needs
from sellerspec.model import Json, Severity


class Interrupted(SellerspecError):
    """A run was interrupted; `--resume` goes on from where it stood."""

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
    resume: bool = False,
    state: Path | None = None,
    watch: Watch | None = None,
) -> Summary:
    """Check every line of catalogue files; memory does not grow with them.

    With more than one worker, call it below `if __name__ == "__main__":`, as processes are started.

    Args:
        names: paths: JSON Lines (`.jsonl`, `.gz`, `.zst`), JSON arrays (`.json`), tables (`.csv`,
            `.xlsx`, `.parquet`).
        how: what to check, and how.
        workers: processes; by default one for each core.
        output: takes every finding: `.jsonl`, `.csv` or `.parquet`.
        accepted: takes the lines without an error, as they are.
        refused: takes the others.
        annotate: takes a copy of the one table, with a comment at each wrong cell.
        resume: go on from where an interrupted run of the same call stood.
        state: folder that the run needs until it is done; by default beside the first result.
        watch: called after each chunk.

    Raises:
        SellerspecError: a file cannot be read; the operation is not known; a library is missing.
        Interrupted: by Ctrl+C; says how far it came.
    """
    began = time.monotonic()
    workers = workers or cores()
    results.check_format(output)
    total = sum(size for size, _ in sizes(names))
    contract.operation(how.operation, how.overlays, how.engine)
    comparing = how.across and keys_for(how.operation) is not None
    if comparing:
        needs("bulk", "pyarrow", "duckdb")
    told = output is not None or annotate is not None
    ready = State(state or _folder(names, output, accepted, refused), names, how, told=told, resume=resume)
    try:
        todo = (
            chunk
            for chunk in chunks(names, mapping=how.mapping, operation=how.operation)
            if chunk.number >= ready.at.chunks
        )
        kept = Kept(ready.keys if comparing else None, ready.findings if told else None)
        for each in in_order(todo, how, workers=workers, kept=kept):
            ready.commit(each)
            if watch is not None:
                watch(Progress(ready.at.done, total, ready.summary.lines))
        across = _Across(ready, list(names), how, workers) if comparing else None
        if output is not None:
            of_catalogue = across.ordered() if across is not None else ()
            results.write_findings(output, results.stored(ready.findings, ready.chunks), of_catalogue)
        if accepted is not None or refused is not None:
            only_across = across.errors() if across is not None else ()
            results.split(
                list(names), ready.verdicts, only_across, accepted=accepted, refused=refused,
                mapping=how.mapping, operation=how.operation,
            )  # fmt: skip
        if annotate is not None:
            from sellerspec.bulk.tables import annotated

            of_catalogue = across.ordered() if across is not None else ()
            annotated(
                names,
                annotate,
                results.ordered(results.stored(ready.findings, ready.chunks), of_catalogue),
                how,
            )
    except KeyboardInterrupt:
        ready.close()
        raise Interrupted(Progress(ready.at.done, total, ready.summary.lines)) from None
    except BaseException:
        ready.close()
        raise
    ready.remove()
    ready.summary.unchecked = contract.operation(how.operation, how.overlays, how.engine).body.unchecked(
        how.facts
    )
    ready.summary.seconds = time.monotonic() - began
    return ready.summary


def _folder(names: Sequence[str], *wanted: Path | None) -> Path:
    beside = next((each for each in wanted if each is not None), None) or Path(names[0])
    return beside.with_name(f".{beside.name}.sellerspec")


class _Across:
    """The findings across lines: kept in a file, and counted in the summary."""

    def __init__(self, state: State, names: list[str], how: How, workers: int) -> None:
        self._path = state.folder / "across.jsonl"
        starts = [0, *accumulate(state.lines)]
        found = compare(state.keys, names, state.chunks, workers=workers, strict=how.strict)
        cells = _Cells(names, how)
        with self._path.open("wb") as out, state.verdicts.open("rb") as verdicts:
            for (file, line), group in groupby(found, key=lambda each: each[:2]):
                refuses = False
                for _, _, each in group:
                    refuses = refuses or each.severity is Severity.ERROR
                    text = orjson.dumps(record(names[file], line, each, cells.cell(file, line, each.pointer)))
                    out.write(b"%d %d %s %s\n" % (file, line, each.severity.value.encode(), text))
                    place = Place(names[file], line, each.pointer)
                    state.summary.add(each.rule, each.severity.value, 1, [place])
                verdicts.seek(starts[file] + line - 1)
                _judge_again(state.summary, verdicts.read(1)[0], refuses=refuses)

    def _lines(self) -> Iterator[tuple[int, int, bytes, bytes]]:
        with self._path.open("rb") as lines:
            for each in lines:
                file, line, severity, text = each.rstrip(b"\n").split(b" ", 3)
                yield int(file), int(line), severity, text

    def ordered(self) -> Iterator[results.Ordered]:
        """Yield file, line and text of each finding."""
        for file, line, _, text in self._lines():
            yield file, line, text

    def errors(self) -> Iterator[tuple[int, int]]:
        """Yield file and line of each finding that refuses."""
        for file, line, severity, _ in self._lines():
            if severity == b"error":
                yield file, line


class _Cells:
    """The cells of payloads of tables, asked for in the order of the catalogue."""

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
            self._products = products(self._names[file], self._how.operation, self._how.mapping)
        while self._product is None or self._product.row < line:
            self._product = next(self._products)
        found: dict[str, Json] = self._product.cell(pointer)
        return found


def _judge_again(summary: Summary, verdict: int, *, refuses: bool) -> None:
    """Count a line anew that has findings across lines."""
    if verdict == REFUSED or (verdict == WARNED and not refuses):
        return
    if not refuses:
        summary.warned += 1
        return
    summary.accepted -= 1
    summary.refused += 1
    summary.warned -= verdict == WARNED
