"""Calls Tiki: pushes books, pulls orders, confirms them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx

from connector.shop import Book, Order

CATEGORY = 218
"""Children's books: they need an author, and may differ in their cover."""

SUPPLIER = 239091
PAGE = 20
DELIVERY = timedelta(days=2)
"""How long the shop takes to deliver."""


def connect(url: str, token: str) -> httpx.Client:
    """Return the client that `Tiki` calls with."""
    return httpx.Client(base_url=url, headers={"tiki-api": token}, timeout=10)


class Tiki:
    """Tiki, as the shop uses it."""

    def __init__(self, client: httpx.Client, *, now: Callable[[], datetime] = datetime.now) -> None:
        """Use a client that has the base URL and the token; `now` is Tiki's wall clock."""
        self.client = client
        self.now = now

    def push(self, book: Book) -> str:
        """Offer a book for sale; return the trace id of the request."""
        response = self.client.post("/v1/products", json=product(book))
        response.raise_for_status()
        return str(response.json()["trace_id"])

    def state(self, trace_id: str) -> str:
        """Return the state of a request."""
        response = self.client.get(f"/v1/tracking/{trace_id}")
        response.raise_for_status()
        return str(response.json()["state"])

    def reprice(self, sku: str, price: int) -> None:
        """Change the price of a variant that is on sale."""
        response = self.client.post(f"/v1/products/{sku}/updateSku", json={"price": price})
        response.raise_for_status()

    def orders(self) -> Iterator[Order]:
        """Return the orders that wait for a confirmation, page by page."""
        page = last = 1
        while page <= last:
            query = {"status": "queueing", "page": page, "limit": PAGE}
            response = self.client.get("/v1/orders", params=query)
            response.raise_for_status()
            body = response.json()
            last = body["paging"]["last_page"]
            page += 1
            yield from (order(raw) for raw in body["data"])

    def confirm(self, code: str, available: set[str]) -> list[int]:
        """Confirm the items of an order that are available; return their ids.

        An item that is left out counts as not available.
        """
        response = self.client.get(f"/v1/orders/{code}")
        response.raise_for_status()
        raw = response.json()
        items = [item["id"] for item in raw["items"] if item["original_sku"] in available]
        body = {"order_code": code, "item_ids": items, **self._warehouse(raw["warehouse_id"])}
        body["delivery_commitment_time"] = (self.now() + DELIVERY).strftime("%Y-%m-%d %H:%M:%S")
        self.client.post("/v1/orders/confirmItems", json=body).raise_for_status()
        return items

    def _warehouse(self, region: int) -> dict[str, Any]:
        """Return the shop's warehouse in a region, as a confirmation names it."""
        response = self.client.get("/v1/warehouses", params={"warehouse_id": region})
        response.raise_for_status()
        first = response.json()[0]
        return {name: first[name] for name in ("warehouse_code", "seller_inventory_id")}


def product(book: Book) -> dict[str, Any]:
    """Return the payload of createProduct: one variant for each cover."""
    return {
        "category_id": CATEGORY,
        "name": book.title,
        "description": book.text,
        "market_price": book.price,
        "image": book.pictures[0],
        "images": list(book.pictures[1:]),
        "attributes": {"author": book.author},
        "option_attributes": ["book_cover"],
        "variants": [
            {
                "sku": f"{book.code}-{cover}",
                "price": book.price,
                "quantity": stock,
                "inventory_type": "backorder",
                "supplier": SUPPLIER,
                "option1": cover,
            }
            for cover, stock in book.covers.items()
        ],
    }


def order(raw: dict[str, Any]) -> Order:
    """Return an order of Tiki as the shop keeps it."""
    return Order(
        "tiki", raw["order_code"], tuple((item["original_sku"], item["qty"]) for item in raw["items"])
    )
