"""Check recorded exchanges: contract, verdict, secrets, age, duplicates, orphans."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sellerspec import marketplaces
from sellerspec.cassettes import files, rules
from sellerspec.cassettes.files import Cassette, Recorded
from sellerspec.cassettes.open_types import HALVES, changed_types, json_body
from sellerspec.cassettes.operations import called, hint, is_ignored, unknown
from sellerspec.contract import settings as project
from sellerspec.errors import ParseError, UnknownName
from sellerspec.io import urls
from sellerspec.io.member_names import without_data
from sellerspec.io.strict import quoted
from sellerspec.model import NO_FACTS, Exchange, Facts, Finding, Json, Report, Severity, pointer
from sellerspec.scrubbing import NotScrubbed, Scrubber, phrase, scrubber

CONTENT = frozenset((400, 422))
"""Statuses that refuse a request for its content; others refuse its credentials or its timing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How cassettes are checked."""

    marketplace: str | None = None
    """Name, where the host does not determine it; by default the recorder's, else the folder's."""

    ignored_urls: Collection[str] = ()
    """Hosts, or hosts and beginnings of paths, whose calls need no operation: only secrets are found."""

    facts: Facts | None = None
    strict: bool = False
    overlays: tuple[str, ...] = ()
    secrets: bool = True
    max_age: timedelta | None = None
    """Greatest age of the oldest exchange of a cassette; an exchange from a document has no age."""

    now: datetime | None = None
    """The moment at which ages are measured; by default the present."""

    used: Collection[str | Path] | None = None
    """The cassettes that tests have used; None if that is not known, as after an incomplete run."""


def check_cassettes(paths: Iterable[str | Path], **settings: Any) -> list[tuple[str, Report]]:
    """Check every exchange of cassette files and folders.

    Args:
        paths: files and folders, YAML or JSON.
        settings: `marketplace` (name), `ignored_urls`, `facts`, `strict`, `overlays` (paths), `secrets`
            (False does not look for them), `max_age`, `now`, `used` (paths of the cassettes that tests
            used).

    Returns:
        Pairs of place and report, in the order of the files: one for each exchange (`file:line`), one for
        each path that cannot be read, holds no exchange, or is used by no test. Pointers lead into the
        exchange. What could not be judged has an error of one of `rules.NOT_JUDGED`.
    """
    checker = Checker(Settings(**settings))
    return [checked for path in paths for checked in checker.path(path)]


@dataclass(slots=True)
class Checker:
    """Checks cassettes one after the other, and remembers exchanges to find duplicates."""

    settings: Settings
    _first: dict[tuple[str, str, bytes, int | None, bytes], Recorded] = field(default_factory=dict)
    _scrubbers: dict[str | None, Scrubber] = field(default_factory=dict)
    _used: frozenset[Path] | None = None
    _project: project.Settings = field(default_factory=project.Settings)

    def __post_init__(self) -> None:
        """Read the project's settings and resolve the used paths, once."""
        if self.settings.secrets:
            self._project = project.read()
        if self.settings.used is not None:
            self._used = frozenset(Path(path).resolve() for path in self.settings.used)

    def path(self, path: str | Path) -> Iterator[tuple[str, Report]]:
        """Check a file, or all cassettes of a folder."""
        try:
            for file in files.find([path]):
                yield from self.file(file)
        except ParseError as error:
            yield error.name, _unreadable(error)

    def file(self, path: Path) -> list[tuple[str, Report]]:
        """Check one file; one that cannot be read, or is empty, gives one finding at its place."""
        try:
            cassette = files.read(path)
        except ParseError as error:
            return [(str(path), _unreadable(error))]
        reports = self.cassette(cassette)
        if not reports:
            return [(str(path), _unreadable(ParseError(files.EMPTY)))]
        if self._used is not None and path.resolve() not in self._used:
            reports.append((str(path), Report("", (rules.ORPHAN("no test uses this cassette"),))))
        return reports

    def cassette(self, cassette: Cassette) -> list[tuple[str, Report]]:
        """Check a cassette that was read."""
        reports = [(recorded.place, self.exchange(recorded)) for recorded in cassette.exchanges]
        for index, finding in self._age(cassette.exchanges):
            place, report = reports[index]
            located = _located(finding, cassette.exchanges[index])
            reports[index] = (place, replace(report, findings=(*report.findings, located)))
        if (
            self.settings.secrets
            and cassette.metadata
            and scrubber().note(cassette.metadata) != cassette.metadata
        ):
            reports.append(
                (
                    cassette.file,
                    Report("", (rules.SECRET("`metadata` has a value that may be secret or personal"),)),
                )
            )
        return reports

    def exchange(self, recorded: Recorded) -> Report:
        """Check one exchange."""
        report, findings = self._contract(recorded)
        if self.settings.secrets:
            known = hint(recorded, self.settings.marketplace)
            findings += self._secrets(recorded, report.operation or known.operation, known.marketplace)
        if recorded.origin.types:
            findings += _types(recorded)
        findings += self._duplicate(recorded)
        if not findings and not report.findings:
            return report
        report = replace(report, findings=tuple(_located(finding, recorded) for finding in findings))
        return report.strict() if self.settings.strict else report

    def _contract(self, recorded: Recorded) -> tuple[Report, list[Finding]]:
        """Check an exchange against its contract; return the report, and the findings for a cassette."""
        exchange = recorded.exchange
        if not urls.readable(exchange.url):
            reason = f"the URL cannot be read, so the call is not judged: `{urls.address(exchange.url)}`"
            return Report(""), [rules.URL(reason)]
        refused = is_refusal(exchange)
        if self.settings.ignored_urls and is_ignored(exchange, self.settings.ignored_urls):
            return Report(""), []
        try:
            call = called(recorded, self.settings.marketplace, self.settings.overlays)
        except UnknownName as error:
            return Report(""), [rules.OPERATION(unknown(recorded, error))]
        # the findings of a refusal were noted without facts
        facts = None if refused and recorded.origin.refused_for is not None else self.settings.facts
        report = call.check(exchange, facts or NO_FACTS, requests="always" if refused else "accepted")
        return report, list(_refusal(recorded, report) if refused else _acceptance(report))

    def _secrets(self, recorded: Recorded, operation: str, market: str | None) -> Iterator[Finding]:
        market = operation.partition("/")[0] or market
        scrub = self._scrubbers.get(market)
        if scrub is None:
            known = marketplaces.marketplace(market) if market and market in marketplaces.names() else None
            scrub = self._scrubbers[market] = scrubber(
                known, keep=self._project.keep, overlays=self.settings.overlays or self._project.overlays
            )
        try:
            leaks = scrub.leaks(recorded.exchange, operation)
        except NotScrubbed as error:
            yield rules.UNREADABLE(str(error))
            return
        if phrase(recorded.reason) != recorded.reason:
            yield rules.SECRET("the reason phrase must be one of HTTP, got another text", "/response/reason")
        for leak in leaks:
            if leak.name == "header":
                yield rules.HEADER("the header must be removed: a cassette does not keep it", leak.pointer)
            elif leak.name == "unreadable":
                yield rules.UNREADABLE("the body must be JSON, a form or a short text", leak.pointer)
            else:
                yield rules.SECRET(
                    f"`{without_data(leak.name)}` must be scrubbed: it is secret or personal, or looks so",
                    leak.pointer,
                )

    def _duplicate(self, recorded: Recorded) -> list[Finding]:
        exchange = recorded.exchange
        key = (
            exchange.method, exchange.url, exchange.request_body, exchange.status, exchange.response_body,
        )  # fmt: skip
        first = self._first.setdefault(key, recorded)
        if (first.file, first.index) == (recorded.file, recorded.index):
            return []
        return [rules.DUPLICATE(f"the exchange must be recorded once, got it also at {first.place[-120:]}")]

    def _age(self, exchanges: Sequence[Recorded]) -> Iterator[tuple[int, Finding]]:
        """Yield the index of an exchange whose age is unknown, or of the oldest if it is too old."""
        limit = self.settings.max_age
        if limit is None:
            return
        now = self.settings.now or datetime.now(UTC)
        now = now if now.tzinfo else now.replace(tzinfo=UTC)
        moments: list[tuple[datetime, int]] = []
        for index, recorded in enumerate(exchanges):
            if recorded.origin.source == "documentation":
                continue
            moment = _moment(recorded.origin.at)
            if moment is None:
                yield index, rules.AGELESS("the exchange has no time of recording, so its age is not known")
                return
            moments.append((moment, index))
        if moments and now - min(moments)[0] > limit:
            oldest, index = min(moments)
            age = f"at most {limit.days} days old, got {(now - oldest).days} days"
            yield index, rules.EXPIRED(f"the recording must be {age}; record it again")


