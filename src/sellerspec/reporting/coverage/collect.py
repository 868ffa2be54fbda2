"""Collect what a run has seen of a contract."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sellerspec.contract import parts
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import ParseError, UsageError
from sellerspec.model import NO_FACTS, Exchange, Facts, Json
from sellerspec.reporting.coverage.reach import Reach

FORMAT = "sellerspec-coverage"
VERSION = 1

PENDING = 512
"""Exchanges that are kept before they are looked at: looking costs more than a call may take."""


@dataclass(slots=True)
class Seen:
    """What was seen of one operation."""

    calls: dict[str, int] = field(default_factory=dict)
    """Where exchanges came from (`guard`, `sandbox`, ...) -> how many."""

    statuses: set[int] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    """`query limit`, `path version`, `headers tiki-api`."""

    fields: set[str] = field(default_factory=set)
    """Places of the request's body, `/variants/*/sku`."""

    kept: set[str] = field(default_factory=set)
    """Rules that were asked of something and kept."""

    broken: set[str] = field(default_factory=set)

    def merge(self, other: "Seen") -> None:
        """Take in what was seen elsewhere."""
        for source, count in other.calls.items():
            self.calls[source] = self.calls.get(source, 0) + count
        self.statuses |= other.statuses
        self.parameters |= other.parameters
        self.fields |= other.fields
        self.kept |= other.kept
        self.broken |= other.broken

    def to_dict(self) -> dict[str, Json]:
        """Return it as JSON, every list sorted."""
        return {
            "calls": dict(sorted(self.calls.items())),
            "statuses": sorted(self.statuses),
            "parameters": sorted(self.parameters),
            "fields": sorted(self.fields),
            "kept": sorted(self.kept),
            "broken": sorted(self.broken),
        }


class Coverage:
    """What a run has seen, by operation."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self._reach: dict[int, Reach] = {}
        self._pending: list[tuple[OperationContract, Exchange, Mapping[str, str], str, Facts, str]] = []

    @property
    def seen(self) -> Mapping[str, Seen]:
        """Key of each operation that was seen -> what was seen of it."""
        self._look()
        return self._seen

    def exchange(
        self,
        operation: OperationContract,
        exchange: Exchange,
        path: Mapping[str, str],
        query: str,
        facts: Facts = NO_FACTS,
        *,
        source: str,
    ) -> None:
        """Note an exchange, or a request that was not sent.

        Args:
            operation: what it calls.
            path: path parameters as they stand in the URL.
            query: of the URL, without `?`.
            facts: what the rules may rely on.
            source: where it came from: `guard`, `sandbox`, `cassettes`, ...
        """
        self._pending.append((operation, exchange, path, query, facts, source))
        if len(self._pending) >= PENDING:
            self._look()

    def payload(
        self, operation: OperationContract, value: Json, facts: Facts = NO_FACTS, *, source: str
    ) -> None:
        """Note a decoded request body that was checked by itself."""
        seen = self._of(operation, source)
        try:
            broken = {finding.rule for finding in operation.check(value, facts).findings}
        except (UsageError, ParseError):
            return
        reach = self._reaching(operation)
        body = {"request": {"body": value}}
        seen.fields |= reach.fields(value)
        seen.broken |= broken
        seen.kept |= reach.rules(body, None, facts) - broken

    def _look(self) -> None:
        pending, self._pending = self._pending, []
        for each in pending:
            self._exchange(*each)

    def _exchange(
        self,
        operation: OperationContract,
        exchange: Exchange,
        path: Mapping[str, str],
        query: str,
        facts: Facts,
        source: str,
    ) -> None:
        seen = self._of(operation, source)
        value: dict[str, Json] = {
            "request": _readable(parts.request_value(exchange, parts.placed(operation.spec, path, query)))
        }
        if exchange.status is not None:
            seen.statuses.add(exchange.status)
            value["response"] = _readable(parts.response_value(exchange))
        reach = self._reaching(operation)
        request = value["request"]
        seen.parameters |= {
            f"{where} {name}" for where, name in reach.parameters if name in request.get(where, {})
        }
        if "body" in request:
            seen.fields |= reach.fields(request["body"])
        report = operation.check_exchange(exchange, path, query, facts)
        broken = {finding.rule for finding in report.findings}
        seen.broken |= broken
        seen.kept |= reach.rules(value, exchange.status, facts) - broken

    def _of(self, operation: OperationContract, source: str) -> Seen:
        seen = self._seen.setdefault(operation.key, Seen())
        seen.calls[source] = seen.calls.get(source, 0) + 1
        return seen

    def _reaching(self, operation: OperationContract) -> Reach:
        found = self._reach.get(id(operation))
        if found is None:
            found = self._reach[id(operation)] = Reach(operation)
        return found

    def merge(self, other: "Coverage") -> None:
        """Take in what another run, or another process of this one, has seen."""
        for key, seen in other.seen.items():
            self._seen.setdefault(key, Seen()).merge(seen)

    def marketplaces(self) -> tuple[str, ...]:
        """Return the names of the marketplaces of which anything was seen, sorted."""
        return tuple(sorted({key.partition("/")[0] for key in self.seen}))

    def to_dict(self) -> dict[str, Json]:
        """Return what was seen as JSON; `from_dict` reads it."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "seen": {key: each.to_dict() for key, each in sorted(self.seen.items())},
        }

    @classmethod
    def from_dict(cls, value: Json) -> "Coverage":
        """Return the coverage that `to_dict` gave.

        Raises:
            ParseError: it is not of that form.
        """
        if not isinstance(value, dict) or value.get("format") != FORMAT or value.get("version") != VERSION:
            raise ParseError(f"no contract coverage: `format` is not `{FORMAT}`, version {VERSION}")
        found = cls()
        try:
            found._seen = dict(_pairs(value["seen"]))
        except (KeyError, TypeError, AttributeError, ValueError):
            raise ParseError("no contract coverage: `seen` has another form") from None
        return found


def _pairs(value: Mapping[str, Json]) -> Iterator[tuple[str, Seen]]:
    for key, each in value.items():
        names = ("parameters", "fields", "kept", "broken")
        sets = {name: {str(one) for one in each[name]} for name in names}
        calls = {str(source): int(count) for source, count in each["calls"].items()}
        yield key, Seen(calls, {int(one) for one in each["statuses"]}, **sets)


def _readable(part: dict[str, Json]) -> dict[str, Json]:
    """Return a half of an exchange without a body that is not JSON."""
    body = part.get("body")
    if body is None or (isinstance(body, dict) and parts.UNREAD in body):
        part.pop("body", None)
    return part
