"""The facts that responses of the Open API give."""

from collections.abc import Mapping

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.facts import an_object_with, enveloped
from sellerspec.marketplaces.tiki.facts import has_items, has_kind
from sellerspec.model import Facts, Json
from sellerspec.rules import FactForm, number


def _warehouses(value: Json) -> Json:
    listed = enveloped(value)
    fits = isinstance(listed, list) and all(number(member(item, "id")) is not None for item in listed)
    return listed if fits else None


def _category(value: Json) -> Json:
    category = an_object_with(value, "id")
    return category if number(member(category, "id")) is not None else None


def _attributes(value: Json) -> Json:
    """Return the attributes of a category; each has a code and says whether it is required."""
    listed = enveloped(value)
    fits = isinstance(listed, list) and all(
        isinstance(member(item, "code"), str) and isinstance(member(item, "is_required"), bool)
        for item in listed
    )
    return listed if fits else None


def _have_values(attributes: Json) -> bool:
    """Return whether each attribute that takes listed values only has them in `values`."""
    chosen = [item for item in attributes if item.get("input_type") in LISTED]
    return all(isinstance(item.get("values"), list) for item in chosen)


def _list(value: Json) -> Json:
    listed = enveloped(value)
    return listed if isinstance(listed, list) else None


ORDER = ("code", "fulfillment_type", "items", "status")
"""Members of which an order has at least one."""

FORMS: Mapping[str, FactForm] = {
    "order": FactForm(
        "the response of `getOrder`",
        lambda value: an_object_with(value, *ORDER),
        parts={
            "fulfillment_type": has_kind,
            "items": has_items,
            "status": lambda order: isinstance(order.get("status"), str),
        },
        identity="code",
        named="code",
    ),
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
    "attributes": FactForm(
        "the response of `getCategoryAttributes`, with the `values` of `getAttributeValues` in each",
        _attributes,
        parts={"values": _have_values},
    ),
    "option_labels": FactForm("the response of `getOptionLabels`", _list),
    "required_docs": FactForm("the response of `getRequiredDocs`", _list),
    "warehouses": FactForm("the response of `listSellerWarehouses`", _warehouses),
}


def warehouse_ids(facts: Facts) -> tuple[int, ...]:
    """Return the ids of the seller's warehouses, for rules that need the fact `warehouses`."""
    return tuple(id for item in facts.warehouses if (id := number(item.get("id"))) is not None)


def option_labels(facts: Facts) -> list[str]:
    """Return the option labels of the category; the form of the response is assumed."""
    return [label for item in facts.option_labels or () if (label := _label(item))]


def _label(item: Json) -> str:
    """Return the text of an entry: the entry itself, or its first member of that kind."""
    if isinstance(item, str):
        return item
    named = (member(item, name) for name in ("label", "name", "value", "code"))
    return next((text for text in named if isinstance(text, str) and text), "")


def document_ids(facts: Facts) -> list[int]:
    """Return the ids of the required documents; the form of the response is assumed."""
    ids = (number(member(item, "document_id") or member(item, "id")) for item in facts.required_docs or ())
    return [id for id in ids if id is not None]


LISTED = ("select", "multiselect")
"""Input types of attributes that take listed values only."""


def value_texts(attribute: Mapping[str, Json]) -> list[str]:
    """Return the values that an attribute lists, as `getAttributeValues` returns them."""
    listed = attribute.get("values") or ()
    return [str(item["value"]) for item in listed if isinstance(item, dict) and "value" in item]
