"""Tiki's orders and warehouses."""

from datetime import timedelta

from sellerspec.model import Facts, Json
from sellerspec.sandbox.behaviour import Refused, Request, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.tiki.seed import text

SERVED = timedelta(days=30)
CLOSES = 86_400.0
"""Virtual seconds from the delivery until an order is complete; our choice."""

LABELS = "https://labels.sandbox.example"


def facts(request: Request) -> Facts:
    """Return what the rules about orders ask of the state."""
    body = request.body if isinstance(request.body, dict) else {}
    known = request.state.get("orders", str(request.path.get("order_code", body.get("order_code"))))
    mine = known["order"] if known and known["seller"] == request.seller else None
    return Facts(order=mine, warehouses=_warehouses(request), now=request.now)


def _warehouses(request: Request) -> list[Json]:
    prefix = f"{request.seller}/"
    return [each for key, each in request.state.all("warehouses").items() if key.startswith(prefix)]


def list_orders(request: Request) -> Reply:
    """Response one page of the seller's orders of the last 30 days."""
    wanted = request.query.get("status", "queueing")
    page, limit = request.query.get("page", 1), request.query.get("limit", 20)
    oldest = stamp(request.now - SERVED)
    found = [
        each["order"]
        for each in request.state.all("orders").values()
        if each["seller"] == request.seller and each["placed"] >= oldest and passes(each["order"], wanted)
    ]
    begins = (page - 1) * limit
    data = found[begins : begins + limit]
    paging = {
        "total": len(found),
        "per_page": limit,
        "current_page": page,
        "last_page": max(1, -(-len(found) // limit)),
        "from": begins + 1 if data else None,
        "to": begins + len(data) if data else None,
    }
    return reply({"data": data, "paging": paging})


def passes(order: Json, wanted: str) -> bool:
    """Say whether an order passes a status filter: it asks about the seller's response, not the status."""
    if wanted == "all":
        return True
    if wanted in ("complete", "successful_delivery"):
        return bool(order["status"] == wanted)
    responses = {item.get("confirmation_status") for item in order["items"]}
    if wanted == "seller_confirmed":
        return "seller_confirmed" in responses
    if wanted == "seller_canceled":
        return responses == {"seller_canceled"}
    return order["status"] == "queueing" and "waiting" in responses


def get_order(request: Request) -> Reply:
    """Response one order."""
    return reply(_own(request, str(request.path["order_code"]), 404)["order"])


def _own(request: Request, code: str, status: int) -> Json:
    """Return an order of the seller; `status` refuses an unknown one."""
    found = request.state.get("orders", code)
    if found is None or found["seller"] != request.seller:
        # only the responses of detail and print are documented for it, with this text
        text_ = "order code not found" if status == 404 else None
        place = "/request/path/order_code" if status == 404 else "/order_code"
        raise Refused(status, "no order of this seller has this code", text=text_, at=place)
    return found


def list_warehouses(request: Request) -> Reply:
    """Response the seller's warehouses that pass the filters."""
    wanted = {
        key: value
        for key in ("warehouse_id", "warehouse_code")
        if (value := request.query.get(key)) is not None
    }
    return reply(
        [
            warehouse
            for warehouse in _warehouses(request)
            if all(warehouse[key] == value for key, value in wanted.items())
        ]
    )


def confirm_items(request: Request) -> Reply:
    """Confirm the items that are named; those left out count as not available."""
    found = _own(request, str(request.body["order_code"]), 400)
    order = found["order"]
    if order["status"] != "queueing":
        raise Refused(400, "the order is not `queueing` any more", at="/order_code")
    named = set(request.body["item_ids"])
    now = text(request.now)
    items = [
        {
            **item,
            "confirmation_status": "seller_confirmed" if item.get("id") in named else "seller_canceled",
            "confirmed_at": now,
        }
        for item in order["items"]
    ]
    available = any(item["confirmation_status"] == "seller_confirmed" for item in items)
    _keep(request, found, items=items, status="queueing" if available else "canceled")
    return reply({"code": 200, "data": []})


def _keep(request: Request, found: Json, **changes: Json) -> None:
    order = {**found["order"], **changes, "updated_at": text(request.now)}
    entry = {**found, "order": order}
    entry.pop("due", None)
    if order["status"] == "successful_delivery":
        entry["due"] = stamp(request.now) + CLOSES
    request.state.put("orders", order["order_code"], entry)


def confirm_delivery(request: Request) -> Reply:
    """Take in how a delivery ended."""
    found = _own(request, str(request.body["order_code"]), 400)
    _keep(request, found, status=request.body["status"])
    return reply({"order_code": found["order"]["order_code"]})


def update_delivery_status(request: Request) -> Reply:
    """Take in an event of a delivery."""
    found = _own(request, str(request.body["order_code"]), 400)
    event = {name: request.body.get(name) for name in ("status", "update_time", "payload")}
    state = request.body["status"].strip().lower().replace(" ", "_")
    status = "successful_delivery" if state == "successful_delivery" else found["order"]["status"]
    _keep(request, {**found, "events": [*found["events"], event]}, status=status)
    return reply({"message": "success"})


def print_order(request: Request) -> Reply:
    """Response where the label lies."""
    order = _own(request, str(request.path["order_code"]), 404)["order"]
    label, form = request.query.get("label", "shipping"), request.query.get("format", "html")
    return reply({f"{label}_label_url": f"{LABELS}/{order['order_code']}/{label}.{form}"})


def complete(world: World, key: str, found: Json) -> None:
    """Close an order some time after it was delivered."""
    enter(world, key, found, "complete")


def enter(world: World, key: str, found: Json, status: str) -> None:
    """Put an order into a status."""
    entry = {**found, "order": {**found["order"], "status": status, "updated_at": text(world.clock.now())}}
    entry.pop("due", None)
    world.state.put("orders", key, entry)
