"""Compare the lines of a catalogue with each other in DuckDB: exact, in little memory."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sellerspec.bulk.comparison import COMPARISONS, Comparison, finding
from sellerspec.bulk.keys import RELATIONS, STRIDE
from sellerspec.bulk.state import DoneChunk
from sellerspec.errors import SellerspecError
from sellerspec.model import Finding

MEMORY = 32
"""Megabytes that DuckDB may use at first; it spills the rest to disk."""

MAX_MEMORY = 4096
"""Megabytes that DuckDB may use if a query fails with less; some versions need more than others."""

MAX_THREADS = 2
"""Threads that DuckDB may use. Each one holds memory that DuckDB's limit does not count."""

PER_PASS = 2_000_000
"""Rows whose hashes are grouped at once."""

MAX_PASSES = 64


def compare(
    folder: Path, names: list[str], chunks: Sequence[DoneChunk], *, workers: int = 1, strict: bool = False
) -> Iterator[tuple[int, int, Finding]]:
    """Yield file, line and finding of each line that repeats a value of an earlier line, in catalogue order.

    Args:
        folder: holds the keys of all chunks. DuckDB writes its scratch files there.
        names: names of the files, for the messages.
        chunks: the chunks of the run, in order.
        workers: threads, at most `MAX_THREADS`.
        strict: raise warnings to errors.

    Raises:
        SellerspecError: the comparison needs more memory than `MAX_MEMORY`.
    """
    import duckdb

    if next(folder.glob("*.parquet"), None) is None:
        return
    with duckdb.connect(
        config={
            "memory_limit": f"{MEMORY}MB",
            "threads": min(workers, MAX_THREADS),
            "preserve_insertion_order": False,
            "temp_directory": str(folder / "scratch"),
        }
    ) as database:
        with suppress(duckdb.CatalogException):  # DuckDB 2.0 adds eight threads that only read ahead
            database.execute("set async_threads = 0")
        for place, comparison, _, pointer, before in _repetitions(database, folder):
            file, line = _line(place, chunks)
            first_file, first_line = _line(before, chunks)
            earlier = f"line {first_line}"
            if first_file != file:
                earlier += f" of {names[first_file][-80:]}"
            yield file, line, finding(comparison, pointer, earlier, strict=strict)


def _repetitions(database: Any, folder: Path) -> Iterator[tuple[Any, ...]]:
    """Run all comparisons; yield their rows sorted by place."""
    patterns = {name: str(folder / f"*.{name}.parquet") for name in RELATIONS}
    relations = {name: f"read_parquet({_quoted(pattern)})" for name, pattern in patterns.items()}
    database.execute(
        "create temp table repetitions"
        " (place bigint, comparison int, variant int, pointer varchar, before bigint)"
    )
    for comparison in COMPARISONS:
        relation = relations[comparison.relation]
        rows = database.from_parquet(patterns[comparison.relation]).aggregate("count(*)").fetchall()[0][0]
        passes = max(1, min(MAX_PASSES, -(-rows // PER_PASS)))
        for number in range(passes):
            narrowed = {comparison.relation: _candidates(comparison, relation, passes, number)}
            _execute(
                database, "insert into repetitions " + comparison.sql.format(**{**relations, **narrowed})
            )
    ordered = _execute(database, "select * from repetitions order by place, comparison, variant")
    while rows := ordered.fetchmany(1000):
        yield from rows


def _candidates(comparison: Comparison, relation: str, passes: int, number: int) -> str:
    """Return SQL for the rows whose compared columns may be equal to those of another row.

    The query groups hashes of 8 bytes instead of the values, which takes little memory. Each pass
    groups one part of the hashes. A hash collision does no harm: the comparison reads the columns.
    """
    first = comparison.columns.partition(",")[0]
    return _CANDIDATES.format(
        relation=relation, columns=comparison.columns, first=first, passes=passes, number=number
    )


_CANDIDATES = """(
    select * from {relation} where {first} is not null and hash({columns}) in (
        select hash({columns}) as key from {relation}
        where {first} is not null and hash({columns}) % {passes} = {number}
        group by key having count(*) > 1
    )
)"""


def _line(place: int, chunks: Sequence[DoneChunk]) -> tuple[int, int]:
    """Return file and line of a place in a run."""
    chunk, line = divmod(place, STRIDE)
    return chunks[chunk].file, chunks[chunk].lines_before + line


def _execute(database: Any, statement: str) -> Any:
    """Execute a statement. When DuckDB runs out of memory, double its limit and try again."""
    from duckdb import IOException, OutOfMemoryException

    megabytes = MEMORY
    while True:
        try:
            return database.execute(statement)
        except OutOfMemoryException as error:
            megabytes *= 2
            if megabytes > MAX_MEMORY:
                raise SellerspecError(f"lines cannot be compared in {MAX_MEMORY} MB of memory") from error
            database.execute(f"set memory_limit = '{megabytes}MB'")
        except IOException as error:
            raise OSError(0, "lines cannot be compared, the disk is full or cannot be written") from error


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
