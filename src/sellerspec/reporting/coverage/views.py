"""Show coverage as a table of plain text, or as one HTML page that needs no other file."""

import json
from collections.abc import Sequence
from html import escape
from typing import Literal

from sellerspec.reporting.coverage.collect import Coverage
from sellerspec.reporting.coverage.totals import KINDS, Share, Summary
from sellerspec.reporting.records import Table

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
th:first-child, td:first-child { text-align: left }
td.none { color: #b33 } td.all { color: #183 }
details { text-align: left } summary { text-align: right; cursor: pointer }
code { font-size: .85em; overflow-wrap: anywhere }
"""


def table(summaries: Sequence[Summary]) -> str:
    """Return one line for each marketplace below a header line, without a line feed at the end.

    Lines on assumed operations that were called come last.
    """
    rows = [("", "calls", *KINDS), *map(_cells, summaries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join((row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:]))).rstrip() for row in rows
    ]
    return "\n".join([*lines, *(note for summary in summaries for note in summary.notes)])


def _cells(summary: Summary) -> tuple[str, ...]:
    shares = (f"{summary.shares[kind]} {summary.shares[kind].percent:.0f}%" for kind in KINDS)
    return (summary.name, str(summary.calls), *shares)


def report_table(summaries: Sequence[Summary], *, title: str = "Contract coverage") -> Table:
    """Return the table of a report in HTML or Markdown."""
    return Table(title, ("marketplace", "calls", *KINDS), list(map(_cells, summaries)))


def written(coverage: Coverage, summaries: Sequence[Summary], form: Literal["json", "html"]) -> str:
    """Return the text of a file with the coverage, as JSON or as one HTML page."""
    if form == "html":
        return page(summaries)
    totals = {entry.name: entry.to_dict() for entry in summaries}
    return json.dumps({**coverage.to_dict(), "marketplaces": totals}, indent=1) + "\n"


def page(summaries: Sequence[Summary], *, title: str = "Contract coverage") -> str:
    """Return an HTML page with a table for each marketplace and a row for each operation.

    Each number unfolds the list of missing items.
    """
    sections = "\n".join(_section(summary) for summary in summaries) or "<p>Nothing was seen.</p>"
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n<h1>{escape(title)}</h1>\n"
        "<p>A rule counts where it applied to some value, which satisfied or violated it.</p>\n"
        f"{sections}\n</html>\n"
    )


def _section(marketplace: Summary) -> str:
    head = "".join(f"<th>{column}</th>" for column in ("operation", "calls", *KINDS[1:]))
    rows = "\n".join(_row(operation) for operation in marketplace.operations)
    overall = ", ".join(
        f"{kind} {marketplace.shares[kind]} ({marketplace.shares[kind].percent:.0f} %)" for kind in KINDS
    )
    return (
        f"<h2>{escape(marketplace.name)}</h2>\n<p>{overall}</p>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _row(operation: Summary) -> str:
    cells = "".join(_cell(operation.shares[kind], operation.assumed) for kind in KINDS[1:])
    name = _named(escape(operation.name), operation.name, operation.assumed)
    return f"<tr><td>{name}</td><td>{operation.calls}</td>{cells}</tr>"


def _named(shown: str, name: str, assumed: frozenset[str]) -> str:
    return f"{shown} (assumed)" if name in assumed else shown


def _cell(share: Share, assumed: frozenset[str]) -> str:
    if not share.total:
        return "<td></td>"
    if not share.missing:
        return f'<td class="all">{share}</td>'
    kind = "some" if share.seen else "none"
    missing = "<br>".join(_named(f"<code>{escape(name)}</code>", name, assumed) for name in share.missing)
    return f'<td class="{kind}"><details><summary>{share}</summary>{missing}</details></td>'
