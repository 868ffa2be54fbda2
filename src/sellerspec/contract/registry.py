"""What there is: the operations and the rules of all marketplaces."""

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
    chosen = (marketplace,) if marketplace else marketplaces.names()
    return tuple(
        each.operation for name in chosen for each in contract.contract(name, tuple(overlays)).operations()
    )


def operation(key: str, *, overlays: Sequence[str] = ()) -> Operation:
    """Return one operation by its key `marketplace/operationId`.

    Raises:
        UnknownName: there is none; names the nearest.
    """
    return contract.operation(key, tuple(overlays)).operation


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
            each for name in marketplaces.names() for each in contract.contract(name, overlays).rules()
        )
    if "/" not in operation:
        return contract.contract(operation, overlays).rules()
    ready = contract.operation(operation, overlays)
    all_ = contract.contract(ready.operation.marketplace, overlays).rules()
    return tuple(each for each in all_ if "*" in each.on or ready.operation.id in each.on)


def rule(id: str, *, overlays: Sequence[str] = ()) -> Rule:
    """Return one rule by its id, e.g. `tiki.variant-price`.

    Raises:
        UnknownName: there is none; names the nearest.
    """
    name = id.partition(".")[0]
    own = name in marketplaces.names()
    known = contract.contract(name, overlays).rules() if own else rules(overlays=overlays)
    for each in known:
        if each.id == id:
            return each
    raise UnknownName("rule", id, [each.id for each in known])
