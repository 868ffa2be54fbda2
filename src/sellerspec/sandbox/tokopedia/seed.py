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
    """Fill an empty store: orders of two shops in many statuses, two of them not yet paid."""
    for id, seller in SELLERS.items():
        state.put("sellers", id, seller)
    for index in range(24):
        status = UNPAID[index % 2] if index >= 22 else STATUSES[index % len(STATUSES)]
        _put(state, new_order(state, now - timedelta(hours=1 + 2 * index), SHOPS[index % 2], status))
    _put(state, new_order(state, now - timedelta(days=9), SHOPS[0], 700))
    _put(state, new_order(state, now - timedelta(hours=3), SHOPS[0], 400, tokocabang=True))
    _put(state, new_order(state, now - timedelta(hours=3), 480876, 220), "2")


def _put(state: Store, order: Json, seller: str = FIRST_SELLER) -> None:
    put_order(state, {"seller": seller, "order": order})


@cache
def _documented() -> Json:
    """Return the first order of the documented order list."""
    examples = contract.contract("tokopedia").spec.operation("listOrders").responses[200].examples()
    return examples["documented"]["data"][0]


def new_order(state: Store, at: datetime, shop: int, status: int, *, tokocabang: bool = False) -> Json:
    """Return an invented order: the documented example with one product and without a buyer's data."""
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
        "order_id": id,
        "invoice_ref_num": f"INV/{at:%Y%m%d}/MPL/{id}",
        "have_product_bundle": False,
        "products": [product],
        "products_fulfilled": [
            {"product_id": product["id"], "quantity_deliver": quantity, "quantity_reject": 0}
        ],
        "bundle_detail": {"bundle": [], "non_bundle": [], "total_product": 0},
        "buyer": {"id": 1000 + id % 9, "name": "", "phone": "", "email": ""},
        "shop_id": shop,
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


def zulu(at: datetime) -> str:
    """Return a moment as the order list writes it: the wall clock of Jakarta with a `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
