"""The seeded state of a sandbox of the Open API. Every person, street and number is invented."""

from datetime import datetime, timedelta
from typing import Any

from sellerspec.model import Json
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.state import Store
from sellerspec.sandbox.tiki.seed import text
from sellerspec.sandbox.tiki_v2 import access, products, requests, seed_catalogue, seed_orders, stock
from sellerspec.sandbox.tiki_v2.progress import new_document

TOKENS = {
    "FAKE-TOKEN-FOR-TESTS": "1",
    "FAKE-TOKEN-OTHER": "2",
    "FAKE-TOKEN-LOCKED": "4",
}
"""Token -> id of the seller. They have all scopes and do not end."""

SCOPED = {"FAKE-TOKEN-PRODUCTS": "product", "FAKE-TOKEN-ORDERS": "order"}
"""Token of the first seller -> its scope. They end like tokens that were asked for."""

INVENTORY = ("dropship", "instock", "backorder", "seller_backorder")
"""Registered by the first seller: not all types, so that a call can name one that is not."""

SELLERS: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "1": (328_784, "A1B2C3", INVENTORY),
    "2": (328_785, "D4E5F6", ("backorder",)),
    "4": (328_786, "A7B8C9", ()),
}
"""Id of the seller here -> number and `sid` in responses, and the registered inventory types."""

APPS: dict[str, Json] = {
    "1234567890": {
        "seller": "1", "secret": "FAKE-SECRET", "method": access.BASIC, "scope": "order product inventory",
    },
    "2345678901": {
        "seller": "2", "secret": "FAKE-SECRET-2", "method": access.POST,
        "scope": "offline order product inventory",
    },
}  # fmt: skip
"""Id -> an in-house app, and a public one."""

CONSENT: Json = {
    "seller": "1",
    "app": "2345678901",
    "scope": "offline product order inventory",
    "redirect_uri": "https://app.example/callback",
}
"""What the first seller has granted to the public app."""

CODE, REFRESH = "FAKE-CODE", "FAKE-REFRESH-TOKEN"

WAREHOUSES = (
    ("1", 371_835, "requisition", 1),
    ("1", 384_740, "requisition", 1),
    ("1", 387_453, "requisition", 1),
    ("1", 188_954, "requisition", 1),
    ("1", 1034, "requisition", 1),
    ("1", 1015, "requisition", 1),
    ("1", 384_741, "withdrawal", 1),
    ("1", 384_742, "requisition", 0),
    ("2", 188_955, "requisition", 1),
)
"""Seller, id, type and status of the warehouse; the ids of the first seller stand in real calls."""

MAIN = {"1": 384_740, "2": 188_955}
"""Seller -> the warehouse that orders are supplied from."""

SUPPLIES = (("1", "sgn", (188_954, 384_740)), ("1", "hn4", (384_740,)), ("2", "sgn", (188_955,)))
"""Seller, code of a warehouse of Tiki, and the warehouses that supply it."""

PRODUCTS: tuple[tuple[str, int, str, int, int, str, tuple[int, ...]], ...] = (
    ("1", 248_956_418, "ao-thun-m", 150_000, 1685, "dropship", (384_740, 387_453)),
    ("1", 71_925_545, "ao-thun-l", 160_000, 1685, "backorder", (384_740, 387_453)),
    ("1", 2_166_152, "xxx-yyy-123", 120_000, 7566, "seller_backorder", (1034, 1015)),
    ("1", 248_705_051, "tui-trong-1", 10_000, 7566, "dropship", (1034,)),
    ("2", 71_925_546, "tui-trong", 90_000, 7566, "backorder", (188_955,)),
)
"""Seller, id, code, price, category, inventory type and warehouses of the products on sale."""

AVAILABLE = 167

APPROVED, WAITING = "c3587ec50976497f837461e0c2ea3da5", "d4698fd61a87508a948572f1d3fb4eb6"
"""Tracking ids of the seeded requests; the first stands in the samples."""


