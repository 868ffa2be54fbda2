"""Seeded defects of Tiki's Open API."""

from sellerspec.model import Json
from sellerspec.rules import number
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, changing, defect
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.shared_defects import orders_in
from sellerspec.sandbox.tiki_v2 import stock
from sellerspec.sandbox.tiki_v2.fulfilment import label
from sellerspec.sandbox.tiki_v2.orders import shown


@changing("last-page-off-by-one", "listOrders")
def last_page(_: Call, body: Json) -> Json:
    """`last_page` counts one page too many"""
    body["paging"]["last_page"] += 1
    return body


@defect("page-from-zero", "before", "listOrders")
def page_from_zero(call: Call) -> None:
    """the second page repeats the first"""
    if call.query.get("page") == 2:
        call.query["page"] = 1


@defect("orders-limit-ignored", "before", "listOrders")
def orders_limit(call: Call) -> None:
    """a page holds one order more than `limit`"""
    if isinstance(call.query.get("limit"), int):
        call.query["limit"] += 1


@defect("status-filter-ignored", "before", "listOrders")
def status_filter(call: Call) -> None:
    """orders in any status are listed"""
    call.query.pop("status", None)


@defect("kind-filter-ignored", "before", "listOrders")
def kind_filter(call: Call) -> None:
    """orders of any fulfillment type are listed"""
    call.query.pop("fulfillment_type", None)


@defect("code-filter-ignored", "before", "listOrders")
def code_filter(call: Call) -> None:
    """orders with any code are listed"""
    call.query.pop("code", None)


@defect("nin-read-as-in", "before", "listOrders")
def excluded(call: Call) -> None:
    """`nin|` selects what it should leave out"""
    for name, value in call.query.items():
        if isinstance(value, str) and value.startswith("nin|"):
            call.query[name] = value.removeprefix("n")


@defect("dates-ignored", "before", "listOrders")
def dates_ignored(call: Call) -> None:
    """the spans of dates are ignored"""
    for name in [name for name in call.query if name.endswith("_date")]:
        call.query.pop(name)


@changing("order-by-ignored", "listOrders")
def order_ignored(_: Call, body: Json) -> Json:
    """orders are listed the other way round than `order_by` says"""
    return {**body, "data": body["data"][::-1]}


@defect("include-ignored", "before", "listOrders", "getOrder")
def include_ignored(call: Call) -> None:
    """the parts that `include` names are empty"""
    call.query.pop("include", None)


@changing("other-order-shown", "getOrder")
def other_order(call: Call, body: Json) -> Json:
    """another order than the requested one is shown"""
    others = (document["order"] for document in call.all_own("orders"))
    return next((order for order in others if order["code"] != body["code"]), body)


@changing("item-price-as-text", "listOrders", "getOrder")
def price_as_text(_: Call, body: Json) -> Json:
    """the price of an item is sent as text, not as a number"""
    for order in orders_in(body):
        for item in order["items"]:
            item["price"] = str(item["price"])
    return body


@changing("fees-sum-wrong", "getOrder")
def fees_sum(_: Call, body: Json) -> Json:
    """`total_seller_fee` leaves out the fees of the last item"""
    last = body["items"][-1]["invoice"]["seller_fee"]
    body["invoice"]["total_seller_fee"] -= last
    return body


@changing("status-misspelled", "listOrders", "getOrder")
def misspelled(_: Call, body: Json) -> Json:
    """the status is spelled `queuing`, like that of a product request"""
    for order in orders_in(body):
        if order["status"] == "queueing":
            order["status"] = "queuing"
    return body


@changing("confirmation-null", "listOrders", "getOrder")
def no_confirmation(_: Call, body: Json) -> Json:
    """items have no confirmation"""
    for order in orders_in(body):
        for item in order["items"]:
            item["confirmation"] = None
    return body


@changing("contact-leaked", "listOrders", "getOrder")
def contact_leaked(_: Call, body: Json) -> Json:
    """phone and email of a customer are shown although Tiki delivers"""
    for order in orders_in(body):
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


