"""The facts that responses of the Open API give."""

from collections.abc import Mapping

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.facts import an_object_with, enveloped
from sellerspec.model import Facts, Json
from sellerspec.rules import FactForm, number


def _warehouses(value: Json) -> Json:
    listed = enveloped(value)
    fits = isinstance(listed, list) and all(number(member(item, "id")) is not None for item in listed)
    return listed if fits else None


def _category(value: Json) -> Json:
    category = an_object_with(value, "id")
    return category if number(member(category, "id")) is not None else None


FORMS: Mapping[str, FactForm] = {
    "category": FactForm(
        "the response of `getCategory`",
        _category,
        parts={
            "id": lambda _: True,
            "is_primary": lambda category: isinstance(category.get("is_primary"), bool),
        },
        identity="id",
        named="category_id",
    ),
    "warehouses": FactForm("the response of `listSellerWarehouses`", _warehouses),
}


def warehouse_ids(facts: Facts) -> tuple[int, ...]:
    """Return the ids of the seller's warehouses, for rules that need the fact `warehouses`."""
    return tuple(id for item in facts.warehouses if (id := number(item.get("id"))) is not None)
