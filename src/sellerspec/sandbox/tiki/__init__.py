"""Tiki as the sandbox plays it."""

from collections.abc import Mapping

import orjson

from sellerspec.contract.operation import OperationContract
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import NO_FACTS, Exchange, Facts, Finding, Json
from sellerspec.sandbox.behaviour import Behaviour, Refused, Request, World, refusal
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.tiki import orders, products, seed

HANDLERS = {
    "listCategories": products.list_categories,
    "getCategory": products.get_category,
    "createProduct": products.create_product,
    "listTracking": products.list_tracking,
    "getTracking": products.get_tracking,
    "updateSku": products.update_sku,
    "listOrders": orders.list_orders,
    "getOrder": orders.get_order,
    "listWarehouses": orders.list_warehouses,
    "confirmItems": orders.confirm_items,
    "confirmDelivery": orders.confirm_delivery,
    "updateDeliveryStatus": orders.update_delivery_status,
    "printOrder": orders.print_order,
}

ABOUT_PRODUCTS = ("createProduct", "updateSku")
ABOUT_ORDERS = (
    "listOrders",
    "confirmItems",
    "confirmDelivery",
    "updateDeliveryStatus",
    "printOrder",
    "listWarehouses",
)
ORDER_STATES = ("queueing", "canceled", "successful_delivery", "complete")


def facts(request: Request) -> Facts:
    """Return what the rules of an operation ask of the state."""
    name = request.operation.operation.id
    if name in ABOUT_PRODUCTS:
        return products.facts(request)
    return orders.facts(request) if name in ABOUT_ORDERS else NO_FACTS


def credential(headers: Mapping[str, str]) -> str | None:
    """Return the seller's token."""
    return headers.get("tiki-api", "").strip() or None


def wrong_token(_: OperationContract) -> Finding:
    """Return the refusal of a token that nobody has: 401, as the document of 2019 lists it without a text."""
    return refusal(401, "no seller has this token", at="/request/headers/tiki-api")


def due(world: World, kind: str, key: str, document: Json) -> None:
    """Move on a product request or a delivered order."""
    if kind == "products":
        products.review(world, key, document)
    else:
        orders.complete(world, key, document)


def move(world: World, name: str, state: str) -> bool:
    """Move a product request or an order to a state."""
    product, order = world.state.get("products", name), world.state.get("orders", name)
    if product is not None:
        if state not in (*products.STATES, *products.ENDS, "drafted"):
            raise Refused(400, f"a request has no state `{state[:40]}`")
        products.enter(world, name, product, state)
    elif order is not None:
        if state not in ORDER_STATES:
            raise Refused(400, f"an order has no status `{state[:40]}`")
        orders.enter(world, name, order, state)
    return product is not None or order is not None


def seed_order(world: World, raw: Json) -> None:
    """Add an order, as getOrder responses it; `seller` beside it names another seller than the first."""
    order = {key: value for key, value in raw.items() if key != "seller"} if isinstance(raw, dict) else raw
    fitting(world, "getOrder", order)
    if not isinstance(order.get("order_code"), str) or not isinstance(order.get("items"), list):
        raise Refused(400, "an order to seed has an `order_code` and `items`")
    placed = moment(order.get("purchased_at")) or world.clock.now()
    order = {"status": "queueing", **order}
    entry = {"seller": str(raw.get("seller", "1")), "order": order, "events": [], "placed": stamp(placed)}
    world.state.put("orders", order["order_code"], entry)


def seed_category(world: World, raw: Json) -> None:
    """Add a category, as getCategory responses it."""
    fitting(world, "getCategory", raw)
    world.state.put("categories", str(raw["id"]), {**raw, "names": {"en": raw["name"], "vi": raw["name"]}})


def fitting(world: World, operation: str, value: Json) -> None:
    """Refuse a thing to seed that the marketplace could not response."""
    body = orjson.dumps(value)
    ready = world.contract.operation(operation)
    answered = Exchange(
        "GET", "", 200, response_headers={"content-type": "application/json"}, response_body=body
    )
    for error in ready.check_exchange(answered, {}, "", request=False).errors:
        raise Refused(400, error.message, at=error.pointer.removeprefix("/response/body"))


BEHAVIOUR = Behaviour(
    tokens=seed.TOKENS,
    credential=credential,
    wrong_token=wrong_token,
    locked=seed.LOCKED,
    seed=seed.seed,
    facts=facts,
    handlers=HANDLERS,
    due=due,
    move=move,
    seeds={"orders": seed_order, "categories": seed_category},
    headers=lambda token: {"tiki-api": token},
)
