"""What a fresh Tiki sandbox holds. Every person, street and number is invented."""

from datetime import datetime, timedelta

from sellerspec import contract
from sellerspec.model import Json
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.state import Store

TOKENS = {
    "FAKE-TOKEN-FOR-TESTS": "1",
    "FAKE-TOKEN-GLOBAL": "2",
    "FAKE-TOKEN-VIETNAM": "3",
    "FAKE-TOKEN-LOCKED": "4",
}
"""Token -> seller."""

LOCKED = frozenset("4")

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
"""Id, English and Vietnamese name, parent, primary: what the documented examples need and do not name."""

ORDERS = (
    ("419060832", "seller_delivery", "seller_backorder", (94792486, 94792487)),
    ("929231617", "dropship", "instock", (25203463,)),
    ("101539588", "dropship", "instock", (25203464,)),
    ("833662058", "seller_delivery", "seller_backorder", (90965637,)),
    ("20939384", "seller_delivery", "seller_backorder", (90965636,)),
    ("327965376-5vHl1b", "cross_border", "cross_border", (90965700,)),
)
"""Codes that documented requests name, with fulfillment, inventory type and the ids of the items."""

NAMES = ("Bịa Thị Một", "Bịa Văn Hai", "Bịa Thị Ba", "Bịa Văn Bốn")


def seed(state: Store, now: datetime) -> None:
    """Fill an empty store."""
    for id, seller in SELLERS.items():
        state.put("sellers", id, seller)
    for category in categories():
        state.put("categories", str(category["id"]), category)
    for seller, warehouse in warehouses():
        state.put("warehouses", f"{seller}/{warehouse['seller_inventory_id']}", warehouse)
    for sku, listing in (("DANG19951995", 1_200_000), ("AOTHUN-DEN-M", 199_000)):
        put_sku(state, "1", {"sku": sku, "price": listing, "quantity": 10}, listing, f"seed-{sku}")
    put_sku(state, "2", {"sku": "FOREIGN-1", "price": 50_000, "quantity": 5}, 50_000, "seed-FOREIGN-1")
    tracked = contract.contract("tiki").spec.operation("getTracking").responses[200].examples()["documented"]
    yesterday = text(now - timedelta(days=1))
    request = {"seller": "1", "payload": None, "problem": None, "created": yesterday, "updated": yesterday}
    state.put("products", tracked["trace_id"], {**request, **tracked})
    for order in orders(now):
        state.put("orders", order["order"]["order_code"], order)


def categories() -> list[Json]:
    """Return the documented categories, and those that the documented examples need beside them."""
    spec = contract.contract("tiki").spec
    listed = spec.operation("listCategories").responses[200].examples()["documented"]
    detail = spec.operation("getCategory").responses[200].examples()["documented"]
    found: dict[int, Json] = {}
    for each in listed:
        named = {"en": each["name"], "vi": each["name"]}
        found[each["id"]] = {
            **each,
            "description": None,
            "attributes": _attributes(("brand",)),
            "names": named,
        }
    # the document names this id twice; the detail, which has attributes, wins
    found[detail["id"]] = {**detail, "names": {"en": detail["name"], "vi": "Sách thiếu nhi"}}
    for id, english, vietnamese, parent, primary in OWN_CATEGORIES:
        attributes = _attributes(_LAPTOPS) if id == 1846 else []
        found[id] = {
            "id": id, "name": english, "parent": parent, "primary": primary, "description": None,
            "attributes": attributes, "names": {"en": english, "vi": vietnamese},
        }  # fmt: skip
    return [found[id] for id in sorted(found)]


def _attributes(codes: tuple[str, ...]) -> list[Json]:
    return [
        {
            "id": 2000 + place,
            "code": code,
            "display_name": code.replace("_", " ").capitalize(),
            "is_required": int(code in ("ram", "brand")),
        }
        for place, code in enumerate(codes)
    ]


def warehouses() -> list[tuple[str, Json]]:
    """Return seller and warehouse of each; `sg` is the code of a documented confirmation."""
    rows = (("1", 882, 4, "sg"), ("1", 902, 2, "hn"), ("1", 919, 2, "hn"), ("1", 903, 4, "sgn"),
            ("1", 905, 6, "ct"), ("2", 701, 8, "hp"), ("3", 801, 4, "sgn"))  # fmt: skip
    return [(seller, _warehouse(id, region, code)) for seller, id, region, code in rows]


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


