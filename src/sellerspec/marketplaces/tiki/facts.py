"""The facts that Tiki's responses give: an order, a category, the warehouses."""

from collections.abc import Callable, Mapping

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.facts import an_object_with, enveloped
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Facts, Json
from sellerspec.rules import FactForm, number, objects
from sellerspec.values import items

CONFIRMED_BEFORE = "must_confirmed_before_at"
"""The member of an order's item that says until when it is to be confirmed."""

ORDER = ("order_code", "fulfillment_type", "items", "status")
"""Members of which an order has at least one, and no other response has any but `status`."""


def _all_objects(value: Json, name: str, fits: Callable[[Mapping[str, Json]], bool]) -> bool:
    """Return whether `value[name]` is a list with at least one item, all of them objects that fit."""
    listed = [item for _, item in items(value, name)]
    return bool(listed) and all(isinstance(item, dict) and fits(item) for item in listed)


def has_kind(order: Json) -> bool:
    """Return whether an order says who delivers it, by its `fulfillment_type`."""
    return isinstance(member(order, "fulfillment_type"), str) and bool(order["fulfillment_type"])


def has_items(order: Json) -> bool:
    """Return whether an order has items, each with a numeric `id`."""
    return _all_objects(order, "items", lambda item: number(item.get("id")) is not None)


def _has_deadlines(order: Json) -> bool:
    """Return whether each item says until when it is to be confirmed, or says null."""
    return has_items(order) and _all_objects(
        order,
        "items",
        lambda item: (
            CONFIRMED_BEFORE in item
            and (item[CONFIRMED_BEFORE] is None or moment(item[CONFIRMED_BEFORE]) is not None)
        ),
    )


def _category(value: Json) -> Json:
    category = an_object_with(value, "id")
    return category if number(member(category, "id")) is not None else None


def _has_attributes(category: Json) -> bool:
    """Return whether the category lists attributes of the documented form; the list may be empty."""
    listed = isinstance(category.get("attributes"), list)
    return listed and (not category["attributes"] or _all_objects(category, "attributes", _is_attribute))


def _is_attribute(attribute: Mapping[str, Json]) -> bool:
    return isinstance(attribute.get("code"), str) and number(attribute.get("is_required")) in (0, 1)


def _warehouses(value: Json) -> Json:
    listed = enveloped(value)
    return listed if listed == [] or _all_objects({"": listed}, "", lambda _: True) else None


def _all_numbers(warehouses: Json, name: str) -> bool:
    return all(number(warehouse.get(name)) is not None for warehouse in warehouses)


FORMS: Mapping[str, FactForm] = {
    "order": FactForm(
        "the response of `getOrder`",
        lambda value: an_object_with(value, *ORDER),
        parts={"fulfillment_type": has_kind, "items": has_items, CONFIRMED_BEFORE: _has_deadlines},
        identity="order_code",
        named="order_code",
    ),
    "category": FactForm(
        "the response of `getCategory`",
        _category,
        parts={
            "id": lambda _: True,
            "primary": lambda category: number(category.get("primary")) is not None,
            "attributes": _has_attributes,
        },
        identity="id",
        named="category_id",
    ),
    "warehouses": FactForm(
        "the response of `listWarehouses`",
        _warehouses,
        parts={
            "seller_inventory_id": lambda listed: _all_numbers(listed, "seller_inventory_id"),
            "warehouse_id": lambda listed: _all_numbers(listed, "warehouse_id"),
            "warehouse_code": lambda listed: all(
                isinstance(item.get("warehouse_code"), str) for item in listed
            ),
        },
    ),
}


def known_warehouses(facts: Facts) -> list[Mapping[str, Json]]:
    """Return the known warehouses."""
    return [warehouse for _, warehouse in objects({"": facts.warehouses}, "")]
