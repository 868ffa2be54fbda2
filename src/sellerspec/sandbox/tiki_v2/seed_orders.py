"""The seeded orders of the Open API. Every person, street and number is invented."""

from datetime import datetime, timedelta
from itertools import count

from sellerspec.model import Json
from sellerspec.sandbox.tiki.seed import PEOPLE, PRICE, text

FULFILMENT = {
    "tiki_delivery": "backorder",
    "seller_delivery": "backorder",
    "cross_border": "backorder",
    "dropship": "backorder",
}
"""Each fulfillment type with the inventory type of its items; a real dropship order has `backorder`."""

DOCUMENTED = (("265589080", "dropship"), ("510916693", "tiki_delivery"))
"""Code and fulfillment type of the orders in real responses and events."""

ENDED = (
    ("canceled", 3), ("picking", 1), ("shipping", 2), ("successful_delivery", 3), ("complete", 10),
    ("complete", 45),
)  # fmt: skip
"""Status and age in days of orders that wait for no confirmation."""

FIRST_CODE = 700_000_001
FOREIGN = "800000001"
"""Code of the order of the second seller."""

WITH_CONTACT = ("seller_delivery", "cross_border")
"""Fulfillment types whose seller gets phone and email of the customer."""


def orders(now: datetime, seller_id: int, warehouse_id: int, products: list[Json]) -> list[Json]:
    """Return the orders of the first seller, the oldest first.

    Args:
        now: the present moment.
        seller_id: the number of the seller.
        warehouse_id: the warehouse that the goods come from.
        products: products of the seller, as listProducts returns them.
    """
    made = []
    for index, (code, kind) in enumerate(DOCUMENTED):
        at = now - timedelta(hours=1 + index)
        made.append(order(code, kind, at, seller_id, warehouse_id, products[:1]))
    codes = count(FIRST_CODE)
    for kind in FULFILMENT:
        for hours, size in ((5, 1), (7, 2), (9, 2)):
            at = now - timedelta(hours=hours)
            made.append(order(str(next(codes)), kind, at, seller_id, warehouse_id, products[:size]))
    for status, days in ENDED:
        at = now - timedelta(days=days)
        code = str(next(codes))
        made.append(order(code, "seller_delivery", at, seller_id, warehouse_id, products[:1], status))
    return sorted(made, key=lambda one: (str(one["created_at"]), str(one["code"])))


def order(
    code: str,
    kind: str,
    at: datetime,
    seller_id: int,
    warehouse_id: int,
    products: list[Json],
    status: str = "queueing",
) -> Json:
    """Return an order as getOrder returns it."""
    number = int(code)
    items = [
        _item(number * 10 + index, product, kind, at, seller_id, warehouse_id, status)
        for index, product in enumerate(products)
    ]
    subtotal = sum(item["invoice"]["row_total"] for item in items)
    fees = sum(item["invoice"]["seller_fee"] for item in items)
    return {
        "id": number,
        "code": code,
        "relation_code": "",
        "original_code": "",
        "fulfillment_type": kind,
        "status": status,
        "type": "simple",
        "is_rma": False,
        "is_vat_exporting": False,
        "has_backorder_items": True,
        "dropship_already": False,
        "inventory_status": "backorder",
        "platform": "frontend-desktop",
        "created_at": text(at),
        "updated_at": text(at),
        "items": items,
        "invoice": {
            "items_count": len(items),
            "items_quantity": sum(item["qty"] for item in items),
            "subtotal": subtotal,
            "grand_total": subtotal,
            "collectible_amount": subtotal,
            "discount_amount": 0,
            "shipping_amount_after_discount": 0,
            "shipping_discount_amount": 14_000,
            "handling_fee": 0,
            "other_fee": 0,
            "total_seller_fee": fees,
            "total_seller_income": subtotal + fees,
            "purchased_at": text(at),
            "tax_info": None,
        },
        "tiki_warehouse": {"id": 19, "name": "Ha Noi 5", "code": "hn5"},
        "shipping": _shipping(number, kind, at),
        "payment": {
            "method": "cod",
            "is_prepaid": False,
            "status": "success",
            "description": "Thanh toán tiền mặt khi nhận hàng",
        },
        "status_histories": [{"status": status, "created_at": text(at)}],
        "siblings": [],
        "multiseller_confirmation": {"seller_id": seller_id, "need_other_sellers_confirm": False},
    }


def _shipping(number: int, kind: str, at: datetime) -> Json:
    contact = kind in WITH_CONTACT
    return {
        "plan": {
            "id": 1,
            "name": "Giao hàng bịa",
            "is_free_shipping": True,
            "promised_delivery_date": text(at + timedelta(days=3)),
            "description": "Dự kiến giao hàng trong ba ngày",
        },
        "address": {
            "full_name": PEOPLE[number % len(PEOPLE)],
            "street": "1 Đường Bịa",
            "ward": "Phường Bịa",
            "ward_tiki_code": "VN000000001",
            "district": "Quận Bịa",
            "district_tiki_code": "VN000001",
            "region": "Tỉnh Bịa",
            "region_tiki_code": "VN000",
            "country": "Viet Nam",
            "country_id": "VN",
            "email": "khach@buyer.example" if contact else None,
            "phone": "0000000000" if contact else "",
        },
    }


def _item(
    id: int, product: Json, kind: str, at: datetime, seller_id: int, warehouse_id: int, status: str
) -> Json:
    price = product.get("price") or PRICE
    fee = price // 20
    confirmation = {"queueing": "waiting", "canceled": "seller_canceled"}.get(status, "seller_confirmed")
    return {
        "id": id,
        "product": {
            "id": product["product_id"],
            "type": "simple",
            "super_id": 0,
            "master_id": product["product_id"] - 1,
            "sku": product["sku"],
            "name": product["name"],
            "catalog_group_name": "Bịa",
            "inventory_type": FULFILMENT[kind],
            "imeis": [],
            "serial_numbers": [],
            "thumbnail": product.get("thumbnail") or "https://pictures.seller.example/1.jpg",
            "seller_product_code": product.get("original_sku") or "",
            "seller_supply_method": None,
        },
        "seller": {"id": seller_id, "name": "Invented shop"},
        "confirmation": {
            "status": confirmation,
            "confirmed_at": None if confirmation == "waiting" else text(at + timedelta(hours=1)),
            "available_confirm_sla": text(at + timedelta(hours=36)),
            "pickup_confirm_sla": None,
            "histories": [],
        },
        "parent_item_id": 0,
        "price": price,
        "qty": 1,
        "fulfilled_at": None,
        "is_virtual": False,
        "is_ebook": False,
        "is_bookcare": False,
        "is_free_gift": False,
        "is_fulfilled": False,
        "backend_id": 0,
        "applied_rule_ids": [],
        "invoice": {
            "price": price,
            "quantity": 1,
            "subtotal": price,
            "row_total": price,
            "discount_amount": 0,
            "is_seller_discount_coupon": False,
            "is_taxable": False,
            "fob_price": 0,
            "seller_fee": -fee,
            "seller_income": price - fee,
            "fees": [
                {
                    "id": id,
                    "fee_type_key": "percent_per_item_sales_value",
                    "fee_type_name": "Chiết khấu",
                    "status": None,
                    "quantity": 1,
                    "base_amount": 0,
                    "total_amount": -fee,
                    "discount_amount": 0,
                    "final_amount": -fee,
                }
            ],
        },
        "inventory_requisition": None,
        "inventory_withdrawals": [],
        "seller_inventory_id": warehouse_id,
        "seller_inventory_name": f"Kho bịa {warehouse_id}",
    }
