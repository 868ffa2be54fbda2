"""Count what cassettes show: operations, documented responses, rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sellerspec import contract, marketplaces
from sellerspec.cassettes import format
from sellerspec.cassettes.place import hint, operation_of
from sellerspec.contract.check import check_exchange
from sellerspec.errors import UnknownName
from sellerspec.model import Json


@dataclass(frozen=True, slots=True)
class Responses:
    """One documented response of an operation, and what shows it."""

    operation: str
    status: int
    shown: int
    """How many exchanges have it."""

    documentation: int
    """How many of these come from a document."""

    documented: bool
    """Whether the spec knows the status."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What cassettes show of the specs."""

    responses: tuple[Responses, ...]
    rules: tuple[tuple[str, int], ...]
    """Id of each rule that can be broken, and how many recorded requests break it."""

    unknown: tuple[str, ...]
    """Places of exchanges that no operation has."""

    @property
    def missing(self) -> tuple[Responses, ...]:
        """The documented responses that no cassette shows."""
        return tuple(response for response in self.responses if response.documented and not response.shown)

    def to_dict(self) -> dict[str, Json]:
        """Return the coverage as JSON."""
        return {
            "responses": [
                {
                    "operation": response.operation,
                    "status": response.status,
                    "shown": response.shown,
                    "documentation": response.documentation,
                    "documented": response.documented,
                }
                for response in self.responses
            ],
            "rules": dict(self.rules),
            "unknown": list(self.unknown),
        }


def coverage(paths: Iterable[str | Path], *, marketplace: str | None = None) -> Coverage:
    """Return what the cassettes of files and folders show.

    Args:
        marketplace: count only this one; by default each that has an exchange.

    Raises:
        ParseError: a path is not there, or a cassette is broken.
        UnknownName: there is no such marketplace.
    """
    shown: dict[tuple[str, int], list[int]] = {}
    broken: dict[str, int] = {}
    unknown: list[str] = []
    seen: set[str] = {marketplace} if marketplace else set()
    for path in format.files(paths):
        for exchange in format.read(path).exchanges:
            told = hint(exchange.file.rpartition("/")[0])
            key = exchange.origin.operation or told.webhook or ""
            market = marketplace or told.marketplace
            found = operation_of(exchange.exchange, key, market)
            status = exchange.exchange.status
            if found is None or status is None:
                unknown.append(exchange.place)
                continue
            if marketplace and found.operation.marketplace != marketplace:
                continue
            seen.add(found.operation.marketplace)
            count = shown.setdefault((found.key, status), [0, 0])
            count[0] += 1
            count[1] += exchange.origin.source == "documentation"
            report = check_exchange(exchange.exchange, operation=found.key, requests="always")
            noted = {one.partition(" ")[0] for one in exchange.origin.refused_for or ()}
            for rule in {finding.rule for finding in report.findings} | noted:
                broken[rule] = broken.get(rule, 0) + 1
    names = [name for name in marketplaces.names() if name in seen]
    if marketplace and marketplace not in names:
        raise UnknownName("marketplace", marketplace, marketplaces.names())
    return Coverage(tuple(_responses(names, shown)), tuple(_rules(names, broken)), tuple(unknown))


def _responses(names: Iterable[str], shown: dict[tuple[str, int], list[int]]) -> list[Responses]:
    found = []
    for name in names:
        for ready in contract.contract(name).operations():
            documented = ready.spec.responses
            others = [status for key, status in shown if key == ready.key and status not in documented]
            for status in sorted({*documented, *others}):
                count = shown.get((ready.key, status), (0, 0))
                found.append(Responses(ready.key, status, count[0], count[1], status in documented))
    return found


def _rules(names: Iterable[str], broken: dict[str, int]) -> list[tuple[str, int]]:
    return [
        (rule.id, broken.get(rule.id, 0))
        for name in names
        for rule in contract.contract(name).rules()
        if not rule.why_not
    ]
