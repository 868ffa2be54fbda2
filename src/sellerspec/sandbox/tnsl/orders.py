"""TNSL's quotes, orders and webhooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sellerspec.marketplaces.tnsl.orders import merged_extra
from sellerspec.marketplaces.tnsl.times import moment
from sellerspec.model import Facts, Json
from sellerspec.sandbox.behaviour import Refused, Request, World
from sellerspec.sandbox.clock import moment_of
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.tnsl.seed import WAY, new_order, next_step, put, text

FEES = (
    ("tnsl_fee_order_processing", "Order processing fee", "Phí xử lý đơn hàng", 5_000),
    ("tnsl_fee_package_material", "Package fee", "Phí đóng gói", 2_000),
    ("tnsl_fee_order_delivery", "Order Delivery", "Phí giao hàng", 20_000),
)
"""Key and names as documented, dong for each piece as we invented it."""

SYNC = "orderStatusSync"


def success(world: World, data: Json) -> Reply:
    """Return data in the documented envelope of a success."""
    number = world.state.number("call")
    return reply({"success": True, "data": data, "meta_data": {"request_id": f"{number:032x}"}})


def facts(request: Request) -> Facts:
    """Return the order that a call is about."""
    found = request.state.get("orders", str(request.path.get("order_code", "")))
    mine = found["order"] if found and found["seller"] == request.seller else None
    return Facts(order=mine, now=request.now)


def get_quotes(request: Request) -> Reply:
    """Response fees: invented amounts under the documented keys."""
    # a quantity may be as large as a number can be: a fee of it would be infinite, and that is no JSON
    pieces = max(0, min(sum(item["qty"] for item in request.body["items"]), 10**9))
    kept = FEES[:2] if request.body["is_fulfillment_only"] else FEES

    def lines(factor: int) -> list[Json]:
        return [
            {
                "fee_type_en": english,
                "fee_type_vi": vietnamese,
                "product_charge": amount * pieces * factor,
                "fee_key": key,
            }
            for key, english, vietnamese, amount in kept
        ]

    return success(request.world, {"fee_standard": lines(1), "fee_2h": lines(2)})


def register_webhooks(request: Request) -> Reply:
    """Note where notices of the seller go."""
    targets = {
        kind: target["url"]
        for kind, target in request.body["sync_webhook"].items()
        if isinstance(target, dict) and isinstance(target.get("url"), str)
    }
    request.state.put("webhooks", request.seller, targets)
    return success(request.world, {})


def create_order(request: Request) -> Reply:
    """Make one order."""
    return success(request.world, made(request.world, request.seller, request.body))


def made(world: World, seller: str, payload: Json) -> Json:
    """Make an order of a body and return it."""
    now = world.clock.now()
    order = new_order(world.state, payload, now)
    put(world.state, seller, order, next_step(now))
    return order


def list_orders(request: Request) -> Reply:
    """Response one page of the seller's orders, the newest first."""
    query = request.query
    wanted = {key: query[key] for key in ("main_state", "ref_code") if key in query}
    house = query.get("warehouse_code")
    found = [
        each["order"]
        for each in reversed(list(request.state.all("orders").values()))
        if each["seller"] == request.seller
        and all(each["order"][key] == value for key, value in wanted.items())
        and (house is None or each["order"]["shipping"]["warehouse_code"] == house)
        and within(query, each["order"])
    ]
    return success(request.world, page(query, found))


def within(query: Json, thing: Json) -> bool:
    """Say whether a thing was made and changed within the spans of a query."""
    for kind in ("created", "updated"):
        at = moment(str(thing.get(f"{kind}_at", "")))
        begins, ends = (moment(str(query.get(f"{kind}_{side}", ""))) for side in ("from", "to"))
        if at is not None and ((begins is not None and at < begins) or (ends is not None and at > ends)):
            return False
    return True


def page(query: Json, found: Sequence[Json]) -> Json:
    """Return the part of a list that a query asks for."""
    limit, offset = query.get("limit", 10), query.get("offset", 0)
    return {"count": len(found), "results": list(found[offset : offset + limit])}


def own(request: Request) -> Any:
    """Return the order that the path names, with its seller."""
    found = request.state.get("orders", str(request.path["order_code"]))
    if found is None or found["seller"] != request.seller:
        raise Refused(404, "no order of this partner has this code", at="/request/path/order_code")
    return found


def get_order(request: Request) -> Reply:
    """Response one order."""
    return success(request.world, own(request)["order"])


def cancel_order(request: Request) -> Reply:
    """Cancel an order; the rule about its state was checked before."""
    found = own(request)
    reason = {
        key: request.body[key] for key in ("cancel_reason_code", "cancel_reason") if key in request.body
    }
    extra = {**(found["order"]["extra_info"] or {}), **reason}
    order = enter(request.world, found, "canceled", None, extra=extra)
    return success(request.world, order)


def update_extra(request: Request) -> Reply:
    """Overwrite the fields of the extra data that are sent."""
    found = own(request)
    return _changed(request, found, extra_info=merged_extra(found["order"], request.body))


def update_receivable(request: Request) -> Reply:
    """Change what is collected."""
    found = own(request)
    if found["order"]["main_state"] == "canceled":
        raise Refused(409, "the order is canceled", at="/request/path/order_code")
    return _changed(request, found, receivable=request.body["receivable"])


def _changed(request: Request, found: Json, **members: Json) -> Reply:
    order = {**found["order"], **members, "updated_at": text(request.now)}
    request.state.put("orders", order["order_code"], {**found, "order": order})
    return success(request.world, order)


def go_on(world: World, found: Json) -> None:
    """Move an order one step on."""
    here = (found["order"]["main_state"], found["order"]["main_substate"])
    main, sub = WAY[WAY.index(here) + 1]
    enter(world, found, main, sub, now=moment_of(found["due"]))


def enter(
    world: World, found: Json, main: str, sub: str | None, *, extra: Json = None, now: datetime | None = None
) -> Json:
    """Put an order into a state, tell the partner, and return it; `now` is when, if not at present."""
    now = now or world.clock.now()
    order = {**found["order"], "main_state": main, "main_substate": sub, "updated_at": text(now)}
    if extra is not None:
        order["extra_info"] = extra
    moves = (main, sub) in WAY[:-1]
    put(world.state, found["seller"], order, next_step(now) if moves else None)
    url = (world.state.get("webhooks", found["seller"]) or {}).get("order")
    if url:
        world.notify(SYNC, url, notice(order), event=order["order_code"])
    return order


def notice(order: Json) -> Json:
    """Return what orderStatusSync tells of an order."""
    told: dict[str, Json] = {
        "date": order["updated_at"],
        "ref_code": order["ref_code"] or "",
        "order_code": order["order_code"],
        "main_state": order["main_state"],
    }
    sub = order["main_substate"]
    if sub:
        told["main_substate"] = sub
        if sub.startswith("delivery_failed_"):
            told |= {"reason": "Khách hàng hẹn giao lại", "reason_code": "receiver_reschedule"}
    if order["main_state"] == "canceled":
        extra = order["extra_info"] or {}
        told["extra_info"] = {key: value for key, value in extra.items() if key.startswith("cancel_")}
    return {"data": told}
