"""Count what cassettes show: operations, documented responses, rules."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sellerspec import contract, marketplaces
from sellerspec.cassettes import files
from sellerspec.cassettes.operations import operation_of, why_unknown
from sellerspec.contract.check import check_exchange
from sellerspec.marketplaces.common import BODY_READABLE


@dataclass(frozen=True, slots=True)
class Responses:
    """One response of an operation, and how many exchanges show it."""

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
    rules: Mapping[str, int]
    """Id of each rule that can be violated -> number of recorded requests that violate it."""

    unknown: tuple[str, ...]
    """One line for each exchange of no known operation: its place, and what to name."""

    unreadable: tuple[str, ...]
    """Place and reason of exchanges with a body that cannot be read; they do not count."""

    @property
    def missing(self) -> tuple[Responses, ...]:
        """The documented responses that no cassette shows."""
        return tuple(response for response in self.responses if response.documented and not response.shown)


def coverage(
    paths: Iterable[str | Path],
    *,
    marketplace: str | None = None,
    default: str | None = None,
    ignored_urls: Collection[str] = (),
) -> Coverage:
    """Return what the cassettes of files and folders show.

    Args:
        paths: the files and folders.
        marketplace: count only this one; by default each that has an exchange.
        default: marketplace of the calls where neither host, recorder nor folder name it.
        ignored_urls: hosts, or hosts and beginnings of paths, whose calls are not counted.

    Raises:
        ParseError: a path does not exist, or a cassette is broken.
        UnknownName: there is no such marketplace.
    """
    if marketplace:
        marketplaces.marketplace(marketplace)
    shown: Counter[tuple[str, int]] = Counter()
    documentation: Counter[tuple[str, int]] = Counter()
    violated: Counter[str] = Counter()
    unknown: list[str] = []
    unreadable: list[str] = []
    for recorded in (exchange for path in files.find(paths) for exchange in files.read(path).exchanges):
        operation = operation_of(recorded, marketplace or default)
        status = recorded.exchange.status
        if operation is None or status is None:
            unknown.append(why_unknown(recorded, marketplace or default, (), ignored_urls))
        elif marketplace in (None, operation.operation.marketplace):
            report = check_exchange(recorded.exchange, operation=operation.key, requests="always")
            reason = next((error.message for error in report.errors if error.rule == BODY_READABLE.id), "")
            if reason:
                unreadable.append(f"{recorded.place}: {reason}")
                continue
            shown[operation.key, status] += 1
            documentation[operation.key, status] += recorded.origin.source == "documentation"
            noted = {finding.partition(" ")[0] for finding in recorded.origin.refused_for or ()}
            violated.update({finding.rule for finding in report.findings} | noted)
    seen = {key.partition("/")[0] for key, _ in shown} | {marketplace}
    names = [name for name in marketplaces.names() if name in seen]
    contracts = [contract.contract(name) for name in names]
    rules = {rule.id: violated[rule.id] for owner in contracts for rule in owner.rules() if not rule.why_not}
    return Coverage(
        tuple(_responses(names, shown, documentation)), rules, tuple(filter(None, unknown)), tuple(unreadable)
    )


def _responses(
    names: Iterable[str], shown: Counter[tuple[str, int]], documentation: Counter[tuple[str, int]]
) -> Iterator[Responses]:
    for ready in (operation for name in names for operation in contract.contract(name).operations()):
        documented = ready.spec.responses
        for status in sorted({*documented, *(status for key, status in shown if key == ready.key)}):
            at = ready.key, status
            yield Responses(*at, shown[at], documentation[at], status in documented)
