"""Tokopedia's order list, and the status of an order."""

from sellerspec.model import Facts, Json
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order, require_response
from sellerspec.sandbox.tokopedia import notices
from sellerspec.sandbox.tokopedia.seed import UNPAID

SUCCESS = "Your request has been processed successfully"
"""The documented message of a success."""

LINKED = "tokopedia.shop-linked"
"""The rule that has status and code of a refusal for a shop that is not linked."""

FILTERS = (("shop_id", "shop_id"), ("warehouse_id", "warehouse_id"), ("status", "order_status"))
"""Query parameter -> the member of an order that it filters by."""


def facts(call: Call) -> Facts:
    """Return the facts for the rules: the present time."""
    return Facts(now=call.now)


def list_orders(call: Call) -> Reply:
    """Return one page of the app's orders; a page past the last one is an empty list."""
    query = {name: value for name, value in call.query.items() if value != ""}
    _require_link(call, query)
    orders = [
        order
        for document in call.all_own("orders")
        if query["from_date"] <= (order := document["order"])["create_time"] <= query["to_date"]
        and order["order_status"] not in UNPAID
        and document.get("notified", True)
        and all(order[member] == query.get(name, order[member]) for name, member in FILTERS)
    ]
    orders.sort(key=lambda order: (order["create_time"], order["order_id"]))
    size = max(0, query["per_page"])
    begins = (query["page"] - 1) * size
    return reply(envelope(orders[begins : begins + size]))


def envelope(orders: list[Json]) -> Json:
    """Return the documented body of a success."""
    return {"header": {"process_time": 0, "messages": SUCCESS}, "data": orders}


def require_order(world: World, order: Json) -> None:
    """Refuse an order that the marketplace could not list, or in a status that nobody has seen."""
    known = ("tokopedia.order-status-known",)
    require_response(world, "listOrders", envelope([order]), at="/data/0", also=known)


def _require_link(call: Call, query: Json) -> None:
    """Refuse an app that does not belong to the seller, or to the shop or warehouse of the query."""
    seller = call.state.get("sellers", call.seller)
    linked = (
        query["fs_id"] == seller["fs_id"]
        and query.get("shop_id", seller["shops"][0]) in seller["shops"]
        and query.get("warehouse_id", seller["warehouses"][0]) in seller["warehouses"]
    )
    if not linked:
        rule = next(rule for rule in call.world.contract.rules() if rule.id == LINKED)
        status, message = rule.status or 403, "the shop or warehouse must be linked to the app"
        raise Refused(status, message, code=rule.code, at="/request/query")


def move(world: World, document: Json, state: str) -> None:
    """Put an order into a status: paying makes it a new order, each later change notifies of the status."""
    if not (state.isascii() and state.isdigit()) or len(state) > 4:
        raise Refused(400, "the status of an order must be a number of at most four digits")
    before = document["order"]["order_status"]
    order = {**document["order"], "order_status": int(state)}
    require_order(world, order)
    put_order(world.state, notices.notify(world, {**document, "order": order}, before))
