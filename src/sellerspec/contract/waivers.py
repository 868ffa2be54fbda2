"""Waivers: findings that a project accepts until a date, each with a reason.

They are in `pyproject.toml`, by rule:

    [tool.sellerspec.waivers]
    "tiki.product-name" = {place = "/name", reason = "agreed with the key account", expires = 2027-01-31}

A rule may have a list of such tables. A `*` in a place matches one part of the pointer. An expired
waiver covers nothing. Expired and unused waivers are findings themselves.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sellerspec.contract import settings
from sellerspec.errors import ParseError
from sellerspec.io.strict import quoted
from sellerspec.marketplaces.common import Common
from sellerspec.model import Finding, Json, Report, Severity

EXPIRED = Common("sellerspec.waiver-expired", "a waiver is not out of date", Severity.ERROR)
UNUSED = Common("sellerspec.waiver-unused", "a waiver waives something", Severity.WARNING)
RULES = (EXPIRED, UNUSED)

_MEMBERS = ("place", "reason", "expires")


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings of one rule at one place that are accepted until a date."""

    rule: str
    place: str
    """RFC 6901 pointer of the finding; `*` matches any one part."""

    reason: str
    expires: date
    """The last day on which it counts."""

    def covers(self, finding: Finding) -> bool:
        """Return whether the waiver is for a finding, expired or not.

        The place `/name` also covers `/request/body/name`, the same member in an exchange.
        """
        pointers = (finding.pointer, finding.pointer.removeprefix("/request/body"))
        return finding.rule == self.rule and any(_matches(self.place, pointer) for pointer in pointers)

    def __str__(self) -> str:
        return f"{self.rule} at {self.place or '/'}"


def _matches(place: str, pointer: str) -> bool:
    expected, parts = place.split("/"), pointer.split("/")
    return len(expected) == len(parts) and all(
        one in ("*", part) for one, part in zip(expected, parts, strict=True)
    )


def read(start: Path | None = None) -> tuple[Waiver, ...]:
    """Return the waivers of the project around `start` (the working folder).

    Raises:
        ParseError: the file is not TOML, or a waiver has no place, no reason or no date.
    """
    table, name = settings.table(start)
    waivers = table.get("waivers", {})
    if not isinstance(waivers, dict):
        raise ParseError("[tool.sellerspec.waivers] is not a table: rule -> waiver", name=name)
    return tuple(
        _waiver(rule, waiver, name)
        for rule, given in waivers.items()
        for waiver in (given if isinstance(given, list) else [given])
    )


def _waiver(rule: str, raw: Json, name: str) -> Waiver:
    waiver = f"the waiver of {quoted(rule)}"
    if not isinstance(raw, dict) or set(raw) != set(_MEMBERS):
        raise ParseError(f"{waiver} needs a `place`, a `reason` and `expires`, and nothing else", name=name)
    place, reason, expires = (raw[member] for member in _MEMBERS)
    if not isinstance(place, str) or (place and not place.startswith("/")):
        raise ParseError(f"the `place` of {waiver} is not a JSON pointer", name=name)
    if not isinstance(reason, str) or not reason.strip():
        raise ParseError(f"the `reason` of {waiver} is empty", name=name)
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise ParseError(f"`expires` of {waiver} is not a date, like 2027-01-31 without quotes", name=name)
    return Waiver(rule, place, reason, expires)


class Waivers:
    """Applies the waivers of one run, and records which of them were used."""

    def __init__(self, waivers: Iterable[Waiver] = (), *, today: date | None = None) -> None:
        self.all = tuple(waivers)
        self._today = today or date.today()
        self._used: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self.all)

    def applied(self, report: Report) -> Report:
        """Return the report without the findings that are waived."""
        if not self.all or not report.findings:
            return report
        kept = tuple(finding for finding in report.findings if not self._waived(finding))
        return report if len(kept) == len(report.findings) else replace(report, findings=kept)

    def _waived(self, finding: Finding) -> bool:
        covering = [index for index, waiver in enumerate(self.all) if waiver.covers(finding)]
        self._used.update(covering)
        return any(self.all[index].expires >= self._today for index in covering)

    def used(self) -> list[int]:
        """Return the indices of the waivers that covered a finding, for another process."""
        return sorted(self._used)

    def add_used(self, numbers: Sequence[int]) -> None:
        """Add what `used` returned in another process."""
        self._used.update(numbers)

    def findings(self, *, complete: bool) -> Iterator[Finding]:
        """Yield findings about the waivers: expired ones, and unused ones.

        Args:
            complete: whether everything was checked; only then an unused waiver is a finding.
        """
        for index, waiver in enumerate(self.all):
            if waiver.expires < self._today:
                message = f"the waiver of {waiver} ended on {waiver.expires}: {waiver.reason[:80]}"
                yield EXPIRED(message, waiver.place)
            elif complete and index not in self._used:
                yield UNUSED(
                    f"the waiver of {waiver} must be removed, because it waives nothing", waiver.place
                )
