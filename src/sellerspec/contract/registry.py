"""The operations and the rules of all marketplaces."""

from collections.abc import Sequence

from sellerspec import contract, marketplaces
from sellerspec.errors import UnknownName
from sellerspec.model import Operation
from sellerspec.rules import Rule


def operations(marketplace: str | None = None, *, overlays: Sequence[str] = ()) -> tuple[Operation, ...]:
    """Return every operation and webhook, in the order of the specs.

    Raises:
        UnknownName: there is no such marketplace.
    """
    names = (marketplace,) if marketplace else marketplaces.names()
    return tuple(
        ready.operation for name in names for ready in contract.contract(name, overlays).operations()
    )


def operation(key: str, *, overlays: Sequence[str] = ()) -> Operation:
    """Return one operation by its key `marketplace/operationId`.

    Raises:
        UnknownName: there is none; names the nearest.
    """
    return contract.operation(key, overlays).operation


def rules(operation: str | None = None, *, overlays: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Return every rule, or those that concern one operation.

    Args:
        operation: a key `marketplace/operationId`, or a marketplace's name.
        overlays: paths of OpenAPI Overlay files that correct the specs first.

    Raises:
        UnknownName: there is no such operation or marketplace.
    """
    if operation is None:
        return tuple(
            rule for name in marketplaces.names() for rule in contract.contract(name, overlays).rules()
        )
    if "/" not in operation:
        return contract.contract(operation, overlays).rules()
    ready = contract.operation(operation, overlays)
    all_rules = contract.contract(ready.operation.marketplace, overlays).rules()
    return tuple(rule for rule in all_rules if "*" in rule.on or ready.operation.id in rule.on)


def is_refused(rule: Rule, *, overlays: Sequence[str] = ()) -> bool:
    """Return whether a call that violates a rule is refused; violated responses and webhooks are not."""
    keys = rule.on if "*" not in rule.on else [operation.id for operation in operations(rule.marketplace)]
    found = (contract.operation(f"{rule.marketplace}/{id}", overlays) for id in keys)
    return any(operation.refuses(rule) for operation in found)


def rule(id: str, *, overlays: Sequence[str] = ()) -> Rule:
    """Return one rule by its id, e.g. `tiki.variant-price`.

    Raises:
        UnknownName: there is none; names the nearest.
    """
    name = id.partition(".")[0]
    known = rules(name if name in marketplaces.names() else None, overlays=overlays)
    for rule in known:
        if rule.id == id:
            return rule
    raise UnknownName("rule", id, [rule.id for rule in known])
