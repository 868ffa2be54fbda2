"""Input and output of a run over a catalogue."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sellerspec.model import NO_FACTS, Facts, Finding, Json, Report, Severity

FIRST = 3
"""Number of places that a summary lists for each rule."""


@dataclass(frozen=True, slots=True)
class How:
    """How every line of a catalogue is checked; sent to the workers."""

    operation: str
    facts: Facts = NO_FACTS
    strict: bool = False
    engine: str | None = None
    overlays: tuple[str, ...] = ()
    mapping: str | None = None
    """File that maps columns of a table to members; None takes the columns of the template."""

    encoding: str | None = None
    """Encoding of CSV files; None is UTF-8."""

    sheet: str | None = None
    """Sheet of workbooks; None takes that of the mapping, or the one that has such columns."""

    header_row: int | None = None
    """Row of CSV files and workbooks that names the columns; None is row 1."""

    across: bool = True
    """Whether lines are compared with each other, where the operation has rules for that."""

    unsafe_fixes: bool = False
    """Whether lines that are fixed get their unsafe fixes too."""


class Folders(NamedTuple):
    """Folders that take the results of each chunk; None where a result is not needed."""

    keys: Path | None = None
    """For the members that lines must not share."""

    findings: Path | None = None
    """For the findings, a file for each chunk that has some."""

    fixes: Path | None = None
    """For the lines that fixes change, a file for each chunk that has some."""

    hashed: bool = False
    """Whether the content of each chunk is hashed, because its lines are split later."""


NO_FOLDERS = Folders()


@dataclass(frozen=True, slots=True)
class LineReport:
    """The report on one line."""

    line: int
    """Counted from 1."""

    report: Report


class Place(NamedTuple):
    """The place of a finding in a run."""

    name: str
    """The file, as the caller named it."""

    line: int
    """The line of a file, the item of a JSON array or the row of a table, from 1."""

    pointer: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line} {self.pointer or '/'}"


class Unread(NamedTuple):
    """The rest of a file, which cannot be read."""

    name: str
    """The file, as the caller named it."""

    line: int
    """The first line or item that cannot be read; 0 of a file without any."""

    problem: str

    def __str__(self) -> str:
        if not self.line:
            return f"{self.name}: {self.problem}"
        return f"{self.name}:{self.line}: cannot be read from here on: {self.problem}"


class Progress(NamedTuple):
    """How much of a run is done."""

    done: int
    """Bytes of the files that are done."""

    total: int
    """Bytes of all files."""

    lines: int
    """Lines that were checked, by this run or the run that it resumes."""


Watch = Callable[[Progress], None]


@dataclass(slots=True)
class Summary:
    """The result of a run; its counts grow while the run proceeds."""

    operation: str
    accepted: int = 0
    """Lines without an error, with or without a warning."""

    refused: int = 0
    """Lines with an error."""

    warned: int = 0
    """Accepted lines with a warning."""

    seconds: float = 0.0
    rules: dict[str, int] = field(default_factory=dict)
    """Rule -> number of findings."""

    severities: dict[str, str] = field(default_factory=dict)
    """Rule -> `error` or `warning`."""

    bases: dict[str, str] = field(default_factory=dict)
    """Rule -> its basis, a value of `Basis`."""

    first: dict[str, list[Place]] = field(default_factory=dict)
    """Rule -> the first places, at most `FIRST`."""

    cells: dict[str, list[str]] = field(default_factory=dict)
    """Rule -> file, cell and message of the first findings in tables, at most `FIRST`, for a person."""

    fixed: int = 0
    """Lines that fixes change; all other results are about the lines as they are then."""

    fixes: dict[str, int] = field(default_factory=dict)
    """Rule -> number of findings that fixes removed."""

    unread: list[Unread] = field(default_factory=list)
    """Files that can be read only in part. What comes before the place was checked."""

    unchecked: tuple[str, ...] = ()
    """Ids of rules that need a fact which was not given."""

    assumed: tuple[str, ...] = ()
    """The key of the operation, if no document states it."""

    notes: tuple[str, ...] = ()
    """How headers of tables were read that are not written as the names of columns."""

    @property
    def ok(self) -> bool:
        """Whether every line was read and would be accepted."""
        return not self.refused and not self.unread

    @property
    def lines(self) -> int:
        """Number of lines that were checked."""
        return self.accepted + self.refused

    def add(
        self, rule: str, severity: str, basis: str, number: int, first: Iterable[Place],
        cells: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Count findings of one rule; only the places that the summary lists are consumed."""
        self.rules[rule] = self.rules.get(rule, 0) + number
        self.severities[rule], self.bases[rule] = severity, basis
        known = self.first.setdefault(rule, [])
        known.extend(islice(first, FIRST - len(known)))
        texts = self.cells.setdefault(rule, [])
        texts.extend(islice(cells, FIRST - len(texts)))

    def to_dict(self) -> dict[str, Json]:
        """Return the summary as JSON."""
        return {
            "operation": self.operation,
            "ok": self.ok,
            "lines": self.lines,
            "accepted": self.accepted,
            "refused": self.refused,
            "warned": self.warned,
            "seconds": round(self.seconds, 3),
            "rules": [
                {
                    "rule": rule,
                    "severity": self.severities[rule],
                    "basis": self.bases[rule],
                    "findings": number,
                    "first": [place._asdict() for place in self.first[rule]],
                    **({"cells": self.cells[rule]} if self.cells[rule] else {}),
                }
                for rule, number in most_first(self.rules)
            ],
            "fixed": self.fixed,
            "fixes": [{"rule": rule, "findings": number} for rule, number in most_first(self.fixes)],
            "unread": [unread._asdict() for unread in self.unread],
            "unchecked": list(self.unchecked),
            "assumed": list(self.assumed),
            "notes": list(self.notes),
        }


def most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return rules and their numbers, the largest number first."""
    return sorted(counts.items(), key=lambda count: (-count[1], count[0]))


def cell_text(cell: Mapping[str, Json], finding: Finding) -> str:
    """Return the place of a finding in a table, and its message, for the person who keeps the table.

    The place is like ``goods row 3 `price` ``.
    """
    sheet = f"{cell['sheet']} " if "sheet" in cell else ""
    column = f" `{cell['column']}`" if cell["column"] else ""
    return f"{sheet}row {cell['row']}{column}: {finding.message}"


def record(name: str, line: int, finding: Finding, cell: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Return a finding as one line of the findings file."""
    members = finding.to_dict()
    members.pop("line", None)
    members.pop("column", None)
    return {"file": name, "line": line, **(cell or {}), **members}


def as_errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with severity error, as `strict` demands."""
    return tuple(replace(finding, severity=Severity.ERROR) for finding in findings)


def verdict(findings: tuple[Finding, ...]) -> int:
    """Return the verdict on a line that has findings: `WARNED` or `REFUSED`."""
    return REFUSED if any(finding.severity is Severity.ERROR for finding in findings) else WARNED


ACCEPTED, WARNED, REFUSED, BLANK = b"0123"
"""Verdicts, one byte for each line of a file. A blank line is no payload."""
