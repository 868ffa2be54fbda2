"""Tiki's Open API: updates of several products, of their status, and of stock that orders have reserved."""

from sellerspec.fuzz.scenarios.common import Listing, agrees, member, objects, read_back, unknown
from sellerspec.fuzz.scenarios.tiki_v2_state import learn
from sellerspec.fuzz.target import Sequence, Target
from sellerspec.model import Json
from sellerspec.rules import number

PRODUCTS = Listing("listProducts", "product_id", ("data",), {"limit": 50})
NOBODYS = 999_999_999
LONG_AGO = "2010-01-01 00:00:00"
"""A moment before the first product of any seller."""

STARTED = 6.0
"""Seconds after which a new subscription takes events."""

USES = ("listProducts", "getProduct", "updateSku", "updateSkus", "updateOriginalSku")
STEPS = (
    "updateSkus -> getProduct (each)",
    "updateSku -> getProduct (active)",
    "updateSku -> getProduct (reserved)",
    "updateSku -> pullEvents",
)


def updates(target: Target) -> None:
    """Change products, and expect that each reads as the update says, and nothing else has changed."""
    learn(target)
    mine = PRODUCTS.read(target)
    for name in ("created_to_date", "updated_to_date"):
        target.send(target.call("listProducts", query={**PRODUCTS.query, name: LONG_AGO}))
    for operation, body in (
        ("updateSku", {"product_id": NOBODYS, "price": 50_000}),
        ("updateSkus", {"data": [{"product_id": NOBODYS, "price": 50_000}]}),
        ("updateOriginalSku", {"product_id": NOBODYS, "original_sku": "nobody-s"}),
    ):
        unknown(target, operation, {}, body)
    _several(target, [one["product_id"] for one in mine[:2]])
    for product in mine[:1]:
        _switched(target, product)
    # a queue of another server is left as it is
    queues: list[Json] = target.known["queues"][:1] if target.is_sandbox else []
    for queue in queues:
        type = {"event_type": "PRODUCT_INVENTORY_UPDATED"}
        target.send(target.call("createSubscription", path={"code": queue}, body=type))
        target.advance(STARTED)
    for product in mine:
        _still_reserved(target, product["product_id"])
    for queue in queues:
        target.send(target.call("pullEvents", path={"code": queue}, body={"ack_id": None}))
        target.session.transition("updateSku -> pullEvents")


def _several(target: Target, ids: list[Json]) -> None:
    """Change the prices of several products with one call."""
    prices = {id: 31_000 + place for place, id in enumerate(ids)}
    body = {"data": [{"product_id": id, "price": price} for id, price in prices.items()]}
    call = target.call("updateSkus", body=body)
    if ids and target.send(call).accepted:
        for id, price in prices.items():
            step, path = "updateSkus -> getProduct (each)", {"product_id": id}
            read_back(target, step, path, {"price": price}, "one of several changed products", before=[call])


def _switched(target: Target, product: dict[str, Json]) -> None:
    """Turn a product off and on again, or the other way round."""
    active = number(product.get("active"))
    for wanted in (0, 1) if active else (1, 0):
        call = target.call("updateSku", body={"product_id": product["product_id"], "active": wanted})
        if target.send(call).accepted:
            step, path = "updateSku -> getProduct (active)", {"product_id": product["product_id"]}
            read_back(target, step, path, {"active": wanted}, "a switched product", before=[call])


def _still_reserved(target: Target, id: Json) -> None:
    """Set the stock of a warehouse to what it has and one more: what orders have reserved stays reserved."""
    query, path = {"includes": "inventory"}, {"product_id": id}
    known = target.read("getProduct", path=path, query=query)
    stocks = objects(member(known, "inventory", "warehouse_stocks"))
    stock = next((one for one in stocks if number(one.get("quantity_reserved"))), None)
    if stock is None:
        return
    warehouse = stock["warehouse_id"]
    more = [{"warehouse_id": warehouse, "qty_available": (number(stock["quantity_available"]) or 0) + 1}]
    body = {"product_id": id, "seller_warehouse": str(warehouse), "warehouse_quantities": more}
    call = target.call("updateSku", body=body)
    if not target.send(call).accepted:
        return
    read = read_back(target, "updateSku -> getProduct (reserved)", path, before=[call], query=query)
    for after in objects(member(read.body, "inventory", "warehouse_stocks")):
        if after.get("warehouse_id") == warehouse:
            what, reserved = f"reserved in warehouse {warehouse}", stock["quantity_reserved"]
            agrees(target, read, what, after.get("quantity_reserved"), reserved, [call])


SEQUENCES = (Sequence(updates, USES),)
