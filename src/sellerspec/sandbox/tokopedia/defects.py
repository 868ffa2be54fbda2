"""Seeded defects of Tokopedia."""

from dataclasses import replace

from sellerspec.model import Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, Notice, changing, defect, forgiving
from sellerspec.sandbox.messages import Reply
from sellerspec.sandbox.tokopedia.notices import SHOP, STATUS, TOKOCABANG

LIST = "listOrders"


@defect("status-filter-ignored", "before", LIST, rules=("tokopedia.answer-keeps-status",))
def status_ignored(call: Call) -> None:
    """the filter by status is ignored"""
    call.query.pop("status", None)


@changing("per-page-ignored", LIST, rules=("tokopedia.answer-keeps-page-size",))
def per_page_ignored(_: Call, body: Json) -> Json:
    """a page repeats its last order, one more than `per_page`"""
    return {**body, "data": [*body["data"], *body["data"][-1:]]}


@defect("last-page-repeats", "before", LIST)
def never_ends(call: Call) -> None:
    """every page is the first one, so that paging never ends"""
    call.query["page"] = 1


@defect("refusal-with-200", "after", LIST, rules=("tokopedia.error-envelope",))
def refusal_with_200(_: Call, response: Reply) -> Reply:
    """a refusal comes with status 200"""
    return replace(response, status=200) if response.status == 400 else response


@defect("error-code-other", "after", LIST, rules=("tokopedia.error-code-known",))
def other_code(_: Call, response: Reply) -> Reply:
    """a refusal has an error code that no page lists"""
    if response.status != 400:
        return response
    body = response.json()
    body["header"]["error_code"] = "ORD_XXX_999"
    return response.with_json(body)


@changing("unpaid-listed", LIST, rules=("tokopedia.order-paid",))
def unpaid_listed(_: Call, body: Json) -> Json:
    """an order that waits for its payment is in the list"""
    return {**body, "data": [{**order, "order_status": 103} for order in body["data"][:1]]}


@changing("total-without-shipping", LIST)
def total_off(_: Call, body: Json) -> Json:
    """`ttl_amount` leaves the shipping out"""
    for order in body["data"]:
        order["amt"]["ttl_amount"] -= order["amt"]["shipping_cost"]
    return body


@defect("notice-without-invoice", "notices", TOKOCABANG, SHOP, rules=("tokopedia.invoice-number-present",))
def no_invoice(notice: Notice) -> list[Notice]:
    """a notification has no invoice number"""
    body = {name: value for name, value in notice.body.items() if not name.startswith("invoice_")}
    return [replace(notice, body=body)]


DEFECTS: tuple[Defect, ...] = (
    forgiving("date-range-ignored", LIST, "tokopedia.date-range"),
    forgiving("shop-and-warehouse-accepted", LIST, "tokopedia.one-of-shop-and-warehouse"),
    status_ignored,
    per_page_ignored,
    never_ends,
    shared.foreign_listed("the list begins with an order of another seller's shop"),
    unpaid_listed,
    total_off,
    shared.dropped("header-dropped", "header", LIST),
    shared.typed_as_text("order-id-as-text", "order_id", LIST),
    other_code,
    refusal_with_200,
    shared.served_as("content-type-html", "text/html", LIST),
    shared.truncated(LIST),
    no_invoice,
    shared.sent_twice(TOKOCABANG, SHOP, STATUS),
    shared.never_sent(TOKOCABANG, SHOP, STATUS),
)
"""Every seeded defect of Tokopedia, in the order in which they act."""
