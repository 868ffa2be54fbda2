"""TNSL's quotes, orders and webhooks."""

from collections.abc import Sequence
from datetime import datetime

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tnsl.orders import merged_extra, moment
from sellerspec.marketplaces.tnsl.webhooks import CANCEL_REASONS, REASONS
from sellerspec.model import Facts, Json, Severity
from sellerspec.sandbox.behaviour import Call, Refused, World
from sellerspec.sandbox.clock import moment_of
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order, within
from sellerspec.sandbox.tnsl.seed import STATES, new_order, next_step, text

FEES = (
    ("tnsl_fee_order_processing", "Order processing fee", "Phí xử lý đơn hàng", 5_000),
    ("tnsl_fee_package_material", "Package fee", "Phí đóng gói", 2_000),
    ("tnsl_fee_order_delivery", "Order Delivery", "Phí giao hàng", 20_000),
)
"""Key and names as documented, dong for each piece as we invented it."""

CANCEL_REASON = {"cancel_reason_code": "202", "cancel_reason": CANCEL_REASONS["202"]}
"""The one documented reason of a cancel; a notice has it where none was sent."""

SYNC = "orderStatusSync"


def success(world: World, data: Json) -> Reply:
    """Return data in the documented envelope of a success."""
    number = world.state.number("call")
    return reply({"success": True, "data": data, "meta_data": {"request_id": f"{number:032x}"}})


def facts(call: Call) -> Facts:
    """Return the order that the path names."""
    document = call.own("orders", call.path.get("order_code", ""))
    return Facts(order=document["order"] if document else None, now=call.now)


def get_quotes(call: Call) -> Reply:
    """Return fees: invented amounts under the documented keys."""
    # a quantity may be as large as a number can be, and an infinite fee is not JSON
    pieces = max(0, min(sum(item["qty"] for item in call.body["items"]), 10**9))
    fees = FEES[:2] if call.body["is_fulfillment_only"] else FEES

    def lines(factor: int) -> list[Json]:
        return [
            {
                "fee_type_en": english,
                "fee_type_vi": vietnamese,
                "product_charge": amount * pieces * factor,
                "fee_key": key,
            }
            for key, english, vietnamese, amount in fees
        ]

    return success(call.world, {"fee_standard": lines(1), "fee_2h": lines(2)})


def register_webhooks(call: Call) -> Reply:
    """Store where notices of the seller go."""
    targets = {
        kind: target["url"]
        for kind, target in call.body["sync_webhook"].items()
        if isinstance(target, dict) and isinstance(target.get("url"), str)
    }
    call.state.put("webhooks", call.seller, targets)
    return success(call.world, {})


def create_order(call: Call) -> Reply:
    """Create one order."""
    return success(call.world, add_order(call.world, call.seller, call.body))


def add_order(world: World, seller: str, payload: Json) -> Json:
    """Create an order from a body of createOrder, and return it."""
    now = world.clock.now()
    document = {"seller": seller, "order": new_order(world.state, payload, now)}
    return put_order(world.state, document, due=next_step(now))


def list_orders(call: Call) -> Reply:
    """Return one page of the seller's orders, the newest first."""
    query = call.query
    warehouse = query.get("warehouse_code")
    orders = [
        order
        for document in reversed(call.all_own("orders"))
        if warehouse in (None, (order := document["order"])["shipping"]["warehouse_code"])
        and all(order[name] == query.get(name, order[name]) for name in ("main_state", "ref_code"))
        and in_spans(query, order)
    ]
    return success(call.world, page(query, orders))


def in_spans(query: Json, item: Json) -> bool:
    """Return whether an order or an import was created and updated within the spans of a query."""
    return all(
        within(
            moment(str(item.get(f"{kind}_at", ""))),
            moment(str(query.get(f"{kind}_from", ""))),
            moment(str(query.get(f"{kind}_to", ""))),
        )
        for kind in ("created", "updated")
    )


def page(query: Json, items: Sequence[Json]) -> Json:
    """Return the page of a list that a query names."""
    limit, offset = query.get("limit", 10), query.get("offset", 0)
    return {"count": len(items), "results": list(items[offset : offset + limit])}


