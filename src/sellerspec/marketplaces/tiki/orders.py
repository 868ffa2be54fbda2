"""Rules of listOrders, getOrder and listWarehouses that no schema can say."""

from collections.abc import Iterator, Mapping

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member, repeated
from sellerspec.marketplaces.tiki.facts import known_warehouses
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, number, objects, rule
from sellerspec.schema.messages import seen


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
    message = _off(response) if isinstance(response, dict) else ""
    if message:
        yield Violation((_TOTAL,), message)
    for key in ("data", "results"):
        for index, order in objects(response, key):
            if message := _off(order):
                yield Violation((key, index, _TOTAL), message)


_TOTAL = "total_price_after_discount"
_SUM = "`total_price_before_discount` plus `shipping_fee` and `handling_fee`"


def _off(order: Mapping[str, Json]) -> str:
    """Return what is wrong with a total that differs from the sum, or is above what is known of it; or ""."""
    after = number(order.get(_TOTAL))
    if after is None:
        return ""  # most responses have no order at their root
    before, fee = order.get("total_price_before_discount"), member(order, "shipping", "shipping_fee")
    handling, less = order.get("handling_fee"), member(order, "discount", "discount_amount")
    most = _sum(before, fee, 0 if handling is None else handling)
    if most is None:
        return ""
    discount = number(less)
    if handling is None or discount is None:
        return messages.must_be(_TOTAL, f"at most {most}, {_SUM}", after) if after > most else ""
    expected = most - discount
    return (
        messages.must_equal(_TOTAL, expected, f"{_SUM}, less `discount_amount`", after)
        if after != expected
        else ""
    )


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
    """each warehouse has another `seller_inventory_id`"""
    warehouses = objects({"": response}, "")
    name = "seller_inventory_id"
    ids = {i: number(warehouse.get(name)) for i, warehouse in warehouses}
    for index, first in repeated((i, id) for i, id in ids.items() if id is not None):
        at = f"the warehouse at index {first}"
        yield Violation((index, name), messages.unique(f"`{name}`", "warehouse", [ids[index]], at))


@rule(
    "tiki.warehouse-filter-unique",
    on="listWarehouses",
    catalogue="O15",
    basis=Basis.INFERRED,
    source=("tis-2019", "VI.4.3.2"),
    reads="query",
    needs=("warehouses.warehouse_id", "warehouses.warehouse_code"),
)
def warehouse_filter_unique(query: Json, facts: Facts) -> Iterator[Violation]:
    """`warehouse_id` and `warehouse_code` are filters by region: one of them need not select one warehouse"""
    for key in ("warehouse_id", "warehouse_code"):
        wanted = _key(member(query, key))
        matches = sum(_key(warehouse.get(key)) == wanted for warehouse in known_warehouses(facts))
        if wanted is not None and matches > 1:
            selected = f"the query parameter `{key}` {seen(query[key])} selects {matches} warehouses"
            yield Violation((key,), f"{selected}: use `seller_inventory_id` to tell them apart")


def _key(value: Json) -> Json:
    """Return a number by which things are told apart in any of its forms, and a text as it is."""
    read = number(value)
    return value if read is None else read


ORDER_RULES: tuple[Rule, ...] = (
    order_total,
    warehouse_identity,
    warehouse_filter_unique,
)
