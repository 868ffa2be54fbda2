"""Rules of the orders that are read: their sums, and what a response has to do with its request."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.marketplaces.tiki_shared import answers as shared
from sellerspec.marketplaces.tiki_shared.answers import BODY, answer, page_kept, source_of
from sellerspec.marketplaces.tiki_shared.orders import orders_limit
from sellerspec.marketplaces.tiki_v2.answers import outside_times
from sellerspec.model import Basis, Facts, Json, Path, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule
from sellerspec.schema.messages import seen

READ = ("getOrder", "listOrders")
SOURCE = ("open-site", "order API v2")

answer_rule = partial(rule, source=SOURCE, basis=Basis.INFERRED, reads="exchange")


def _orders(body: Json) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield path and value of the orders of a response: those of its list, or the one it is."""
    if isinstance(member(body, "data"), list):
        for index, order in objects(body, "data"):
            yield ("data", index), order
    elif isinstance(body, dict):
        yield (), body


@rule(
    "tiki-v2.order-row-total",
    on=READ,
    source=SOURCE,
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    reads="response",
)
def row_total(body: Json, _: Facts) -> Iterator[Violation]:
    """the total of an item's row is its subtotal less its discount"""
    for place, order in _orders(body):
        for index, item in objects(order, "items"):
            row, subtotal, less = (
                number(member(item, "invoice", name)) for name in ("row_total", "subtotal", "discount_amount")
            )
            if row is None or subtotal is None or less is None or row == subtotal - less:
                continue
            why = "`subtotal` less `discount_amount`"
            message = messages.must_equal("row_total", subtotal - less, why, row)
            yield Violation((*place, "items", index, "invoice", "row_total"), message)


@rule("tiki-v2.order-seller-fee", on=READ, source=SOURCE, basis=Basis.INFERRED, reads="response")
def seller_fee(body: Json, _: Facts) -> Iterator[Violation]:
    """the seller's fee of an order is the sum of the fees of its items"""
    for place, order in _orders(body):
        total = number(member(order, "invoice", "total_seller_fee"))
        given = order.get("items")
        listed = given if isinstance(given, list) else []
        fees = [number(member(item, "invoice", "seller_fee")) for item in listed]
        if total is None or not fees or None in fees:
            continue
        expected = sum(fee for fee in fees if fee is not None)
        if total != expected:
            why = "the sum of `seller_fee` of the items"
            message = messages.must_equal("total_seller_fee", expected, why, total)
            yield Violation((*place, "invoice", "total_seller_fee"), message)


order_requested = answer_rule("tiki-v2.order-requested", on="getOrder")(shared.order_requested("code"))

FILTERS = ("status", "fulfillment_type")
"""Query parameters that take a set of values of the member with the same name."""


def _set(expression: Json) -> tuple[bool, tuple[str, ...]]:
    """Read `in|a,b`, `nin|a,b` or `a,b`: whether the values are wanted, and the values."""
    if not isinstance(expression, str):
        return True, ()
    operator, bar, values = expression.rpartition("|")
    if bar and operator not in ("in", "nin"):
        return True, ()
    return operator != "nin", tuple(text for value in values.split(",") if (text := value.strip()))


@answer_rule("tiki-v2.orders-filtered", on="listOrders")
def orders_filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each listed order passes the filters `status`, `fulfillment_type`, `code` and those of times"""
    query, body = answer(exchange)
    for index, order in objects(body, "data"):
        place = (*BODY, "data", index)
        for name in FILTERS:
            wanted, values = _set(query.get(name))
            value = order.get(name)
            if values and isinstance(value, str) and (value in values) != wanted:
                required = ("" if wanted else "none of ") + messages.names(values, "or")
                source = source_of(query, name)
                yield Violation((*place, name), f"`{name}` must be {required}, {source}, got {seen(value)}")
        codes, code = _set(query.get("code"))[1], order.get("code")
        if codes and isinstance(code, str) and code not in codes:
            required = f"{messages.listed(codes)}, {source_of(query, 'code')}"
            yield Violation((*place, "code"), messages.must_be("code", required, code))
        for name, message in outside_times(query, order):
            yield Violation((*place, name), message)


ORDER_BY = "created_at|desc"
"""How orders are sorted where the request has no `order_by`."""


@answer_rule("tiki-v2.orders-sorted", on="listOrders")
def orders_sorted(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the orders of a page are sorted as `order_by` says, the newest first by default"""
    query, body = answer(exchange)
    column, _bar, direction = str(query.get("order_by", ORDER_BY)).partition("|")
    if column not in ("created_at", "updated_at") or direction not in ("asc", "desc"):
        return
    words = messages.not_before if direction == "asc" else messages.not_after
    given = ((index, order.get(column)) for index, order in objects(body, "data"))
    known = [(index, value, time) for index, value in given if (time := moment(value)) is not None]
    for (first, bound, before), (index, value, after) in pairwise(known):
        if after < before if direction == "asc" else after > before:
            message = words(column, f"data[{first}].{column}", bound, value)
            yield Violation((*BODY, "data", index, column), message)


FEES = ("items.fees", "item.fees")
"""Values of `include` that ask for the fees: sources write both."""


@answer_rule("tiki-v2.order-fees-included", on=READ)
def fees_included(exchange: Json, _: Facts) -> Iterator[Violation]:
    """with `include=items.fees` an item with a seller fee lists its fees"""
    query, body = answer(exchange)
    if set(FEES).isdisjoint(str(query.get("include")).split(",")):
        return
    for place, order in _orders(body):
        for index, item in objects(order, "items"):
            fee, fees = number(member(item, "invoice", "seller_fee")), member(item, "invoice", "fees")
            if fee and not fees:
                why = f"`include` names the fees, and `seller_fee` is {fee}"
                given = "fees" in item["invoice"]
                message = messages.without_value("fees", given, fees, why)
                yield Violation((*BODY, *place, "items", index, "invoice", "fees"), message)


orders_limit_kept = answer_rule("tiki-v2.orders-limit-kept", on="listOrders")(orders_limit)
orders_page_kept = answer_rule("tiki-v2.orders-page-kept", on="listOrders")(page_kept)

ORDER_RULES: tuple[Rule, ...] = (
    row_total,
    seller_fee,
    order_requested,
    orders_filtered,
    orders_limit_kept,
    orders_page_kept,
    orders_sorted,
    fees_included,
)
