"""What a fresh Tokopedia sandbox holds, and how its orders look. Every person and place is invented."""

from datetime import datetime, timedelta

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
"""Seller -> the app and what it is linked to."""

FIRST = 1_000_000_001
STATUSES = (220, 400, 450, 500, 600, 700, 10, 0)
UNPAID = (100, 103)

ADDRESS = {
    "address_full": "",
    "district": "Kecamatan Rekaan",
    "city": "Kota Rekaan",
    "province": "Provinsi Rekaan",
    "country": "Indonesia",
    "postal_code": "00000",
    "district_id": 1,
    "city_id": 1,
    "province_id": 1,
    "geo": "-6.20,106.80",
}
LOGISTICS = {
    "shipping_id": 14,
    "district_id": 0,
    "city_id": 0,
    "province_id": 0,
    "geo": "",
    "shipping_agency": "Kurir Rekaan",
    "service_type": "Reguler",
}


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


def new_order(state: Store, at: datetime, shop: int, status: int, *, tokocabang: bool = False) -> Json:
    """Return an invented order with the members that real responses have."""
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
    fulfilled = {"product_id": product["id"], "quantity_deliver": quantity, "quantity_reject": 0}
    amounts = dict.fromkeys(("insurance_cost", "voucher_amount", "toppoints_amount"), 0)
    amounts |= {"ttl_product_price": total, "shipping_cost": shipping, "ttl_amount": total + shipping}
    discounts = ("total_cashback", "total_discount", "total_discount_product", "total_discount_shipping")
    return {
        "fs_id": str(FS_ID),
        "order_id": id,
        "is_cod_mitra": False,
        "accept_partial": False,
        "invoice_ref_num": f"INV/{at:%Y%m%d}/MPL/{id}",
        "have_product_bundle": False,
        "products": [product],
        "products_fulfilled": [fulfilled],
        "bundle_detail": {"bundle": [], "non_bundle": [], "total_product": 0},
        "device_type": "",
        "buyer": {"id": 1000 + id % 9, "name": "", "phone": "", "email": ""},
        "shop_id": shop,
        "payment_id": 2_350_000_000 + id % 1000,
        "recipient": {"name": "", "phone": "", "address": ADDRESS},
        "logistics": LOGISTICS,
        "amt": amounts,
        "dropshipper_info": {},
        "voucher_info": {"voucher_code": "", "voucher_type": 0},
        "order_status": status,
        "warehouse_id": WAREHOUSE if tokocabang else 0,
        "fulfill_by": 1 if tokocabang else 0,
        "create_time": int(stamp(at)),
        "custom_fields": {"awb": ""},
        "promo_order_detail": {
            "order_id": id,
            **dict.fromkeys(discounts, 0),
            "total_discount_details": [],
            "summary_promo": [],
        },
        "encryption": {"secret": "", "content": ""},
        "addon_info": None,
        "shipment_fulfillment": {
            "accept_deadline": zulu(at + timedelta(days=1)),
            "confirm_shipping_deadline": zulu(at + timedelta(days=3)),
        },
        "is_plus": False,
    }


def zulu(at: datetime) -> str:
    """Return a moment as the order list writes it: the wall clock of Jakarta with a `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
