"""Tokopedia's notices: a new order once it is paid, and each later status of it."""

from collections.abc import Sequence

from sellerspec.marketplaces.common import member
from sellerspec.model import Json
from sellerspec.rules import objects
from sellerspec.sandbox.behaviour import World
from sellerspec.sandbox.tokopedia.seed import UNPAID

TOKOCABANG, SHOP, STATUS = "tokocabangOrderNotification", "orderNotification", "orderStatus"

ADDRESSES = ("order_notification_url", "order_status_url", "order_cancellation_url")
"""Members of the documented registration: where new orders go, statuses, and cancellations."""

CANCELED = (0, 3, 5, 6, 10, 15)
"""Statuses of an order that was canceled or rejected."""

KEPT = (
    "order_id", "invoice_ref_num", "shop_id", "warehouse_id", "payment_id", "amt", "device_type",
    "create_time", "order_status", "accept_partial", "have_product_bundle",
)  # fmt: skip
"""Members that both notifications have in common with the order list."""


def paid(world: World, document: Json) -> Json:
    """Notify of a new order if it is paid and no notice of it was due before; return the document to keep."""
    order, seller = document["order"], document["seller"]
    if order["order_status"] in UNPAID or document.get("notified"):
        return document
    operation, body = (TOKOCABANG, tokocabang) if order["fulfill_by"] == 1 else (SHOP, shop)
    _send(world, operation, ADDRESSES[0], seller, order, body(order, world.state.get("sellers", seller)))
    return {**document, "notified": True}


def changed(world: World, document: Json) -> None:
    """Notify of the status that a paid order has reached.

    A cancellation has an address of its own, and the body of a status. No source shows when it is sent:
    it goes there too, if the address is registered.
    """
    order, seller = document["order"], document["seller"]
    if order["order_status"] not in UNPAID:
        body = status(order, world.state.get("sellers", seller))
        _send(world, STATUS, ADDRESSES[1], seller, order, body)
        if order["order_status"] in CANCELED and ADDRESSES[2] in (world.state.get("webhooks", seller) or {}):
            _send(world, STATUS, ADDRESSES[2], seller, order, body)


def _send(world: World, operation: str, address: str, seller: str, order: Json, body: Json) -> None:
    webhook = world.state.get("webhooks", seller) or {}
    url = webhook.get(address, webhook.get("url"))
    if url:
        world.notify(operation, url, body, event=str(order["order_id"]))


def tokocabang(order: Json, seller: Json) -> Json:
    """Return the notification of an order that Tokopedia's warehouses fulfil: the documented table."""
    return {**_new(order, seller), "fulfillment_order_type": 0}


def shop(order: Json, seller: Json) -> Json:
    """Return the notification of an order of the shop: the documented table."""
    return {**_new(order, seller), "encryption": {"secret": "", "content": ""}}


def _new(order: Json, seller: Json) -> Json:
    """Return what both notifications hold.

    The invoice number has two documented names, in the table and in the example; both are there. What the
    order does not have is missing.
    """
    address = member(order, "recipient", "address")
    places = _kept(address, ("district_id", "city_id", "province_id", "geo"))
    carrier = _kept(order["logistics"], ("shipping_id", "shipping_agency", "service_type"))
    return {
        **_kept(order, KEPT),
        "invoice_num": order["invoice_ref_num"],
        "fs_id": seller["fs_id"],
        "products": _products(order),
        "customer": _kept(order["buyer"], ("id", "name", "phone", "email")),
        "recipient": _in_lower_case(order["recipient"]),
        "shop_name": "Toko Rekaan",
        "logistics": {**carrier, **places},
        "dropshipper_info": {"name": "", "phone": ""},
        "voucher_info": {"voucher_code": "", "voucher_type": 0},
        "custom_fields": {},
        "bundle_detail": order["bundle_detail"],
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
