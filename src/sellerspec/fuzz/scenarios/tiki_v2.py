"""Tiki's Open API: orders from the queue to their delivery, and the queues of events that tell of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.scenarios import (
    tiki_v2_access,
    tiki_v2_information,
    tiki_v2_products,
    tiki_v2_updates,
    tiki_v2_ways,
)
from sellerspec.fuzz.scenarios.common import (
    Listing,
    filtered,
    member,
    not_shared,
    objects,
    pages,
    read_back,
    unknown,
)
from sellerspec.fuzz.scenarios.tiki_v2_orders import (
    CONFIRMATIONS,
    TAKES,
    UNDER_WAY,
    WAITING,
    confirmation,
    taken,
)
from sellerspec.fuzz.scenarios.tiki_v2_state import CLIENT, arrange, facts, learn, live, query, retarget
from sellerspec.fuzz.target import Scenario, Sequence, Target
from sellerspec.fuzz.verdict import Verdict
from sellerspec.model import Json

ORDERS = Listing("listOrders", "code", ("data",), {}, "getOrder")
WAREHOUSES = Listing("listSellerWarehouses", "id", ("data",), {"limit": 50})

STATUSES = ("queueing", "picking", "canceled", "complete")
"""Values of the filter `status` of orders."""

QUEUE = "sellerspec sequences"
"""Name of the queue that a run makes: no call deletes one, so there is one for all runs."""

ORDER_STATUS = "ORDER_STATUS_UPDATED"

STARTED = 6.0
"""Seconds after which a new subscription takes events."""


def orders(target: Target) -> None:
    """List orders page by page, compare them with the details, and see that nobody sees another's."""
    mine = pages(target, ORDERS, lambda page: {"page": page + 1, "limit": 5}, size=5)
    for status in STATUSES:
        filtered(target, ORDERS, mine, "status", status, limit=50)
    for kind in dict.fromkeys(member(order, "fulfillment_type") for order in mine):
        filtered(target, ORDERS, mine, "fulfillment_type", kind, limit=50)
    for order in objects(mine)[:6]:
        path = {"code": order.get("code")}
        read_back(target, "listOrders -> getOrder", path, order, "the list and the detail differ")
    unknown(target, "getOrder", {"code": "999999999999"})
    not_shared(target, ORDERS, mine)
    warehouses = WAREHOUSES.read(target)
    for active in (1, 0):
        filtered(target, WAREHOUSES, list(warehouses), "status", active)


def fulfilment(target: Target) -> None:
    """Confirm orders, report deliveries, print labels: after each step an order reads as it was left."""
    learn(target)
    for id in CONFIRMATIONS:
        several = (order for order in taken(target, id) if len(objects(order.get("items"))) > 1)
        for order, kept in zip(several, (0, 9, 1), strict=False):
            _confirmed(target, order, kept)
    slots = target.send(target.call("listPickupSlots"))
    times = [one.get("expected_pickup_time") for one in objects(member(slots.body, "pickup_slots"))]
    for order, time in zip(taken(target, "confirmDropship"), times, strict=False):
        target.session.transition("listPickupSlots -> confirmDropship")
        id, body = confirmation(target, order)
        target.send(
            target.call(id, path={"code": order["code"]}, body={**body, "expected_pickup_time": time})
        )
        break
    for id, (_, statuses) in TAKES.items():
        if id.endswith("Labels") and statuses == UNDER_WAY:
            for order in taken(target, id):
                target.session.transition(f"getOrder -> {id}")
                target.send(target.call(id, path={"code": order["code"]}))
                break
    for id, body, status in DELIVERIES:
        for order in taken(target, id):
            _delivered(target, id, order, body, status or order["status"])
            break


DELIVERIES: tuple[tuple[str, Mapping[str, Json], str], ...] = (
    (
        "updateSellerDelivery",
        {
            "status": "failed_delivery",
            "failure_cause": "redelivery_appointment",
            "appointment_date": "2026-12-01 10:00:00",
        },
        "",
    ),
    ("updateSellerDelivery", {"status": "successful_delivery"}, "successful_delivery"),
    ("updateSellerDelivery", {"status": "failed_delivery", "failure_cause": "out_of_needs"}, "canceled"),
    (
        "updateCrossBorder",
        {"status": "transferring_to_foreign_warehouses", "update_time": "2026-11-29 10:00:00"},
        "",
    ),
    (
        "updateCrossBorder",
        {"status": "successful_delivery", "update_time": "2026-11-29 11:00:00"},
        "successful_delivery",
    ),
)
"""operationId, a report, and the status of the order after it; "" if it stays."""


