"""Calls Tiki: pushes books, pulls orders, confirms them."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx

from connector.calls import Calls
from connector.errors import MarketplaceError
from connector.shop import Book, Line, Order, Review

CATEGORY = 218
"""Children's books: they need an author, and may differ in their cover."""

SUPPLIER = 239091
WAREHOUSE = {"warehouse_code": "sg", "seller_inventory_id": 882}
"""The main one."""

PAGE = 20
DELIVERY = timedelta(days=2)
"""How long the shop takes to deliver."""

REVIEWED = ("approved", "rejected", "deleted")
"""The states in which a request stays."""

TLS = httpx.create_ssl_context()
"""It is loaded once, because that takes longer than a call."""

LOOKS = 12
LOOK_AGAIN = 600.0
"""Seconds between two looks at a request."""


def connect(url: str, token: str, *, timeout: float = 10) -> httpx.Client:
    """Return the client that `Tiki` calls with."""
    return httpx.Client(base_url=url, headers={"tiki-api": token}, timeout=timeout, verify=TLS)


class Tiki:
    """Tiki, as the shop uses it; what goes wrong is a `MarketplaceError`."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        now: Callable[[], datetime] = datetime.now,
        sleep: Callable[[float], Any] = time.sleep,
    ) -> None:
        """Use a client that has the base URL and the token; `now` is Tiki's wall clock."""
        self.calls = Calls(client, sleep)
        self.now = now
        self._pushed: set[str] = set()

    def push(self, book: Book) -> str:
        """Offer a book for sale; return the trace id of the request."""
        since = {"created_at_min": text(self.now() - timedelta(minutes=1))}

        def taken() -> str | None:
            ids = self.calls.get(trace_ids, "/v1/tracking", since)
            return next((id for id in ids if id not in self._pushed), None)

        id = self.calls.post(trace_id, "/v1/products", product(book), taken)
        self._pushed.add(id)
        return id

    def review(self, trace_id: str) -> Review:
        """Return where a request stands as soon as Tiki has decided, or after the last look."""
        for _ in range(LOOKS):
            seen = self.calls.get(review, f"/v1/tracking/{trace_id}")
            if seen.state in REVIEWED:
                break
            self.calls.sleep(LOOK_AGAIN)
        return seen

    def reprice(self, sku: str, price: int) -> None:
        """Change the price of a variant that is on sale."""

        def taken() -> None:
            raise MarketplaceError(f"nobody knows whether the price of {sku} has changed")

        self.calls.post(str, f"/v1/products/{sku}/updateSku", {"price": price}, taken)

    def orders(self) -> Iterator[Order]:
        """Return the orders that wait for a confirmation, page by page, each of them once."""
        seen: dict[str, Order] = {}
        for page in count(1):
            query = {"status": "queueing", "page": page, "limit": PAGE}
            listed = self.calls.get(orders, "/v1/orders", query)
            # the counts of pages are not reliable, and an order may move to the next page meanwhile
            new = {order.code: order for order in listed if order.code not in seen}
            if not new:
                return
            seen |= new
            yield from new.values()

    def confirm(self, code: str, available: set[str]) -> list[int]:
        """Confirm the items of an order that are available; return their ids.

        An item that is left out counts as not available.
        """
        found = self.calls.get(order, f"/v1/orders/{code}")
        if found.status == "canceled":
            raise MarketplaceError(f"the buyer has canceled order {code}")
        items = [line.id for line in found.lines if line.article in available]
        body = {"order_code": code, "item_ids": items, **self._warehouse(found.region)}
        body["delivery_commitment_time"] = text(self.now() + DELIVERY)
        self.calls.post(str, "/v1/orders/confirmItems", body, lambda: self._confirmed(code))
        return items

    def _confirmed(self, code: str) -> str | None:
        """Return the status of an order of which no item waits for its confirmation, else None."""
        found = self.calls.get(order, f"/v1/orders/{code}")
        return None if any(line.waits for line in found.lines) else found.status

    def _warehouse(self, region: int | None) -> dict[str, Any]:
        """Return the shop's warehouse in a region, or the main one, as a confirmation names it."""
        query = {} if region is None else {"warehouse_id": region}
        found = self.calls.get(warehouses, "/v1/warehouses", query)
        return found[0] if found else WAREHOUSE


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


def trace_id(raw: Any) -> str:
    """Return the id of a request for a product; later documents have another name for it."""
    return str(raw.get("trace_id") or raw["track_id"])


def trace_ids(raw: Any) -> list[str]:
    """Return the ids of all requests in a list."""
    return [trace_id(request) for request in raw]


def review(raw: Any) -> Review:
    """Return where a request stands."""
    return Review(raw["state"], raw.get("reason") or "")


def orders(raw: Any) -> list[Order]:
    """Return the orders of one page; the table of the document has another name for the list."""
    listed = raw["data"] if "data" in raw else raw["results"]
    return [order(one) for one in listed]


def order(raw: Any) -> Order:
    """Return an order of Tiki as the shop keeps it."""
    return Order(
        "tiki", raw["order_code"], raw["status"], tuple(map(line, raw["items"])), raw.get("warehouse_id")
    )


def line(raw: Any) -> Line:
    """Return an item of an order; the shop's own code of the article may be null, empty or missing."""
    waits = raw.get("confirmation_status") == "waiting"
    return Line(raw.get("original_sku") or raw["sku"], raw["qty"], raw.get("price"), raw["id"], waits)


def warehouses(raw: Any) -> list[dict[str, Any]]:
    """Return what a confirmation says of each warehouse."""
    return [{name: one[name] for name in ("warehouse_code", "seller_inventory_id")} for one in raw]


def text(moment: datetime) -> str:
    """Return a moment as Tiki reads it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
