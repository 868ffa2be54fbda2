"""Rules about what a response has to do with its request: filters, limits, pages and names.

All of them warn: the marketplace may lag behind its own state.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.marketplaces.tiki_shared import answers as shared
from sellerspec.marketplaces.tiki_shared import orders
from sellerspec.marketplaces.tiki_shared.answers import BODY, answer, page_kept, source_of
from sellerspec.model import Basis, Facts, Json, Path, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule
from sellerspec.schema.messages import seen

requested_rule = partial(rule, basis=Basis.DOCUMENTED, severity=Severity.WARNING, reads="exchange")

WINDOW = timedelta(days=31)
"""The documented 30 days, and one for the time zone, which no document names."""

OF_STATUS = ("queueing", "complete", "successful_delivery")
"""Values of the filter `status` that are values of an order's `status` too."""

NOT_OF_STATUS = {
    "seller_confirmed": ("waiting", "seller_canceled"),
    "seller_canceled": ("waiting", "confirmed", "seller_confirmed", "ready_to_pick"),
}
"""Value of the filter `status` -> values of `confirmation_status` that not all items of an order may have."""


categories_filtered = requested_rule(
    "tiki.categories-filtered", on="listCategories", source=("tis-2019", "V.4.1.1")
)(shared.categories_filtered({"parent": "parent", "primary": "primary"}))


@requested_rule(
    "tiki.orders-filtered", on="listOrders", source=("tis-2019", "VI.4.1.1"), basis=Basis.INFERRED,
    catalogue=("O01", "O02"),
)  # fmt: skip
def orders_filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each listed order passes the filter `status`, which is `queueing` by default"""
    query, body = answer(exchange)
    wanted = query.get("status", "queueing")
    wanted = "queueing" if wanted == "queuing" else wanted
    for path, order in _orders(body):
        status = order.get("status", wanted)
        if not (status == wanted if wanted in OF_STATUS else _passes(order, wanted)):
            yield Violation((*path, "status"), _not_passing(order, wanted, source_of(query, "status")))


def _not_passing(order: Mapping[str, Json], wanted: Json, source: str) -> str:
    """Return the message about an order that does not pass the filter `status`."""
    if wanted in OF_STATUS:
        return messages.must_equal("status", wanted, source, order["status"])
    stated = {item.get("confirmation_status") for _, item in objects(order, "items")}
    got = messages.listed(sorted(stated), "and")
    other = messages.listed(NOT_OF_STATUS[wanted], "or")
    required = f"an item must have a `confirmation_status` other than {other}"
    return f"{required}, because {source} is {seen(wanted)}, got only {got}"


def _passes(order: Mapping[str, Json], wanted: Json) -> bool:
    """Return whether an order can pass a filter by what the seller said; its own status may be any."""
    known = [item.get("confirmation_status") for _, item in objects(order, "items")]
    if not known or (wanted == "seller_canceled" and order.get("status") == "canceled"):
        return True
    return not all(status in NOT_OF_STATUS.get(wanted, ()) for status in known)


def _orders(body: Json) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield path and value of each order of a list, under either name of the list."""
    for key in ("data", "results"):
        for index, order in objects(body, key):
            yield (*BODY, key, index), order


orders_limit = requested_rule(
    "tiki.orders-limit-kept", on="listOrders", source=("tis-2019", "VI.4.1.1"), catalogue="O03"
)(orders.orders_limit)
orders_page = requested_rule(
    "tiki.orders-page-kept", on="listOrders", source=("tis-2019", "VI.4.1.1"), catalogue="O03"
)(page_kept)


@requested_rule(
    "tiki.order-list-positions", on="listOrders", source=("tis-2019", "VI.4.1.2"), basis=Basis.INFERRED,
    catalogue="O05",
)  # fmt: skip
def order_positions(exchange: Json, _: Facts) -> Iterator[Violation]:
    """`to` of a page is `from` plus the number of its orders less 1"""
    body = answer(exchange)[1]
    orders, paging = member(body, "data"), member(body, "paging")
    first, last = number(member(paging, "from")), number(member(paging, "to"))
    if not isinstance(orders, list) or not orders or first is None or last is None:
        return
    if last - first + 1 != len(orders):
        source = f"the last of {len(orders)} orders, because `from` is {first}"
        message = messages.must_equal("to", first + len(orders) - 1, source, last)
        yield Violation((*BODY, "paging", "to"), message)


@requested_rule(
    "tiki.orders-served-days", on="listOrders", source=("tis-2019", "VI.4.1.1"), catalogue="O04", needs="now",
    hint="the documents do not state this any more since February 2020",
)  # fmt: skip
def orders_served(exchange: Json, facts: Facts) -> Iterator[Violation]:
    """the list holds orders of the last 30 days at most"""
    for path, order in _orders(answer(exchange)[1]):
        times = [(moment(order.get(name)), name) for name in ("purchased_at", "updated_at")]
        known = [(time, name) for time, name in times if time is not None]
        latest, name = max(known, default=(None, ""))
        if latest is not None and facts.now is not None and facts.now - latest > WINDOW:
            required = f"in the last 30 days before {messages.clock(facts.now)}"
            got = f"`{name}` {messages.clock(latest)}"
            message = f"`purchased_at` or `updated_at` must be {required}, got {got}"
            yield Violation((*path, "purchased_at"), message)


@requested_rule(
    "tiki.warehouses-filtered", on="listWarehouses", source=("tis-2019", "VI.4.3.1"), basis=Basis.INFERRED,
    catalogue="O14",
)  # fmt: skip
def warehouses_filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each listed warehouse has the `warehouse_id` and the `warehouse_code` of the request"""
    query, body = answer(exchange)
    filters = {name: name for name in ("warehouse_id", "warehouse_code")}
    for index, warehouse in objects({"": body}, ""):
        for name, message in shared.not_passing(query, warehouse, filters):
            yield Violation((*BODY, index, name), message)


@requested_rule(
    "tiki.tracking-limit-kept", on="listTracking", source=("tis-2019", "V.4.4.1"), catalogue="T02"
)
def tracking_limit(exchange: Json, _: Facts) -> Iterator[Violation]:
    """at most `limit` requests are listed"""
    query, body = answer(exchange)
    limit = number(query.get("limit"))
    if limit is not None and limit > 0 and isinstance(body, list) and len(body) > limit:
        yield Violation(
            BODY, messages.too_many("the list", "request", limit, source_of(query, "limit"), len(body))
        )


same_rule = partial(requested_rule, basis=Basis.INFERRED)

category_same = same_rule("tiki.category-requested", on="getCategory", source=("tis-2019", "V.4.2"))(
    shared.category_requested()
)
tracking_same = same_rule(
    "tiki.tracking-requested", on="getTracking", source=("tis-2019", "V.4.5"), catalogue="T05"
)(shared.tracking_requested("trace_id", "trace_id", "track_id"))
order_same = same_rule(
    "tiki.order-requested", on="getOrder", source=("tis-2019", "VI.4.2"), catalogue="O06",
    hint="the example of the document shows another order; we take that for a mistake (discrepancy A126)",
)(shared.order_requested("order_code"))  # fmt: skip

REQUESTED_RULES: tuple[Rule, ...] = (
    categories_filtered,
    category_same,
    tracking_limit,
    tracking_same,
    orders_filtered,
    orders_limit,
    orders_page,
    order_positions,
    orders_served,
    order_same,
    warehouses_filtered,
)
