"""Check recorded exchanges: contract, verdict, secrets, age, duplicates, orphans."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sellerspec import marketplaces
from sellerspec.cassettes import format, rules
from sellerspec.cassettes.format import Cassette, Recorded
from sellerspec.cassettes.format.types import otherwise
from sellerspec.cassettes.open_types import bodies
from sellerspec.cassettes.place import hint
from sellerspec.contract.check import check_exchange
from sellerspec.errors import ParseError, UnknownName
from sellerspec.model import Facts, Finding, Report, Severity, pointer
from sellerspec.scrubbing import NotScrubbed, Scrubber, scrubber

PRE_FLIGHT = frozenset((400, 422))
"""Statuses that refuse a request for what it says; others refuse its sender, or its moment."""

Placed = tuple[str, Report]
"""`file:line` of an exchange, or the file, with what was found there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How cassettes are checked."""

    marketplace: str | None = None
    """Name, where neither host nor folder tells."""

    facts: Facts | None = None
    strict: bool = False
    overlays: tuple[str, ...] = ()
    secrets: bool = True
    max_age: timedelta | None = None
    """How old the oldest exchange of a cassette may be; one from a document has no age."""

    now: datetime | None = None
    """The moment that ages count to; by default the present."""

    used: Collection[str | Path] | None = None
    """The cassettes that tests have used; None if that is not known, as after an incomplete run."""


def check_cassettes(paths: Iterable[str | Path], **settings: Any) -> list[Placed]:
    """Check every exchange of cassette files and folders.

    Args:
        paths: files and folders, YAML or JSON.
        settings: as the fields of `Settings`.

    Returns:
        One report for each exchange at `file:line`, in the order of the files, and one for each file
        that cannot be read or that no test uses. Pointers lead into the exchange.

    Raises:
        ParseError: a path is not there.
    """
    work = Checker(Settings(**settings))
    found: list[Placed] = []
    for path in format.files(paths):
        found.extend(work.file(path))
    return found


@dataclass(slots=True)
class Checker:
    """Checks one folder: remembers what it has seen, to name duplicates."""

    settings: Settings
    _seen: dict[tuple[str, str, bytes, int | None, bytes], str] = field(default_factory=dict)
    _scrubbers: dict[str | None, Scrubber] = field(default_factory=dict)
    _used: frozenset[Path] | None = None

    def __post_init__(self) -> None:
        """Resolve the used paths once."""
        if self.settings.used is not None:
            self._used = frozenset(Path(each).resolve() for each in self.settings.used)

    def file(self, path: Path) -> list[Placed]:
        """Check one file; one that cannot be read gives one finding at its place."""
        try:
            recorded = format.read(path)
        except ParseError as error:
            finding = replace(
                rules.READABLE(error.problem), line=error.line or None, column=error.column or None
            )
            return [(str(path), Report("", (finding,)))]
        found = self.cassette(recorded)
        if self._used is not None and path.resolve() not in self._used:
            found.append((str(path), Report("", (rules.ORPHAN("no test has used it"),))))
        return found

    def cassette(self, recorded: Cassette) -> list[Placed]:
        """Check a cassette that was read."""
        found = [(exchange.place, self.exchange(exchange)) for exchange in recorded.exchanges]
        limit = self.settings.max_age
        if limit is not None and found:
            index, finding = self._age(recorded.exchanges, limit)
            if finding is not None:
                place, report = found[index]
                found[index] = (place, replace(report, findings=(*report.findings, finding)))
        return found

    def exchange(self, recorded: Recorded) -> Report:
        """Check one exchange."""
        exchange = recorded.exchange
        told = hint(recorded.file.rpartition("/")[0])
        market = self.settings.marketplace or told.marketplace
        operation = recorded.origin.operation or told.webhook
        refused = exchange.status is not None and exchange.status >= 400
        try:
            report = check_exchange(
                exchange,
                # what was noted was found without facts
                facts=None if refused and recorded.origin.refused_for is not None else self.settings.facts,
                operation=operation or None,
                marketplace=market,
                requests="always" if refused else "accepted",
                overlays=self.settings.overlays,
            )
            findings = _verdict(recorded, report) if refused else _acceptance(report)
        except UnknownName as error:
            report = Report("")
            findings = [rules.OPERATION(str(error)[:160])]
        if self.settings.secrets:
            findings += self._secrets(recorded, report.operation.partition("/")[0] or market)
        if recorded.origin.types:
            findings += _types(recorded)
        findings += self._duplicate(recorded)
        if not findings:
            return report if not report.findings else replace(report, findings=())
        line = recorded.line or None
        report = replace(
            report,
            findings=tuple(replace(finding, line=line, column=1 if line else None) for finding in findings),
        )
        return report.strict() if self.settings.strict else report

    def _secrets(self, recorded: Recorded, market: str | None) -> list[Finding]:
        scrub = self._scrubbers.get(market)
        if scrub is None:
            known = marketplaces.marketplace(market) if market in marketplaces.names() and market else None
            scrub = self._scrubbers[market] = scrubber(known)
        try:
            leaks = scrub.leaks(recorded.exchange)
        except NotScrubbed as error:
            return [rules.UNREADABLE(str(error))]
        found = []
        for leak in leaks:
            if leak.name == "header":
                found.append(rules.HEADER("not on the list of headers that are kept", leak.pointer))
            elif leak.name == "unreadable":
                found.append(rules.UNREADABLE("neither JSON, a form nor a short text", leak.pointer))
            else:
                found.append(rules.SECRET(f"a secret, or what looks like one: `{leak.name}`", leak.pointer))
        return found

    def _duplicate(self, recorded: Recorded) -> list[Finding]:
        each = recorded.exchange
        key = (each.method, each.url, each.request_body, each.status, each.response_body)
        first = self._seen.setdefault(key, recorded.place)
        return [] if first == recorded.place else [rules.DUPLICATE(f"the same exchange as {first}"[-160:])]

    def _age(self, exchanges: Sequence[Recorded], limit: timedelta) -> tuple[int, Finding | None]:
        """Return the number of the oldest exchange, with a finding if it is too old or its age unknown."""
        now = self.settings.now or datetime.now(UTC)
        now = now if now.tzinfo else now.replace(tzinfo=UTC)
        ages = [
            (_moment(each.origin.at), index)
            for index, each in enumerate(exchanges)
            if each.origin.source != "documentation"
        ]
        unknown = [index for moment, index in ages if moment is None]
        if unknown:
            return unknown[0], rules.AGELESS("it does not tell when it was recorded, so its age is not known")
        if not ages:
            return 0, None
        oldest, index = min((moment, index) for moment, index in ages if moment is not None)
        age = now - oldest
        if age <= limit:
            return index, None
        return index, rules.EXPIRED(
            f"recorded {age.days} days ago, at most {limit.days} are allowed; record it again"
        )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _of_request(each: Finding) -> bool:
    return each.pointer.startswith("/request")


def told(each: Finding) -> str:
    """Return a finding as `Origin.refused_for` notes it."""
    return f"{each.rule} {each.pointer}"


def _acceptance(report: Report) -> list[Finding]:
    findings = list(report.findings)
    wrong = [finding for finding in findings if finding.severity is Severity.ERROR and _of_request(finding)]
    if wrong:
        findings.append(
            rules.ACCEPTED(f"accepted, though pre-flight would have refused it ({wrong[0].rule})")
        )
    return findings


def _verdict(recorded: Recorded, report: Report) -> list[Finding]:
    """Hold a refusal against pre-flight's; what pre-flight was known to find is no finding here."""
    exchange, noted = recorded.exchange, recorded.origin.refused_for
    answered = [finding for finding in report.findings if not _of_request(finding)]
    asked = [finding for finding in report.findings if _of_request(finding)]
    refusing = [each for each in asked if each.severity is Severity.ERROR]
    if noted is None:
        if exchange.status in PRE_FLIGHT and not refusing:
            answered.append(_missed(report, unsure=bool(report.unchecked)))
        return answered
    new = [each for each in asked if told(each) not in noted]
    gone = sorted(set(noted) - {told(each) for each in asked})
    answered.extend(new)
    answered.extend(rules.VERDICT(f"when it was recorded, pre-flight found `{each}`"[:160]) for each in gone)
    if exchange.status in PRE_FLIGHT and not refusing and not gone:
        answered.append(_missed(report, unsure=True))
    return answered


def _types(recorded: Recorded) -> list[Finding]:
    """Compare the types of untyped members with the noted ones."""
    found = []
    values = bodies(recorded.exchange)
    for place, types in recorded.origin.types.items():
        half, _, rest = place.removeprefix("/").partition("/body")
        if half in values:
            for path, kind in otherwise(values[half], rest, types):
                said = f"{kind}, when it was recorded {' or '.join(types.split())}"
                found.append(rules.TYPE(said, f"/{half}/body{pointer(path)}"))
    return found


def _missed(report: Report, *, unsure: bool) -> Finding:
    said = "refused, though pre-flight finds nothing wrong with the request"
    if report.unchecked:
        said += f"; without facts {len(report.unchecked)} rules were not asked"
    return (rules.MISSED_UNSURE if unsure else rules.MISSED)(said)
