"""What is known of each marketplace beyond its spec: how to learn its state, and documented sequences."""

from importlib import import_module

from sellerspec.fuzz.target import Book

NAMES = ("tiki", "tnsl", "tokopedia")


def book(marketplace: str) -> Book:
    """Return the book of a marketplace; an empty one for a marketplace that has none."""
    if marketplace not in NAMES:
        return Book()
    found: Book = import_module(f"sellerspec.fuzz.books.{marketplace}").BOOK
    return found
