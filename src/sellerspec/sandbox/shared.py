"""Shared by the handlers of several marketplaces: orders, spans of time, documents that a user seeds."""

from datetime import datetime

import orjson

from sellerspec.model import Exchange, Json
from sellerspec.sandbox.behaviour import FIRST_SELLER, Refused, World
from sellerspec.sandbox.messages import JSON
from sellerspec.sandbox.state import Store


def put_order(state: Store, document: Json, changes: Json | None = None, *, due: float | None = None) -> Json:
    """Put an order into the store, with changed members, and return it.

    Args:
        document: `{"seller": id, "order": {...}}` and further members of the marketplace.
        due: when the order next changes its state by itself, in seconds as of `stamp`.
    """
    order = {**document["order"], **(changes or {})}
    kept = {**document, "order": order}
    kept.pop("due", None)
    if due is not None:
        kept["due"] = due
    key = next(order[name] for name in ("order_code", "order_id", "code") if name in order)
    state.put("orders", str(key), kept)
    return order


def within(at: datetime | None, begins: datetime | None, ends: datetime | None) -> bool:
    """Return whether a moment lies in a span that may be open at either end."""
    return at is None or ((begins is None or at >= begins) and (ends is None or at <= ends))


def split_seller(raw: Json) -> tuple[str, Json]:
    """Return the id of the seller (the member `seller`, by default the first) and the seed without it."""
    if not isinstance(raw, dict):
        return FIRST_SELLER, raw
    document = dict(raw)
    return str(document.pop("seller", FIRST_SELLER)), document


def require_response(
    world: World, operation: str, body: Json, at: str = "", *, also: tuple[str, ...] = ()
) -> None:
    """Refuse a seed that would break the contract as part of a response.

    Args:
        at: pointer to the seed in the body.
        also: ids of rules that refuse it although they only warn.
    """
    exchange = Exchange(
        "GET", "", 200, response_headers={"content-type": JSON}, response_body=orjson.dumps(body)
    )
    report = world.contract.operation(operation).check_exchange(exchange, {}, "", request=False)
    for error in (*report.errors, *(warning for warning in report.warnings if warning.rule in also)):
        raise Refused(400, error.message, at=error.pointer.removeprefix(f"/response/body{at}"))
