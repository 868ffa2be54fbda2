"""Seeded defects of Tokopedia."""

from dataclasses import replace

import orjson

from sellerspec.model import Json
from sellerspec.sandbox import shared_defects as common
from sellerspec.sandbox.behaviour import Request
from sellerspec.sandbox.defect import Defect, Notice, defect, forgiving
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.tokopedia.orders import NOTICE

LIST = "listOrders"


@defect("status-filter-ignored", "before", LIST, shows=("tokopedia.answer-keeps-status",))
def status_ignored(request: Request) -> Reply | None:
    """the filter by status is ignored"""
    request.value["query"].pop("status", None)
    return None


@defect("per-page-ignored", "after", LIST, shows=("tokopedia.answer-keeps-page-size",))
def per_page_ignored(_: Request, response: Reply) -> Reply:
    """a page repeats its last order, one more than `per_page`"""
    body = response.json()
    if response.status != 200 or not body["data"]:
        return response
    return replace(response, content=orjson.dumps({**body, "data": [*body["data"], body["data"][-1]]}))


@defect("last-page-repeats", "before", LIST)
def never_ends(request: Request) -> Reply | None:
    """every page is the first one, so that paging never ends"""
    request.value["query"]["page"] = 1
    return None


@defect("foreign-orders-listed", "after", LIST)
def foreign_orders(request: Request, response: Reply) -> Reply:
    """the list holds an order of another seller's shop"""
    body = response.json()
    others = [
        each["order"] for each in request.state.all("orders").values() if each["seller"] != request.seller
    ]
    if response.status != 200 or not others:
        return response
    return replace(response, content=orjson.dumps({**body, "data": [*body["data"], others[0]]}))


@defect("refusal-with-200", "after", LIST, shows=("tokopedia.error-envelope",))
def refusal_with_200(_: Request, response: Reply) -> Reply:
    """a refusal comes with status 200"""
    return replace(response, status=200) if response.status == 400 else response


@defect("error-code-other", "after", LIST, shows=("tokopedia.error-code-known",))
def other_code(_: Request, response: Reply) -> Reply:
    """a refusal has an error code that no page lists"""
    if response.status != 400:
        return response
    body = response.json()
    return reply({**body, "header": {**body["header"], "error_code": "ORD_XXX_999"}}, 400)


@defect("unpaid-listed", "after", LIST, shows=("tokopedia.order-paid",))
def unpaid_listed(_: Request, response: Reply) -> Reply:
    """an order that waits for its payment stands in the list"""
    body = response.json()
    if response.status != 200 or not body["data"]:
        return response
    return replace(
        response, content=orjson.dumps({**body, "data": [{**body["data"][0], "order_status": 103}]})
    )


def _total_off(body: Json) -> None:
    for each in body["data"]:
        each["amt"]["ttl_amount"] -= each["amt"]["shipping_cost"]


@defect("notice-without-invoice", "notices", NOTICE, shows=("tokopedia.invoice-number-present",))
def no_invoice(notice: Notice) -> list[Notice]:
    """a notification has no invoice number"""
    body = {key: value for key, value in notice.body.items() if not key.startswith("invoice_")}
    return [replace(notice, body=body)]


DEFECTS: tuple[Defect, ...] = (
    forgiving(
        "date-range-ignored", LIST, "a span of more than three days is accepted", "tokopedia.date-range"
    ),
    forgiving(
        "shop-and-warehouse-accepted",
        LIST,
        "a shop and a warehouse together are accepted",
        "tokopedia.one-of-shop-and-warehouse",
    ),
    status_ignored,
    per_page_ignored,
    never_ends,
    foreign_orders,
    unpaid_listed,
    common.changing("total-without-shipping", "`ttl_amount` leaves the shipping out", _total_off, LIST),
    common.dropped("header-dropped", "header", LIST),
    common.typed_as_text("order-id-as-text", "order_id", LIST),
    other_code,
    refusal_with_200,
    common.served_as("content-type-html", "text/html", LIST),
    common.cut(LIST),
    no_invoice,
    common.sent_twice(NOTICE),
    common.never_sent(NOTICE),
)
"""Every seeded defect of Tokopedia, in the order in which they act."""
