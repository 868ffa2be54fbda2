"""Stock of each product in each warehouse: what is there, what orders have reserved, what can be sold.

The formula is the vendor's: `quantity_available = quantity_sellable + quantity_reserved`.
"""

from sellerspec.model import Json
from sellerspec.sandbox.behaviour import World
from sellerspec.sandbox.state import Store
from sellerspec.sandbox.tiki_v2.events import INVENTORY, publish


def key(product_id: int, warehouse_id: int) -> str:
    """Return the key of a stock."""
    return f"{product_id}/{warehouse_id}"


def put(state: Store, seller: str, product_id: int, warehouse_id: int, available: int) -> None:
    """Put a new stock into the store, of which nothing is reserved."""
    stock = {
        "seller": seller,
        "product_id": product_id,
        "warehouse_id": warehouse_id,
        "available": available,
        "reserved": 0,
    }
    state.put("stocks", key(product_id, warehouse_id), stock)


def quantities(stock: Json) -> Json:
    """Return the quantities of a stock as Tiki names them."""
    return {
        "quantity": 0,
        "quantity_available": stock["available"],
        "quantity_reserved": stock["reserved"],
        "quantity_sellable": stock["available"] - stock["reserved"],
    }


def hold(state: Store, product_id: int, warehouse_id: int, quantity: int) -> None:
    """Reserve stock for a seeded order, of which nobody is told."""
    known = state.get("stocks", key(product_id, warehouse_id))
    if known is not None:
        state.put(
            "stocks", key(product_id, warehouse_id), {**known, "reserved": known["reserved"] + quantity}
        )


def reserve(world: World, seller: str, product_id: int, warehouse_id: int, quantity: int) -> None:
    """Reserve stock for an order."""
    _change(world, seller, key(product_id, warehouse_id), reserved=quantity)


def release(world: World, seller: str, product_id: int, warehouse_id: int, quantity: int) -> None:
    """Give back what an order had reserved."""
    _change(world, seller, key(product_id, warehouse_id), reserved=-quantity)


def take(world: World, seller: str, product_id: int, warehouse_id: int, quantity: int) -> None:
    """Take what an order had reserved out of the warehouse."""
    _change(world, seller, key(product_id, warehouse_id), reserved=-quantity, available=-quantity)


def set_available(world: World, seller: str, product_id: int, warehouse_id: int, available: int) -> None:
    """Set what is in a warehouse; what is reserved stays reserved."""
    known = world.state.get("stocks", key(product_id, warehouse_id))
    if known is None:
        put(world.state, seller, product_id, warehouse_id, 0)
    more = available - (known["available"] if known else 0)
    _change(world, seller, key(product_id, warehouse_id), available=more)


def _change(world: World, seller: str, key: str, *, available: int = 0, reserved: int = 0) -> None:
    """Change a stock and publish it; a stock that nobody keeps does not change."""
    old = world.state.get("stocks", key)
    if old is None or not (available or reserved):
        return
    new = {**old, "available": old["available"] + available, "reserved": old["reserved"] + reserved}
    world.state.put("stocks", key, new)
    before, after = quantities(old), quantities(new)
    product = world.state.get("products", str(old["product_id"])) or {}
    payload = {
        "product_id": old["product_id"],
        "original_sku": product.get("original_sku") or "",
        "warehouse_id": old["warehouse_id"],
        **{f"{name}_from": value for name, value in before.items()},
        **{f"{name}_to": value for name, value in after.items()},
    }
    publish(world, seller, INVENTORY, payload)
