"""Queues of events: subscriptions, and the pull with acknowledgement.

A queue holds the events that nobody has acknowledged, the oldest first. What a pull has returned stays
the head of the queue, and comes again, until its `ack_id` comes back.
"""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply, reply

PULLED = 20
"""Events in one pull; our choice."""

STARTS = 5.0
"""Virtual seconds until a new subscription takes events, as the vendor's guide says."""

QUEUES = 10
"""Queues of one seller. That their number is limited is known; the number is our choice."""

OFFSET = 7 * 3600
"""Seconds by which the clock of Ha Noi is ahead of UTC; an event says when it was made in UTC."""

ORDER_CREATED = "ORDER_CREATED_SUCCESSFULLY"
ORDER_STATUS = "ORDER_STATUS_UPDATED"
PRICE = "PRODUCT_PRICE_UPDATED"
MARKET_PRICE = "PRODUCT_MARKET_PRICE_UPDATED"
INVENTORY = "PRODUCT_INVENTORY_UPDATED"

VERSIONS = {INVENTORY: "v2"}
"""Version of the payload; `v1` for all other types."""


def publish(world: World, seller: str, type: str, payload: Json) -> None:
    """Put an event into each queue of the seller with a subscription to its type."""
    now = stamp(world.clock.now())
    queues = {
        subscription["queue"]
        for subscription in world.state.all("subscriptions").values()
        if subscription["seller"] == seller
        and subscription["event_type"] == type
        and subscription["active"]
        and subscription["starts"] <= now
    }
    if not queues:
        return
    event = {
        "id": _uuid(world, "event"),
        "sid": sid(world, seller),
        "created_at": round((now - OFFSET) * 1000),
        "payload": payload,
        "type": type,
        "version": VERSIONS.get(type, "v1"),
    }
    for code in sorted(queues):
        queue = world.state.get("queues", code)
        world.state.put("queues", code, {**queue, "events": [*queue["events"], event]})


def publish_status(world: World, seller: str, code: str, status: str) -> None:
    """Publish that an order has another status; real events name the order twice."""
    publish(world, seller, ORDER_STATUS, {"order_code": code, "orderCode": code, "status": status})


def sid(world: World, seller: str) -> str:
    """Return the other id of a seller, which events carry."""
    known = world.state.get("sellers", seller) or {}
    return str(known.get("sid") or uuid5(NAMESPACE_URL, f"sellerspec/seller/{seller}"))


def _uuid(world: World, series: str) -> str:
    """Return an id that is the same in each run, and different from all others of this run."""
    return str(uuid5(NAMESPACE_URL, f"sellerspec/{series}/{world.state.number(series)}"))


def _own_queue(call: Call) -> dict[str, Any]:
    unknown = Refused(404, "`code` must be that of a queue of this seller", at="/request/path/code")
    queue: dict[str, Any] = call.require_own("queues", call.path["code"], unknown)
    return queue


def _queue(queue: Json) -> Json:
    return {name: queue[name] for name in ("code", "name", "status")}


def _subscription(subscription: Json) -> Json:
    return {name: subscription[name] for name in ("code", "active", "event_type", "sid")}


def list_queues(call: Call) -> Reply:
    """Return the seller's queues."""
    return reply([_queue(queue) for queue in call.all_own("queues")])


def create_queue(call: Call) -> Reply:
    """Make a queue."""
    if len(call.all_own("queues")) >= QUEUES:
        raise Refused(400, f"a seller may have at most {QUEUES} queues")
    queue = {
        "seller": call.seller,
        "code": _uuid(call.world, "queue"),
        "name": call.body["name"],
        "status": "ACTIVE",
        "events": [],
        "batch": None,
    }
    call.state.put("queues", queue["code"], queue)
    return reply(_queue(queue))


def list_subscriptions(call: Call) -> Reply:
    """Return the subscriptions of a queue."""
    code = _own_queue(call)["code"]
    return reply([_subscription(one) for one in call.all_own("subscriptions") if one["queue"] == code])


def create_subscription(call: Call) -> Reply:
    """Subscribe a queue to a type of events; one that exists already is returned as it is."""
    queue, type = _own_queue(call), call.body["event_type"]
    for known in call.all_own("subscriptions"):
        if known["queue"] == queue["code"] and known["event_type"] == type:
            return reply(_subscription(known))
    subscription = {
        "seller": call.seller,
        "queue": queue["code"],
        "code": _uuid(call.world, "subscription"),
        "active": True,
        "event_type": type,
        "sid": sid(call.world, call.seller),
        "starts": stamp(call.now) + STARTS,
    }
    call.state.put("subscriptions", subscription["code"], subscription)
    return reply(_subscription(subscription))


def update_subscription(call: Call) -> Reply:
    """Switch a subscription on or off; while it is off, its queue gets no events of its type."""
    queue = _own_queue(call)
    place = "subscription_code"
    unknown = Refused(404, f"`{place}` must be that of a subscription", at=f"/request/path/{place}")
    known = call.require_own("subscriptions", call.path[place], unknown)
    if known["queue"] != queue["code"]:
        raise unknown
    # that `active` is required is our assumption, so a call without it is taken and changes nothing
    active = call.member("active")
    changed = {**known, "active": active if isinstance(active, bool) else known["active"]}
    call.state.put("subscriptions", known["code"], changed)
    return reply(_subscription(changed))


def pull_events(call: Call) -> Reply:
    """Return the oldest events; those of the last pull are gone only if its `ack_id` is sent.

    An unknown `ack_id` acknowledges nothing, and the batch comes again as it was.
    """
    queue = _own_queue(call)
    events, batch = queue["events"], queue["batch"]
    if batch is not None and call.member("ack_id") == batch["ack_id"]:
        events, batch = events[batch["count"] :], None
    if batch is None:
        batch = {"ack_id": _uuid(call.world, "ack"), "count": len(events[:PULLED])}
    # an empty batch holds nothing back, so it is not kept
    kept = batch if batch["count"] else None
    if (events, kept) != (queue["events"], queue["batch"]):
        call.state.put("queues", queue["code"], {**queue, "events": events, "batch": kept})
    return reply({"events": events[: batch["count"]], "ack_id": batch["ack_id"]})
