"""Receives the notices of Tokopedia: a WSGI application."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from connector.shop import Line, Order

Start = Callable[[str, list[tuple[str, str]]], Any]

STATUSES = (220, 221, 400, 450, 500, 501, 520, 530, 540, 550, 600, 601, 690, 700, 0, 3, 5, 6, 10, 15)
"""The statuses of an order that is paid, the latest last; those below 100 are of canceled orders."""


class Receiver:
    """Receives notices at `/tokopedia/orders`; `orders` holds them by code."""

    def __init__(self, on_order: Callable[[Order], None] = lambda _: None) -> None:
        """Call `on_order` once for each order that is to be packed."""
        self.orders: dict[str, Order] = {}
        self.on_order = on_order
        self._told: set[str] = set()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Handle one request of a WSGI server."""
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != "/tokopedia/orders":
            return _response(start, "404 Not Found", {"message": "nothing here"})
        length = int(environ.get("CONTENT_LENGTH") or 0)
        try:
            received = order(json.loads(environ["wsgi.input"].read(length)))
        except (ValueError, KeyError, TypeError, AttributeError):
            return _response(start, "400 Bad Request", {"message": "no order"})
        self.receive(received)
        return _response(start, "200 OK", {"success": True})

    def receive(self, received: Order) -> None:
        """Keep what a notice says; it may come twice, late, or before an earlier one."""
        known = self.orders.get(received.code, received)
        status, lines = later(known.status, received.status), known.lines or received.lines
        order = self.orders[received.code] = replace(received, status=status, lines=lines)
        if lines and received.code not in self._told:
            self._told.add(received.code)
            self.on_order(order)


def later(one: str, other: str) -> str:
    """Return the later of two statuses of an order; one that is not known is not later than a known one."""
    return max(other, one, key=lambda status: STATUSES.index(int(status)) if int(status) in STATUSES else -1)


def order(raw: dict[str, Any]) -> Order:
    """Return what a notice of Tokopedia says of an order; one of a status need not name products."""
    products = raw.get("products") or raw.get("product_details") or ()
    return Order("tokopedia", str(raw["order_id"]), str(raw["order_status"]), tuple(map(line, products)))


def line(product: dict[str, Any]) -> Line:
    """Return one product of a notice."""
    return Line(str(product.get("sku") or product["id"]), product["quantity"], product.get("price"))


def _response(start: Start, status: str, body: Any) -> Iterable[bytes]:
    start(status, [("Content-Type", "application/json")])
    return [json.dumps(body).encode()]