def seed(state: Store, now: datetime) -> None:
    """Fill an empty store."""
    _seed_access(state, now)
    seed_catalogue.seed(state)
    for id in SELLERS:
        state.put("sellers", id, _seller(id, now))
    for seller, warehouse, type, status in WAREHOUSES:
        state.put("warehouses", f"{seller}/{warehouse}", _warehouse(warehouse, seller, type, status))
    for seller, code, ids in SUPPLIES:
        state.put("supplies", f"{seller}/{code}", list(ids))
    for index, (seller, product, _, _, _, _, warehouses) in enumerate(PRODUCTS):
        state.put("products", str(product), _product(index, now))
        for warehouse in warehouses:
            stock.put(state, seller, product, warehouse, AVAILABLE)
    for request in _requests(state, now):
        state.put("requests", request["track_id"], request)
    _seed_orders(state, now)


def _seed_access(state: Store, now: datetime) -> None:
    for id, app in APPS.items():
        state.put("apps", id, app)
    state.put("codes", CODE, CONSENT)
    state.put("refresh-tokens", REFRESH, {name: CONSENT[name] for name in ("seller", "app", "scope")})
    for token, scope in SCOPED.items():
        access.put_token(state, token, "1", "1234567890", scope, stamp(now))


def _seed_orders(state: Store, now: datetime) -> None:
    for document in orders(state, now):
        for part in document["reserved"].values():
            stock.hold(state, **part)
        put_order(state, document)


def _seller(id: str, now: datetime) -> Json:
    number, sid, models = SELLERS[id]
    return {
        "seller": id,
        "id": number,
        "sid": sid,
        "name": f"Shop bịa {id}",
        "active": int(bool(models)),
        "logo": f"https://pictures.seller.example/logo-{id}.jpg",
        "operation_models": list(models),
        "can_update_product": 1,
        "registration_status": "completed",
        "live_at": text(now - timedelta(days=700)),
    }


def _product(index: int, now: datetime) -> Json:
    seller, id, code, price, category, kind, _ = PRODUCTS[index]
    at = text(now - timedelta(days=20 + index))
    url = f"https://pictures.seller.example/{id}.jpg"
    product = products.new_product(
        id,
        name=f"Áo bịa {code}" if category == 1685 else f"Túi bịa {code}",
        original_sku=code,
        price=price,
        created_at=at,
        updated_at=at,
        thumbnail=url,
        attributes={"brand": "No Brand", "origin": "Việt Nam"},
        images=products.pictures([url], id * 10),
        category_id=category,
        inventory_type=kind,
    )
    return {"seller": seller, **product}


def _requests(state: Store, now: datetime) -> list[dict[str, Any]]:
    """Return the request of the samples, which is approved, and one that waits for a person."""
    at = text(now - timedelta(days=20))
    approved = requests.new_request(
        "1", APPROVED, "create_product", at,
        request_id="4451", state="approved", approved_at=at, approved_by=requests.REVIEWER,
        products=[state.get("products", "248705051")],
    )  # fmt: skip
    waiting = requests.new_request(
        "1", WAITING, "create_product", at, request_id="4452", state="awaiting_approve"
    )
    return [approved, waiting]


def orders(state: Store, now: datetime) -> list[Json]:
    """Return the documents of the seeded orders."""
    kept = state.all("products").values()
    at = now - timedelta(hours=5)
    mine, others = ([one for one in kept if one["seller"] == seller] for seller in ("1", "2"))
    stocked = [one for one in mine if state.get("stocks", stock.key(one["product_id"], MAIN["1"]))]
    own = seed_orders.orders(now, SELLERS["1"][0], MAIN["1"], stocked)
    foreign = seed_orders.order(seed_orders.FOREIGN, "cross_border", at, SELLERS["2"][0], MAIN["2"], others)
    return [*(new_document("1", order) for order in own), new_document("2", foreign)]


def _warehouse(id: int, seller: str, type: str, status: int) -> Json:
    return {
        "id": id,
        "seller_id": SELLERS[seller][0],
        "is_primary": id == MAIN[seller],
        "name": f"Kho bịa {id}",
        "status": status,
        "address": {
            "street": f"{id} Đường Bịa",
            "ward": "Phường Bịa",
            "district": "Quận Bịa",
            "region": "Tỉnh Bịa",
            "country": "Viet Nam",
        },
        "type": type,
    }
