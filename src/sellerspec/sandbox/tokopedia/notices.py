"""Tokopedia's notices: a new order once it is paid, and each later status of it."""

from collections.abc import Callable, Sequence

from sellerspec.marketplaces.common import member
from sellerspec.model import Json
from sellerspec.rules import objects
from sellerspec.sandbox.behaviour import World
from sellerspec.sandbox.tokopedia.seed import UNPAID

TOKOCABANG, SHOP, STATUS = "tokocabangOrderNotification", "orderNotification", "orderStatus"

ADDRESSES = ("order_notification_url", "order_status_url", "order_cancellation_url")
"""Members of the documented registration: where new orders go, statuses, and cancellations."""

CANCELED = (0, 5, 6, 15)
"""Statuses that the table of codes calls canceled."""

ENDED = (*CANCELED, 3, 10)
"""Statuses of an order that was canceled or rejected, perhaps before it was paid."""

KEPT = (
    "order_id", "invoice_ref_num", "shop_id", "warehouse_id", "payment_id", "amt", "device_type",
    "create_time", "order_status", "accept_partial", "have_product_bundle",
)  # fmt: skip
"""Members that both notifications have in common with the order list."""

ITEM = (
    "order_dtl_id", "order_id", "product_id", "product_name", "quantity", "product_price", "normal_price",
    "subtotal_price", "product_weight", "total_weight", "bundle_id", "bundle_variant_id",
)  # fmt: skip
"""Members of an item of a bundle in the documented Tokocabang notification."""

SHORT = {
    **{"id": "product_id", "name": "product_name", "price": "product_price", "weight": "product_weight"},
    **{name: name for name in ("quantity", "total_weight", "subtotal_price", "notes", "sku")},
}
"""Member of an item in a shop's notification -> the member of the order list."""


def notify(world: World, document: Json, before: int) -> Json:
    """Send the notice that is due after a change of an order; return the document to keep.

    The guide of 2017 says when: the one order notification once the payment is verified, an order status
    at each change of status, and a cancellation, in the form of a status, to an address of its own.

    Args:
        before: the status of the order before the change.
    """
    order, seller = document["order"], document["seller"]
    now, app = order["order_status"], world.state.get("sellers", seller)
    if now in UNPAID:
        return document
    if not document.get("notified"):
        if now in ENDED:
            return document
        operation, body = (TOKOCABANG, tokocabang) if order["fulfill_by"] == 1 else (SHOP, shop)
        _send(world, operation, ADDRESSES[0], seller, order, body(order, app))
        return {**document, "notified": True}
    if now != before:
        _send(world, STATUS, ADDRESSES[1], seller, order, status(order, app))
        if now in CANCELED and ADDRESSES[2] in (world.state.get("webhooks", seller) or {}):
            _send(world, STATUS, ADDRESSES[2], seller, order, status(order, app))
    return document


def _send(world: World, operation: str, address: str, seller: str, order: Json, body: Json) -> None:
    webhook = world.state.get("webhooks", seller) or {}
    url = webhook.get(address, webhook.get("url"))
    if url:
        world.notify(operation, url, body, event=str(order["order_id"]))


def tokocabang(order: Json, seller: Json) -> Json:
    """Return the notification of an order that Tokopedia's warehouses fulfil: the documented table."""
    detail = _bundles(order, lambda item: _kept(item, ITEM))
    return {**_new(order, seller), "fulfillment_order_type": 0, "bundle_detail": detail}


def shop(order: Json, seller: Json) -> Json:
    """Return the notification of an order of the shop: the documented table, items with short names."""
    detail = _bundles(
        order, lambda item: {short: item[name] for short, name in SHORT.items() if name in item}
    )
    encryption = {"secret": "", "content": ""}
    return {**_new(order, seller), "encryption": encryption, "bundle_detail": detail}


def _new(order: Json, seller: Json) -> Json:
    """Return what both notifications hold; what the order does not have is missing.

    The invoice number has the name that it has in the example and in all real notifications.
    """
    address = member(order, "recipient", "address")
    places = _kept(address, ("district_id", "city_id", "province_id", "geo"))
    carrier = _kept(order["logistics"], ("shipping_id", "shipping_agency", "service_type"))
    return {
        **_kept(order, KEPT),
        "fs_id": seller["fs_id"],
        "products": _products(order),
        "customer": _kept(order["buyer"], ("id", "name", "phone", "email")),
        "recipient": _in_lower_case(order["recipient"]),
        "shop_name": "Toko Rekaan",
        "logistics": {**carrier, **places},
        "dropshipper_info": {"name": "", "phone": ""},
        "voucher_info": {"voucher_code": "", "voucher_type": 0},
        "custom_fields": {},
    }


def _bundles(order: Json, as_notified: Callable[[Json], Json]) -> Json:
    """Return the bundle detail of an order with each item as a notification has it."""
    detail = order["bundle_detail"]
    if not isinstance(detail, dict):
        return detail
    bundles = [
        {**bundle, "order_detail": [as_notified(item) for _, item in objects(bundle, "order_detail")]}
        for _, bundle in objects(detail, "bundle")
    ]
    return {
        **detail,
        "bundle": bundles,
        "non_bundle": [as_notified(item) for _, item in objects(detail, "non_bundle")],
    }


def status(order: Json, seller: Json) -> Json:
    """Return the notice of a status: the documented members."""
    return {
        "fs_id": seller["fs_id"],
        **{name: order[name] for name in ("order_status", "order_id", "shop_id", "warehouse_id")},
        "product_details": _products(order),
    }


def _products(order: Json) -> list[Json]:
    products = [_in_lower_case(product) for _, product in objects(order, "products")]
    return [
        {**{name: value for name, value in product.items() if name != "is_wholesale"}, "currency": "Rp."}
        for product in products
    ]


def _in_lower_case(part: Json) -> Json:
    """Return a part of an order with `name`, as the notifications write the `Name` of the order list."""
    if not isinstance(part, dict):
        return part
    return {"name" if name == "Name" else name: value for name, value in part.items()}


def _kept(part: Json, names: Sequence[str]) -> dict[str, Json]:
    """Return those of the named members that a part of an order has."""
    given = _in_lower_case(part) if isinstance(part, dict) else {}
    return {name: given[name] for name in names if name in given}
