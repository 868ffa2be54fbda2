"""Tokopedia as the sandbox plays it."""

import orjson

from sellerspec.contract.operation import OperationContract
from sellerspec.model import Exchange, Finding, Json
from sellerspec.sandbox.behaviour import Behaviour, Refused, World, bearer, refusal
from sellerspec.sandbox.tokopedia import orders, seed

HANDLERS = {"listOrders": orders.list_orders}


def wrong_token(_: OperationContract) -> Finding:
    """Return the refusal of a token that nobody has, or that has expired; no text of it is documented."""
    return refusal(401, "nobody has this token", at="/request/headers/authorization")


def due(world: World, kind: str, key: str, document: Json) -> None:
    """Nothing here moves by itself."""


def move(world: World, name: str, state: str) -> bool:
    """Move an order to a status code."""
    found = world.state.get("orders", name)
    if found is not None:
        if not state.isdigit() or len(state) > 4:
            raise Refused(400, "the status of an order is a number")
        orders.enter(world, found, int(state))
    return found is not None


def seed_order(world: World, raw: Json) -> None:
    """Add an order: members as in the order list overwrite those of an invented one."""
    if not isinstance(raw, dict):
        raise Refused(400, "an order is an object")
    given = {key: value for key, value in raw.items() if key != "seller"}
    made = seed.new_order(world.state, world.clock.now(), seed.SHOPS[0], 220)
    order = {**made, **given}
    body = orjson.dumps({"header": {"process_time": 0, "messages": orders.SUCCESS}, "data": [order]})
    ready = world.contract.operation("listOrders")
    answered = Exchange(
        "GET", "", 200, response_headers={"content-type": "application/json"}, response_body=body
    )
    for each in ready.check_exchange(answered, {}, "", request=False).errors:
        raise Refused(400, each.message, at=each.pointer.removeprefix("/response/body/data/0"))
    try:
        orders.notice(order, seed.SELLERS["1"])
    except (KeyError, TypeError, AttributeError) as error:
        raise Refused(
            400, f"no notification can be made of it: {type(error).__name__} {error}"[:160]
        ) from None
    orders.placed(world, str(raw.get("seller", "1")), order)


def seed_webhook(world: World, raw: Json) -> None:
    """Register where the Tokocabang notification goes: `{"url": "http://127.0.0.1:9000/orders"}`."""
    url = raw.get("url") if isinstance(raw, dict) else None
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise Refused(400, "a webhook has a `url`", at="/url")
    world.state.put("webhooks", str(raw.get("seller", "1")), {"url": url})


def limited(wait: float) -> dict[str, str]:
    """Return the documented headers of a 429."""
    return {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset-after": f"{wait:.6f}",
        "x-ratelimit-full-reset-after": f"{wait:.6f}",
    }


BEHAVIOUR = Behaviour(
    tokens=seed.TOKENS,
    credential=bearer,
    wrong_token=wrong_token,
    locked=seed.LOCKED,
    seed=seed.seed,
    facts=orders.facts,
    handlers=HANDLERS,
    due=due,
    move=move,
    seeds={"orders": seed_order, "webhooks": seed_webhook},
    limited=limited,
)
