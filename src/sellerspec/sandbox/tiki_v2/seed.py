"""The seeded state of a sandbox of the Open API. Every person, street and number is invented."""

from datetime import datetime, timedelta

from sellerspec.model import Json
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.state import Store
from sellerspec.sandbox.tiki_v2 import seed_orders, stock
from sellerspec.sandbox.tiki_v2.progress import new_document

TOKENS = {
    "FAKE-TOKEN-FOR-TESTS": "1",
    "FAKE-TOKEN-OTHER": "2",
    "FAKE-TOKEN-LOCKED": "4",
}
"""Token -> id of the seller."""

SELLERS = {"1": 328_784, "2": 328_785, "4": 328_786}
"""Id of the seller here -> number of the seller in responses."""

WAREHOUSES = (("1", 384_740), ("1", 387_453), ("2", 188_954))
"""Seller and id of the warehouse."""

PRODUCTS: tuple[tuple[str, int, str, int], ...] = (
    ("1", 248_956_418, "ao-thun-m", 150_000),
    ("1", 71_925_545, "ao-thun-l", 160_000),
    ("2", 71_925_546, "tui-trong", 90_000),
)
"""Seller, id, `original_sku` and price of products on sale."""

AVAILABLE = 167


def seed(state: Store, now: datetime) -> None:
    """Fill an empty store."""
    for seller, number in SELLERS.items():
        state.put("sellers", seller, {"seller": seller, "id": number})
    for seller, id in WAREHOUSES:
        state.put("warehouses", f"{seller}/{id}", _warehouse(id, SELLERS[seller]))
    for seller, id, original_sku, price in PRODUCTS:
        product: dict[str, Json] = {
            "product_id": id,
            "sku": str(7_000_000_000_000 + id),
            "name": f"Áo bịa {original_sku}",
            "original_sku": original_sku,
            "price": price,
        }
        state.put("products", str(id), {"seller": seller, **product})
        for owner, warehouse in WAREHOUSES:
            if owner == seller:
                stock.put(state, seller, id, warehouse, AVAILABLE)
    for document in orders(state, now):
        for part in document["reserved"].values():
            stock.hold(state, **part)
        put_order(state, document)


def orders(state: Store, now: datetime) -> list[Json]:
    """Return the documents of the seeded orders."""
    products = state.all("products").values()
    mine, others = ([one for one in products if one["seller"] == seller] for seller in ("1", "2"))
    at = now - timedelta(hours=5)
    foreign = seed_orders.order(seed_orders.FOREIGN, "cross_border", at, SELLERS["2"], 188_954, others)
    own = seed_orders.orders(now, SELLERS["1"], 384_740, mine)
    return [*(new_document("1", order) for order in own), new_document("2", foreign)]


def _warehouse(id: int, seller_id: int) -> Json:
    return {
        "id": id,
        "seller_id": seller_id,
        "is_primary": id == 384_740,
        "name": f"Kho bịa {id}",
        "status": 1,
        "address": {
            "street": f"{id} Đường Bịa",
            "ward": "Phường Bịa",
            "district": "Quận Bịa",
            "region": "Tỉnh Bịa",
            "country": "Viet Nam",
        },
        "type": "requisition",
    }
