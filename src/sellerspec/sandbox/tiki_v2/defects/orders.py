"""Seeded defects of orders: listed, read, confirmed, delivered and labelled."""

from sellerspec.model import Json
from sellerspec.rules import number
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, changing, defect, forgiving
from sellerspec.sandbox.messages import Reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.shared_defects import entries
from sellerspec.sandbox.tiki_v2 import stock
from sellerspec.sandbox.tiki_v2.orders import shown


@changing("last-page-off-by-one", "listOrders", rules=("tiki-v2.paging-pages",))
def last_page(_: Call, body: Json) -> Json:
    """`last_page` counts one page too many"""
    body["paging"]["last_page"] += 1
    return body


@defect("nin-read-as-in", "before", "listOrders", rules=("tiki-v2.orders-filtered",))
def excluded(call: Call) -> None:
    """`nin|` selects what it should leave out"""
    for name, value in call.query.items():
        if isinstance(value, str) and value.startswith("nin|"):
            call.query[name] = value.removeprefix("n")


@changing("order-by-ignored", "listOrders", rules=("tiki-v2.orders-sorted",))
def order_ignored(_: Call, body: Json) -> Json:
    """orders are listed the other way round than `order_by` says"""
    return {**body, "data": body["data"][::-1]}


@changing("other-order-shown", "getOrder", rules=("tiki-v2.order-requested",))
def other_order(call: Call, body: Json) -> Json:
    """another order than the requested one is shown"""
    others = (document["order"] for document in call.all_own("orders"))
    return next((order for order in others if order["code"] != body["code"]), body)


@changing("item-price-as-text", "listOrders", "getOrder", rules=("tiki-v2.order-item",))
def price_as_text(_: Call, body: Json) -> Json:
    """the price of an item is sent as text, not as a number"""
    for order in entries(body):
        for item in order["items"]:
            item["price"] = str(item["price"])
    return body


@changing("fees-sum-wrong", "getOrder", rules=("tiki-v2.order-seller-fee",))
def fees_sum(_: Call, body: Json) -> Json:
    """`total_seller_fee` leaves out the fees of the last item"""
    last = body["items"][-1]["invoice"]["seller_fee"]
    body["invoice"]["total_seller_fee"] -= last
    return body


@changing("status-misspelled", "listOrders", "getOrder", rules=("tiki-v2.order-status",))
def misspelled(_: Call, body: Json) -> Json:
    """the status is spelled `queuing`, like that of a product request"""
    for order in entries(body):
        if order["status"] == "queueing":
            order["status"] = "queuing"
    return body


@changing("confirmation-null", "listOrders", "getOrder", rules=("tiki-v2.order-confirmation",))
def no_confirmation(_: Call, body: Json) -> Json:
    """items have no confirmation"""
    for order in entries(body):
        for item in order["items"]:
            item["confirmation"] = None
    return body


@changing("contact-leaked", "listOrders", "getOrder", rules=("tiki-v2.order-contact",))
def contact_leaked(_: Call, body: Json) -> Json:
    """phone and email of a customer are shown although Tiki delivers"""
    for order in entries(body):
        order["shipping"]["address"].update(phone="0000000000", email="khach@buyer.example")
    return body


@defect("confirmed-item-forgotten", "after", "confirmAvailable")
def item_forgotten(call: Call, response: Reply) -> Reply:
    """the last of several confirmed items is not kept as confirmed"""
    ids = call.member("available_item_ids")
    if response.status == 200 and len(ids) > 1:
        document = call.own("orders", call.path["code"])
        items = [
            {**item, "confirmation": {**item["confirmation"], "status": "waiting", "confirmed_at": None}}
            if item["id"] == number(ids[-1])
            else item
            for item in document["order"]["items"]
        ]
        put_order(call.state, document, {"items": items})
    return response


@defect("left-out-confirmed", "before", "confirmAvailable")
def left_out_confirmed(call: Call) -> None:
    """items that are left out count as available"""
    document = call.own("orders", call.path["code"])
    if document is not None and call.body["available_item_ids"]:
        call.body["available_item_ids"] = [item["id"] for item in document["order"]["items"]]


@defect("dropship-cancel-ignored", "before", "confirmDropship")
def cancel_ignored(call: Call) -> None:
    """a dropship order that the seller cancels is confirmed"""
    call.body["confirmation_status"] = "seller_confirmed"


@defect("failed-delivery-done", "before", "updateSellerDelivery")
def failed_done(call: Call) -> None:
    """a failed delivery is kept as a successful one"""
    call.body["status"] = "successful_delivery"


@defect("appointment-cancels", "before", "updateSellerDelivery")
def appointment_cancels(call: Call) -> None:
    """an appointment for another delivery cancels the order"""
    if call.body.get("failure_cause") == "redelivery_appointment":
        call.body["failure_cause"] = "out_of_needs"


