"""Orders: read, confirmed, and their labels."""

from typing import Any
from urllib.parse import quote

from connector.calls import Calls
from connector.errors import MarketplaceError
from connector.shop import Line, Order

MAIN = 384740
"""The shop's main warehouse."""

DROPSHIP = "dropship"
ARRIVED = ("successful_delivery", "complete")
LABELS = {
    "tiki_delivery": "tiki-delivery",
    "seller_delivery": "seller-delivery",
    DROPSHIP: "dropship",
    "cross_border": "cross-border",
}
"""Who delivers an order -> the part of the path to its labels."""


class Orders:
    """The orders of the shop."""

    def __init__(self, calls: Calls) -> None:
        """Call Tiki with `calls`."""
        self.calls = calls

    def read(self, code: str) -> Order:
        """Return an order as it is now."""
        return self.calls.get(order, path(code))

    def confirm(self, code: str, available: set[str]) -> list[int]:
        """Confirm the items of an order that are available; return their ids.

        An item that is left out counts as not available. A dropship order is confirmed as a whole, or
        canceled.
        """
        found = self.read(code)
        if found.status == "canceled":
            raise MarketplaceError(f"the buyer has canceled order {code}")
        items = [line.id for line in found.lines if line.article in available]
        body: dict[str, Any] = {"seller_inventory_id": self._warehouse(found)}
        if found.delivery == DROPSHIP:
            items = items if len(items) == len(found.lines) else []
            body |= self._dropship(bool(items))
            way = "dropship/confirm-available"
        else:
            body["available_item_ids"] = items
            way = "confirm-available"
        self.calls.post(str, f"{path(code)}/{way}", body, lambda: self._confirmed(code))
        return items

    def _dropship(self, available: bool) -> dict[str, Any]:
        if not available:
            return {"confirmation_status": "seller_canceled"}
        times = self.calls.get(pickups, "/integration/v2/orders/dropship/expected-pickup-slots")
        return {"confirmation_status": "seller_confirmed", "expected_pickup_time": min(times, default=None)}

    def _confirmed(self, code: str) -> str | None:
        """Return the status of an order of which no item waits for its confirmation, else None."""
        found = self.read(code)
        return None if any(line.waits for line in found.lines) else found.status

    def _warehouse(self, found: Order) -> int:
        """Return the shop's warehouse that an order is taken from."""
        known = next((line.warehouse for line in found.lines if line.warehouse), None)
        if known is not None:
            return known
        if not (found.region or "").isalnum():  # Tiki does not say which of its warehouses waits
            return MAIN
        query = {"tiki_warehouse_codes": found.region}
        supplying = self.calls.get(inventories, "/integration/v2/seller-inventories", query)
        # in whatever order they come, an order is always taken from the same one
        return min(supplying, default=MAIN)

    def delivered(self, code: str) -> None:
        """Say that an order which the shop delivers itself has arrived."""
        body = {"status": "successful_delivery"}
        report = f"{path(code)}/seller-delivery/update-delivery"
        self.calls.post(str, report, body, lambda: self._arrived(code))

    def _arrived(self, code: str) -> str | None:
        status = self.read(code).status
        return status if status in ARRIVED else None

    def label(self, order: Order) -> str | None:
        """Return the address of the labels of a confirmed order, if Tiki names one."""
        kind = LABELS.get(order.delivery)
        if kind is None:
            raise MarketplaceError(f"order {order.code}: there are no labels for `{order.delivery}`")
        return self.calls.get(label, f"{path(order.code)}/{kind}/labels", {"format": "html"})


def path(code: str) -> str:
    """Return the path of an order."""
    return f"/integration/v2/orders/{quote(code, safe='')}"


def order(raw: Any) -> Order:
    """Return an order of Tiki as the shop keeps it."""
    region = (raw.get("tiki_warehouse") or {}).get("code")
    lines = tuple(map(line, raw["items"]))
    return Order("tiki-v2", raw["code"], raw["status"], lines, region, raw["fulfillment_type"])


def line(raw: Any) -> Line:
    """Return an item of an order; the shop's own code of the article may be null, empty or missing."""
    product, waits = raw["product"], raw["confirmation"]["status"] == "waiting"
    article = product.get("seller_product_code") or product["sku"]
    return Line(article, raw["qty"], raw["price"], raw["id"], waits, raw.get("seller_inventory_id"))


def pickups(raw: Any) -> list[str]:
    """Return the times at which a parcel may be picked up; no source is sure of the form."""
    times = (slot.get("expected_pickup_time") for slot in raw.get("pickup_slots") or ())
    return [time for time in times if time]


def inventories(raw: Any) -> list[int]:
    """Return the shop's warehouses that supply a warehouse of Tiki."""
    return [id for mapping in raw["mappings"] for id in mapping["seller_inventory_ids"]]


def label(raw: Any) -> str | None:
    """Return the address of labels: a shipping label, or the invoice of what the seller delivers."""
    return raw.get("shipping_label_url") or raw.get("invoice_label_url")
