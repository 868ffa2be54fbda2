"""The input of a renderer: reports, failures and tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sellerspec import contract, marketplaces
from sellerspec.errors import ParseError, SellerspecError
from sellerspec.marketplaces.common import COMMON
from sellerspec.model import Finding, Report


class Checked(NamedTuple):
    """One thing that was checked."""

    name: str
    """The path as the user gave it, `<stdin>`, or a test id."""

    report: Report
    """With lines and columns, where the text is known (`places.located`)."""

    text: str = ""
    """The JSON text that lines and columns refer to; "" if there is none to show."""

    fixed: Mapping[str, int] = MappingProxyType({})
    """Rule -> findings of it that were fixed before: the report is of the text with the fixes."""


class Failed(NamedTuple):
    """One thing that could not be checked."""

    name: str
    problem: str
    """One line, without the name."""

    line: int = 0
    """From 1; 0 means not known."""

    column: int = 0

    def __str__(self) -> str:
        return f"{place(self.name, self.line, self.column)}: {self.problem}"


def failed(name: str, error: SellerspecError) -> Failed:
    """Return an error about one thing as a record."""
    if isinstance(error, ParseError):
        return Failed(name, error.problem, error.line, error.column)
    return Failed(name, str(error))


class Table(NamedTuple):
    """A table for the HTML page and the Markdown summary: a coverage matrix, a comparison."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    """Plain text, escaped when it is written."""

    note: str = ""


class Count(NamedTuple):
    """The totals of a summary."""

    checked: int
    refused: int
    """Things with at least one error."""

    errors: int
    warnings: int
    failed: int
    fixed: int

    def __str__(self) -> str:
        totals = f"{plural(self.errors, 'error')}, {plural(self.warnings, 'warning')}"
        unchecked = f", {self.failed} could not be checked" if self.failed else ""
        fixed = f", {self.fixed} fixed" if self.fixed else ""
        return f"{totals} in {self.checked} checked{fixed}{unchecked}"


def count(checked: Sequence[Checked], failed: Sequence[Failed] = ()) -> Count:
    """Count what was checked, and its findings."""
    reports = [item.report for item in checked]
    return Count(
        checked=len(reports),
        refused=sum(not report.ok for report in reports),
        errors=sum(len(report.errors) for report in reports),
        warnings=sum(len(report.warnings) for report in reports),
        failed=len(failed),
        fixed=sum(sum(item.fixed.values()) for item in checked),
    )


def pairs(checked: Iterable[Checked]) -> Iterator[tuple[Checked, Finding]]:
    """Yield each finding with the thing that it is about."""
    return ((item, finding) for item in checked for finding in item.report.findings)


def details(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield label and text of the further lines of a finding: the marketplace's text, phase, hint, fixes."""
    yield from finding.details()
    yield from ((fix.label, fix.title) for fix in finding.fixes)


def grounds(finding: Finding) -> str:
    """Return the source of a finding's rule, and its basis."""
    return f"source: {finding.source} ({finding.basis})"


def notes(checked: Iterable[Checked]) -> dict[str, str]:
    """Return a note for each assumed operation -> the first thing that was checked as one."""
    first: dict[str, str] = {}
    for item in checked:
        for note in item.report.notes:
            first.setdefault(note, item.name)
    return first


def requirements(checked: Iterable[Checked]) -> dict[str, str]:
    """Return rule id -> requirement of the rules of all checked marketplaces; house rules are not in it."""
    reports = (item.report for item in checked if item.report.findings)
    names = {report.operation.partition("/")[0] for report in reports} & set(marketplaces.names())
    known = {rule.id: rule.requirement for rule in COMMON}
    for name in sorted(names):
        known |= {rule.id: rule.requirement for rule in contract.contract(name).rules()}
    return known


def place(name: str, line: int | None, column: int | None = None) -> str:
    """Return `file:line:column`; unknown parts are left out."""
    return ":".join(str(part) for part in (name, line or None, column if line else None) if part is not None)


def plural(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> plural(2, "error")
    '2 errors'
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
