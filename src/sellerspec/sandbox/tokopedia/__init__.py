"""Tokopedia in the sandbox."""

from sellerspec.io.pointers import escaped
from sellerspec.io.strict import quoted
from sellerspec.marketplaces import messages
from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Behaviour, Refused, World
from sellerspec.sandbox.shared import put_order, split_seller
from sellerspec.sandbox.tokopedia import notices, orders, seed


def seed_order(world: World, raw: Json) -> None:
    """Add an order: members as in the order list overwrite those of an invented one."""
    seller, members = split_seller(raw)
    if not isinstance(members, dict):
        raise Refused(400, "an order must be an object")
    app = world.state.get("sellers", seller)
    if app is None:
        raise Refused(400, f"`seller` must be one with a shop, got `{seller}`", at="/seller")
    order = {**seed.new_order(world.state, world.clock.now(), app, 220), **members}
    orders.require_order(world, order)
    known = world.state.get("orders", str(order["order_id"])) or {"order": order, "notified": False}
    document = {**known, "seller": seller, "order": order}
    put_order(world.state, notices.notify(world, document, known["order"]["order_status"]))


def seed_webhook(world: World, raw: Json) -> None:
    """Register where notices go: `{"url": "http://127.0.0.1:9000/orders"}` for all kinds.

    `order_notification_url` and `order_status_url`, as the documented registration has them, go first.
    """
    seller, webhook = split_seller(raw)
    if not isinstance(webhook, dict) or not webhook:
        raise Refused(400, "`url` is missing: notices go there", at="/url")
    known = ("url", *notices.ADDRESSES)
    for name, url in webhook.items():
        if name not in known:
            message = f"a member must be {messages.names(known, 'or')}, got {quoted(name)}"
            raise Refused(400, message, at=f"/{escaped(name)}")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise Refused(400, f"`{name}` must be an http or https URL", at=f"/{name}")
    world.state.put("webhooks", seller, webhook)


def limited(seconds: float, rate: float) -> dict[str, str]:
    """Return the documented headers of a 429."""
    burst = max(1.0, rate)
    return {
        "x-ratelimit-limit": f"{rate:g} req/s (burst {burst:g})",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset-after": f"{seconds:.6f}",
        "x-ratelimit-full-reset-after": f"{seconds + (burst - 1) / rate:.6f}",
    }


BEHAVIOUR = Behaviour(
    seed=seed.seed,
    handlers={"listOrders": orders.list_orders},
    facts={"listOrders": orders.facts},
    moves={"orders": orders.move},
    seeds={"orders": seed_order, "webhooks": seed_webhook},
    limited=limited,
)
