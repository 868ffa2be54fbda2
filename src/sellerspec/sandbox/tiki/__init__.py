"""Tiki in the sandbox."""

from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Behaviour, World
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.shared import put_order, require_response, split_seller
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

ABOUT_ORDERS = (
    "listOrders", "confirmItems", "confirmDelivery", "updateDeliveryStatus", "printOrder", "listWarehouses",
)  # fmt: skip
FACTS = {
    "createProduct": products.product_facts,
    "updateSku": products.sku_facts,
    **dict.fromkeys(ABOUT_ORDERS, orders.facts),
}


def seed_order(world: World, raw: Json) -> None:
    """Add an order in the form of getOrder; its member `seller` may name another seller than the first."""
    seller, order = split_seller(raw)
    require_response(world, "getOrder", order)
    purchased = stamp(moment(order.get("purchased_at")) or world.clock.now())
    put_order(world.state, {"seller": seller, "order": order, "events": [], "purchased": purchased})


def seed_category(world: World, raw: Json) -> None:
    """Add a category as getCategory returns it."""
    require_response(world, "getCategory", raw)
    world.state.put("categories", str(raw["id"]), {**raw, "names": {"en": raw["name"], "vi": raw["name"]}})


BEHAVIOUR = Behaviour(
    seed=seed.seed,
    handlers=HANDLERS,
    facts=FACTS,
    due={"products": products.review, "orders": orders.complete},
    moves={"products": products.move, "orders": orders.move},
    seeds={"orders": seed_order, "categories": seed_category},
    tokens=seed.TOKENS,
)
