"""Rules of listOrders, getOrder and listWarehouses that no schema can say."""

from collections.abc import Iterator, Mapping

from sellerspec.marketplaces.common import member, repeated
from sellerspec.marketplaces.tiki.facts import known_warehouses
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, number, objects, rule


@rule(
    "tiki.order-total",
    on=("getOrder", "listOrders"),
    catalogue="O06",
    basis=Basis.OBSERVED,
    source=("tiki-docs-2020", "docs@a3238a4"),
    reads="response",
)
def order_total(response: Json, _: Facts) -> Iterator[Violation]:
    """an order's total after discount is its total before plus both fees less the discount"""
    if isinstance(response, dict) and _is_off(response):
        yield Violation((_TOTAL,), _OFF)
    for key in ("data", "results"):
        for index, order in objects(response, key):
            if _is_off(order):
                yield Violation((key, index, _TOTAL), _OFF)


_TOTAL = "total_price_after_discount"
_OFF = "not the total before plus fees less discount"


def _is_off(order: Mapping[str, Json]) -> bool:
    """Return whether the total differs from the sum, or is above it where not every part is known."""
    after = number(order.get(_TOTAL))
    if after is None:
        return False  # most responses have no order at their root
    before, fee = order.get("total_price_before_discount"), member(order, "shipping", "shipping_fee")
    handling, less = order.get("handling_fee"), member(order, "discount", "discount_amount")
    most = _sum(before, fee, 0 if handling is None else handling)
    if most is None:
        return False
    discount = number(less)
    if handling is None or discount is None:
        return after > most
    return after != most - discount


def _sum(*parts: Json) -> int | None:
    """Return the sum; None if a part is no number."""
    numbers = [number(part) for part in parts]
    return None if None in numbers else sum(part for part in numbers if part is not None)


@rule(
    "tiki.warehouse-identity",
    on="listWarehouses",
    catalogue="O15",
    basis=Basis.INFERRED,
    source=("tis-2019", "VI.4.3.2"),
    reads="response",
)
def warehouse_identity(response: Json, _: Facts) -> Iterator[Violation]:
    """each warehouse has a `seller_inventory_id` of its own"""
    warehouses = objects({"": response}, "")
    ids = ((i, number(warehouse.get("seller_inventory_id"))) for i, warehouse in warehouses)
    for index, first in repeated((i, id) for i, id in ids if id is not None):
        yield Violation((index, "seller_inventory_id"), f"the same id as warehouse {first}")


@rule(
    "tiki.warehouse-filter-unique",
    on="listWarehouses",
    catalogue="O15",
    basis=Basis.INFERRED,
    source=("tis-2019", "VI.4.3.2"),
    reads="query",
    needs=("warehouses.warehouse_id", "warehouses.warehouse_code"),
    hint="tell warehouses apart by `seller_inventory_id`",
)
def warehouse_filter_unique(query: Json, facts: Facts) -> Iterator[Violation]:
    """a filter by region is not taken for the choice of one warehouse"""
    for key in ("warehouse_id", "warehouse_code"):
        wanted = _key(member(query, key))
        matches = sum(_key(warehouse.get(key)) == wanted for warehouse in known_warehouses(facts))
        if wanted is not None and matches > 1:
            yield Violation((key,), f"{matches} warehouses share this `{key}`")


def _key(value: Json) -> Json:
    """Return a number by which things are told apart in any of its forms, and a text as it is."""
    read = number(value)
    return value if read is None else read


ORDER_RULES: tuple[Rule, ...] = (
    order_total,
    warehouse_identity,
    warehouse_filter_unique,
)
