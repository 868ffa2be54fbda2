"""Compare what a run has seen with what a contract has."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sellerspec import contract
from sellerspec.contract import Contract
from sellerspec.model import Basis, Json
from sellerspec.reporting.coverage.collect import Coverage, Seen
from sellerspec.reporting.coverage.reach import Reach

KINDS = ("operations", "statuses", "parameters", "fields", "rules", "satisfied", "violated")
"""The kinds of items that are counted; `rules` are those that were satisfied or violated."""


@dataclass(frozen=True, slots=True)
class Share:
    """Which items of one kind were seen."""

    seen: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> int:
        """Number of items that the contract has."""
        return len(self.seen) + len(self.missing)

    @property
    def percent(self) -> float:
        """From 0 to 100; 100 if the contract has no item."""
        return 100 * len(self.seen) / self.total if self.total else 100.0

    def __str__(self) -> str:
        return f"{len(self.seen)}/{self.total}"

    def to_dict(self) -> dict[str, Json]:
        """Return the share as JSON."""
        return {
            "seen": len(self.seen),
            "total": self.total,
            "percent": round(self.percent, 2),
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """The coverage of one marketplace, or of one operation of it."""

    name: str
    calls: int
    shares: dict[str, Share]
    """By `KINDS`; an operation has no `operations`."""

    operations: tuple["Summary", ...] = ()
    assumed: frozenset[str] = frozenset()
    """Names of operations and ids of rules, among those that are counted, that no document states."""

    @property
    def notes(self) -> tuple[str, ...]:
        """A line on the operations that were called and that no document states, if there are any."""
        called = [own.name for own in self.operations if own.calls and own.name in own.assumed]
        text = f"{self.name}: no document states {', '.join(called)}; their shapes are assumed"
        return (text,) if called else ()

    def to_dict(self) -> dict[str, Json]:
        """Return the summary as JSON."""
        out: dict[str, Json] = {
            "calls": self.calls,
            **{kind: share.to_dict() for kind, share in self.shares.items()},
        }
        if self.assumed:
            out["assumed"] = sorted(self.assumed)
        if self.operations:
            out["of_operations"] = {operation.name: operation.to_dict() for operation in self.operations}
        return out


def summary(
    coverage: Coverage,
    chosen: Sequence[str] = (),
    *,
    contracts: Callable[[str], Contract] = contract.contract,
) -> tuple[Summary, ...]:
    """Return the coverage of the chosen marketplaces, by default of those that were called.

    Args:
        coverage: what a run has seen.
        chosen: names of marketplaces.
        contracts: returns the contract of a marketplace, for a project that changes it.

    Raises:
        UnknownName: there is no such marketplace.
    """
    names = chosen or coverage.marketplaces()
    return tuple(_of_marketplace(coverage, contracts(name)) for name in names)


def _of_marketplace(coverage: Coverage, marketplace: Contract) -> Summary:
    rules = {rule.id: rule for rule in marketplace.rules() if not rule.why_not}
    satisfied: set[str] = set()
    violated: set[str] = set()
    operations: list[Summary] = []
    for operation in marketplace.operations():
        seen = coverage.seen.get(operation.key, Seen())
        own = [id for id, rule in rules.items() if "*" in rule.on or operation.operation.id in rule.on]
        satisfied |= seen.satisfied
        violated |= seen.violated
        reach = Reach(operation)
        shares = {
            "statuses": _share(map(str, sorted(operation.spec.responses)), set(map(str, seen.statuses))),
            "parameters": _share((f"{where} {name}" for where, name in reach.parameters), seen.parameters),
            "fields": _share(sorted(reach.known_fields), seen.fields),
            **_of_rules(own, seen.satisfied, seen.violated),
        }
        known = {id for id in own if rules[id].basis is Basis.ASSUMED}
        name = operation.operation.id
        assumed = frozenset((*known, name) if operation.operation.assumed else known)
        operations.append(Summary(name, sum(seen.calls.values()), shares, assumed=assumed))
    called = {operation.name for operation in operations if operation.calls}
    shares = {
        "operations": _share((operation.name for operation in operations), called),
        **{kind: _joined(operations, kind) for kind in ("statuses", "parameters", "fields")},
        **_of_rules(rules, satisfied, violated),
    }
    calls = sum(operation.calls for operation in operations)
    assumed = frozenset().union(*(operation.assumed for operation in operations))
    return Summary(marketplace.name, calls, shares, tuple(operations), assumed)


def _of_rules(ids: Iterable[str], satisfied: set[str], violated: set[str]) -> dict[str, Share]:
    seen = {"rules": satisfied | violated, "satisfied": satisfied, "violated": violated}
    return {kind: _share(ids, rules) for kind, rules in seen.items()}


def _share(names: Iterable[str], seen: set[str]) -> Share:
    listed = dict.fromkeys(names)
    return Share(
        tuple(name for name in listed if name in seen), tuple(name for name in listed if name not in seen)
    )


def _joined(operations: Sequence[Summary], kind: str) -> Share:
    """Return the shares of all operations as one, each item below the name of its operation."""

    def names(member: Literal["seen", "missing"]) -> tuple[str, ...]:
        return tuple(
            f"{operation.name} {item}"
            for operation in operations
            for item in getattr(operation.shares[kind], member)
        )

    return Share(names("seen"), names("missing"))