def _confirmed(target: Target, order: Mapping[str, Any], kept: int) -> None:
    """Confirm some items of an order, and expect that the others are canceled."""
    id, body = confirmation(target, order, kept=kept)
    path = {"code": order["code"]}
    call = target.call(id, path=path, body=body)
    verdict = target.send(call)
    target.session.transition(f"getOrder -> {id}")
    if not verdict.accepted:
        return
    read = read_back(target, f"{id} -> getOrder", path, before=[call])
    if not read.accepted or not isinstance(read.body, dict):
        return
    named = body.get("available_item_ids")
    items = objects(read.body.get("items"))
    for item in items:
        available = bool(kept) if named is None else item.get("id") in named
        wanted = "seller_confirmed" if available else "seller_canceled"
        shown = member(item, "confirmation", "status")
        message = f"an item reads `{str(shown)[:30]}`, not `{wanted}`"
        target.session.expect(shown == wanted, read, "read-after-write", message, before=[call])
    left = read.body.get("status")
    fits = left not in WAITING if kept else left == "canceled"
    message = (
        f"the order is `{str(left)[:30]}` after {'a confirmation' if kept else 'all items were canceled'}"
    )
    target.session.expect(fits, read, "read-after-write", message, before=[call])


def _delivered(
    target: Target, id: str, order: Mapping[str, Any], body: Mapping[str, Json], status: str
) -> None:
    """Report how a delivery went, and expect the status of the order after it."""
    path = {"code": order["code"]}
    call = target.call(id, path=path, body=dict(body))
    target.session.transition(f"getOrder -> {id}")
    if target.send(call).accepted:
        read_back(target, f"{id} -> getOrder", path, {"status": status}, "the delivery", before=[call])


def events(target: Target) -> None:
    """Subscribe to the status of orders, change one, and expect its event until it is acknowledged."""
    learn(target)
    code = _own_queue(target)
    if code is None:
        return
    path, type = {"code": code}, {"event_type": ORDER_STATUS}
    subscribing = target.call("createSubscription", path=path, body=type)
    subscription = target.send(subscribing)
    target.session.transition("createQueue -> createSubscription")
    listed = target.send(target.call("listSubscriptions", path=path))
    target.session.transition("createSubscription -> listSubscriptions")
    subscribed = member(subscription.body, "code")
    message = "the new subscription is not listed"
    fits = subscribed in [one.get("code") for one in objects(listed.body)]
    accepted = subscription.accepted and listed.accepted
    target.session.expect(fits or not accepted, listed, "read-after-write", message, before=[subscribing])
    if not accepted or not target.advance(STARTED):
        return
    confirmed = [_confirm_one(target), _confirm_one(target)]
    if None in confirmed:
        return
    first = _pulled(target, path, None)
    target.session.transition("confirmAvailable -> pullEvents")
    codes = [member(event, "payload", "order_code") for event in _events(first)]
    message = "no event is about an order that was confirmed"
    fits = not first.accepted or set(confirmed) <= set(codes)
    target.session.expect(fits, first, "event-lost", message)
    _acknowledged(target, path, first)
    _silenced(target, {**path, "subscription_code": subscribed})


def _own_queue(target: Target) -> Json:
    """Return the code of the queue of our runs, which is made if there is none; None without one."""
    queues = objects(target.read("listQueues"))
    known = next((queue.get("code") for queue in queues if queue.get("name") == QUEUE), None)
    if known is not None:
        return known
    call = target.call("createQueue", body={"name": QUEUE})
    made = target.send(call)
    listed = target.send(target.call("listQueues"))
    target.session.transition("createQueue -> listQueues")
    code = member(made.body, "code") if made.accepted else None
    message = "the new queue is not listed"
    fits = code is None or not listed.accepted or code in [one.get("code") for one in objects(listed.body)]
    target.session.expect(fits, listed, "read-after-write", message, before=[call])
    return code


def _confirm_one(target: Target) -> Json:
    """Confirm an order; return its code, None if there is none or it is refused."""
    for order in taken(target, "confirmAvailable"):
        id, body = confirmation(target, order)
        verdict = target.send(target.call(id, path={"code": order["code"]}, body=body))
        return order["code"] if verdict.accepted else None
    return None


def _pulled(target: Target, path: Mapping[str, Json], ack_id: Json) -> Verdict:
    return target.send(target.call("pullEvents", path=path, body={"ack_id": ack_id}))


def _events(pulled: Verdict) -> list[dict[str, Json]]:
    return objects(member(pulled.body, "events")) if pulled.accepted else []


def _ids(pulled: Iterable[Mapping[str, Json]]) -> list[Json]:
    return [event.get("id") for event in pulled]


