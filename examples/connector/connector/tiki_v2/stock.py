"""Stock by warehouse: what is there, what is reserved, what can be sold."""

from collections.abc import Mapping
from typing import Any

from connector.calls import Calls
from connector.shop import Stock

PRODUCTS = "/integration/v2.1/products"


class Stocks:
    """The stock of the shop's products, and their prices."""

    def __init__(self, calls: Calls) -> None:
        """Call Tiki with `calls`."""
        self.calls = calls

    def read(self, product_id: int) -> dict[int, Stock]:
        """Return the stock of a product by warehouse."""
        return self.calls.get(stocks, f"{PRODUCTS}/{product_id}", {"includes": "inventory"})

    def count(self, sku: str, pieces: Mapping[int, int]) -> None:
        """Say how many pieces are in each warehouse, with those that orders have reserved."""
        quantities = [{"warehouse_id": id, "qty_available": count} for id, count in pieces.items()]
        named = ",".join(map(str, pieces))
        self._update({"original_sku": sku, "seller_warehouse": named, "warehouse_quantities": quantities})

    def reprice(self, sku: str, price: int) -> None:
        """Change the price of a product that is on sale."""
        self._update({"original_sku": sku, "price": price})

    def _update(self, body: dict[str, Any]) -> None:
        self.calls.put(str, f"{PRODUCTS}/updateSku", body)


def stocks(raw: Any) -> dict[int, Stock]:
    """Return the stock of a product by warehouse; what Tiki itself stores has none."""
    listed = (raw.get("inventory") or {}).get("warehouse_stocks") or ()
    return {one["warehouse_id"]: Stock(one["quantity_available"], one["quantity_reserved"]) for one in listed}