@defect("confirmed-twice", "before", "confirmAvailable", "confirmDropship")
def confirmed_twice(call: Call) -> Reply | None:
    """an order that was confirmed already is confirmed again"""
    document = call.own("orders", call.path["code"])
    if document is None or document["order"]["status"] == "queueing":
        return None
    return reply(document["order"])


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


@defect("labels-of-canceled", "before", "getSellerDeliveryLabels", "getDropshipLabels")
def labels_of_canceled(call: Call) -> Reply | None:
    """labels of a canceled order are printed"""
    document = call.own("orders", call.path["code"])
    if document is None or document["order"]["status"] != "canceled":
        return None
    return label(call)


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


@changing("event-lost", "pullEvents")
def event_lost(_: Call, body: Json) -> Json:
    """the last event of a batch is not returned, though it is acknowledged with the others"""
    return {**body, "events": body["events"][:-1]}


@changing("event-twice", "pullEvents")
def event_twice(_: Call, body: Json) -> Json:
    """each event is twice in the batch"""
    return {**body, "events": [event for event in body["events"] for _ in range(2)]}


@changing("events-unordered", "pullEvents")
def unordered(_: Call, body: Json) -> Json:
    """the newest event of a batch comes first"""
    return {**body, "events": body["events"][::-1]}


@defect("pull-acknowledges", "before", "pullEvents")
def pull_acknowledges(call: Call) -> None:
    """each pull acknowledges the last batch, so events that were not handled are lost"""
    queue = call.own("queues", call.path["code"])
    if queue is not None and queue["batch"] is not None and isinstance(call.body, dict):
        call.body["ack_id"] = queue["batch"]["ack_id"]


@defect("acknowledgement-ignored", "before", "pullEvents")
def never_acknowledged(call: Call) -> None:
    """an acknowledged batch comes again"""
    if isinstance(call.body, dict):
        call.body["ack_id"] = None


@changing("event-time-in-seconds", "pullEvents")
def in_seconds(_: Call, body: Json) -> Json:
    """`created_at` of an event is in seconds, not in milliseconds"""
    for event in body["events"]:
        event["created_at"] //= 1000
    return body


@changing("event-payload-as-text", "pullEvents")
def payload_as_text(_: Call, body: Json) -> Json:
    """the payload of an event is a text"""
    for event in body["events"]:
        event["payload"] = str(event["payload"])
    return body


@changing("event-type-not-subscribed", "createSubscription")
def other_type(_: Call, body: Json) -> Json:
    """the response to a subscription names another type of events than the requested one"""
    return {**body, "event_type": "PRODUCT_DELETED"}


@defect("switched-off-ignored", "before", "updateSubscription")
def switched_off(call: Call) -> None:
    """a subscription that is switched off stays on"""
    call.body["active"] = True


DEFECTS: tuple[Defect, ...] = (
    shared.foreign_shown(shown, key="code"),
    shared.foreign_listed("the first page of orders begins with one of another seller"),
    last_page,
    page_from_zero,
    orders_limit,
    status_filter,
    kind_filter,
    code_filter,
    excluded,
    dates_ignored,
    order_ignored,
    include_ignored,
    other_order,
    price_as_text,
    fees_sum,
    misspelled,
    no_confirmation,
    contact_leaked,
    item_forgotten,
    left_out_confirmed,
    confirmed_twice,
    cancel_ignored,
    failed_done,
    appointment_cancels,
    labels_of_canceled,
    stays_reserved,
    released_twice,
    event_lost,
    event_twice,
    unordered,
    pull_acknowledges,
    never_acknowledged,
    in_seconds,
    payload_as_text,
    other_type,
    switched_off,
    shared.stale(shown, key="code"),
    shared.unknown_order_accepted,
    shared.fails_on_empty("confirmAvailable"),
    shared.dropped("paging-dropped", "paging", "listOrders"),
    shared.dropped("code-dropped", "code", "listOrders", "getOrder"),
    shared.dropped("ack-id-dropped", "ack_id", "pullEvents"),
    shared.typed_as_text("order-id-as-text", "id", "listOrders", "getOrder"),
    shared.served_as("content-type-html", "text/html", "getOrder"),
    shared.truncated("listOrders"),
    shared.plain_refusals("confirmAvailable", "updateSellerDelivery"),
)
"""Every seeded defect of the Open API, in the order in which they act."""
