"""Rules of responses of the order list: they match the request, and list paid orders, each once."""

from collections.abc import Iterator
from functools import partial

from sellerspec.marketplaces.common import member, repeated
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule

LIST = "tokopedia-order-list"
PARAMETERS = (LIST, "Request Parameters")
UNPAID = {100: "created", 103: "waiting for payment"}
"""Statuses before payment (220); the list has no such orders."""

list_rule = partial(rule, on="listOrders", basis=Basis.DOCUMENTED, severity=Severity.WARNING)


def _orders(exchange: Json) -> Json:
    """Return the list of orders of a response with status 200; None if there is none."""
    accepted = member(exchange, "response", "status") == 200
    return member(exchange, "response", "body", "data") if accepted else None


def _keeps(noun: str, parameter: str, name: str) -> Rule:
    def keeps(exchange: Json, _: Facts) -> Iterator[Violation]:
        wanted = number(member(exchange, "request", "query", parameter))
        for index, order in objects({"data": _orders(exchange)}, "data") if wanted is not None else ():
            given = number(order.get(name))
            if given is not None and given != wanted:
                message = f"{given}, the request asks for `{parameter}` {wanted}"
                yield Violation(("response", "body", "data", index, name), message)

    keeps.__doc__ = f"a response holds only orders of the {noun} that was asked for"
    return list_rule(f"tokopedia.answer-keeps-{noun}", reads="exchange", source=PARAMETERS)(keeps)


response_keeps_shop = _keeps("shop", "shop_id", "shop_id")
response_keeps_warehouse = _keeps("warehouse", "warehouse_id", "warehouse_id")
response_keeps_status = _keeps("status", "status", "order_status")


@list_rule("tokopedia.answer-keeps-page-size", reads="exchange", source=PARAMETERS)
def response_keeps_page_size(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response holds at most `per_page` orders"""
    most, orders = number(member(exchange, "request", "query", "per_page")), _orders(exchange)
    if most and isinstance(orders, list) and len(orders) > most:
        yield Violation(("response", "body", "data"), f"{len(orders)} orders, `per_page` is {most}")


@list_rule("tokopedia.order-paid", reads="response", source=(LIST, "Get All Orders"))
def order_paid(response: Json, _: Facts) -> Iterator[Violation]:
    """an order stands in the list only once its payment was verified"""
    for index, order in objects(response, "data"):
        status = number(order.get("order_status"))
        if status is not None and status in UNPAID:
            yield Violation(("data", index, "order_status"), f"{status}, {UNPAID[status]}: not yet paid")


@rule("tokopedia.order-once", on="listOrders", reads="response", source=(LIST, "Response Parameters"),
      basis=Basis.INFERRED)  # fmt: skip
def order_once(response: Json, _: Facts) -> Iterator[Violation]:
    """a page holds each order once"""
    ids = ((index, number(order.get("order_id"))) for index, order in objects(response, "data"))
    for index, first in repeated((index, id) for index, id in ids if id is not None):
        yield Violation(("data", index, "order_id"), f"the same order as number {first} of this page")


RULES: tuple[Rule, ...] = (
    response_keeps_shop,
    response_keeps_warehouse,
    response_keeps_status,
    response_keeps_page_size,
    order_paid,
    order_once,
)
