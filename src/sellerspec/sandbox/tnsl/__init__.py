"""TikiNOW Smart Logistics in the sandbox."""

from sellerspec.model import Json
from sellerspec.sandbox.behaviour import Behaviour, Refused, World
from sellerspec.sandbox.shared import split_seller
from sellerspec.sandbox.tnsl import imports, orders, seed

HANDLERS = {
    "getQuotes": orders.get_quotes,
    "registerWebhooks": orders.register_webhooks,
    "createOrder": orders.create_order,
    "listOrders": orders.list_orders,
    "getOrder": orders.get_order,
    "cancelOrder": orders.cancel_order,
    "updateOrderExtra": orders.update_extra,
    "updateOrderReceivable": orders.update_receivable,
    "importOrders": imports.import_orders,
    "listImports": imports.list_imports,
    "getImport": imports.get_import,
    "exportImport": imports.export_import,
}


def seed_order(world: World, raw: Json) -> None:
    """Add an order from a body of createOrder; its member `seller` may name another seller."""
    seller, payload = split_seller(raw)
    for error in world.contract.operation("createOrder").check(payload).errors:
        raise Refused(400, error.message, at=error.pointer)
    orders.add_order(world, seller, payload)


BEHAVIOUR = Behaviour(
    seed=seed.seed,
    handlers=HANDLERS,
    facts=dict.fromkeys(("cancelOrder", "updateOrderExtra", "updateOrderReceivable"), orders.facts),
    due={"orders": orders.go_on, "imports": imports.work},
    moves={"orders": orders.move, "imports": imports.move},
    seeds={"orders": seed_order},
)
