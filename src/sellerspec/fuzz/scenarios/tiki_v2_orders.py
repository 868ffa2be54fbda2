"""Tiki's Open API: the orders of an account that a call can be about, and confirmations of them."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from sellerspec.fuzz.scenarios.common import objects, same_violations
from sellerspec.fuzz.target import Retargeted, Target
from sellerspec.model import Facts, Json
from sellerspec.rules import number


class Taken(NamedTuple):
    """The orders that a call takes."""

    kinds: tuple[str, ...]
    """Their fulfillment types."""

    statuses: tuple[str, ...]


WAITING, UNDER_WAY = ("queueing",), ("picking", "shipping")

TAKES: Mapping[str, Taken] = {
    "confirmAvailable": Taken(("tiki_delivery", "seller_delivery", "cross_border"), WAITING),
    "confirmDropship": Taken(("dropship",), WAITING),
    "updateSellerDelivery": Taken(("seller_delivery",), UNDER_WAY),
    "updateCrossBorder": Taken(("cross_border",), UNDER_WAY),
    "getTikiDeliveryLabels": Taken(("tiki_delivery",), UNDER_WAY),
    "getSellerDeliveryLabels": Taken(("seller_delivery",), UNDER_WAY),
    "getDropshipLabels": Taken(("dropship",), UNDER_WAY),
    "getCrossBorderLabels": Taken(("cross_border",), UNDER_WAY),
}
"""operationId -> the orders that it takes."""

CONFIRMATIONS = ("confirmAvailable", "confirmDropship")

MOST = 8
"""Orders that are tried before a body is sent about the first one."""


def taken(target: Target, id: str) -> Iterator[dict[str, Any]]:
    """Yield the orders of the account that an operation takes, as they are now.

    Our sandbox is brought to have one; any other server keeps those that it has.
    """
    kinds, statuses = TAKES[id]
    mine = [order for order in target.known.get("orders", ()) if order.get("fulfillment_type") in kinds]
    for order in mine:
        # what a run has confirmed since it learned of the orders does not wait any more
        if order.get("status") in statuses and fresh(target, order).get("status") in statuses:
            yield order
    if target.is_sandbox:
        for order in mine:
            if order.get("status") not in statuses and _brought(target, order, statuses):
                yield order


def fresh(target: Target, order: dict[str, Any]) -> dict[str, Any]:
    """Return an order after it was read again."""
    read = target.read("getOrder", path={"code": order["code"]})
    order.update(read if isinstance(read, dict) else {"status": None})
    return order


def _brought(target: Target, order: dict[str, Any], statuses: tuple[str, ...]) -> bool:
    """Return whether an order of our sandbox could be brought to one of the statuses."""
    target.control("POST", "move", {"name": order["code"], "state": "queueing"})
    if statuses != WAITING:
        id, body = confirmation(target, order)
        target.read(id, path={"code": order["code"]}, body=body)
    return fresh(target, order).get("status") in statuses


def confirmation(target: Target, order: Mapping[str, Any], *, kept: int = 9) -> tuple[str, Json]:
    """Return operationId and body of the call that confirms an order.

    Args:
        target: the server.
        order: that waits.
        kept: how many of its items are available; a dropship order is canceled where none is.
    """
    items = objects(order.get("items"))
    own = (item["seller_inventory_id"] for item in items if type(item.get("seller_inventory_id")) is int)
    warehouse = next(own, None) or _supplying(target)
    if order.get("fulfillment_type") == "dropship":
        status = "seller_confirmed" if kept else "seller_canceled"
        return "confirmDropship", {"confirmation_status": status, "seller_inventory_id": warehouse}
    ids = [item.get("id") for item in items][:kept]
    return "confirmAvailable", {"available_item_ids": ids, "seller_inventory_id": warehouse}


def _supplying(target: Target) -> Json:
    """Return the id of a warehouse of the account that supplies goods."""
    warehouses = objects(target.known.get("warehouses"))
    supplying = [one for one in warehouses if one.get("type") == "requisition" and one.get("status") == 1]
    return next((one.get("id") for one in (*supplying, *warehouses)), 1)


def about_orders(target: Target, id: str, body: dict[str, Json], before: Facts) -> Retargeted:
    """Return a confirmation of an order under which the same rules are violated, else of the first."""
    fits = same_violations("tiki-v2", id, body, before, exact=True)
    renamed: list[tuple[Mapping[str, Json], Json]] = []
    for order in islice(taken(target, id), MOST):
        tried = _renamed(target, body, before, order)
        renamed.append(({"code": order["code"]}, tried))
        if fits(tried, Facts(order=order, now=target.now())):
            return renamed[-1:]
    return renamed[:1] or [({}, body)]


def _renamed(target: Target, body: dict[str, Json], before: Facts, order: Mapping[str, Any]) -> Json:
    """Return a confirmation with the items of an order and a warehouse of the account."""
    ids = [item.get("id") for item in objects(order.get("items"))]
    old = [item.get("id") for item in objects((before.order or {}).get("items"))]
    renamed, items = dict(body), body.get("available_item_ids")
    if isinstance(items, list):
        named = old or list(dict.fromkeys(item for item in items if type(item) is int and item > 0))
        own = dict(zip(named, ids, strict=False))
        renamed["available_item_ids"] = [own.get(item, item) if type(item) is int else item for item in items]
    if type(body.get("seller_inventory_id")) is int and (number(body["seller_inventory_id"]) or 0) > 0:
        renamed["seller_inventory_id"] = _supplying(target)
    return renamed
