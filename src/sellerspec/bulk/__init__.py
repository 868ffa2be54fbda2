"""Check catalogues: files of millions of lines, tables, and data frames.

`check_files` checks files on all cores, `check_lines` any iterable of lines, `arrow` and `spark` the
batches of a data frame.
"""

from collections.abc import Iterable, Iterator, Sequence

from sellerspec.bulk.cluster import FINDINGS, arrow, spark, spark_lines
from sellerspec.bulk.records import How, LineReport, Place, Progress, Summary
from sellerspec.bulk.run import Interrupted, check_files
from sellerspec.model import NO_FACTS, Facts, Json

__all__ = [
    "FINDINGS",
    "How",
    "Interrupted",
    "LineReport",
    "Place",
    "Progress",
    "Summary",
    "arrow",
    "check_files",
    "check_lines",
    "spark",
    "spark_lines",
]


def check_lines(
    lines: Iterable[bytes | str | Json],
    operation: str,
    *,
    facts: Facts | None = None,
    strict: bool = False,
    engine: str | None = None,
    overlays: Sequence[str] = (),
) -> Iterator[LineReport]:
    """Yield a report for each line, in order, and hold one line at a time.

    Lines are not compared with each other; `check_files` does that.

    Args:
        lines: JSON texts, as bytes or text, or decoded payloads. Blank lines are
            counted and skipped.
        operation: `marketplace/operationId`.
        facts: as for `sellerspec.check`.
        strict: raise warnings to errors.
        engine: as for `sellerspec.check`.
        overlays: as for `sellerspec.check`.

    Raises:
        UnknownName: the operation is not known.
        UsageError: the operation has no JSON body.

    >>> [line.line for line in check_lines([b'{"price": 1}', b"{"], "tiki/updateSku") if not line.report.ok]
    [2]
    """
    from sellerspec.bulk.checker import Checker

    checker = Checker(How(operation, facts or NO_FACTS, strict, engine, tuple(overlays)))
    for number, line in enumerate(lines, 1):
        if isinstance(line, bytes | str):
            text = line.encode(errors="surrogatepass") if isinstance(line, str) else line
            if text.strip():
                yield LineReport(number, checker.report(text))
        else:
            yield LineReport(number, checker.report(line))
