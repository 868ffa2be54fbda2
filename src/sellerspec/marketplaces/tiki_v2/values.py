"""Rules of createProductRequest about listed values: of attributes, of options, of prices and weights."""

from collections.abc import Iterator, Mapping
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki_shared.product import attributes_of, holders, known_attributes
from sellerspec.marketplaces.tiki_v2.facts import LISTED, option_labels, value_texts
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule, texts
from sellerspec.schema.messages import seen
from sellerspec.values import amount

_rule = partial(rule, on="createProductRequest")
_LIVE = ("client-shop", "category attributes")

LEAST_PRICE, MOST_PRICE = 1_000, 20_000_000
"""The range of prices, in dong, that an integrator copied from the pages for sellers."""

LEAST_WEIGHT, MOST_WEIGHT = 0.001, 100.0
"""The range of shipping weights, in kilograms, from the same pages."""

VOLUME = 6_000
"""Cubic centimetres that count as one kilogram."""


@_rule(
    "tiki-v2.attribute-listed",
    source=("open-site", "create product request"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    status=422,
    needs="attributes.values",
)
def attribute_listed(product: Json, facts: Facts) -> Iterator[Violation]:
    """the value of a `select` or `multiselect` attribute is one that the attribute lists"""
    known = known_attributes(facts)
    for path, holder in holders(product):
        for code, value in attributes_of(holder).items():
            attribute = known.get(code, {})
            if attribute.get("input_type") not in LISTED:
                continue
            listed = value_texts(attribute)
            given = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            for index, one in given:
                if one not in (None, "") and not isinstance(one, dict | list) and str(one) not in listed:
                    place = (*path, "attributes", code, *(() if index is None else (index,)))
                    required = "a value that the attribute lists"
                    yield Violation(place, messages.must_be(f"attributes.{code}", required, one, listed))


@_rule(
    "tiki-v2.attribute-single",
    source=("client-shop", "requests"),
    basis=Basis.INFERRED,
    needs="attributes",
)
def attribute_single(product: Json, facts: Facts) -> Iterator[Violation]:
    """only a `multiselect` attribute has a list of values"""
    known = known_attributes(facts)
    for path, holder in holders(product):
        for code, value in attributes_of(holder).items():
            kind = known.get(code, {}).get("input_type", "multiselect")
            if isinstance(value, list) and kind != "multiselect":
                required = f"must be one value, because its `input_type` is {seen(kind)}"
                message = f"`attributes.{code}` {required}, got a list"
                yield Violation((*path, "attributes", code), message)


@_rule("tiki-v2.attributes-other", source=_LIVE, basis=Basis.INFERRED, needs="attributes")
def attributes_other(product: Json, facts: Facts) -> Iterator[Violation]:
    """the attributes given as a fact are those of the category that the product names"""
    named = number(member(product, "category_id"))
    stated = (number(attribute.get("category_id")) for attribute in facts.attributes)
    known = next((id for id in stated if id is not None and id != named), None)
    if named is not None and known is not None:
        message = messages.must_equal("category_id", known, "that of the attributes that were given", named)
        yield Violation(("category_id",), message)


@_rule(
    "tiki-v2.option-label-known",
    source=("open-site", "create product request"),
    basis=Basis.INFERRED,
    needs="option_labels",
    hint="getOptionLabels lists the labels of a category; no source shows its response",
)
def option_label_known(product: Json, facts: Facts) -> Iterator[Violation]:
    """each option attribute is an option label of the category"""
    labels = option_labels(facts)
    for index, label in texts(product, "option_attributes") if labels else ():
        if label and label not in labels:
            name = f"option_attributes[{index}]"
            message = messages.must_be(name, "an option label of the category", label, labels)
            yield Violation(("option_attributes", index), message)


@_rule(
    "tiki-v2.price-range",
    source=("client-odoo", "create product request"),
    basis=Basis.INFERRED,
    hint="an integrator has this range from the pages for sellers; that the API keeps to it is our reading",
)
def price_range(product: Json, _: Facts) -> Iterator[Violation]:
    """the `price` of a variant is between 1,000 and 20,000,000 dong"""
    for index, variant in objects(product, "variants"):
        price = number(variant.get("price"))
        if price is not None and price > 0 and not LEAST_PRICE <= price <= MOST_PRICE:
            message = messages.must_be("price", f"between {LEAST_PRICE:,} and {MOST_PRICE:,} dong", price)
            yield Violation(("variants", index, "price"), message)


@_rule(
    "tiki-v2.weight-range",
    source=("client-odoo", "create product request"),
    basis=Basis.INFERRED,
    hint="the shipping weight is the weight, or length x width x height / 6,000 where that is more",
)
def weight_range(product: Json, _: Facts) -> Iterator[Violation]:
    """the shipping weight of a product is between 0.001 and 100 kg"""
    attributes = attributes_of(product)
    weight = _shipping(attributes)
    if weight is not None and not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        required = f"between {LEAST_WEIGHT} and {MOST_WEIGHT:.0f} kg"
        message = f"the shipping weight must be {required}, got {weight:.4g} kg"
        yield Violation(("attributes", "product_weight_kg"), message)


def _shipping(attributes: Mapping[str, Json]) -> float | None:
    """Return the shipping weight in kilograms; None if weight or sizes are not given."""
    weight = amount(attributes.get("product_weight_kg"))
    sides = [amount(attributes.get(f"product_{side}")) for side in ("length", "width", "height")]
    if weight is None:
        return None
    volume = 1.0
    for side in sides:
        volume *= side or 0
    return max(float(weight), volume / VOLUME)


VALUE_RULES: tuple[Rule, ...] = (
    attribute_listed,
    attribute_single,
    attributes_other,
    option_label_known,
    price_range,
    weight_range,
)
