"""The seeded state of a Tiki sandbox. Every person, street and number is invented."""

from datetime import datetime, timedelta
from functools import cache
from itertools import count

from sellerspec import contract
from sellerspec.model import Json
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.state import Store

TOKENS = {
    "FAKE-TOKEN-FOR-TESTS": "1",
    "FAKE-TOKEN-GLOBAL": "2",
    "FAKE-TOKEN-VIETNAM": "3",
    "FAKE-TOKEN-LOCKED": "4",
}
"""Token -> id of the seller."""

INVENTORY = ("instock", "backorder", "seller_backorder", "drop_ship", "cross_border")
FULFILLMENT = ("seller_delivery", "cross_border", "dropship", "tiki_delivery")

SELLERS: dict[str, Json] = {
    # the documented examples of one seller use types of both kinds, so the first seller has no kind
    "1": {"kind": None, "inventory_types": list(INVENTORY), "suppliers": [239091, 882, 902]},
    "2": {"kind": "global", "inventory_types": ["cross_border"], "suppliers": [239091]},
    "3": {"kind": "vietnam", "inventory_types": ["backorder"], "suppliers": [501]},
    "4": {"kind": "vietnam", "inventory_types": [], "suppliers": []},
}

_LAPTOPS = (
    "ram", "ram_type", "bus", "camera", "audio_technology", "hard_drive", "connection_port", "card_reader",
    "brand", "color", "storage",
)  # fmt: skip

OWN_CATEGORIES: tuple[tuple[int, str, str, int | None, int], ...] = (
    (8, "Invented: Books", "Bịa: Sách", None, 0),
    (320, "Invented: Special books", "Bịa: Sách đặc biệt", 8, 0),
    (1846, "Invented: Laptops", "Bịa: Máy tính", 8095, 1),
    (8095, "Invented: Computers", "Bịa: Máy vi tính", None, 0),
)
"""Id, English and Vietnamese name, parent, primary: categories that documented examples need."""

ORDERS = (
    ("419060832", "seller_delivery", "seller_backorder", (94792486, 94792487)),
    ("929231617", "dropship", "instock", (25203463,)),
    ("101539588", "dropship", "instock", (25203464,)),
    ("833662058", "seller_delivery", "seller_backorder", (90965637,)),
    ("20939384", "seller_delivery", "seller_backorder", (90965636,)),
    ("327965376-5vHl1b", "cross_border", "cross_border", (90965700,)),
)
"""Code, fulfillment type, inventory type and ids of the items of orders that documented requests name."""

PEOPLE = ("Bịa Thị Một", "Bịa Văn Hai", "Bịa Thị Ba", "Bịa Văn Bốn")


ENDED = (
    ("canceled", "seller_backorder", 3),
    ("successful_delivery", "seller_backorder", 3),
    ("complete", "seller_backorder", 3),
    ("complete", "backorder", 45),
)
"""Status, inventory type and age in days of orders that wait for nothing."""

CONFIRMATIONS = {"queueing": "waiting", "canceled": "seller_canceled"}
"""Status of an order -> that of its items; all others are confirmed."""

PRICE = 120_000

WAREHOUSES = (
    ("1", 882, 4, "sg"),
    ("1", 902, 2, "hn"),
    ("1", 919, 2, "hn"),
    ("1", 903, 4, "sgn"),
    ("1", 905, 6, "ct"),
    ("2", 701, 8, "hp"),
    ("3", 801, 4, "sgn"),
)
"""Seller, id, region and code; `sg` is the code of a documented confirmation."""

SKUS = (
    ("1", "DANG19951995", 1_200_000, 10),
    ("1", "AOTHUN-DEN-M", 199_000, 10),
    ("2", "FOREIGN-1", 50_000, 5),
)
"""Seller, `sku`, price and quantity of variants on sale."""


def seed(state: Store, now: datetime) -> None:
    """Fill an empty store."""
    for id, seller in SELLERS.items():
        state.put("sellers", id, seller)
    for category in categories():
        state.put("categories", str(category["id"]), category)
    for seller, warehouse_id, region, code in WAREHOUSES:
        state.put("warehouses", f"{seller}/{warehouse_id}", _warehouse(warehouse_id, region, code))
    for seller, sku, price, quantity in SKUS:
        variant = {"sku": sku, "price": price, "quantity": quantity}
        put_sku(state, seller, variant, price, f"seed-{sku}")
    yesterday = text(now - timedelta(days=1))
    request = {"seller": "1", "payload": None, "problem": None, "created": yesterday, "updated": yesterday}
    tracked = _documented("getTracking")
    state.put("products", tracked["trace_id"], {**request, **tracked})
    for document in orders(now):
        put_order(state, document)


@cache
def _documented(operation: str) -> Json:
    """Return the documented example of a success."""
    return contract.contract("tiki").spec.operation(operation).responses[200].examples()["documented"]


