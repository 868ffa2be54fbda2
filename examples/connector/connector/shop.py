"""The records of the shop: books and orders."""

from dataclasses import dataclass, field


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


@dataclass(frozen=True)
class Order:
    """One order to be packed."""

    marketplace: str
    code: str
    status: str
    """In the marketplace's words; new ones may come."""

    lines: tuple[Line, ...]
    region: int | None = None
    """Where the marketplace wants it to be sent from, if it says so."""
