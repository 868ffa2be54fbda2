"""The records of the shop: books and orders."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Book:
    """One book of the shop, in one cover or several."""

    code: str
    title: str
    text: str
    pictures: tuple[str, ...]
    """Addresses; the first is the main one."""

    author: str
    price: int
    """In dong."""

    covers: dict[str, int] = field(default_factory=dict)
    """Cover (`soft`, `hard`) -> pieces in stock."""


@dataclass(frozen=True)
class Review:
    """Where the request for a new product stands."""

    state: str
    """In the marketplace's words; new ones may come."""

    reason: str = ""
    """Why it was rejected."""


@dataclass(frozen=True)
class Line:
    """One line of an order."""

    article: str
    """The shop's code of the article; the marketplace's own, if it sends no other."""

    quantity: int
    price: int | None = None
    """Of one piece, if the marketplace says it."""

    id: int = 0
    """The marketplace's number of the line; 0 if lines have none."""

    waits: bool = False
    """Whether the marketplace waits for its confirmation."""

    warehouse: int | None = None
    """The shop's warehouse that the marketplace takes it from, if it says so."""


@dataclass(frozen=True)
class Order:
    """One order to be packed."""

    marketplace: str
    code: str
    status: str
    """In the marketplace's words; new ones may come."""

    lines: tuple[Line, ...]
    region: int | str | None = None
    """Where the marketplace wants it to be sent from, if it says so."""

    delivery: str = ""
    """Who delivers it, in the marketplace's words."""


@dataclass(frozen=True)
class Stock:
    """The pieces of one article in one warehouse."""

    available: int
    """Those that are there."""

    reserved: int
    """Those of them that orders wait for."""

    @property
    def sellable(self) -> int:
        """Those that nobody has ordered."""
        return self.available - self.reserved


class OrderBook:
    """The orders that the shop has taken; keeping one twice is as keeping it once."""

    def __init__(self, on_order: Callable[[Order], None] = lambda _: None) -> None:
        """Call `on_order` once for each order that is to be packed."""
        self.orders: dict[str, Order] = {}
        """By code, as they were last."""

        self.aside: dict[str, str] = {}
        """Code of an order that could not be read -> why; someone has to look at it."""

        self.on_order = on_order

    def keep(self, order: Order) -> None:
        """Keep an order as it is now; one that could not be passed on is not kept, and has to come again."""
        if order.code not in self.orders:
            self.on_order(order)
        self.orders[order.code] = order
        self.aside.pop(order.code, None)

    def put_aside(self, code: str, reason: str) -> None:
        """Note that an order could not be read."""
        log.error("order %s is put aside: %s", code, reason)
        self.aside[code] = reason