def categories() -> list[Json]:
    """Return the documented categories, and further ones that the documented examples need."""
    by_id: dict[int, Json] = {}
    for category in _documented("listCategories"):
        names = {"en": category["name"], "vi": category["name"]}
        more = {"description": None, "attributes": _attributes(("brand",)), "names": names}
        by_id[category["id"]] = {**category, **more}
    # the document names this id twice; the detail, which has attributes, wins
    detail = _documented("getCategory")
    by_id[detail["id"]] = {**detail, "names": {"en": detail["name"], "vi": "Sách thiếu nhi"}}
    for id, english, vietnamese, parent, primary in OWN_CATEGORIES:
        attributes = _attributes(_LAPTOPS) if id == 1846 else []
        by_id[id] = {
            "id": id, "name": english, "parent": parent, "primary": primary, "description": None,
            "attributes": attributes, "names": {"en": english, "vi": vietnamese},
        }  # fmt: skip
    return [by_id[id] for id in sorted(by_id)]


def _attributes(codes: tuple[str, ...]) -> list[Json]:
    return [
        {
            "id": 2000 + index,
            "code": code,
            "display_name": code.replace("_", " ").capitalize(),
            "is_required": int(code in ("ram", "brand")),
        }
        for index, code in enumerate(codes)
    ]


def _warehouse(id: int, region: int, code: str) -> Json:
    return {
        "seller_inventory_id": id,
        "warehouse_id": region,
        "warehouse_code": code,
        "name": f"Kho bịa {id}",
        "contact_name": "Người Bịa",
        "contact_phone": "0000000000",
        "contact_email": f"kho{id}@seller.example",
        "street": f"{id} Đường Bịa",
        "ward": {"code": "VN000000001", "name": "Phường Bịa"},
        "district": {"code": "VN000001", "name": "Quận Bịa"},
        "region": {"code": "VN000", "name": "Tỉnh Bịa"},
        "country": {"code": "vn", "name": "Viet Nam"},
    }


def put_sku(state: Store, seller: str, variant: Json, listing_price: int, trace_id: str) -> None:
    """Put a variant on sale."""
    sku = {
        "seller": seller,
        "sku": variant["sku"],
        "price": variant["price"],
        "quantity": variant.get("quantity"),
        "active": 1,
        "listing_price": listing_price,
        "trace_id": trace_id,
    }
    state.put("skus", f"{seller}/{variant['sku']}", sku)


def orders(now: datetime) -> list[Json]:
    """Return the orders, the newest first: the documented codes, one of each kind, some in other states."""
    documents = [
        _order(code, kind, stock, items, now - timedelta(hours=2 + index))
        for index, (code, kind, stock, items) in enumerate(ORDERS)
    ]
    codes = count(700_000_001)
    for kind in FULFILLMENT:
        for stock in INVENTORY:
            code = next(codes)
            at = now - timedelta(hours=8)
            documents.append(_order(str(code), kind, stock, (code * 10, code * 10 + 1), at))
    for status, stock, days in ENDED:
        code = next(codes)
        at = now - timedelta(days=days)
        documents.append(_order(str(code), "seller_delivery", stock, (code * 10,), at, status))
    foreign = _order("800000001", "cross_border", "cross_border", (8000000010,), now - timedelta(hours=5))
    documents.append({**foreign, "seller": "2"})
    documents.sort(key=lambda document: str(document["order"]["purchased_at"]), reverse=True)
    return documents


def _order(
    code: str, kind: str, stock: str, items: tuple[int, ...], at: datetime, status: str = "queueing"
) -> Json:
    fee = 15_000
    total = PRICE * len(items)
    shipping = {
        "name": PEOPLE[sum(items) % len(PEOPLE)],
        "street": "1 Đường Bịa",
        "ward": "Phường Bịa",
        "city": "Quận Bịa",
        "region": "Tỉnh Bịa",
        "country": "VN",
        "phone": "0000000000",
        "estimate_description": "Dự kiến giao hàng trong ba ngày",
        "shipping_fee": fee,
    }
    documented = _documented("getOrder")
    order = {
        **documented,
        "order_code": code,
        "status": status,
        "total_price_before_discount": total,
        "total_price_after_discount": total + fee,
        "updated_at": text(at),
        "purchased_at": text(at),
        "fulfillment_type": kind,
        "warehouse_id": 4,
        "shipping": shipping,
        "items": [_item(id, index, stock, at, status) for index, id in enumerate(items)],
        "payment": {**documented["payment"], "updated_at": text(at)},
        "collectable_total_price": total + fee,
    }
    return {"seller": "1", "order": order, "events": [], "purchased": stamp(at)}


def _item(id: int, index: int, stock: str, at: datetime, status: str) -> Json:
    confirmation = CONFIRMATIONS.get(status, "seller_confirmed")
    return {
        "id": id,
        "product_id": 2_050_000 + index,
        "product_name": f"Invented product {index + 1}",
        "sku": f"{9_000_000_000_000 + id % 1_000_000}",
        "original_sku": "AOTHUN-DEN-M",
        "qty": 1,
        "price": PRICE,
        "confirmation_status": confirmation,
        "confirmed_at": "" if confirmation == "waiting" else text(at + timedelta(hours=1)),
        "must_confirmed_before_at": text(at + timedelta(hours=36)),
        "inventory_type": stock,
    }


def text(moment: datetime) -> str:
    """Return a moment as Tiki writes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
