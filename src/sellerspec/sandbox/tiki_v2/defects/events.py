"""Seeded defects of the queues of events."""

from sellerspec.model import Finding, Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, changing, defect


@defect("blank-queue-name-accepted", "forgives", "createQueue", rules=("tiki-v2.queue-name",))
def blank_name(call: Call, finding: Finding) -> bool:
    """a queue gets a name of blanks"""
    return finding.rule == "tiki-v2.queue-name" and isinstance(call.member("name"), str)


@changing("event-lost", "pullEvents")
def event_lost(_: Call, body: Json) -> Json:
    """the last event of a batch is not returned, though it is acknowledged with the others"""
    return {**body, "events": body["events"][:-1]}


@changing("event-twice", "pullEvents", rules=("tiki-v2.event-once",))
def event_twice(_: Call, body: Json) -> Json:
    """each event is twice in the batch"""
    return {**body, "events": [event for event in body["events"] for _ in range(2)]}


@changing("events-unordered", "pullEvents", rules=("tiki-v2.events-in-order",))
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


@changing("event-time-in-seconds", "pullEvents", rules=("tiki-v2.event-time",))
def in_seconds(_: Call, body: Json) -> Json:
    """`created_at` of an event is in seconds, not in milliseconds"""
    for event in body["events"]:
        event["created_at"] //= 1000
    return body


@changing("event-payload-as-text", "pullEvents", rules=("tiki-v2.event",))
def payload_as_text(_: Call, body: Json) -> Json:
    """the payload of an event is a text"""
    for event in body["events"]:
        event["payload"] = str(event["payload"])
    return body


@changing("event-type-not-subscribed", "createSubscription", rules=("tiki-v2.subscription-type-kept",))
def other_type(_: Call, body: Json) -> Json:
    """the response to a subscription names another type of events than the requested one"""
    return {**body, "event_type": "PRODUCT_DELETED"}


@defect("switched-off-ignored", "before", "updateSubscription", rules=("tiki-v2.subscription-switched",))
def switched_off(call: Call) -> None:
    """a subscription that is switched off stays on"""
    call.body["active"] = True


@changing("event-stock-sum-wrong", "pullEvents", rules=("tiki-v2.event-stock-sum",))
def event_stock(_: Call, body: Json) -> Json:
    """the event of a stock counts what orders have reserved as sellable"""
    for event in body["events"]:
        payload = event["payload"]
        if "quantity_sellable_to" in payload:
            payload["quantity_sellable_to"] = payload["quantity_available_to"] + 1
    return body


@changing("event-names-two-orders", "pullEvents", rules=("tiki-v2.event-order-code-same",))
def two_orders(_: Call, body: Json) -> Json:
    """`orderCode` of an event is another order than `order_code`"""
    for event in body["events"]:
        if "orderCode" in event["payload"]:
            event["payload"]["orderCode"] += "0"
    return body


@changing("event-without-order", "pullEvents", rules=("tiki-v2.event-order", "tiki-v2.event-order-status"))
def without_order(_: Call, body: Json) -> Json:
    """the event of an order does not have `order_code`"""
    for event in body["events"]:
        event["payload"].pop("order_code", None)
    return body


EVENTS: tuple[Defect, ...] = (
    blank_name,
    event_lost,
    event_twice,
    unordered,
    pull_acknowledges,
    never_acknowledged,
    in_seconds,
    event_stock,
    two_orders,
    without_order,
    payload_as_text,
    other_type,
    switched_off,
    shared.dropped("ack-id-dropped", "ack_id", "pullEvents", rules=("tiki-v2.events",)),
    shared.dropped("queue-code-dropped", "code", "listQueues", "createQueue", rules=("tiki-v2.queue",)),
)
