"""Read facts: those of every marketplace, and what the forms of a marketplace's own facts share.

What a fact has to be stands here and in `Marketplace.facts` alone. Rules get it as it was read, and
none of them runs without what it needs: `contract.facts` sees to that.
"""

from collections.abc import Mapping
from datetime import datetime

from sellerspec.io.records import SELLERS
from sellerspec.marketplaces import pictures
from sellerspec.model import Json
from sellerspec.rules import FactForm
from sellerspec.values import number


def enveloped(value: Json) -> Json:
    """Return what stands in the `data` of a response, or the response itself if it has none."""
    return value["data"] if isinstance(value, dict) and isinstance(value.get("data"), dict | list) else value


def an_object_with(value: Json, *names: str) -> Json:
    """Return the object of a response if it has at least one of the named members, else None."""
    content = enveloped(value)
    return content if isinstance(content, dict) and not content.keys().isdisjoint(names) else None


def _seller(value: Json) -> Json:
    return value if isinstance(value, str) and value in SELLERS else None


def _texts(value: Json) -> Json:
    listed = isinstance(value, tuple | list) and all(isinstance(item, str) for item in value)
    return tuple(value) if listed else None


def _numbers(value: Json) -> Json:
    numbers = tuple(map(number, value)) if isinstance(value, tuple | list) else (None,)
    return None if None in numbers else numbers


def _price(value: Json) -> Json:
    price = number(value)
    return price if price is not None and price > 0 else None


def _moment(value: object) -> Json:
    return value if isinstance(value, datetime) and value.tzinfo is None else None


FORMS: Mapping[str, FactForm] = {
    "seller": FactForm("`vietnam` or `global`", _seller),
    "inventory_types": FactForm("a list of texts", _texts),
    "suppliers": FactForm("a list of whole numbers", _numbers),
    "listing_price": FactForm("a whole number above 0", _price),
    pictures.FACT: pictures.FORM,
    "now": FactForm("a date and time without an offset", _moment),
}
"""The facts that do not come from a response."""
