"""Receives the notices of Tokopedia: a WSGI application."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from connector.shop import Order

Start = Callable[[str, list[tuple[str, str]]], Any]


class Receiver:
    """Receives notices at `/tokopedia/orders`; `orders` holds them by code."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Handle one request of a WSGI server."""
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != "/tokopedia/orders":
            return _response(start, "404 Not Found", {"message": "nothing here"})
        length = int(environ.get("CONTENT_LENGTH") or 0)
        try:
            received = order(json.loads(environ["wsgi.input"].read(length)))
        except (ValueError, KeyError, TypeError):
            return _response(start, "400 Bad Request", {"message": "no order"})
        self.orders[received.code] = received  # a notice that is sent twice is one order
        return _response(start, "200 OK", {"success": True})


def order(raw: dict[str, Any]) -> Order:
    """Return an order of Tokopedia as the shop keeps it."""
    lines = tuple((str(product["sku"]), int(product["quantity"])) for product in raw["products"])
    return Order("tokopedia", str(raw.get("invoice_ref_num") or raw["invoice_num"]), lines)


def _response(start: Start, status: str, body: Any) -> Iterable[bytes]:
    start(status, [("Content-Type", "application/json")])
    return [json.dumps(body).encode()]
