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
SOLD = ((2, 20_000), (1, 20_000), (1, 25_000))
"""Quantity and price of each product of the order with a bundle; the last one is sold alone."""

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
    lines = [_line(order, number, *sold) for number, sold in enumerate(SOLD)]
    first, second, single = (_item(order, number, line) for number, line in enumerate(lines))
    total, price = (sum(line["total_price"] for line in some) for some in (lines, lines[:2]))
    bundle = {
        **{name: first[name] for name in ("bundle_id", "bundle_variant_id")},
        "bundle_name": "Paket rekaan",
        "bundle_price": price,
        "bundle_quantity": 1,
        "bundle_subtotal_price": price,
        "order_detail": [first, second],
    }
    alone = {name: value for name, value in single.items() if not name.startswith("bundle_")}
    amounts = {"ttl_product_price": total, "ttl_amount": total + order["amt"]["shipping_cost"]}
    return {
        **order,
        "have_product_bundle": True,
        "products": lines,
        "products_fulfilled": [
            {"product_id": line["id"], "quantity_deliver": line["quantity"], "quantity_reject": 0}
            for line in lines
        ],
        "bundle_detail": {"bundle": [bundle], "non_bundle": [alone], "total_product": len(lines)},
        "amt": {**order["amt"], **amounts},
    }


def _line(order: Json, number: int, quantity: int, price: int) -> Json:
    """Return a product line like that of the order, of another product."""
    line = order["products"][0]
    return {
        **line,
        "id": line["id"] + number,
        "quantity": quantity,
        "total_weight": line["weight"] * quantity,
        "price": price,
        "total_price": price * quantity,
        "sku": f"REKAAN-P{number}",
    }


def _item(order: Json, number: int, line: Json) -> Json:
    """Return a product line as it stands in the bundle detail, like the documented one."""
    item = _documented()["bundle_detail"]["bundle"][0]["order_detail"][0]
    return {
        **item,
        **{name: line[name] for name in ("quantity", "total_weight", "sku")},
        "order_id": order["order_id"],
        "order_dtl_id": item["order_dtl_id"] + number,
        "product_id": line["id"],
        "product_name": line["name"],
        "product_weight": line["weight"],
        "product_price": line["price"],
        "normal_price": line["price"],
        "subtotal_price": line["total_price"],
        "min_order": 1,
    }


def zulu(at: datetime) -> str:
    """Return a moment as the order list writes it: the wall clock of Jakarta with a `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
