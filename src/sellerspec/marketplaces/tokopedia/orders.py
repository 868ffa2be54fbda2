"""Rules of successes of the order list: they match the request, and list paid orders, each once."""

from collections.abc import Iterator
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member, repeated
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.openapi.spec import is_json
from sellerspec.rules import Rule, Violation, number, objects, rule

LIST = "tokopedia-order-list"
PARAMETERS = (LIST, "Request Parameters")
UNPAID = {100: "created", 103: "waiting for payment"}
"""Statuses before payment (220); the list has no such orders."""

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
                source = f"the `{parameter}` of the request"
                message = messages.must_equal(name, wanted, source, given)
                yield Violation(("response", "body", "data", index, name), message)

    keeps.__doc__ = f"a response has only orders of the {noun} that the request names"
    kept = list_rule(f"tokopedia.answer-keeps-{noun}", reads="exchange", source=PARAMETERS, basis=basis)
    return kept(keeps)


response_keeps_app = _keeps("app", "fs_id", "fs_id", Basis.INFERRED)
response_keeps_shop = _keeps("shop", "shop_id", "shop_id")
response_keeps_warehouse = _keeps("warehouse", "warehouse_id", "warehouse_id")
response_keeps_status = _keeps("status", "status", "order_status")


@list_rule("tokopedia.answer-keeps-page-size", reads="exchange", source=PARAMETERS)
def response_keeps_page_size(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response has at most `per_page` orders"""
    most, orders = number(member(exchange, "request", "query", "per_page")), _orders(exchange)
    if most is not None and most > 0 and isinstance(orders, list) and len(orders) > most:
        message = messages.too_many("`data`", "order", most, "the `per_page` of the request", len(orders))
        yield Violation(("response", "body", "data"), message)


@list_rule("tokopedia.answer-keeps-window", reads="exchange", source=PARAMETERS, basis=Basis.INFERRED)
def response_keeps_window(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response has only orders created from `from_date` to `to_date`, in any time zone"""
    query = member(exchange, "request", "query")
    begins, ends = (_moment(member(query, name)) for name in ("from_date", "to_date"))
    for index, order in objects({"data": _orders(exchange)}, "data"):
        created = _moment(order.get("create_time"))
        if created is None:
            continue
        place = ("response", "body", "data", index, "create_time")
        if begins is not None and created < begins - ZONES:
            yield Violation(place, messages.not_before("create_time", "from_date", begins, created))
        elif ends is not None and created > ends + ZONES:
            yield Violation(place, messages.not_after("create_time", "to_date", ends, created))


def _moment(value: Json) -> int | None:
    seconds = number(value)
    return seconds if seconds is not None and 0 <= seconds <= messages.LATEST else None


@list_rule("tokopedia.answer-content-type", reads="exchange", source=(LIST, "Success Response Examples"),
           basis=Basis.INFERRED)  # fmt: skip
def response_is_json(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response with status 200 is JSON by its content type"""
    content = member(exchange, "response", "headers", "content-type")
    if member(exchange, "response", "status") == 200 and isinstance(content, str) and not is_json(content):
        message = messages.must_be("Content-Type", "`application/json`", content.partition(";")[0])
        yield Violation(("response", "headers", "content-type"), f"the header {message}")


@list_rule("tokopedia.order-paid", reads="response", source=(LIST, "Get All Orders"))
def order_paid(response: Json, _: Facts) -> Iterator[Violation]:
    """the list has an order only after its payment was verified"""
    for index, order in objects(response, "data"):
        status = number(order.get("order_status"))
        if status is not None and status in UNPAID:
            message = f"an unpaid order must not be listed, got `order_status` {status} ({UNPAID[status]})"
            yield Violation(("data", index, "order_status"), message)


@rule("tokopedia.order-once", on="listOrders", reads="response", source=(LIST, "Response Parameters"),
      basis=Basis.INFERRED)  # fmt: skip
def order_once(response: Json, _: Facts) -> Iterator[Violation]:
    """a page has each order once"""
    ids = {index: number(order.get("order_id")) for index, order in objects(response, "data")}
    for index, first in repeated((index, id) for index, id in ids.items() if id is not None):
        message = messages.unique("`order_id`", "order", [ids[index]], f"`data[{first}]`")
        yield Violation(("data", index, "order_id"), message)


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
