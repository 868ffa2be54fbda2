"""Fixes that move a payload of the first generation over to the Open API.

They are fixes of rules that schemas state. A change is safe if only the way of writing differs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sellerspec.fix import added, moved, removed, replaced
from sellerspec.io import pointers
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki_v2.facts import FORMS, SUPPLIES, warehouse_ids
from sellerspec.model import Facts, Fix, Json, Path
from sellerspec.rules import Proposes
from sellerspec.values import number

OLD = ("quantity", "supplier")
"""Members of a variant that only the first generation has."""


def new_spelling(_: Json, path: Path, __: Facts) -> Iterator[Fix]:
    """Propose the spelling of today for an inventory type."""
    yield Fix("write the inventory type as it is spelled today", (replaced(path, "dropship"),), safe=True)


def approved_stays_inactive(product: Json, _: Path, __: Facts) -> Iterator[Fix]:
    """Propose to write what counts without `meta_data`."""
    meta_data = member(product, "meta_data")
    path, value = ("meta_data", "is_auto_turn_on"), False
    step = added(path, value) if isinstance(meta_data, dict) else added(path[:1], {path[1]: value})
    yield Fix("say that an approved product stays inactive", (step,), safe=False)


def stock_by_warehouse(product: Json, path: Path, facts: Facts) -> Iterator[Fix]:
    """Propose stock by warehouse for a variant with `quantity`, as the documents give no other meaning.

    The warehouse is the one with the id of the supplier, else the only one that supplies goods.
    """
    place, variant = path[:2], pointers.get(product, path[:2], None)
    if not isinstance(variant, dict):
        return
    drops = tuple(removed((*place, name)) for name in OLD if name in variant)
    if not drops:
        return
    if variant.get("warehouse_stocks") and variant.get("seller_warehouse"):
        yield Fix("drop what only the first generation has", drops, safe=False)
    elif variant.get("inventory_type") == "instock":
        steps = (*drops, *_stock(place, "", []))
        yield Fix("leave the stock to Tiki, which stores what is `instock`", steps, safe=False)
    else:
        quantity, warehouse = number(variant.get("quantity")), _warehouse(variant, facts)
        if quantity is not None and warehouse is not None:
            stocks = [{"warehouseId": warehouse, "qtyAvailable": quantity}]
            steps = (*drops, *_stock(place, str(warehouse), stocks))
            yield Fix("put the quantity into a warehouse of the seller", steps, safe=False)


def _stock(place: Path, listed: str, stocks: list[Json]) -> tuple[Mapping[str, Json], ...]:
    return added((*place, "seller_warehouse"), listed), added((*place, "warehouse_stocks"), stocks)


def _warehouse(variant: Mapping[str, Json], facts: Facts) -> int | None:
    """Return the warehouse that a variant is meant to be in; None if it is open."""
    facts = replace(facts, warehouses=FORMS["warehouses"].read(facts.warehouses))
    if facts.warehouses is None:
        return None
    supplier = number(variant.get("supplier"))
    if supplier in warehouse_ids(facts):
        return supplier
    supplying = warehouse_ids(facts, only=SUPPLIES)
    return supplying[0] if len(supplying) == 1 else None


STOCK = {"warehouse_id": "warehouseId", "qty_available": "qtyAvailable"}
"""Member of a stock as updates have it -> as creations have it."""


def as_creations(payload: Json, path: Path, _: Facts) -> Iterator[Fix]:
    """Propose the spelling of creations for a member of `warehouse_stocks`."""
    yield from _renamed(payload, path, {new: old for old, new in STOCK.items()})


def as_updates(payload: Json, path: Path, _: Facts) -> Iterator[Fix]:
    """Propose the spelling of updates for a member of `warehouse_quantities`."""
    yield from _renamed(payload, path, STOCK)


def as_available(payload: Json, path: Path, _: Facts) -> Iterator[Fix]:
    """Propose the name of today for the items of a confirmation."""
    yield from _renamed(payload, path, {"available_item_ids": "item_ids"})


def as_number(payload: Json, path: Path, _: Facts) -> Iterator[Fix]:
    """Propose the number for true or false, which the first generation takes too."""
    value = pointers.get(payload, path, None)
    if isinstance(value, bool):
        yield Fix("write 1 for true, 0 for false", (replaced(path, int(value)),), safe=True)


def _renamed(payload: Json, path: Path, others: Mapping[str, str]) -> Iterator[Fix]:
    place, name = path[:-1], path[-1] if path else ""
    other = others.get(str(name))
    around = pointers.get(payload, place, None)
    if other and other in around and name not in around:
        yield Fix(f"rename the member to `{name}`", (moved((*place, other), path),), safe=True)


FIXES: Mapping[str, Proposes] = {
    "tiki-v2.variant-inventory-type-spelling": new_spelling,
    "tiki-v2.meta-data-given": approved_stays_inactive,
    "tiki-v2.variant-quantity-replaced": stock_by_warehouse,
    "tiki-v2.variant-supplier-replaced": stock_by_warehouse,
    "tiki-v2.variant-warehouses-given": stock_by_warehouse,
    "tiki-v2.warehouse-stock": as_creations,
    "tiki-v2.warehouse-quantity": as_updates,
    "tiki-v2.confirm-items-item-ids": as_available,
    "tiki-v2.update-active": as_number,
}
"""Rule that a schema states -> what proposes fixes of its violations."""
