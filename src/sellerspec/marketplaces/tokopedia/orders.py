"""What a response of the order list owes to its request, and to itself."""

from collections.abc import Iterator, Mapping

from sellerspec.marketplaces.tokopedia.shared import LISTED
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule

LIST = "tokopedia-order-list"
UNPAID = {100: "created", 103: "waiting for payment"}
"""Statuses before 220 that an order of the list has left behind."""


def _body(exchange: Json) -> Json:
    response = exchange.get("response")
    return response.get("body") if isinstance(response, dict) and response.get("status") == 200 else None


def _query(exchange: Json) -> Mapping[str, Json]:
    request = exchange.get("request")
    query = request.get("query") if isinstance(request, dict) else None
    return query if isinstance(query, dict) else {}


def _kept(exchange: Json, parameter: str, member: str) -> Iterator[Violation]:
    asked = number(_query(exchange).get(parameter))
    for index, order in objects(_body(exchange), "data"):
        given = number(order.get(member))
        if asked is not None and given is not None and given != asked:
            says = f"{given}, the request asks for `{parameter}` {asked}"
            yield Violation(("response", "body", "data", index, member), says)


@rule("tokopedia.answer-keeps-shop", on="listOrders", reads="exchange", source=(LIST, "Request Parameters"),
      basis=Basis.DOCUMENTED, severity=Severity.WARNING)  # fmt: skip
def response_keeps_shop(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response holds only orders of the shop that was asked for"""
    return _kept(exchange, "shop_id", "shop_id")


@rule("tokopedia.answer-keeps-warehouse", on="listOrders", reads="exchange",
      source=(LIST, "Request Parameters"), basis=Basis.DOCUMENTED, severity=Severity.WARNING)  # fmt: skip
def response_keeps_warehouse(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response holds only orders of the warehouse that was asked for"""
    return _kept(exchange, "warehouse_id", "warehouse_id")


@rule("tokopedia.answer-keeps-status", on="listOrders", reads="exchange",
      source=(LIST, "Request Parameters"), basis=Basis.DOCUMENTED, severity=Severity.WARNING)  # fmt: skip
def response_keeps_status(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response holds only orders of the status that was asked for"""
    return _kept(exchange, "status", "order_status")


@rule("tokopedia.answer-keeps-page-size", on="listOrders", reads="exchange",
      source=(LIST, "Request Parameters"), basis=Basis.DOCUMENTED, severity=Severity.WARNING)  # fmt: skip
def response_keeps_page_size(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a response holds at most `per_page` orders"""
    most, body = number(_query(exchange).get("per_page")), _body(exchange)
    orders = body.get("data") if isinstance(body, dict) else None
    if most and isinstance(orders, list) and len(orders) > most:
        yield Violation(("response", "body", "data"), f"{len(orders)} orders, `per_page` is {most}")


@rule("tokopedia.order-paid", on="listOrders", reads="response", source=(LIST, "Get All Orders"),
      basis=Basis.DOCUMENTED, severity=Severity.WARNING)  # fmt: skip
def order_paid(response: Json, _: Facts) -> Iterator[Violation]:
    """an order stands in the list only once its payment was verified"""
    for index, order in objects(response, "data"):
        status = order.get("order_status")
        if isinstance(status, int) and status in UNPAID:
            yield Violation(("data", index, "order_status"), f"{status}, {UNPAID[status]}: not yet paid")


@rule("tokopedia.order-once", on="listOrders", reads="response", source=(LIST, "Response Parameters"),
      basis=Basis.INFERRED)  # fmt: skip
def order_once(response: Json, _: Facts) -> Iterator[Violation]:
    """a page holds each order once"""
    seen: dict[int, int] = {}
    for index, order in objects(response, "data"):
        own = order.get("order_id")
        if isinstance(own, int):
            if own in seen:
                yield Violation(
                    ("data", index, "order_id"), f"the same order as number {seen[own]} of this page"
                )
            seen.setdefault(own, index)


RULES: tuple[Rule, ...] = (
    *LISTED,
    response_keeps_shop,
    response_keeps_warehouse,
    response_keeps_status,
    response_keeps_page_size,
    order_paid,
    order_once,
)