def put_sku(state: Store, seller: str, variant: Json, listing: int, trace_id: str) -> None:
    """Note a variant that is on sale."""
    state.put(
        "skus",
        f"{seller}/{variant['sku']}",
        {
            "seller": seller,
            "sku": variant["sku"],
            "price": variant["price"],
            "quantity": variant.get("quantity"),
            "active": 1,
            "listing_price": listing,
            "trace_id": trace_id,
        },
    )


def orders(now: datetime) -> list[Json]:
    """Return the orders: the documented codes, one of each fulfillment and inventory type, and others."""
    found = [
        _order(code, kind, stock, items, now - timedelta(hours=2 + place))
        for place, (code, kind, stock, items) in enumerate(ORDERS)
    ]
    number = 700_000_001
    for kind in FULFILLMENT:
        for stock in INVENTORY:
            found.append(
                _order(str(number), kind, stock, (number * 10, number * 10 + 1), now - timedelta(hours=8))
            )
            number += 1
    for status in ("canceled", "successful_delivery", "complete"):
        found.append(
            _order(
                str(number),
                "seller_delivery",
                "seller_backorder",
                (number * 10,),
                now - timedelta(days=3),
                status=status,
            )
        )
        number += 1
    found.append(
        _order(
            str(number),
            "seller_delivery",
            "backorder",
            (number * 10,),
            now - timedelta(days=45),
            status="complete",
        )
    )
    found.append(
        _order(
            "800000001", "cross_border", "cross_border", (8000000010,), now - timedelta(hours=5), seller="2"
        )
    )
    found.sort(key=lambda each: str(each["order"]["purchased_at"]), reverse=True)
    return found


CONFIRMATION = {"queueing": "waiting", "canceled": "seller_canceled"}


def _order(
    code: str,
    kind: str,
    stock: str,
    items: tuple[int, ...],
    at: datetime,
    *,
    status: str = "queueing",
    seller: str = "1",
) -> Json:
    price, fee = 120_000, 15_000
    total = price * len(items)
    confirmation = CONFIRMATION.get(status, "seller_confirmed")
    lines = [
        {
            "id": id,
            "product_id": 2_050_000 + place,
            "product_name": f"Invented product {place + 1}",
            "sku": f"{9_000_000_000_000 + id % 1_000_000}",
            "original_sku": "AOTHUN-DEN-M",
            "qty": 1,
            "price": price,
            "confirmation_status": confirmation,
            "confirmed_at": "" if confirmation == "waiting" else text(at + timedelta(hours=1)),
            "must_confirmed_before_at": text(at + timedelta(hours=36)),
            "inventory_type": stock,
        }
        for place, id in enumerate(items)
    ]
    order = {
        "order_code": code,
        "coupon_code": None,
        "status": status,
        "total_price_before_discount": total,
        "total_price_after_discount": total + fee,
        "updated_at": text(at),
        "purchased_at": text(at),
        "fulfillment_type": kind,
        "note": "",
        "is_rma": 0,
        "warehouse_id": 4,
        "tax": {"code": None, "name": None, "address": None},
        "discount": {"discount_amount": 0, "discount_coupon": 0},
        "shipping": {
            "name": NAMES[sum(items) % len(NAMES)],
            "street": "1 Đường Bịa",
            "ward": "Phường Bịa",
            "city": "Quận Bịa",
            "region": "Tỉnh Bịa",
            "country": "VN",
            "phone": "0000000000",
            "estimate_description": "Dự kiến giao hàng trong ba ngày",
            "shipping_fee": fee,
        },
        "items": lines,
        "payment": {
            "payment_method": "cod",
            "updated_at": text(at),
            "description": "Thanh toán khi nhận hàng",
        },
        "handling_fee": 0,
        "collectable_total_price": total + fee,
    }
    return {"seller": seller, "order": order, "events": [], "placed": stamp(at)}


def text(moment: datetime) -> str:
    """Return a moment as Tiki writes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
