"""Tokopedia's order list, and the status of an order."""

from sellerspec.model import Facts, Json
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.tokopedia import notices
from sellerspec.sandbox.tokopedia.seed import UNPAID

SUCCESS = "Your request has been processed successfully"
"""The documented message of a success."""

UNLINKED = "FS ID Is Not Associated With Shop ID or Warehouse ID"
FILTERS = (("shop_id", "shop_id"), ("warehouse_id", "warehouse_id"), ("status", "order_status"))
"""Query parameter -> the member of an order that it filters by."""


def facts(call: Call) -> Facts:
    """Return the facts for the rules: the present time."""
    return Facts(now=call.now)


def list_orders(call: Call) -> Reply:
    """Return one page of the app's orders; a page past the last one is an empty list."""
    query = call.query
    _require_link(call)
    orders = [
        order
        for document in call.all_own("orders")
        if query["from_date"] <= (order := document["order"])["create_time"] <= query["to_date"]
        and order["order_status"] not in UNPAID
        and all(order[member] == query.get(name, order[member]) for name, member in FILTERS)
    ]
    orders.sort(key=lambda order: (order["create_time"], order["order_id"]))
    size = max(0, query["per_page"])
    begins = (query["page"] - 1) * size
    return reply(envelope(orders[begins : begins + size]))


def envelope(orders: list[Json]) -> Json:
    """Return the documented body of a success."""
    return {"header": {"process_time": 0, "messages": SUCCESS}, "data": orders}


def _require_link(call: Call) -> None:
    """Refuse an app that does not belong to the seller, or to the shop or warehouse of the query."""
    seller, query = call.state.get("sellers", call.seller), call.query
    linked = (
        query["fs_id"] == seller["fs_id"]
        and query.get("shop_id", seller["shops"][0]) in seller["shops"]
        and query.get("warehouse_id", seller["warehouses"][0]) in seller["warehouses"]
    )
    if not linked:
        # until October 2022 this code came with status 500; the later 403 has another code
        raise Refused(
            403, "the app is not linked to it", text=UNLINKED, code="ORD_USC_015", at="/request/query"
        )


def move(world: World, document: Json, state: str) -> None:
    """Put an order into a status: paying makes it a new order, each change of a paid one is notified."""
    if not (state.isascii() and state.isdigit()) or len(state) > 4:
        raise Refused(400, "the status of an order is a number")
    before, after = document["order"]["order_status"], int(state)
    moved = notices.paid(world, {**document, "order": {**document["order"], "order_status": after}})
    put_order(world.state, moved)
    if after != before:
        notices.changed(world, moved)
