"""TikiNOW Smart Logistics as the sandbox plays it."""

from sellerspec.contract.operation import OperationContract
from sellerspec.model import NO_FACTS, Facts, Finding, Json
from sellerspec.sandbox.behaviour import Behaviour, Refused, Request, World, bearer, refusal
from sellerspec.sandbox.tnsl import imports, orders, seed
from sellerspec.sandbox.tnsl.orders import made

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

ABOUT_ONE_ORDER = ("cancelOrder", "updateOrderExtra", "updateOrderReceivable")


def facts(request: Request) -> Facts:
    """Return what the rules of an operation ask of the state."""
    return orders.facts(request) if request.operation.operation.id in ABOUT_ONE_ORDER else NO_FACTS


def wrong_token(operation: OperationContract) -> Finding:
    """Return the documented refusal of a token that nobody has."""
    documented = next(rule for rule in operation.stated() if rule.id == "tnsl.bearer-token")
    return refusal(
        documented.status or 401,
        "no seller has this token",
        text=documented.text,
        code=documented.code,
        at="/request/headers/authorization",
    )


def due(world: World, kind: str, key: str, document: Json) -> None:
    """Move on an order, or work off an import."""
    if kind == "imports":
        imports.work(world, key, document)
    else:
        orders.go_on(world, document)


def move(world: World, name: str, state: str) -> bool:
    """Move an order to `state` or `state/substate`, or end an import."""
    order, entry = world.state.get("orders", name), world.state.get("imports", name)
    if order is not None:
        main, _, sub = state.partition("/")
        if main not in ("canceled", *(each for each, _ in seed.WAY)):
            raise Refused(400, f"no document names a state `{main[:40]}`")
        orders.enter(world, order, main, sub or None)
    elif entry is not None:
        if state not in imports.STATES[1:] or entry["import"]["state"] != imports.STATES[0]:
            raise Refused(400, "an import that is `processing` is moved to `done` or `failed`")
        imports.work(world, name, entry, state)
    return order is not None or entry is not None


def seed_order(world: World, raw: Json) -> None:
    """Make an order of the body of createOrder; `seller` beside it names another seller than the first."""
    payload = {key: value for key, value in raw.items() if key != "seller"} if isinstance(raw, dict) else raw
    for error in world.contract.operation("createOrder").check(payload).errors:
        raise Refused(400, error.message, at=error.pointer)
    made(world, str(raw.get("seller", "1")), payload)


BEHAVIOUR = Behaviour(
    tokens=seed.TOKENS,
    credential=bearer,
    wrong_token=wrong_token,
    locked=seed.LOCKED,
    seed=seed.seed,
    facts=facts,
    handlers=HANDLERS,
    due=due,
    move=move,
    seeds={"orders": seed_order},
)
