"""Hold what was seen against what there is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sellerspec import contract
from sellerspec.contract import Contract
from sellerspec.model import Json
from sellerspec.reporting.coverage.collect import Coverage, Seen
from sellerspec.reporting.coverage.reach import Reach

KINDS = ("operations", "statuses", "parameters", "fields", "rules", "kept", "broken")
"""What is counted. `rules` were asked of anything at all: kept, broken, or both at different times."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of something was seen."""

    seen: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.seen) + len(self.missing)

    @property
    def percent(self) -> float:
        """From 0 to 100; 100 where there is nothing to see."""
        return 100 * len(self.seen) / self.total if self.total else 100.0

    def __str__(self) -> str:
        return f"{len(self.seen)}/{self.total}"

    def to_dict(self) -> dict[str, Json]:
        """Return it as JSON."""
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

    def to_dict(self) -> dict[str, Json]:
        """Return it as JSON."""
        out: dict[str, Json] = {
            "calls": self.calls,
            **{kind: each.to_dict() for kind, each in self.shares.items()},
        }
        if self.operations:
            out["of_operations"] = {operation.name: operation.to_dict() for operation in self.operations}
        return out


def summary(
    coverage: Coverage,
    chosen: Sequence[str] = (),
    *,
    contracts: Callable[[str], Contract] = contract.contract,
) -> tuple[Summary, ...]:
    """Return the coverage of marketplaces: of the chosen ones, or of those of which anything was seen.

    Args:
        contracts: gives a marketplace made ready, where that is not the plain one.

    Raises:
        UnknownName: there is no such marketplace.
    """
    names = chosen or coverage.marketplaces()
    return tuple(_of_marketplace(coverage, contracts(name)) for name in names)


def _of_marketplace(coverage: Coverage, ready: Contract) -> Summary:
    rules = {each.id: each for each in ready.rules() if not each.why_not}
    of_operations: list[Summary] = []
    asked: dict[str, set[str]] = {"kept": set(), "broken": set()}
    for operation in ready.operations():
        seen = coverage.seen.get(operation.key, Seen())
        mine = [id for id, rule in rules.items() if "*" in rule.on or operation.operation.id in rule.on]
        asked["kept"] |= seen.kept
        asked["broken"] |= seen.broken
        reach = Reach(operation)
        shares = {
            "statuses": _share(map(str, sorted(operation.spec.responses)), set(map(str, seen.statuses))),
            "parameters": _share((f"{where} {name}" for where, name in reach.parameters), seen.parameters),
            "fields": _share(sorted(reach.known_fields), seen.fields),
            **_of_rules(mine, seen.kept, seen.broken),
        }
        of_operations.append(Summary(operation.operation.id, sum(seen.calls.values()), shares))
    called = {each.name for each in of_operations if each.calls}
    return Summary(
        ready.name,
        sum(each.calls for each in of_operations),
        {
            "operations": _share((each.name for each in of_operations), called),
            **{kind: _joined(of_operations, kind) for kind in ("statuses", "parameters", "fields")},
            **_of_rules(list(rules), asked["kept"], asked["broken"]),
        },
        tuple(of_operations),
    )


def _of_rules(ids: Sequence[str], kept: set[str], broken: set[str]) -> dict[str, Share]:
    return {"rules": _share(ids, kept | broken), "kept": _share(ids, kept), "broken": _share(ids, broken)}


def _share(all_: Iterable[str], seen: set[str]) -> Share:
    listed = list(dict.fromkeys(all_))
    return Share(
        tuple(each for each in listed if each in seen), tuple(each for each in listed if each not in seen)
    )


def _joined(operations: Sequence[Summary], kind: str) -> Share:
    return Share(
        tuple(f"{operation.name} {one}" for operation in operations for one in operation.shares[kind].seen),
        tuple(
            f"{operation.name} {one}" for operation in operations for one in operation.shares[kind].missing
        ),
    )
