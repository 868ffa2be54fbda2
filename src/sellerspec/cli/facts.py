"""Facts from the command line: from options and from saved responses."""

from dataclasses import replace
from pathlib import Path

from sellerspec.io import records, resources
from sellerspec.model import Facts, Json


def saved_response(path: str, fact: str) -> Json:
    """Return a marketplace's response saved in a file, without an envelope `data` around it.

    Raises:
        ParseError: the file is missing, is no JSON, or holds neither an object nor a list.
    """
    value = resources.read_json(Path(path))
    if isinstance(value, dict) and set(value) <= {"data", "code", "paging"} and "data" in value:
        value = value["data"]
    return records.fact(fact, value, path)


def merged(first: Facts, second: Facts | None) -> Facts:
    """Return the facts of both; where both have one, the first counts."""
    if second is None:
        return first
    given = {name: getattr(first, name) for name in first.given()}
    return replace(second, **given)


OPTIONS = {
    "category": "--category",
    "order": "--order",
    "warehouses": "--warehouses",
    "seller": "--seller",
    "inventory_types": "--inventory-types",
    "suppliers": "--suppliers",
    "listing_price": "--listing-price",
    "now": "--now",
}
"""Fact -> the option that gives it."""
