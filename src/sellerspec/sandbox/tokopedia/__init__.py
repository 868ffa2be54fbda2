"""Tokopedia in the sandbox."""

from sellerspec.io.pointers import escaped
from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Behaviour, Refused, World
from sellerspec.sandbox.shared import put_order, require_response, split_seller
from sellerspec.sandbox.tokopedia import notices, orders, seed


def seed_order(world: World, raw: Json) -> None:
    """Add an order: members as in the order list overwrite those of an invented one."""
    seller, members = split_seller(raw)
    if not isinstance(members, dict):
        raise Refused(400, "an order is an object")
    order = {**seed.new_order(world.state, world.clock.now(), seed.SHOPS[0], 220), **members}
    require_response(world, "listOrders", orders.envelope([order]), at="/data/0")
    if world.state.get("sellers", seller) is None:
        raise Refused(400, f"the seller `{seller}` has no shop", at="/seller")
    known = world.state.get("orders", str(order["order_id"])) or {"order": {}}
    document = notices.paid(world, {**known, "seller": seller, "order": order})
    put_order(world.state, document)
    if known["order"].get("order_status", order["order_status"]) != order["order_status"]:
        notices.changed(world, document)


def seed_webhook(world: World, raw: Json) -> None:
    """Register where notices go: `{"url": "http://127.0.0.1:9000/orders"}` for all kinds.

    `order_notification_url` and `order_status_url`, as the documented registration has them, go first.
    """
    seller, webhook = split_seller(raw)
    if not isinstance(webhook, dict) or not webhook:
        raise Refused(400, "a webhook has a `url`", at="/url")
    known = ("url", *notices.ADDRESSES)
    for name, url in webhook.items():
        if name not in known:
            raise Refused(400, f"no such address; known: {', '.join(known)}", at=f"/{escaped(name)}")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise Refused(400, "a webhook has a `url`", at=f"/{name}")
    world.state.put("webhooks", seller, webhook)


def limited(seconds: float) -> dict[str, str]:
    """Return the documented headers of a 429."""
    return {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset-after": f"{seconds:.6f}",
        "x-ratelimit-full-reset-after": f"{seconds:.6f}",
    }


BEHAVIOUR = Behaviour(
    seed=seed.seed,
    handlers={"listOrders": orders.list_orders},
    facts={"listOrders": orders.facts},
    moves={"orders": orders.move},
    seeds={"orders": seed_order, "webhooks": seed_webhook},
    limited=limited,
)
