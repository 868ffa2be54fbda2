"""Which orders a query of listOrders selects, in which order, and which parts of them it includes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Json
from sellerspec.sandbox.shared import within

LATEST = {"today": 0, "last7days": 7, "last30days": 30}
"""Values of `filter_date_by`: days before today."""

NEWEST_FIRST = "created_at|desc"


def selected(orders: Iterable[Json], query: Mapping[str, Json], now: datetime) -> list[Json]:
    """Return the orders that pass every filter, sorted as the query says; by default the newest first."""
    passing = [order for order in orders if _passes(order, query) and _is_recent(order, query, now)]
    column, _, direction = str(query.get("order_by") or NEWEST_FIRST).partition("|")
    return sorted(passing, key=lambda order: str(order[column]), reverse=direction != "asc")


def _passes(order: Json, query: Mapping[str, Json]) -> bool:
    items = order["items"]
    told: dict[str, Iterable[Json]] = {
        "code": [order["code"]],
        "sku": [member(item, "product", "sku") for item in items],
        "status": [order["status"]],
        "fulfillment_type": [order["fulfillment_type"]],
        "item_inventory_type": [member(item, "product", "inventory_type") for item in items],
        "item_confirmation_status": [member(item, "confirmation", "status") for item in items],
    }
    return (
        all(_chosen(query.get(name), values) for name, values in told.items())
        and query.get("is_rma") in (None, order.get("is_rma", False))
        and all(_in_span(order, query, name) for name in ("created", "updated"))
    )


def _chosen(expression: Json, values: Iterable[Json]) -> bool:
    """Return whether one of the values is in the set of an expression: `a,b`, `in|a,b` or `nin|a,b`."""
    if expression is None:
        return True
    parts = expression if isinstance(expression, list) else [expression]
    sign, bar, names = ",".join(map(str, parts)).partition("|")
    wanted = set(listed(names if bar else sign))
    test: Callable[[Json], bool] = wanted.__contains__
    if sign == "nin" and bar:
        return not any(map(test, values))
    return any(map(test, values))


def listed(value: Json) -> list[str]:
    """Return the parts of a value that is a list, or a text with commas; none for null."""
    if value is None:
        return []
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip() for part in parts]


def _in_span(order: Json, query: Mapping[str, Json], name: str) -> bool:
    begins, ends = moment(query.get(f"{name}_from_date")), moment(query.get(f"{name}_to_date"))
    return within(moment(order[f"{name}_at"]), begins, ends)


def _is_recent(order: Json, query: Mapping[str, Json], now: datetime) -> bool:
    days = LATEST.get(str(query.get("filter_date_by")))
    if days is None:
        return True
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return within(moment(order["created_at"]), today - timedelta(days=days), None)


def shown(order: Json, include: Json) -> Json:
    """Return an order with the parts that are only there when `include` names them; else they are empty."""
    included = set(listed(include))
    fees = not included.isdisjoint(("item.fees", "items.fees"))
    histories = "item.confirmation_histories" in included
    return {
        **order,
        "status_histories": order["status_histories"] if "status_histories" in included else [],
        "items": [_item(item, fees, histories) for item in order["items"]],
    }


def _item(item: Json, fees: bool, histories: bool) -> Json:
    confirmation, invoice = item["confirmation"], item["invoice"]
    return {
        **item,
        "confirmation": {**confirmation, "histories": confirmation["histories"] if histories else []},
        "invoice": {**invoice, "fees": invoice["fees"] if fees else []},
    }
