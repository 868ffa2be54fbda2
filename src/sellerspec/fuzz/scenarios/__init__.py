"""What is known of each marketplace beyond its spec: how to learn its state, and documented sequences."""

from importlib import import_module

from sellerspec.fuzz.target import Scenario

NAMES = ("tiki", "tnsl", "tokopedia")


def scenario(marketplace: str) -> Scenario:
    """Return the book of a marketplace; an empty one for a marketplace that has none."""
    if marketplace not in NAMES:
        return Scenario()
    found: Scenario = import_module(f"sellerspec.fuzz.scenarios.{marketplace}").BOOK
    return found
