"""What happens to an order: its statuses, the stock that it reserves, and the events that tell of it."""

from typing import Any

from sellerspec.marketplaces import messages
from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Refused, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.tiki.seed import text
from sellerspec.sandbox.tiki_v2 import stock
from sellerspec.sandbox.tiki_v2.events import ORDER_CREATED, publish, publish_status

STATUSES = (
    "queueing", "canceled", "complete", "successful_delivery", "processing", "waiting_payment",
    "handover_to_partner", "closed", "packaging", "picking", "shipping", "paid", "delivered", "holded",
    "ready_to_ship", "payment_review", "returned", "finished_packing",
)  # fmt: skip

SHIPPED = ("handover_to_partner", "shipping", "delivered", "successful_delivery", "complete")
"""Statuses by which the goods have left the warehouse."""

BY_TIKI = {
    "picking": "handover_to_partner",
    "handover_to_partner": "shipping",
    "shipping": "successful_delivery",
}
"""What follows by itself where Tiki delivers."""

DELIVERED_BY_TIKI = ("tiki_delivery", "dropship")

STEP = 14_400.0
"""Virtual seconds of each step of Tiki's delivery; our choice."""

CLOSES = 86_400.0
"""Virtual seconds from the delivery until an order is complete; our choice."""


def new_document(seller: str, order: Json) -> dict[str, Any]:
    """Return the document of a new order, with what it reserves by the ids of its items."""
    waits = order["status"] not in (*SHIPPED, "canceled")
    reserved = {
        str(item["id"]): {
            "product_id": item["product"]["id"],
            "warehouse_id": item["seller_inventory_id"],
            "quantity": item["qty"],
        }
        for item in order["items"]
        if waits and item.get("seller_inventory_id")
    }
    return {"seller": seller, "order": order, "reserved": reserved, "reports": []}


def arrive(world: World, seller: str, order: Json) -> None:
    """Take a new order: reserve what it is about to sell, and publish it.

    It replaces an order with the same code, and what that one had reserved is for sale again.
    """
    replaced = world.state.get("orders", order["code"])
    if replaced is not None:
        release(world, replaced, set(replaced["reserved"]))
    document = new_document(seller, order)
    for part in document["reserved"].values():
        stock.reserve(world, seller, **part)
    put_order(world.state, document)
    publish(world, seller, ORDER_CREATED, {"order_code": order["code"]})


def release(world: World, document: Json, item_ids: set[str]) -> dict[str, Any]:
    """Return the document without the reservations of some items, which are for sale again."""
    reserved = document["reserved"]
    for id in item_ids & reserved.keys():
        stock.release(world, document["seller"], **reserved[id])
    return {**document, "reserved": {id: part for id, part in reserved.items() if id not in item_ids}}


def relocate(world: World, document: Json, warehouse_id: int) -> dict[str, Any]:
    """Return the document with all reservations in one warehouse of the seller."""
    moved = {id: {**part, "warehouse_id": warehouse_id} for id, part in document["reserved"].items()}
    for id, part in document["reserved"].items():
        if part != moved[id]:
            stock.release(world, document["seller"], **part)
            stock.reserve(world, document["seller"], **moved[id])
    return {**document, "reserved": moved}


def enter(
    world: World,
    document: Json,
    status: str,
    *,
    at: float | None = None,
    resting: bool = False,
    **changes: Json,
) -> Json:
    """Put an order into a status, with changed members, and return it.

    Args:
        at: when, in seconds as of `stamp`; by default now.
        resting: whether the order stays in the status until someone moves it on.
    """
    now, old = world.clock.now(), document["order"]
    if status in SHIPPED:
        for part in document["reserved"].values():
            stock.take(world, document["seller"], **part)
        document = {**document, "reserved": {}}
    elif status == "canceled":
        document = release(world, document, set(document["reserved"]))
    changes |= {"status": status, "updated_at": text(now)}
    if status != old["status"]:
        entry = {"status": status, "created_at": text(now)}
        changes["status_histories"] = [*old["status_histories"], entry]
        if status == "canceled":
            changes.setdefault("cancel_info", _canceled(text(now)))
    after = None if resting else _next_step(status, old["fulfillment_type"])
    due = None if after is None else (stamp(now) if at is None else at) + after
    order = put_order(world.state, document, changes, due=due)
    if status != old["status"]:
        publish_status(world, document["seller"], old["code"], status)
    return order


def _canceled(at: str) -> Json:
    return {"reason_code": None, "reason_text": None, "comment": None, "canceled_at": at}


def _next_step(status: str, fulfillment: str) -> float | None:
    """Return the seconds until an order moves on by itself; None if it does not."""
    if status == "successful_delivery":
        return CLOSES
    return STEP if status in BY_TIKI and fulfillment in DELIVERED_BY_TIKI else None


def proceed(world: World, document: Json) -> None:
    """Move an order on that is due."""
    status = document["order"]["status"]
    enter(world, document, BY_TIKI.get(status, "complete"), at=document["due"])


def move(world: World, document: Json, status: str) -> None:
    """Put an order into a status that a user names, and leave it there."""
    if status not in STATUSES:
        raise Refused(400, messages.must_be("status", messages.names(STATUSES, "or"), status, STATUSES))
    enter(world, document, status, resting=True)
