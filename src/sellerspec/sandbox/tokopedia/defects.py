"""Seeded defects of Tokopedia."""

from dataclasses import replace

from sellerspec.marketplaces.tokopedia.envelope import MALFORMED
from sellerspec.model import Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.defect import Defect, changing, defect, forgiving
from sellerspec.sandbox.messages import Reply
from sellerspec.sandbox.tokopedia.notices import SHOP, STATUS, TOKOCABANG

LIST = "listOrders"


@defect("status-filter-ignored", "before", LIST, rules=("tokopedia.answer-keeps-status",))
def status_ignored(call: Call) -> None:
    """the filter by status is ignored"""
    call.query.pop("status", None)


@defect("window-ignored", "before", LIST, rules=("tokopedia.answer-keeps-window",))
def window_ignored(call: Call) -> None:
    """a list holds the orders of a month before `from_date`, too"""
    call.query["from_date"] -= 30 * 86_400


@changing("other-app-shown", LIST, rules=("tokopedia.answer-keeps-app",))
def other_app(_: Call, body: Json) -> Json:
    """the orders have the `fs_id` of another app"""
    return {**body, "data": [{**order, "fs_id": "99999"} for order in body["data"]]}


@changing("address-empty", LIST, rules=("tokopedia.part-members",))
def address_empty(_: Call, body: Json) -> Json:
    """the address of a recipient has no members"""
    for order in body["data"]:
        if "recipient" in order:
            order["recipient"] = {**order["recipient"], "address": {}}
    return body


@changing("buyer-null", LIST, rules=("tokopedia.object-not-null",))
def buyer_null(_: Call, body: Json) -> Json:
    """the buyer of an order is null"""
    return {**body, "data": [{**order, "buyer": None} for order in body["data"]]}


@changing("product-without-id", LIST, rules=("tokopedia.product-line",))
def product_without_id(_: Call, body: Json) -> Json:
    """a product line has no `id`"""
    for order in body["data"]:
        order["products"] = [without(line, "id") for line in order["products"]]
    return body


@changing("discount-details-off", LIST, rules=("tokopedia.order-discount-details",))
def discount_off(_: Call, body: Json) -> Json:
    """the details of the discount do not add up to it"""
    for order in body["data"]:
        details = [{"amount": 1, "type": "discount_product"}]
        order["promo_order_detail"] = {**order["promo_order_detail"], "total_discount_details": details}
    return body


@changing("delivered-negative", LIST, rules=("tokopedia.quantity-not-negative",))
def delivered_negative(_: Call, body: Json) -> Json:
    """`quantity_deliver` is negative"""
    for order in body["data"]:
        done = order["products_fulfilled"]
        order["products_fulfilled"] = [{**line, "quantity_deliver": -1} for line in done]
    return body


@changing("bundle-detail-dropped", LIST, rules=("tokopedia.order-bundle-flag",))
def bundle_dropped(_: Call, body: Json) -> Json:
    """an order with a bundle has no `bundle_detail`"""
    orders = [
        without(order, "bundle_detail") if order["have_product_bundle"] else order for order in body["data"]
    ]
    return {**body, "data": orders}


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
    return _with_header(response, 400, error_code="ORD_XXX_999")


def _with_header(response: Reply, status: int, **changes: Json) -> Reply:
    """Return a refusal of that status with other members in its header."""
    if response.status != status:
        return response
    body = response.json()
    return response.with_json({**body, "header": {**body["header"], **changes}})


@defect("reason-of-another-code", "after", LIST, rules=("tokopedia.reason-of-code",))
def other_reason(_: Call, response: Reply) -> Reply:
    """a refusal has the reason of another error code"""
    return _with_header(response, 400, reason="Failed To Initialize Request")


@defect("unlinked-shop-old-code", "after", LIST, rules=("tokopedia.unlinked-status",))
def old_code(call: Call, response: Reply) -> Reply:
    """a shop that is not linked is refused with the later status and the earlier error code"""
    earlier = next(rule for rule in call.world.contract.rules() if rule.id == "tokopedia.shop-linked-earlier")
    return _with_header(response, 403, reason=earlier.text, error_code=earlier.code, messages=MALFORMED)


@defect("refusal-without-data", "after", LIST, rules=("tokopedia.refusal-data",))
def without_data(_: Call, response: Reply) -> Reply:
    """a refusal has no `data`"""
    return response.with_json(without(response.json(), "data")) if response.status == 400 else response


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


@defect("notice-without-status", "notices", TOKOCABANG, SHOP, rules=("tokopedia.order-notification",))
def no_status(notice: Notice) -> list[Notice]:
    """a notification has no `order_status`"""
    return [replace(notice, body=without(notice.body, "order_status"))]


@defect("status-notice-late", "notices", STATUS)
def late_status(notice: Notice) -> list[Notice]:
    """a status update has the status before the change"""
    return [replace(notice, body={**notice.body, "order_status": 220})]


def without(part: Json, name: str) -> Json:
    """Return a part without one of its members."""
    return {other: value for other, value in part.items() if other != name}


DEFECTS: tuple[Defect, ...] = (
    forgiving("date-range-ignored", LIST, "tokopedia.date-range"),
    forgiving("shop-and-warehouse-accepted", LIST, "tokopedia.one-of-shop-and-warehouse"),
    status_ignored,
    window_ignored,
    other_app,
    per_page_ignored,
    never_ends,
    shared.foreign_listed("the list begins with an order of another seller's shop"),
    unpaid_listed,
    total_off,
    shared.dropped("header-dropped", "header", LIST),
    shared.typed_as_text("order-id-as-text", "order_id", LIST),
    replace(shared.dropped("order-status-dropped", "order_status", LIST), rules=("tokopedia.order",)),
    replace(shared.dropped("recipient-dropped", "recipient", LIST), rules=("tokopedia.order-members",)),
    address_empty,
    buyer_null,
    product_without_id,
    discount_off,
    delivered_negative,
    bundle_dropped,
    other_code,
    other_reason,
    old_code,
    without_data,
    refusal_with_200,
    shared.served_as("content-type-html", "text/html", LIST),
    shared.truncated(LIST),
    no_invoice,
    no_status,
    late_status,
    shared.sent_twice(TOKOCABANG, SHOP, STATUS),
    shared.never_sent(TOKOCABANG, SHOP, STATUS),
)
"""Every seeded defect of Tokopedia, in the order in which they act."""
