"""Requirements of the variants of a product."""

from collections.abc import Iterator, Mapping

from sellerspec.comparisons import Distinct, NotAmong, compares
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.model import Facts, Json
from sellerspec.rules import Violation, objects

OPTIONS = ("option1", "option2")
"""The options of a variant: one for each option attribute of the product."""


@compares(Distinct("variants", ("sku",)))
def sku_unique(same: Mapping[str, str], first: str) -> str:
    """each variant of a payload has another `sku`"""
    return _unique(same, first)


@compares(Distinct("variants", OPTIONS, as_many_as="option_attributes"))
def options_unique(same: Mapping[str, str], first: str) -> str:
    """no two variants have the same values for all option attributes"""
    return _unique(same, first)


@compares(NotAmong(OPTIONS, others="option_attributes", items="variants"))
def option_value(name: str, text: str) -> str:
    """an option holds a value, such as `Black`, not the name of the option attribute"""
    return messages.must_be(name, "a value such as `Black`, not an item of `option_attributes`", text)


SPELLINGS = {"drop_ship": "dropship"}
"""Spelling of 2020 of an inventory type -> the one of today."""


def inventory_type_registered(product: Json, facts: Facts) -> Iterator[Violation]:
    """the inventory type is one that the seller has registered"""
    registered = tuple(facts.inventory_types or ())
    known = {SPELLINGS.get(name, name) for name in registered}
    for index, variant in objects(product, "variants"):
        given = variant.get("inventory_type")
        if isinstance(given, str) and SPELLINGS.get(given, given) not in known:
            required = f"one that the seller has registered, {messages.listed(registered)}"
            yield Violation(
                ("variants", index, "inventory_type"),
                messages.must_be("inventory_type", required, given, registered),
                _unregistered(given, registered),
            )


def attribute_clash(product: Json, _: Facts) -> Iterator[Violation]:
    """an attribute of a variant does not contradict the same attribute of the product"""
    shared = member(product, "attributes")
    if not isinstance(shared, dict):
        return
    for index, variant in objects(product, "variants"):
        own = variant.get("attributes")
        for code, value in own.items() if isinstance(own, dict) else ():
            if value not in (None, "") and shared.get(code) not in (None, "", value):
                message = messages.must_equal(f"attributes.{code}", shared[code], "as in the product", value)
                yield Violation(("variants", index, "attributes", code), message)


def _unique(same: Mapping[str, str], first: str) -> str:
    names = messages.names(same)
    return messages.unique(
        names if len(same) == 1 else f"the pair of {names}", "variant", same.values(), first
    )


def _unregistered(given: str, registered: tuple[str, ...]) -> str | None:
    """Return the observed refusal; None if several types are registered, which was never observed."""
    if len(registered) != 1:
        return None
    (only,) = registered
    return (
        "variants inventory_type error => Seller haven't registered inventory_type = "
        f"{given} ,please choose 1 over here : [{only}]"
    )
