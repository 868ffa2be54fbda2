"""Tiki's Open API (v2 and v2.1): orders by events, stock by warehouse, confirmations, labels, new books."""

import time
from collections.abc import Callable
from typing import Any

import httpx

import sellerspec
from connector.calls import Calls
from connector.shop import OrderBook
from connector.tiki import TLS
from connector.tiki_v2.events import Events
from connector.tiki_v2.orders import Orders
from connector.tiki_v2.products import Products
from connector.tiki_v2.stock import Stocks
from connector.tiki_v2.token import Token


def connect(
    url: str, id: str, secret: str, *, now: Callable[[], float] = time.monotonic, timeout: float = 10
) -> httpx.Client:
    """Return the client that `TikiV2` calls with; it gets its tokens by itself.

    Args:
        url: `https://api.tiki.vn`.
        id: of the app.
        secret: of the app.
        now: seconds of a clock that does not go back.
        timeout: seconds.
    """
    return httpx.Client(base_url=url, auth=Token(url, id, secret, now), timeout=timeout, verify=TLS)


class TikiV2:
    """Tiki's Open API, as the shop uses it; what goes wrong is a `MarketplaceError`."""

    def __init__(
        self,
        client: httpx.Client,
        book: OrderBook,
        *,
        facts: sellerspec.Facts | None = None,
        sleep: Callable[[float], Any] = time.sleep,
    ) -> None:
        """Use a client that has the base URL and the token.

        Args:
            client: see `connect`.
            book: where orders are kept.
            facts: what `sellerspec facts tiki-v2` has collected of the category of books.
            sleep: waits some seconds.
        """
        calls = Calls(client, sleep)
        self.orders = Orders(calls)
        self.events = Events(calls, self.orders, book)
        self.stocks = Stocks(calls)
        self.products = Products(calls, facts)
