"""Coverage as one HTML page that needs no other file."""

from collections.abc import Sequence
from html import escape

from sellerspec.reporting.coverage.totals import KINDS, Share, Summary

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


def page(summaries: Sequence[Summary], *, title: str = "Contract coverage") -> str:
    """Return the page: one table for each marketplace, one row for each operation.

    What was not seen opens below each number.
    """
    sections = "\n".join(_section(summary) for summary in summaries) or "<p>Nothing was seen.</p>"
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n<h1>{escape(title)}</h1>\n"
        "<p>A rule was asked where something was there that it speaks of; then it was kept or broken.</p>\n"
        f"{sections}\n</html>\n"
    )


def _section(marketplace: Summary) -> str:
    head = "".join(f"<th>{each}</th>" for each in ("operation", "calls", *KINDS[1:]))
    rows = "\n".join(_row(operation) for operation in marketplace.operations)
    overall = ", ".join(
        f"{kind} {marketplace.shares[kind]} ({marketplace.shares[kind].percent:.0f} %)" for kind in KINDS
    )
    return (
        f"<h2>{escape(marketplace.name)}</h2>\n<p>{overall}</p>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _row(operation: Summary) -> str:
    cells = "".join(_cell(operation.shares[kind]) for kind in KINDS[1:])
    return f"<tr><td>{escape(operation.name)}</td><td>{operation.calls}</td>{cells}</tr>"


def _cell(share: Share) -> str:
    if not share.total:
        return "<td></td>"
    kind = "all" if not share.missing else "none" if not share.seen else "some"
    if not share.missing:
        return f'<td class="{kind}">{share}</td>'
    missing = "<br>".join(f"<code>{escape(each)}</code>" for each in share.missing)
    return f'<td class="{kind}"><details><summary>{share}</summary>{missing}</details></td>'
