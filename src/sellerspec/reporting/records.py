"""What a renderer is given: what was checked, what could not be, and tables beside."""

from collections.abc import Sequence
from typing import NamedTuple

from sellerspec.errors import ParseError, SellerspecError
from sellerspec.model import Report


class Checked(NamedTuple):
    """One thing that was checked."""

    name: str
    """What the user calls it: the path as given, `<stdin>`, a test id."""

    report: Report
    """With lines and columns, where the text is known (`render.places.located`)."""

    text: str = ""
    """The text that the lines count in; "" where there is none to show."""

    language: str = "json"
    """`json` or `yaml`: how `text` is read to hide personal data and secrets in it."""


class Failed(NamedTuple):
    """One thing that could not be checked."""

    name: str
    problem: str
    """One line, without the name."""

    line: int = 0
    """From 1; 0 means not known."""

    column: int = 0

    def __str__(self) -> str:
        place = f"{self.name}:{self.line}:{self.column}" if self.line else self.name
        return f"{place}: {self.problem}"


def failed(name: str, error: SellerspecError) -> Failed:
    """Return an error about one thing as a record."""
    if isinstance(error, ParseError):
        return Failed(name, error.problem, error.line, error.column)
    return Failed(name, str(error))


class Table(NamedTuple):
    """A table for the HTML page and the Markdown summary: a coverage matrix, a drift side by side."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    """Plain text, escaped when it is written."""

    note: str = ""


class Count(NamedTuple):
    """How many of what."""

    checked: int
    refused: int
    """Things with at least one error."""

    errors: int
    warnings: int
    failed: int

    def __str__(self) -> str:
        said = f"{plural(self.errors, 'error')}, {plural(self.warnings, 'warning')} in {self.checked} checked"
        return said + (f", {self.failed} could not be checked" if self.failed else "")


def count(checked: Sequence[Checked], failed: Sequence[Failed] = ()) -> Count:
    """Count what was found."""
    return Count(
        checked=len(checked),
        refused=sum(not each.report.ok for each in checked),
        errors=sum(len(each.report.errors) for each in checked),
        warnings=sum(len(each.report.warnings) for each in checked),
        failed=len(failed),
    )


def plural(number: int, noun: str) -> str:
    """Say a number of things.

    >>> plural(2, "error")
    '2 errors'
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