def _located(finding: Finding, recorded: Recorded) -> Finding:
    return replace(finding, line=recorded.line or None, column=recorded.column or None)


def _unreadable(error: ParseError) -> Report:
    finding = rules.READABLE(error.problem)
    return Report("", (replace(finding, line=error.line or None, column=error.column or None),))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_refusal(exchange: Exchange) -> bool:
    """Return whether the marketplace refused the request."""
    return exchange.status is not None and exchange.status >= 400


def of_request(finding: Finding) -> bool:
    """Return whether a finding about an exchange is about its request."""
    return finding.pointer.startswith("/request")


def note(finding: Finding) -> str:
    """Return a finding as `Origin.refused_for` notes it."""
    return f"{finding.rule} {finding.pointer}"


def _acceptance(report: Report) -> Iterator[Finding]:
    yield from report.findings
    wrong = next((finding for finding in report.errors if of_request(finding)), None)
    if wrong is not None:
        yield rules.ACCEPTED(
            f"the marketplace accepted the request, but pre-flight refuses it: `{wrong.rule}`"
        )


def _refusal(recorded: Recorded, report: Report) -> Iterator[Finding]:
    """Yield findings about a refused exchange, without those that the recording has noted."""
    noted = recorded.origin.refused_for
    of_its_request = [finding for finding in report.findings if of_request(finding)]
    yield from (finding for finding in report.findings if not of_request(finding))
    gone: list[str] = []
    if noted is not None:
        yield from (finding for finding in of_its_request if note(finding) not in noted)
        gone = sorted(set(noted) - set(map(note, of_its_request)))
        yield from (
            rules.VERDICT(f"pre-flight must still find {_noted(finding)}, as when this was recorded")
            for finding in gone
        )
    refusing = any(finding.severity is Severity.ERROR for finding in of_its_request)
    if recorded.exchange.status in CONTENT and not refusing and not gone:
        yield _missed(report, unsure=noted is not None or bool(report.unchecked))


def _noted(finding: str) -> str:
    return quoted("/".join(map(without_data, finding.split("/"))), 100)


def _missed(report: Report, *, unsure: bool) -> Finding:
    message = "the marketplace refused the request, but pre-flight finds nothing wrong with it"
    if report.unchecked:
        message += f"; for lack of facts, {len(report.unchecked)} rules were not checked"
    return (rules.MISSED_UNSURE if unsure else rules.MISSED)(message)


def _types(recorded: Recorded) -> Iterator[Finding]:
    """Compare the types of members that the contract leaves open with the noted ones."""
    bodies: dict[str, Json] = {}
    for place, types in recorded.origin.types.items():
        half, _, rest = place.removeprefix("/").partition("/body")
        if half in HALVES and half not in bodies:
            bodies[half] = json_body(recorded.exchange, half)
        body = bodies.get(half)
        for path, kind in changed_types(body, rest, types) if body is not None else ():
            required = f"{' or '.join(map(without_data, types.split()))} as when it was recorded"
            message = f"the type of {quoted(without_data(str(path[-1])))} must be {required}, got {kind}"
            yield rules.TYPE(message, f"/{half}/body{pointer(path)}")
