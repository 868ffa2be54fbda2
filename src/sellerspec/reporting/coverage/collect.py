"""Collect which parts of a contract a run has exercised."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sellerspec.contract import parts
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import ParseError, UsageError
from sellerspec.model import NO_FACTS, Exchange, Facts, Json
from sellerspec.reporting.coverage.reach import Reach

FORMAT = "sellerspec-coverage"
VERSION = 1

PENDING = 512
"""Exchanges that are kept before they are checked, so that a check does not delay each call."""

SETS = ("statuses", "parameters", "fields", "satisfied", "violated")
"""Members of `Seen` that are sets."""


@dataclass(slots=True)
class Seen:
    """The parts of one operation that a run has exercised."""

    calls: dict[str, int] = field(default_factory=dict)
    """Source of the exchanges (`guard`, `sandbox`, ...) -> how many."""

    statuses: set[int] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    """`query limit`, `path version`, `headers tiki-api`."""

    fields: set[str] = field(default_factory=set)
    """Places of the request's body, `/variants/*/sku`."""

    satisfied: set[str] = field(default_factory=set)
    """Ids of rules that applied to some value, which satisfied them."""

    violated: set[str] = field(default_factory=set)

    def merge(self, other: "Seen") -> None:
        """Add what another process has seen of the operation."""
        for source, count in other.calls.items():
            self.calls[source] = self.calls.get(source, 0) + count
        for name in SETS:
            getattr(self, name).update(getattr(other, name))

    def to_dict(self) -> dict[str, Json]:
        """Return the members as JSON, every list sorted."""
        return {
            "calls": dict(sorted(self.calls.items())),
            **{name: sorted(getattr(self, name)) for name in SETS},
        }


class Coverage:
    """The parts of a contract that a run has exercised, by operation."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self._reach: dict[int, Reach] = {}
        self._pending: list[tuple[OperationContract, Exchange, Mapping[str, str], str, Facts, str]] = []

    @property
    def seen(self) -> Mapping[str, Seen]:
        """Key of each operation that was called -> what was seen of it."""
        self._check_pending()
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
        """Count an exchange, or a request that was not sent.

        Args:
            operation: the operation that the request calls.
            exchange: request and response; `status` is None without a response.
            path: path parameters as in the URL, still encoded.
            query: of the URL, without `?`.
            facts: for the rules that need facts.
            source: where the exchange was observed: `guard`, `sandbox`, `cassettes`, ...
        """
        self._pending.append((operation, exchange, path, query, facts, source))
        if len(self._pending) >= PENDING:
            self._check_pending()

    def payload(
        self, operation: OperationContract, value: Json, facts: Facts = NO_FACTS, *, source: str
    ) -> None:
        """Count a decoded request body that was checked by itself."""
        seen = self._seen_of(operation, source)
        try:
            report = operation.check(value, facts)
        except (UsageError, ParseError):
            return
        violated = {finding.rule for finding in report.findings}
        reach = self._reach_of(operation)
        body = {"request": {"body": value}}
        seen.fields |= reach.fields(value)
        seen.violated |= violated
        seen.satisfied |= reach.rules(body, None, report.unchecked) - violated

    def _check_pending(self) -> None:
        pending, self._pending = self._pending, []
        for arguments in pending:
            self._exchange(*arguments)

    def _exchange(
        self,
        operation: OperationContract,
        exchange: Exchange,
        path: Mapping[str, str],
        query: str,
        facts: Facts,
        source: str,
    ) -> None:
        seen = self._seen_of(operation, source)
        value: dict[str, Json] = {
            "request": _readable(
                parts.request_value(
                    operation.spec, exchange, parts.parameter_values(operation.spec, path, query)
                )
            )
        }
        if exchange.status is not None:
            seen.statuses.add(exchange.status)
            value["response"] = _readable(parts.response_value(exchange))
        reach = self._reach_of(operation)
        request = value["request"]
        seen.parameters |= {
            f"{where} {name}" for where, name in reach.parameters if name in request.get(where, {})
        }
        if "body" in request:
            seen.fields |= reach.fields(request["body"])
        report = operation.check_exchange(exchange, path, query, facts)
        violated = {finding.rule for finding in report.findings}
        seen.violated |= violated
        seen.satisfied |= reach.rules(value, exchange.status, report.unchecked) - violated

    def _seen_of(self, operation: OperationContract, source: str) -> Seen:
        seen = self._seen.setdefault(operation.key, Seen())
        seen.calls[source] = seen.calls.get(source, 0) + 1
        return seen

    def _reach_of(self, operation: OperationContract) -> Reach:
        reach = self._reach.get(id(operation))
        if reach is None:
            reach = self._reach[id(operation)] = Reach(operation)
        return reach

    def merge(self, other: "Coverage") -> None:
        """Add what another run, or another process of this run, has seen."""
        for key, seen in other.seen.items():
            self._seen.setdefault(key, Seen()).merge(seen)

    def marketplaces(self) -> tuple[str, ...]:
        """Return the names of the marketplaces that were called, sorted."""
        return tuple(sorted({key.partition("/")[0] for key in self.seen}))

    def to_dict(self) -> dict[str, Json]:
        """Return the coverage as JSON; `from_dict` reads it."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "seen": {key: seen.to_dict() for key, seen in sorted(self.seen.items())},
        }

    @classmethod
    def from_dict(cls, value: Json) -> "Coverage":
        """Return the coverage that `to_dict` wrote.

        Raises:
            ParseError: the value has another form.
        """
        if not isinstance(value, dict) or value.get("format") != FORMAT or value.get("version") != VERSION:
            raise ParseError(f"no contract coverage: `format` is not `{FORMAT}`, version {VERSION}")
        coverage = cls()
        try:
            coverage._seen = {key: _seen(members) for key, members in value["seen"].items()}
        except (KeyError, TypeError, AttributeError, ValueError):
            raise ParseError("no contract coverage: `seen` has another form") from None
        return coverage


def _seen(members: Mapping[str, Json]) -> Seen:
    calls = {str(source): int(count) for source, count in members["calls"].items()}
    statuses, *sets = (members[name] for name in SETS)
    return Seen(calls, set(map(int, statuses)), *(set(map(str, texts)) for texts in sets))


def _readable(part: dict[str, Json]) -> dict[str, Json]:
    """Return a request or response without a body that is not JSON."""
    body = part.get("body")
    if body is None or parts.unread(body):
        part.pop("body", None)
    return part