def own(call: Call) -> Json:
    """Return the order that the path names, with its seller."""
    unknown = Refused(
        404, "`order_code` must be that of an order of this partner", at="/request/path/order_code"
    )
    return call.require_own("orders", call.path["order_code"], unknown)


def get_order(call: Call) -> Reply:
    """Return one order."""
    return success(call.world, own(call)["order"])


def cancel_order(call: Call) -> Reply:
    """Cancel an order; the rule about its state was checked before."""
    document = own(call)
    sent = call.body or {}
    reason = {name: sent[name] for name in ("cancel_reason_code", "cancel_reason") if name in sent}
    extra = {**(document["order"]["extra_info"] or {}), **reason}
    return success(call.world, enter(call.world, document, "canceled", None, extra_info=extra))


def update_extra(call: Call) -> Reply:
    """Overwrite the members of the extra data that are sent."""
    document = own(call)
    return _update(call, document, extra_info=merged_extra(document["order"], call.body))


def update_receivable(call: Call) -> Reply:
    """Change the amount that the courier collects."""
    document = own(call)
    if document["order"]["main_state"] == "canceled":
        raise Refused(409, "the order must not be `canceled`", at="/request/path/order_code")
    return _update(call, document, receivable=call.body["receivable"])


def _update(call: Call, document: Json, **changes: Json) -> Reply:
    changes["updated_at"] = text(call.now)
    return success(call.world, put_order(call.state, document, changes, due=document.get("due")))


def go_on(world: World, document: Json) -> None:
    """Move an order to its next state."""
    here = (document["order"]["main_state"], document["order"]["main_substate"])
    state, substate = STATES[STATES.index(here) + 1]
    enter(world, document, state, substate, now=moment_of(document["due"]))


def move(world: World, document: Json, state: str) -> None:
    """Move an order to `state` or `state/substate`, as a user names it.

    A state whose notice would break the contract of the webhook is refused: TNSL never sends that.
    """
    main, _, sub = state.partition("/")
    known = tuple(dict.fromkeys(("canceled", *(name for name, _ in STATES))))
    if main not in known:
        raise Refused(400, messages.must_be("state", messages.listed(known), main, known))
    moved = {**document["order"], "main_state": main, "main_substate": sub or None}
    for finding in world.contract.operation(SYNC).check(notice(moved)).findings:
        if finding.severity is Severity.ERROR or finding.pointer.startswith("/data/main_"):
            broken = f"`{finding.rule}`: {finding.message}"
            raise Refused(400, f"the notice of `{state[:80]}` would break {broken}")
    enter(world, document, main, sub or None)


def enter(
    world: World,
    document: Json,
    state: str,
    substate: str | None,
    *,
    now: datetime | None = None,
    **changes: Json,
) -> Json:
    """Put an order into a state, notify the partner, and return the order.

    Args:
        now: when; by default the present.
        changes: further members of the order.
    """
    now = now or world.clock.now()
    changes |= {"main_state": state, "main_substate": substate, "updated_at": text(now)}
    goes_on = (state, substate) in STATES[:-1]
    order = put_order(world.state, document, changes, due=next_step(now) if goes_on else None)
    url = (world.state.get("webhooks", document["seller"]) or {}).get("order")
    if url:
        world.notify(SYNC, url, notice(order), event=order["order_code"])
    return order


def notice(order: Json) -> Json:
    """Return the body of orderStatusSync for an order."""
    data: dict[str, Json] = {
        "date": order["updated_at"],
        "ref_code": order["ref_code"] or "",
        "order_code": order["order_code"],
        "main_state": order["main_state"],
    }
    substate = order["main_substate"]
    if substate:
        data["main_substate"] = substate
        if substate.startswith("delivery_failed_"):
            data |= {"reason": REASONS["receiver_reschedule"], "reason_code": "receiver_reschedule"}
    if order["main_state"] == "canceled":
        extra = order["extra_info"] or {}
        data["extra_info"] = {name: extra[name] for name in CANCEL_REASON if name in extra} or CANCEL_REASON
    return {"data": data}
