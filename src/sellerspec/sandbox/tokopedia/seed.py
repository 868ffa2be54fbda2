"""The seeded state of a Tokopedia sandbox. Every person and place is invented."""

from datetime import datetime, timedelta
from functools import cache

from sellerspec import contract
from sellerspec.model import Json
from sellerspec.sandbox.behaviour import FIRST_SELLER
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.state import Store

FS_ID = 13004
SHOPS = (479573, 479574)
WAREHOUSE = 19551

SELLERS: dict[str, Json] = {
    "1": {"fs_id": FS_ID, "shops": list(SHOPS), "warehouses": [WAREHOUSE, 0]},
    "2": {"fs_id": 13005, "shops": [480876], "warehouses": [0]},
}
"""Seller -> its app (`fs_id`), and the shops and warehouses that the app is linked to."""

FIRST = 1_000_000_001
STATUSES = (220, 400, 450, 500, 600, 700, 10, 0)
UNPAID = (100, 103)
DISCOUNTS = ("total_cashback", "total_discount", "total_discount_product", "total_discount_shipping")


def seed(state: Store, now: datetime) -> None:
    """Fill an empty store: orders of two shops in many statuses, two not yet paid, one with a bundle."""
    first, second = SELLERS.values()
    for id, seller in SELLERS.items():
        state.put("sellers", id, seller)
    for index in range(24):
        status = UNPAID[index % 2] if index >= 22 else STATUSES[index % len(STATUSES)]
        shop = SHOPS[index % 2]
        _put(state, new_order(state, now - timedelta(hours=1 + 2 * index), first, status, shop=shop))
    _put(state, new_order(state, now - timedelta(days=9), first, 700))
    _put(state, new_order(state, now - timedelta(hours=3), first, 400, tokocabang=True))
    _put(state, new_order(state, now - timedelta(hours=3), second, 220), "2")
    _put(state, bundled(new_order(state, now - timedelta(hours=5), first, 220)))


def _put(state: Store, order: Json, seller: str = FIRST_SELLER) -> None:
    paid = order["order_status"] not in UNPAID
    put_order(state, {"seller": seller, "order": order, "notified": paid})


@cache
def _documented() -> Json:
    """Return the first order of the documented order list."""
    examples = contract.contract("tokopedia").spec.operation("listOrders").responses[200].examples()
    return examples["documented"]["data"][0]


def new_order(
    state: Store, at: datetime, seller: Json, status: int, *, shop: int = 0, tokocabang: bool = False
) -> Json:
    """Return an invented order: the documented example with one product and without a buyer's data.

    Args:
        seller: its app and shops, as in `SELLERS`.
        shop: of the seller; by default the first.
    """
    id = FIRST + state.number("order")
    quantity, price, shipping = 1 + id % 3, 25_000, 9_000
    total = quantity * price
    product = {
        "id": 2_147_000_000 + id % 7,
        "name": "Barang rekaan",
        "quantity": quantity,
        "notes": "",
        "weight": 0.5,
        "total_weight": 0.5 * quantity,
        "price": price,
        "total_price": total,
        "currency": "Rp",
        "sku": f"REKAAN-{id % 7}",
        "is_wholesale": False,
    }
    documented = _documented()
    address = {**documented["recipient"]["address"], "address_full": "", "geo": "-6.20,106.80"}
    amounts = {"ttl_product_price": total, "shipping_cost": shipping, "ttl_amount": total + shipping}
    return {
        **documented,
        "fs_id": str(seller["fs_id"]),
        "order_id": id,
        "invoice_ref_num": f"INV/{at:%Y%m%d}/MPL/{id}",
        "have_product_bundle": False,
        "products": [product],
        "products_fulfilled": [
            {"product_id": product["id"], "quantity_deliver": quantity, "quantity_reject": 0}
        ],
        "bundle_detail": {"bundle": [], "non_bundle": [], "total_product": 0},
        "buyer": {"id": 1000 + id % 9, "name": "", "phone": "", "email": ""},
        "shop_id": shop or seller["shops"][0],
        "payment_id": 2_350_000_000 + id % 1000,
        "recipient": {"name": "", "phone": "", "address": address},
        "amt": {**documented["amt"], **amounts},
        "order_status": status,
        "warehouse_id": WAREHOUSE if tokocabang else 0,
        "fulfill_by": 1 if tokocabang else 0,
        "create_time": int(stamp(at)),
        "custom_fields": {"awb": ""},
        "promo_order_detail": {
            "order_id": id,
            **dict.fromkeys(DISCOUNTS, 0),
            "total_discount_details": [],
            "summary_promo": [],
        },
        "encryption": {"secret": "", "content": ""},
        "shipment_fulfillment": {
            "accept_deadline": zulu(at + timedelta(days=1)),
            "confirm_shipping_deadline": zulu(at + timedelta(days=3)),
        },
    }


def bundled(order: Json) -> Json:
    """Return an order with a bundle of two products and a single one, whose sums agree."""
    template = order["products"][0]
    detail = _documented()["bundle_detail"]["bundle"][0]["order_detail"][0]
    lines, items = [], []
    for number, (quantity, price) in enumerate(((2, 20_000), (1, 20_000), (1, 25_000))):
        id, weight, total = template["id"] + number, 0.5 * quantity, quantity * price
        sku = f"REKAAN-P{number}"
        counted = {"quantity": quantity, "total_weight": weight, "sku": sku}
        lines.append({**template, "id": id, "price": price, "total_price": total, **counted})
        own = {"order_id": order["order_id"], "order_dtl_id": detail["order_dtl_id"] + number, "min_order": 1}
        named = {"product_id": id, "product_name": template["name"], "product_weight": template["weight"]}
        prices = {"product_price": price, "normal_price": price, "subtotal_price": total}
        items.append({**detail, **own, **named, **prices, **counted})
    single = {name: value for name, value in items[2].items() if not name.startswith("bundle_")}
    price = sum(line["total_price"] for line in lines[:2])
    bundle = {
        **{name: detail[name] for name in ("bundle_id", "bundle_variant_id")},
        "bundle_name": "Paket rekaan",
        "bundle_price": price,
        "bundle_quantity": 1,
        "bundle_subtotal_price": price,
        "order_detail": items[:2],
    }
    total = sum(line["total_price"] for line in lines)
    amounts = {"ttl_product_price": total, "ttl_amount": total + order["amt"]["shipping_cost"]}
    return {
        **order,
        "have_product_bundle": True,
        "products": lines,
        "products_fulfilled": [
            {"product_id": line["id"], "quantity_deliver": line["quantity"], "quantity_reject": 0}
            for line in lines
        ],
        "bundle_detail": {"bundle": [bundle], "non_bundle": [single], "total_product": len(items)},
        "amt": {**order["amt"], **amounts},
    }


def zulu(at: datetime) -> str:
    """Return a moment as the order list writes it: the wall clock of Jakarta with a `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
