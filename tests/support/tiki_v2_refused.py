"""Calls that rules of Tiki's Open API forbid, one for each rule: the seeded sandbox refuses them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from support.sandboxes import Client
from support.tiki_v2_samples import ORDERS, PRODUCTS, QUEUES, V2, V21, WAREHOUSE, sample

FIRST = {"authorization": "Bearer FAKE-TOKEN-FOR-TESTS", "content-type": "application/json"}
OTHER = {**FIRST, "authorization": "Bearer FAKE-TOKEN-OTHER"}
TEXT = {**FIRST, "content-type": "text/plain"}


class Refused(NamedTuple):
    """A call that violates one rule."""

    method: str
    url: str
    body: Any = None
    headers: Mapping[str, str] = MappingProxyType(FIRST)
    status: str = ""
    """Status to which the order is moved before."""


def create(**changes: Any) -> Refused:
    """Return the call that creates a product, with changed members."""
    return Refused("POST", f"{V21}/requests", {**sample("createProductRequest"), **changes})


def variants(*changes: dict[str, Any]) -> list[Any]:
    """Return a variant for each of the changes."""
    return [{**sample("createProductRequest")["variants"][0], **change} for change in changes]


def update(**changes: Any) -> Refused:
    """Return the call that changes a product."""
    return Refused("PUT", f"{PRODUCTS}/updateSku", {"product_id": 2_166_152, **changes})


def confirm(code: str, way: str, **body: Any) -> Refused:
    """Return the call that confirms an order."""
    return Refused("POST", f"{ORDERS}/{code}/{way}", {"seller_inventory_id": WAREHOUSE, **body})


def deliver(code: str, way: str, **body: Any) -> Refused:
    """Return the call that reports a delivery."""
    return Refused("POST", f"{ORDERS}/{code}/{way}", body)


TWO = {"option1": "S", "option2": "Red"}
NO_BRAND = {
    name: value for name, value in sample("createProductRequest")["attributes"].items() if name != "brand"
}
UNLISTED = {**sample("createProductRequest")["attributes"], "origin": "Nowhere"}
STOCK = [{"warehouse_id": 7, "qty_available": 1}]
ABROAD, DROPSHIP, CANCELED, PICKING = "700000009", "700000012", "700000013", "700000014"

REFUSED: dict[str, Refused] = {
    "tiki-v2.token-present": Refused("GET", ORDERS, headers={}),
    "tiki-v2.page": Refused("GET", f"{V2}/brands?page=0"),
    "tiki-v2.category-filter": Refused("GET", f"{V2}/categories?isPrimary=maybe"),
    "tiki-v2.variant-price": create(variants=variants({**TWO, "price": 0})),
    "tiki-v2.variant-options": create(
        variants=variants({"option1": "S"}, {"option1": "M", "sku": "another"})
    ),
    "tiki-v2.option-attributes-count": create(
        option_attributes=["size", "color", "Kích cỡ"], variants=variants(TWO)
    ),
    "tiki-v2.sku-unique": create(variants=variants(TWO, {**TWO, "option1": "M"})),
    "tiki-v2.simple-product": create(option_attributes=[], variants=variants({}, {"sku": "another"})),
    "tiki-v2.variant-inventory-type": create(variants=variants({**TWO, "inventory_type": "in_stock"})),
    "tiki-v2.variant-inventory-type-registered": create(
        variants=variants({
            **TWO, "seller_warehouse": "188955",
            "warehouse_stocks": [{"warehouseId": 188_955, "qtyAvailable": 3}],
        })
    )._replace(headers=OTHER),
    "tiki-v2.attribute-required": create(attributes=NO_BRAND, variants=variants(TWO)),
    "tiki-v2.attribute-listed": create(category_id=7566, attributes=UNLISTED, variants=variants(TWO)),
    "tiki-v2.category-primary": create(category_id=1846, variants=variants(TWO)),
    "tiki-v2.variant-warehouse-known": create(
        variants=variants({
            **TWO, "seller_warehouse": "7", "warehouse_stocks": [{"warehouseId": 7, "qtyAvailable": 3}],
        })
    ),
    "tiki-v2.auto-turn-on": create(variants=variants(TWO), meta_data={"is_auto_turn_on": "yes"}),
    "tiki-v2.info-attributes": Refused(
        "POST", f"{V2}/requests/updateProductInfo", {"product_id": 2_166_152, "attributes": []}
    ),
    "tiki-v2.update-price": update(price=0),
    "tiki-v2.update-active": update(active=2),
    "tiki-v2.stock-negative": update(
        seller_warehouse="1034", warehouse_quantities=[{"warehouse_id": 1034, "qty_available": -1}]
    ),
    "tiki-v2.update-warehouse-known": update(seller_warehouse="7", warehouse_quantities=STOCK),
    "tiki-v2.products-limit": Refused("GET", f"{PRODUCTS}?limit=101"),
    "tiki-v2.content-type": update(price=130_000)._replace(headers=TEXT),
    "tiki-v2.orders-fulfillment-filter": Refused("GET", f"{ORDERS}?fulfillment_type={quote('in|pigeon')}"),
    "tiki-v2.confirm-items-dropship": confirm(
        DROPSHIP, "confirm-available", available_item_ids=[7_000_000_120, 7_000_000_121]
    ),
    "tiki-v2.confirm-dropship-kind": confirm(
        "700000002", "dropship/confirm-available", confirmation_status="seller_confirmed"
    ),
    "tiki-v2.confirm-status": confirm(PICKING, "confirm-available", available_item_ids=[7_000_000_140]),
    "tiki-v2.seller-delivery-kind": deliver(
        DROPSHIP, "seller-delivery/update-delivery", status="successful_delivery"
    )._replace(status="picking"),
    "tiki-v2.seller-delivery-cause-given": deliver(
        PICKING, "seller-delivery/update-delivery", status="failed_delivery"
    ),
    "tiki-v2.seller-delivery-appointment-given": deliver(
        PICKING, "seller-delivery/update-delivery", status="failed_delivery",
        failure_cause="redelivery_appointment",
    ),
    "tiki-v2.delivery-status-kind": deliver(
        PICKING, "cross-border/update-shipment", **sample("updateCrossBorder")
    ),
    "tiki-v2.delivery-status-known": deliver(
        ABROAD, "cross-border/update-shipment", **{**sample("updateCrossBorder"), "status": "lost"}
    )._replace(status="picking"),
    "tiki-v2.print-confirmed": Refused("GET", f"{ORDERS}/{CANCELED}/seller-delivery/labels?format=html"),
    "tiki-v2.print-dropship": Refused("GET", f"{ORDERS}/{PICKING}/dropship/labels?format=html"),
    "tiki-v2.queue-name": Refused("POST", QUEUES, {"name": " "}),
}  # fmt: skip
"""Id of a rule -> a call that the seeded sandbox refuses for it."""


def send(call: Client, one: Refused) -> Any:
    """Send a call that must be refused."""
    if one.status:
        call.box.move(one.url.split("/")[4], one.status)
    return call(one.method, one.url, one.body, headers=dict(one.headers))
