"""Rules of successes of the order list: they match the request, and list paid orders, each once."""

from collections.abc import Iterator
from functools import partial

from sellerspec.marketplaces.common import member, repeated
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.openapi.spec import is_json
from sellerspec.rules import Rule, Violation, number, objects, rule

LIST = "tokopedia-order-list"
PARAMETERS = (LIST, "Request Parameters")
UNPAID = {100: "created", 103: "waiting for payment"}
"""Statuses before payment (220); the list has no such orders."""

LATEST = 99_999_999_999
"""The last moment in seconds; a larger number counts milliseconds, which is reported by itself."""

ZONES = 14 * 60 * 60
"""Seconds by which two readings of the time zone differ at most: no zone is further from UTC."""

list_rule = partial(rule, on="listOrders", basis=Basis.DOCUMENTED, severity=Severity.WARNING)


def _orders(exchange: Json) -> Json:
    """Return the list of orders of a response with status 200; None if there is none."""
    accepted = member(exchange, "response", "status") == 200
    return member(exchange, "response", "body", "data") if accepted else None


def _keeps(noun: str, parameter: str, name: str, basis: Basis = Basis.DOCUMENTED) -> Rule:
    def keeps(exchange: Json, _: Facts) -> Iterator[Violation]:
        wanted = number(member(exchange, "request", "query", parameter))
        for index, order in objects({"data": _orders(exchange)}, "data") if wanted is not None else ():
            given = number(order.get(name))
            if given is not None and given != wanted:
                message = f"{given}, the request asks for `{parameter}` {wanted}"
                yield Violation(("response", "body", "data", index, name), message)

    keeps.__doc__ = f"a response holds only orders of the {noun} that was asked for"
    kept = list_rule(f"tokopedia.answer-keeps-{noun}", reads="exchange", source=PARAMETERS, basis=basis)
    return kept(keeps)


response_keeps_app = _keeps("app", "fs_id", "fs_id", Basis.INFERRED)
response_keeps_shop = _keeps("shop", "shop_id", "shop_id")
response_keeps_warehouse = _keeps("warehouse", "warehouse_id", "warehouse_id")
response_keeps_status = _keeps("status", "status", "order_status")


@list_rule("tokopedia.answer-keeps-page-size", reads="exchange", source=PARAMETERS)
def response_keeps_page_size(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response holds at most `per_page` orders"""
    most, orders = number(member(exchange, "request", "query", "per_page")), _orders(exchange)
    if most and isinstance(orders, list) and len(orders) > most:
        yield Violation(("response", "body", "data"), f"{len(orders)} orders, `per_page` is {most}")


@list_rule("tokopedia.answer-keeps-window", reads="exchange", source=PARAMETERS, basis=Basis.INFERRED)
def response_keeps_window(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response holds only orders of the window that was asked for, whatever zone its moments count in"""
    query = member(exchange, "request", "query")
    begins, ends = (_moment(member(query, name)) for name in ("from_date", "to_date"))
    for index, order in objects({"data": _orders(exchange)}, "data"):
        created = _moment(order.get("create_time"))
        if created is None:
            continue
        place = ("response", "body", "data", index, "create_time")
        if begins is not None and created < begins - ZONES:
            yield Violation(place, f"{begins - created} seconds before `from_date`")
        elif ends is not None and created > ends + ZONES:
            yield Violation(place, f"{created - ends} seconds after `to_date`")


def _moment(value: Json) -> int | None:
    seconds = number(value)
    return seconds if seconds is not None and 0 <= seconds <= LATEST else None


@list_rule("tokopedia.answer-content-type", reads="exchange", source=(LIST, "Success Response Examples"),
           basis=Basis.INFERRED)  # fmt: skip
def response_is_json(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response with status 200 is JSON by its content type"""
    content = member(exchange, "response", "headers", "content-type")
    if member(exchange, "response", "status") == 200 and isinstance(content, str) and not is_json(content):
        yield Violation(("response", "headers", "content-type"), f"`{content[:40]}`, not `application/json`")


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
    response_keeps_app,
    response_keeps_window,
    response_keeps_shop,
    response_keeps_warehouse,
    response_keeps_status,
    response_keeps_page_size,
    response_is_json,
    order_paid,
    order_once,
)