def _acknowledged(target: Target, path: Mapping[str, Json], first: Verdict) -> None:
    """Expect that events come again until they are acknowledged, and not after that."""
    ids = _ids(_events(first))
    again = _pulled(target, path, None)
    target.session.transition("pullEvents -> pullEvents (again)")
    message = "events that nobody acknowledged do not come again"
    fits = not again.accepted or _ids(_events(again))[: len(ids)] == ids
    target.session.expect(fits, again, "event-lost", message, before=[first.call])
    after = _pulled(target, path, member(again.body, "ack_id"))
    target.session.transition("pullEvents -> pullEvents (acknowledged)")
    message = "events that were acknowledged come again"
    fits = not {*_ids(_events(again))} & {*_ids(_events(after))}
    calls: list[Call] = [first.call, again.call]
    target.session.expect(fits, after, "event-repeats", message, before=calls)


def _silenced(target: Target, path: Mapping[str, Json]) -> None:
    """Expect no event while a subscription is off."""
    switch = target.call("updateSubscription", path=path, body={"active": False})
    off = target.send(switch)
    target.session.transition("createSubscription -> updateSubscription")
    code = _confirm_one(target) if off.accepted else None
    if code is None:
        return
    pulled = _pulled(target, {"code": path["code"]}, None)
    target.session.transition("updateSubscription -> pullEvents")
    events = [event for event in _events(pulled) if member(event, "payload", "order_code") == code]
    fits = all(event.get("type") != ORDER_STATUS for event in events)
    message = "an event comes of a subscription that is off"
    target.session.expect(fits, pulled, "event-unwanted", message, before=[switch])
    target.send(target.call("updateSubscription", path=path, body={"active": True}))


SCENARIO = Scenario(
    path={"version": "v2.1"},
    query=query,
    live=live,
    facts=facts,
    retarget=retarget,
    learn=learn,
    arrange=arrange,
    certain=(
        "listCategories",
        "getCategory",
        "getCategoryAttributes",
        "getAttributeValues",
        "getOptionLabels",
        "getRequiredDocs",
        "listBrands",
        "listTikiWarehouses",
        "createProductRequest",
        "listTracking",
        "getTracking",
        "listRequests",
        "getRequest",
        "findRequest",
        "updateProductInfo",
        "listProducts",
        "getProduct",
        "findProduct",
        "updateSku",
        "updateSkus",
        "getSeller",
        "listSellerWarehouses",
        "listSellerInventories",
        "listOrders",
        "getOrder",
        "listPickupSlots",
        *(id for id in TAKES if id.endswith("Labels")),
        "listQueues",
        "listSubscriptions",
        "createSubscription",
        "updateSubscription",
        "pullEvents",
    ),
    sequences=(
        *tiki_v2_access.SEQUENCES,
        *tiki_v2_information.SEQUENCES,
        *tiki_v2_updates.SEQUENCES,
        *tiki_v2_ways.SEQUENCES,
        Sequence(tiki_v2_products.requests, tiki_v2_products.USES["requests"]),
        Sequence(tiki_v2_products.products, tiki_v2_products.USES["products"]),
        Sequence(orders, ("listOrders", "getOrder", "listSellerWarehouses")),
        Sequence(fulfilment, ("getOrder", "listPickupSlots", *TAKES)),
        Sequence(
            events,
            (
                "listQueues",
                "createQueue",
                "listSubscriptions",
                "createSubscription",
                "updateSubscription",
                "pullEvents",
            ),
        ),
    ),
    transitions=(
        *tiki_v2_access.STEPS,
        *tiki_v2_information.STEPS,
        *tiki_v2_updates.STEPS,
        *tiki_v2_ways.STEPS,
        *tiki_v2_products.STEPS,
        "listOrders -> listOrders (next page)",
        "listOrders -> getOrder",
        "listPickupSlots -> confirmDropship",
        *(f"getOrder -> {id}" for id in TAKES),
        *(f"{id} -> getOrder" for id in TAKES if not id.endswith("Labels")),
        "createQueue -> listQueues",
        "createQueue -> createSubscription",
        "createSubscription -> listSubscriptions",
        "confirmAvailable -> pullEvents",
        "pullEvents -> pullEvents (again)",
        "pullEvents -> pullEvents (acknowledged)",
        "createSubscription -> updateSubscription",
        "updateSubscription -> pullEvents",
    ),
    apps={"createToken": CLIENT},
    tokens=(
        {"authorization": "Bearer FAKE-TOKEN-FOR-TESTS"},
        {"authorization": "Bearer FAKE-TOKEN-OTHER"},
    ),
)
