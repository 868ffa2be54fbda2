"""Orders by events: a queue of the shop, its subscriptions, and the pull.

Tiki sends an event again until it is acknowledged. A batch is acknowledged by the next pull, after each of
its orders was kept or put aside; so no order is lost, and one that comes twice is only read once more.
"""

import logging
from typing import Any

from connector.calls import Calls
from connector.errors import Unusable
from connector.shop import OrderBook
from connector.tiki_v2.orders import Orders

QUEUES = "/integration/v1/queues"
NAME = "orders of the shop"
TYPES = ("ORDER_CREATED_SUCCESSFULLY", "ORDER_STATUS_UPDATED")

PULLS = 20
"""The most pulls of one run; the next run goes on."""

log = logging.getLogger(__name__)


class Events:
    """The events of the shop's orders."""

    def __init__(self, calls: Calls, orders: Orders, book: OrderBook) -> None:
        """Read the orders that events name, and keep them in a book."""
        self.calls = calls
        self.orders = orders
        self.book = book

    def subscribe(self) -> str:
        """Return the code of the shop's queue, with its subscriptions; what is missing is made."""
        queue = self._queue()
        if queue is None:
            queue = self.calls.post(code, QUEUES, {"name": NAME}, self._queue)
        path = f"{QUEUES}/{queue}/subscriptions"
        for type in TYPES:
            known = self.calls.get(subscriptions, path).get(type)
            if known is None:
                self.calls.post(code, path, {"event_type": type}, lambda type=type: self._code(path, type))
            elif known.get("active") is False and known.get("code"):
                self.calls.put(str, f"{path}/{known['code']}", {"active": True})
        return queue

    def _queue(self) -> str | None:
        return self.calls.get(queues, QUEUES).get(NAME)

    def _code(self, path: str, type: str) -> str | None:
        known = self.calls.get(subscriptions, path).get(type)
        return None if known is None else known.get("code") or ""

    def pull(self, queue: str) -> None:
        """Keep all orders that events of a queue are about, and look again at those put aside."""
        self._keep(list(self.book.aside))
        acknowledged: str | None = None
        for _ in range(PULLS):
            body = {"ack_id": acknowledged}
            # a pull changes nothing but what it acknowledges, so it may be repeated
            events, ack_id = self.calls.post(batch, f"{QUEUES}/{queue}/events/pull", body, lambda: None)
            if not events:
                return
            self._keep(about(events))
            acknowledged = ack_id

    def _keep(self, codes: list[str]) -> None:
        for code in codes:
            try:
                order = self.orders.read(code)
            except Unusable as error:
                self.book.put_aside(code, str(error))
            else:
                self.book.keep(order)


def code(raw: Any) -> str:
    """Return the code of a queue or a subscription."""
    return raw["code"]


def queues(raw: Any) -> dict[str, str]:
    """Return the codes of queues by their names; of several with one name, that of the first."""
    return {queue["name"]: queue["code"] for queue in reversed(raw)}


def subscriptions(raw: Any) -> dict[str, Any]:
    """Return subscriptions by the type of their events; of several of one type, the first.

    No source shows the response: members may be missing.
    """
    return {one.get("event_type"): one for one in reversed(raw)}


def batch(raw: Any) -> tuple[list[Any], str]:
    """Return the events of one pull, and what acknowledges them."""
    return raw["events"], raw["ack_id"]


def about(events: list[Any]) -> list[str]:
    """Return the codes of the orders that events are about, each once."""
    codes = {}
    for event in events:
        if event.get("type") not in TYPES:
            continue
        if named := (event.get("payload") or {}).get("order_code"):
            codes[str(named)] = True
        else:
            log.error("event %s names no order", event.get("id"))
    return list(codes)
