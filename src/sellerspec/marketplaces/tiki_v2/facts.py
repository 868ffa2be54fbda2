"""The facts that responses of the Open API give."""

from collections.abc import Mapping

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.facts import an_object_with, enveloped
from sellerspec.marketplaces.tiki.facts import has_items, has_kind
from sellerspec.model import Facts, Json
from sellerspec.rules import FactForm, FactSource, number


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
    return all(_are_values(item.get("values")) for item in chosen)


def _are_values(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(member(item, "value"), str) for item in value)


def _labels(value: Json) -> Json:
    """Return option labels of which each is a text, or has one."""
    listed = enveloped(value)
    return listed if isinstance(listed, list) and all(map(_label, listed)) else None


def _documents(value: Json) -> Json:
    """Return required documents of which each has an id."""
    listed = enveloped(value)
    fits = isinstance(listed, list) and all(_document_id(item) is not None for item in listed)
    return listed if fits else None


def _inventory_types(value: Json) -> Json:
    """Return the inventory types of a seller: those of a list, or the `operation_models` of a response."""
    content = enveloped(value)
    types = content.get("operation_models") if isinstance(content, dict) else content
    if not isinstance(types, list | tuple) or not all(isinstance(item, str) for item in types):
        return None
    return tuple(types)


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
    "option_labels": FactForm("the response of `getOptionLabels`, a list of labels", _labels),
    "required_docs": FactForm("the response of `getRequiredDocs`, a list of documents with ids", _documents),
    "warehouses": FactForm("the response of `listSellerWarehouses`", _warehouses),
    "inventory_types": FactForm("a list of texts, or the response of `getSeller`", _inventory_types),
}


SUPPLIES = "requisition"
"""The type of a warehouse from which the seller supplies goods; the other type takes returns."""


def warehouse_ids(facts: Facts, *, only: str = "") -> tuple[int, ...]:
    """Return the ids of the seller's warehouses, for rules that need the fact `warehouses`.

    Args:
        only: the type of the active warehouses that count; "" for all.
    """
    counting = (
        item for item in facts.warehouses
        if not only or (item.get("type") == only and number(item.get("status")) == 1)
    )  # fmt: skip
    return tuple(id for item in counting if (id := number(item.get("id"))) is not None)


def option_labels(facts: Facts) -> list[str]:
    """Return the option labels of the category; the form of the response is assumed."""
    return [_label(item) for item in facts.option_labels]


def _label(item: Json) -> str:
    """Return the text of an entry: the entry itself, or its first member of that kind."""
    if isinstance(item, str):
        return item
    named = (member(item, name) for name in ("label", "name", "value", "code"))
    return next((text for text in named if isinstance(text, str) and text), "")


def document_ids(facts: Facts) -> list[int]:
    """Return the ids of the required documents; the form of the response is assumed."""
    return [id for item in facts.required_docs if (id := _document_id(item)) is not None]


def _document_id(item: Json) -> int | None:
    """Return the id of a required document, under either name."""
    own = number(member(item, "document_id"))
    return number(member(item, "id")) if own is None else own


LISTED = ("select", "multiselect")
"""Input types of attributes that take listed values only."""


def value_texts(attribute: Mapping[str, Json]) -> list[str]:
    """Return the values that an attribute lists, for rules that need `attributes.values`."""
    return [item["value"] for item in attribute["values"]]


def _takes_listed(attribute: Json) -> bool:
    return member(attribute, "input_type") in LISTED


SOURCES: Mapping[str, FactSource] = {
    "category": FactSource("getCategory", category="id"),
    "attributes": FactSource(
        "getCategoryAttributes", category="id", values_of="getAttributeValues", has_values=_takes_listed
    ),
    "option_labels": FactSource("getOptionLabels", category="id"),
    "required_docs": FactSource("getRequiredDocs", category="category_id"),
    "inventory_types": FactSource("getSeller", member="operation_models"),
    "warehouses": FactSource("listSellerWarehouses"),
}
"""The facts that a server returns."""
