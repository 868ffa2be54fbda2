"""The change of a fix on the page: the lines of the payload before and after."""

from html import escape

from sellerspec.reporting.changes import Change
from sellerspec.reporting.excerpt import plain
from sellerspec.reporting.hide import hidden
from sellerspec.reporting.records import Checked

MOST = 100
"""Most characters that are shown of a line on either side of the change, and of the change itself."""


def before_and_after(change: Change, checked: Checked) -> str:
    """Return what a fix changes, with secrets around it hidden."""
    text = hidden(checked.text, checked.report.operation)
    start, end = change.start, change.end
    head = text[text.rfind("\n", 0, start) + 1 : start].lstrip()
    line_end = text.find("\n", end)
    tail = text[end : line_end if line_end >= 0 else len(text)].rstrip()
    head = head if len(head) <= MOST else f"…{head[-MOST:]}"
    tail = _cut(tail)
    rows = (("before", "del", text[start:end]), ("after", "ins", change.new))
    parts = (
        f"<dt>{name}</dt><dd><code>{_code(head)}<{tag}>{_code(_cut(new))}</{tag}>{_code(tail)}</code></dd>"
        for name, tag, new in rows
    )
    return f'<dl class="fix">{"".join(parts)}</dl>'


def _code(text: str) -> str:
    return escape(plain(" ".join(text.split("\n"))))


def _cut(text: str) -> str:
    return text if len(text) <= MOST else f"{text[:MOST]}…"
