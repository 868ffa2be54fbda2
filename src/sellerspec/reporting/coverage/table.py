"""Coverage as a short table of plain text."""

from collections.abc import Sequence

from sellerspec.reporting.coverage.totals import KINDS, Summary


def table(summaries: Sequence[Summary]) -> str:
    """Return one line for each marketplace below a head line, without a line feed at the end."""
    rows: list[tuple[str, ...]] = [("", "calls", *KINDS)]
    for summary in summaries:
        shares = (f"{summary.shares[kind]} {summary.shares[kind].percent:.0f}%" for kind in KINDS)
        rows.append((summary.name, str(summary.calls), *shares))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        each.rjust(width) if column else each.ljust(width)
        for column, (each, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *others)).rstrip()
