"""Tiki's orders and warehouses."""

from datetime import timedelta

from sellerspec.marketplaces import messages
from sellerspec.model import Facts, Json
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.tiki.seed import text

LISTED = timedelta(days=30)
"""How long after its purchase an order is in the list."""

CLOSES = 86_400.0
"""Virtual seconds from the delivery until an order is complete; our choice."""

UNKNOWN = "`order_code` must be that of an order of this seller"
LABELS = "https://labels.sandbox.example"
STATUSES = ("queueing", "canceled", "successful_delivery", "complete")


def facts(call: Call) -> Facts:
    """Return the facts for the rules about orders."""
    document = call.own("orders", call.path.get("order_code", call.member("order_code")))
    return Facts(order=document["order"] if document else None, warehouses=_warehouses(call), now=call.now)


def _warehouses(call: Call) -> list[Json]:
    prefix = f"{call.seller}/"
    warehouses = call.state.all("warehouses")
    return [warehouse for key, warehouse in warehouses.items() if key.startswith(prefix)]


def list_orders(call: Call) -> Reply:
    """Return one page of the seller's orders of the last 30 days."""
    status = call.query.get("status", "queueing")
    page, limit = call.query.get("page", 1), call.query.get("limit", 20)
    oldest = stamp(call.now - LISTED)
    orders = [
        document["order"]
        for document in call.all_own("orders")
        if document["purchased"] >= oldest and passes(document["order"], status)
    ]
    begins = (page - 1) * limit
    data = orders[begins : begins + limit]
    paging = {
        "total": len(orders),
        "per_page": limit,
        "current_page": page,
        "last_page": max(1, -(-len(orders) // limit)),
        "from": begins + 1 if data else None,
        "to": begins + len(data) if data else None,
    }
    return reply({"data": data, "paging": paging})


def passes(order: Json, status: str) -> bool:
    """Return whether an order passes the filter `status`, which also has values for confirmations."""
    if status == "all":
        return True
    if status in ("complete", "successful_delivery"):
        return bool(order["status"] == status)
    confirmations = {item.get("confirmation_status") for item in order["items"]}
    if status == "seller_confirmed":
        return "seller_confirmed" in confirmations
    if status == "seller_canceled":
        return confirmations == {"seller_canceled"}
    return order["status"] == "queueing" and "waiting" in confirmations


def shown(document: Json) -> Reply:
    """Return the response to getOrder."""
    return reply(document["order"])


def get_order(call: Call) -> Reply:
    """Return one order."""
    return shown(_in_path(call))


def _in_path(call: Call) -> Json:
    # the text is documented for getOrder and printOrder
    unknown = Refused(404, UNKNOWN, at="/request/path/order_code")
    return call.require_own("orders", call.path["order_code"], unknown)


def _in_body(call: Call) -> Json:
    return call.require_own("orders", call.body["order_code"], Refused(400, UNKNOWN, at="/order_code"))


def list_warehouses(call: Call) -> Reply:
    """Return the seller's warehouses that pass the filters."""
    filters = {name: call.query.get(name) for name in ("warehouse_id", "warehouse_code")}
    return reply(
        [
            warehouse
            for warehouse in _warehouses(call)
            if all(value in (None, warehouse[name]) for name, value in filters.items())
        ]
    )


def confirm_items(call: Call) -> Reply:
    """Confirm the items that are named; those left out count as not available."""
    document = _in_body(call)
    order = document["order"]
    if order["status"] != "queueing":
        message = f"the order must be `queueing` to be confirmed, got `{order['status']}`"
        raise Refused(400, message, at="/order_code")
    confirmed = set(call.body["item_ids"])
    items = [
        {
            **item,
            "confirmation_status": "seller_confirmed" if item.get("id") in confirmed else "seller_canceled",
            "confirmed_at": text(call.now),
        }
        for item in order["items"]
    ]
    available = any(item["confirmation_status"] == "seller_confirmed" for item in items)
    # an event, so that a repeated confirmation shows in the state
    event = {"status": "confirmed", "update_time": text(call.now), "payload": call.body["item_ids"]}
    confirmed_now = {**document, "events": [*document["events"], event]}
    _change(call.world, confirmed_now, items=items, status="queueing" if available else "canceled")
    return reply({"code": 200, "data": []})


def _change(world: World, document: Json, **changes: Json) -> None:
    """Change members of an order; one that was delivered is complete some time later."""
    now = world.clock.now()
    delivered = changes.get("status", document["order"]["status"]) == "successful_delivery"
    changes["updated_at"] = text(now)
    put_order(world.state, document, changes, due=stamp(now) + CLOSES if delivered else None)


def confirm_delivery(call: Call) -> Reply:
    """Accept the result of a delivery."""
    document = _in_body(call)
    _change(call.world, document, status=call.body["status"])
    return reply({"order_code": document["order"]["order_code"]})


def update_delivery_status(call: Call) -> Reply:
    """Accept an event of a delivery."""
    document = _in_body(call)
    event = {name: call.body.get(name) for name in ("status", "update_time", "payload")}
    state = call.body["status"].strip().lower().replace(" ", "_")
    status = state if state == "successful_delivery" else document["order"]["status"]
    _change(call.world, {**document, "events": [*document["events"], event]}, status=status)
    return reply({"message": "success"})


def print_order(call: Call) -> Reply:
    """Return the address of a label."""
    code = _in_path(call)["order"]["order_code"]
    label, form = call.query.get("label", "shipping"), call.query.get("format", "html")
    return reply({f"{label}_label_url": f"{LABELS}/{code}/{label}.{form}"})


def complete(world: World, document: Json) -> None:
    """Close an order some time after its delivery."""
    move(world, document, "complete")


def move(world: World, document: Json, status: str) -> None:
    """Put an order into a status, and leave it there."""
    if status not in STATUSES:
        raise Refused(400, messages.must_be("status", messages.names(STATUSES, "or"), status, STATUSES))
    put_order(world.state, document, {"status": status, "updated_at": text(world.clock.now())})