def _reserved_again(call: Call, response: Reply, factor: int) -> Reply:
    """Change what the order that was canceled by this call has reserved, by a factor of it."""
    document = call.own("orders", call.path["code"])
    if response.status == 200 and document["order"]["status"] == "canceled":
        for item in document["order"]["items"]:
            place = (item["product"]["id"], item["seller_inventory_id"])
            if factor > 0:
                stock.reserve(call.world, call.seller, *place, item["qty"])
            else:
                stock.release(call.world, call.seller, *place, item["qty"])
    return response


@defect("canceled-stays-reserved", "after", "confirmAvailable", "confirmDropship", "updateSellerDelivery")
def stays_reserved(call: Call, response: Reply) -> Reply:
    """the stock of a canceled order stays reserved"""
    return _reserved_again(call, response, 1)


@defect("released-twice", "after", "confirmAvailable", "confirmDropship")
def released_twice(call: Call, response: Reply) -> Reply:
    """the stock of a canceled order is released twice, so more is sold than there is"""
    return _reserved_again(call, response, -1)


FILTERED = ("tiki-v2.orders-filtered",)
SPANS = ("created_from_date", "created_to_date", "updated_from_date", "updated_to_date")

CONFIRMATIONS = ("confirmAvailable", "confirmDropship")
LABELS = (
    "getTikiDeliveryLabels", "getSellerDeliveryLabels", "getDropshipLabels", "getCrossBorderLabels",
)  # fmt: skip

ORDERS: tuple[Defect, ...] = (
    forgiving("token-not-needed", "listOrders", "tiki-v2.token-present"),
    forgiving("unknown-type-filtered", "listOrders", "tiki-v2.orders-fulfillment-filter"),
    forgiving("dropship-confirmed-as-other", "confirmAvailable", "tiki-v2.confirm-items-dropship"),
    forgiving("other-confirmed-as-dropship", "confirmDropship", "tiki-v2.confirm-dropship-kind"),
    forgiving("confirmed-twice", CONFIRMATIONS, "tiki-v2.confirm-status"),
    forgiving("other-delivered-by-seller", "updateSellerDelivery", "tiki-v2.seller-delivery-kind"),
    forgiving("cause-not-needed", "updateSellerDelivery", "tiki-v2.seller-delivery-cause-given"),
    forgiving("appointment-not-needed", "updateSellerDelivery", "tiki-v2.seller-delivery-appointment-given"),
    forgiving("other-shipped-from-abroad", "updateCrossBorder", "tiki-v2.delivery-status-kind"),
    forgiving("shipment-state-unknown", "updateCrossBorder", "tiki-v2.delivery-status-known"),
    forgiving("labels-of-canceled", LABELS, "tiki-v2.print-confirmed"),
    forgiving("dropship-labels-of-others", "getDropshipLabels", "tiki-v2.print-dropship"),
    shared.foreign_shown(shown, key="code"),
    shared.foreign_listed("the first page of orders begins with one of another seller"),
    last_page,
    shared.page_repeated("page-from-zero", "listOrders", rules=("tiki-v2.orders-page-kept",)),
    shared.page_too_long("orders-limit-ignored", "listOrders", rules=("tiki-v2.orders-limit-kept",)),
    shared.not_read(
        "status-filter-ignored", "orders in any status are listed", "listOrders", names=("status",),
        rules=FILTERED,
    ),
    shared.not_read(
        "kind-filter-ignored", "orders of any fulfillment type are listed", "listOrders",
        names=("fulfillment_type",), rules=FILTERED,
    ),
    shared.not_read(
        "code-filter-ignored", "orders with any code are listed", "listOrders", names=("code",),
        rules=FILTERED,
    ),
    excluded,
    shared.not_read(
        "dates-ignored", "the spans of dates are ignored", "listOrders", names=SPANS, rules=FILTERED
    ),
    order_ignored,
    shared.not_read(
        "include-ignored", "the parts that `include` names are empty", "listOrders", "getOrder",
        names=("include",), rules=("tiki-v2.order-fees-included",),
    ),
    other_order,
    price_as_text,
    fees_sum,
    misspelled,
    no_confirmation,
    contact_leaked,
    item_forgotten,
    left_out_confirmed,
    cancel_ignored,
    failed_done,
    appointment_cancels,
    stays_reserved,
    released_twice,
    shared.stale(shown, key="code"),
    shared.unknown_order_accepted,
    shared.fails_on_empty("confirmAvailable"),
    shared.dropped("paging-dropped", "paging", "listOrders", rules=("tiki-v2.paging",)),
    shared.dropped("code-dropped", "code", "listOrders", "getOrder", rules=("tiki-v2.order-shape",)),
    shared.typed_as_text("order-id-as-text", "id", "listOrders", "getOrder", rules=("tiki-v2.order-shape",)),
    shared.served_as("content-type-html", "text/html", "getOrder"),
    shared.truncated("listOrders"),
    shared.plain_refusals("confirmAvailable", "updateSellerDelivery"),
)  # fmt: skip
