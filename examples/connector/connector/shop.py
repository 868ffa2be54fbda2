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
class Order:
    """One order to be packed."""

    marketplace: str
    code: str
    lines: tuple[tuple[str, int], ...]
    """Code of the article and quantity."""
