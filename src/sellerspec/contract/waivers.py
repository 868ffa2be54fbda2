"""Waivers: findings that a project accepts for a while, each with a reason and an end.

They stand in `pyproject.toml`, by rule, then place:

    [tool.sellerspec.waivers]
    "tiki.product-name" = {place = "/name", reason = "agreed with the key account", expires = 2027-01-31}

A rule may have a list of such tables. A `*` in a place stands for one part of the pointer. A
waiver that is out of date waives nothing; that, and one that nothing needed, is a finding itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sellerspec.errors import ParseError
from sellerspec.io import settings
from sellerspec.io.strict import quoted
from sellerspec.marketplaces.common import Common
from sellerspec.model import Finding, Json, Report, Severity

EXPIRED = Common("sellerspec.waiver-expired", "a waiver is not out of date", "", Severity.ERROR)
UNUSED = Common("sellerspec.waiver-unused", "a waiver waives something", "", Severity.WARNING)

_MEMBERS = ("place", "reason", "expires")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One rule that need not be kept at one place, until a day."""

    rule: str
    place: str
    """RFC 6901 pointer of the finding, in which `*` stands for any one part."""

    reason: str
    expires: date
    """The last day on which it counts."""

    def covers(self, finding: Finding) -> bool:
        """Say whether a finding is the one that is meant, whatever the day.

        A pointer into a request's body, `/request/body/name`, also fits the place `/name`.
        """
        if finding.rule != self.rule:
            return False
        found = finding.pointer
        return _fits(self.place, found) or _fits(self.place, found.removeprefix("/request/body"))

    def __str__(self) -> str:
        return f"{self.rule} at {self.place or '/'}"


def _fits(place: str, pointer: str) -> bool:
    wanted, found = place.split("/"), pointer.split("/")
    return len(wanted) == len(found) and all(
        want in ("*", got) for want, got in zip(wanted, found, strict=True)
    )


def read(start: Path | None = None) -> tuple[Waiver, ...]:
    """Return the waivers of the project around `start` (the working folder).

    Raises:
        ParseError: the file is no TOML, or a waiver lacks its place, its reason or its end.
    """
    path = settings.find(start)
    if path is None:
        return ()
    import tomllib  # as in settings: most projects have no table of ours

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("sellerspec", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ParseError(f"not TOML: {error}", name=str(path)) from None
    found = table.get("waivers", {}) if isinstance(table, dict) else {}
    if not isinstance(found, dict):
        raise ParseError("[tool.sellerspec.waivers] is not a table: rule -> waiver", name=str(path))
    return tuple(
        _waiver(rule, each, str(path))
        for rule, given in found.items()
        for each in (given if isinstance(given, list) else [given])
    )


def _waiver(rule: str, raw: Json, name: str) -> Waiver:
    place = f"the waiver of {quoted(rule)}"
    if not isinstance(raw, dict) or set(raw) != set(_MEMBERS):
        raise ParseError(f"{place} has a `place`, a `reason` and `expires`, and nothing else", name=name)
    where, reason, expires = (raw[member] for member in _MEMBERS)
    if not isinstance(where, str) or (where and not where.startswith("/")):
        raise ParseError(f"the `place` of {place} is no JSON pointer", name=name)
    if not isinstance(reason, str) or not reason.strip():
        raise ParseError(f"the `reason` of {place} is empty", name=name)
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise ParseError(f"`expires` of {place} is no date, as 2027-01-31 without quotes is", name=name)
    return Waiver(rule, where, reason, expires)


class Waivers:
    """The waivers of one run: leaves out what they cover, and remembers which were needed."""

    def __init__(self, waivers: Iterable[Waiver] = (), *, today: date | None = None) -> None:
        self.all = tuple(waivers)
        self._today = today or date.today()
        self._needed: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self.all)

    def applied(self, report: Report) -> Report:
        """Return the report without the findings that are waived."""
        if not self.all or not report.findings:
            return report
        kept = tuple(finding for finding in report.findings if not self._waived(finding))
        return report if len(kept) == len(report.findings) else replace(report, findings=kept)

    def _waived(self, finding: Finding) -> bool:
        waived = False
        for index, each in enumerate(self.all):
            if each.covers(finding):
                self._needed.add(index)
                waived = waived or each.expires >= self._today
        return waived

    def needed(self) -> list[int]:
        """Return the numbers of the waivers that covered something, for another process."""
        return sorted(self._needed)

    def also_needed(self, numbers: Sequence[int]) -> None:
        """Take in what another process found needed."""
        self._needed.update(numbers)

    def findings(self, *, complete: bool) -> Iterator[Finding]:
        """Yield what is wrong with the waivers themselves.

        Args:
            complete: whether everything was checked, so that one not needed is not needed at all.
        """
        for index, each in enumerate(self.all):
            if each.expires < self._today:
                yield EXPIRED(f"the waiver of {each} ended on {each.expires}: {each.reason[:80]}", each.place)
            elif complete and index not in self._needed:
                yield UNUSED(f"nothing needed the waiver of {each}", each.place)
