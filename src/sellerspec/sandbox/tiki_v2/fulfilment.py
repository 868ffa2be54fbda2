"""Calls that confirm an order, report its delivery, or print its labels."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sellerspec.marketplaces import messages
from sellerspec.model import Json
from sellerspec.rules import number
from sellerspec.sandbox.behaviour import Call, Refused
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.tiki.seed import text
from sellerspec.sandbox.tiki_v2.orders import named
from sellerspec.sandbox.tiki_v2.progress import enter, release, relocate

LABELS = "https://labels.sandbox.example"

CONFIRMED, CANCELED = "seller_confirmed", "seller_canceled"

CANCELING = ("out_of_needs", "out_of_stock")
"""Causes of a failed delivery that cancel the order; after any other it is tried again."""

ABROAD = {"on_delivery": "shipping", "successful_delivery": "successful_delivery"}
"""Statuses of a shipment from abroad that change that of the order; our reading."""

OPENS, CLOSES = 8, 17
"""Working hours, Monday to Friday, in which a parcel is picked up."""

SLOTS = 6
SLOT = timedelta(hours=2)
"""How many times of a pick-up are offered, and how far apart they are; our choice."""


def confirm_available(call: Call) -> Reply:
    """Confirm the items that are named; those left out count as out of stock."""
    document = named(call)
    available = {number(id) for id in call.body["available_item_ids"]}
    return _confirm(call, document, lambda item: item["id"] in available)


def confirm_dropship(call: Call) -> Reply:
    """Confirm all items of a dropship order, or cancel it."""
    document = named(call)
    confirmed = call.body["confirmation_status"] == CONFIRMED
    return _confirm(call, document, lambda _: confirmed, pickup=call.body.get("expected_pickup_time"))


def _confirm(
    call: Call, document: dict[str, Any], is_available: Callable[[Json], bool], pickup: Json = None
) -> Reply:
    order = document["order"]
    warehouse, at = number(call.body["seller_inventory_id"]), text(call.now)
    items = [_confirmed(item, is_available(item), warehouse, at, pickup) for item in order["items"]]
    left_out = {str(item["id"]) for item in items if item["confirmation"]["status"] == CANCELED}
    document = release(call.world, document, left_out)
    # relocation says nothing of orders whose goods are in Tiki's warehouse: they reserve none
    document = relocate(call.world, document, warehouse or 0)
    status = "picking" if len(left_out) < len(items) else "canceled"
    return reply(enter(call.world, document, status, items=items))


def _confirmed(item: Json, available: bool, warehouse: int | None, at: str, pickup: Json) -> Json:
    status = CONFIRMED if available else CANCELED
    confirmation = item["confirmation"]
    entry = {
        "status": status,
        "confirmed_at": at,
        "order_item_id": item["id"],
        "sla_confirmed_at": confirmation["available_confirm_sla"],
    }
    changed = {
        **confirmation,
        "status": status,
        "confirmed_at": at,
        "pickup_confirm_sla": pickup or confirmation["pickup_confirm_sla"],
        "histories": [*confirmation["histories"], entry],
    }
    return {**item, "confirmation": changed, "seller_inventory_id": warehouse}


def list_pickup_slots(call: Call) -> Reply:
    """Return the next times at which a parcel may be picked up."""
    offered = [{"expected_pickup_slot": None, "expected_pickup_time": text(slot)} for slot in slots(call.now)]
    return reply({"pickup_slots": offered})


def slots(now: datetime) -> list[datetime]:
    """Return the next times of a pick-up, full hours inside the working hours.

    >>> [str(slot) for slot in slots(datetime(2026, 11, 27, 14, 30))[:3]]
    ['2026-11-27 15:00:00', '2026-11-30 08:00:00', '2026-11-30 10:00:00']
    """
    found: list[datetime] = []
    slot = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while len(found) < SLOTS:
        if slot.weekday() < 5 and OPENS <= slot.hour < CLOSES:
            found.append(slot)
            slot += SLOT
        else:
            slot = slot.replace(hour=OPENS) + timedelta(days=slot.hour >= OPENS)
    return found


def update_seller_delivery(call: Call) -> Reply:
    """Accept the result of a delivery by the seller."""
    document = _under_way(call)
    if call.body["status"] == "successful_delivery":
        return reply(enter(call.world, document, "successful_delivery"))
    document = _reported(call, document)
    cause = call.body.get("failure_cause")
    if cause in CANCELING:
        canceled = {
            "reason_code": cause, "reason_text": cause, "comment": call.body.get("note"),
            "canceled_at": text(call.now),
        }  # fmt: skip
        return reply(enter(call.world, document, "canceled", cancel_info=canceled))
    return _kept(call, document)


def update_cross_border(call: Call) -> Reply:
    """Accept a step of a shipment from abroad."""
    document = _reported(call, _under_way(call))
    status = ABROAD.get(call.body["status"])
    return reply(enter(call.world, document, status)) if status else _kept(call, document)


def _under_way(call: Call) -> dict[str, Any]:
    """Return the order that the path names, if it was confirmed and has not ended."""
    document = named(call)
    status, under_way = document["order"]["status"], ("picking", "shipping")
    if status not in under_way:
        required = f"that of an order that is {messages.names(under_way, 'or')}"
        message = messages.must_be("code", f"{required}, not one that is", status)
        raise Refused(400, message, at="/request/path/code")
    return document


def _reported(call: Call, document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the report of the call, so that a repeated one shows in the state."""
    return {**document, "reports": [*document["reports"], call.body]}


def _kept(call: Call, document: dict[str, Any]) -> Reply:
    """Return an order whose status stays, and keep the report."""
    return reply(put_order(call.state, document, {"updated_at": text(call.now)}))


def print_labels(call: Call) -> Reply:
    """Return the address of the labels of a confirmed order."""
    named(call)
    # what the seller delivers has an invoice, anything else a shipping label
    kind = "invoice" if call.id == "getSellerDeliveryLabels" else "shipping"
    form = call.query.get("format", "html")
    return reply({f"{kind}_label_url": f"{LABELS}/{call.path['code']}/{kind}.{form}"})
