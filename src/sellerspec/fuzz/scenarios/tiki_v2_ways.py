"""Tiki's Open API: orders listed by each filter, and each call about an order sent for each kind of order."""

from sellerspec.fuzz.scenarios.common import Listing, objects
from sellerspec.fuzz.scenarios.tiki_v2_orders import TAKES, confirmation
from sellerspec.fuzz.scenarios.tiki_v2_state import learn
from sellerspec.fuzz.target import Sequence, Target
from sellerspec.model import NO_FACTS, Json
from sellerspec.strategies import good

ORDERS = Listing("listOrders", "code", ("data",), {"limit": 50})
LONG_AGO = "2010-01-01 00:00:00"
"""A moment before the first order of any seller."""

STEPS = ("listOrders -> listOrders (filtered)", *(f"listOrders -> {id}" for id in TAKES))


def filters(target: Target) -> None:
    """List orders by each filter; the rules of the response compare what is listed."""
    orders = ORDERS.read(target)
    codes = [str(order.get("code")) for order in orders[:2]]
    for query in (
        {"code": ",".join(codes)},
        {"status": "nin|queueing"},
        {"fulfillment_type": "in|dropship"},
        {"created_to_date": LONG_AGO},
        {"updated_to_date": LONG_AGO},
        {"order_by": "created_at|asc"},
        {"order_by": "updated_at|desc"},
        {"include": "items.fees,status_histories"},
        {"page": 2, "limit": 3},
    ):
        target.send(target.call("listOrders", query={**ORDERS.query, **query}))
        target.session.transition("listOrders -> listOrders (filtered)")


def ways(target: Target) -> None:
    """Send each call for an order of each kind and status, twice: what a rule forbids has to be refused."""
    learn(target)
    for _ in range(2):
        known = {(one.get("fulfillment_type"), one.get("status")): one for one in ORDERS.read(target)}
        for order in known.values():
            own, _ = confirmation(target, order)
            # after the confirmation that fits, the other one is refused for the status too
            for id in sorted(TAKES, key=own.__eq__):
                path = {"code": order.get("code")}
                target.send(target.call(id, path=path, body=_body(target, id, order)), certain=False)
                target.session.transition(f"listOrders -> {id}")


def _body(target: Target, id: str, order: dict[str, Json]) -> Json:
    """Return a body that confirms all items of an order, or any other valid one; None for labels."""
    if id.endswith("Labels"):
        return None
    if id == "confirmAvailable":
        items = [item.get("id") for item in objects(order.get("items"))]
        return {"available_item_ids": items, "seller_inventory_id": _warehouse(target, order)}
    if id == "confirmDropship":
        return {"confirmation_status": "seller_confirmed", "seller_inventory_id": _warehouse(target, order)}
    return next(iter(good(f"tiki-v2/{id}", NO_FACTS)), None)


def _warehouse(target: Target, order: dict[str, Json]) -> Json:
    confirming = confirmation(target, order)[1]
    return confirming.get("seller_inventory_id") if isinstance(confirming, dict) else None


SEQUENCES = (Sequence(filters, ("listOrders",)), Sequence(ways, tuple(TAKES)))
