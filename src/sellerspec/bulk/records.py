"""What a run over a catalogue is told, and what it says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sellerspec.model import NO_FACTS, Facts, Finding, Json, Report, Severity

FIRST = 3
"""How many places of each rule a summary names."""


@dataclass(frozen=True, slots=True)
class How:
    """How every line of a catalogue is checked; travels to the workers."""

    operation: str
    facts: Facts = NO_FACTS
    strict: bool = False
    engine: str | None = None
    overlays: tuple[str, ...] = ()
    mapping: str | None = None
    """File that says which column of a table is which member; None takes the columns of the template."""

    across: bool = True
    """Whether lines are compared with each other, where the operation has rules for that."""


class Kept(NamedTuple):
    """Folders that take what is kept of each chunk; None where nobody asks for it."""

    keys: Path | None = None
    """For what lines must not share."""

    findings: Path | None = None
    """For the findings, a file for each chunk that has some."""


NOTHING = Kept()


@dataclass(frozen=True, slots=True)
class LineReport:
    """The report on one line."""

    line: int
    """Counted from 1."""

    report: Report


class Place(NamedTuple):
    """Where in a run a finding lies."""

    name: str
    """The file, as the caller named it."""

    line: int
    """The line; in a JSON array the item; in a table the row, as its program counts. From 1."""

    pointer: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line} {self.pointer or '/'}"


class Progress(NamedTuple):
    """How far a run is."""

    done: int
    """Bytes of the files that are done."""

    total: int
    """Bytes of all files."""

    lines: int
    """Lines that have been checked, by this run or the one it goes on from."""


Watch = Callable[[Progress], None]


@dataclass(slots=True)
class Summary:
    """What a run found. Grows while it runs."""

    operation: str
    accepted: int = 0
    """Lines without an error, with or without a warning."""

    refused: int = 0
    """Lines with an error."""

    warned: int = 0
    """Accepted lines with a warning."""

    seconds: float = 0.0
    rules: dict[str, int] = field(default_factory=dict)
    """Rule -> how many findings."""

    severities: dict[str, str] = field(default_factory=dict)
    """Rule -> `error` or `warning`."""

    first: dict[str, list[Place]] = field(default_factory=dict)
    """Rule -> the first places, at most `FIRST`."""

    unchecked: tuple[str, ...] = ()
    """Ids of rules that need a fact which was not given."""

    @property
    def ok(self) -> bool:
        """Whether every line would be accepted."""
        return not self.refused

    @property
    def lines(self) -> int:
        """How many lines have been checked."""
        return self.accepted + self.refused

    def add(self, rule: str, severity: str, number: int, first: Iterable[Place]) -> None:
        """Count findings of one rule; as many of the places are asked for as are wanted."""
        self.rules[rule] = self.rules.get(rule, 0) + number
        self.severities[rule] = severity
        known = self.first.setdefault(rule, [])
        known.extend(islice(first, FIRST - len(known)))

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
                    "findings": number,
                    "first": [each._asdict() for each in self.first[rule]],
                }
                for rule, number in sorted(self.rules.items(), key=lambda each: (-each[1], each[0]))
            ],
            "unchecked": list(self.unchecked),
        }


def record(name: str, line: int, finding: Finding, cell: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Return a finding as one line of the findings file."""
    found = finding.to_dict()
    found.pop("line", None)
    found.pop("column", None)
    return {"file": name, "line": line, **(cell or {}), **found}


def verdict(findings: tuple[Finding, ...]) -> int:
    """Return the verdict on a line that has findings: `WARNED` or `REFUSED`."""
    return REFUSED if any(finding.severity is Severity.ERROR for finding in findings) else WARNED


ACCEPTED, WARNED, REFUSED, BLANK = b"0123"
"""One byte for each line of a file; a line without anything on it is no payload."""
