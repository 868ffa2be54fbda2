"""The glance at a product names the rules that have to look, and on the usual product none.

That it leaves out no rule with something to report is held by what is drawn in
`test_marketplaces.py`; here, that it spares the calls it is there to spare.
"""

import json
from typing import Any

import pytest

from sellerspec.marketplaces.tiki.glance import to_compare

LOW = "tiki.market-price-low"
SKU = "tiki.sku-unique"
OPTIONS = "tiki.variant-options-unique"
VALUE = "tiki.variant-option-value"
MIXED = "tiki.variants-inventory-types-mixed"
SUPPLIER = "tiki.variants-one-supplier"


def asked(*variants: dict[str, Any], codes: Any = ("color",), **product: Any) -> set[str]:
    """Return the rules named for a product with these variants, each with what it lacks to be usual."""
    usual = [{"sku": f"s{index}", "option1": f"o{index}", **each} for index, each in enumerate(variants)]
    whole = {"image": "m", "images": ["n"], "option_attributes": [*codes], "variants": usual, **product}
    return {*to_compare(json.loads(json.dumps(whole)))}


@pytest.mark.parametrize("count", [1, 2, 300])
def test_a_usual_product_is_settled_by_the_glance(count: int) -> None:
    each = {"price": 5000, "market_price": 5000, "supplier": 7000, "inventory_type": "instock"}
    assert asked(*[each] * count) == set()
    assert asked(*[each] * count, codes=()) == set()
    two = [{**each, "option1": "x", "option2": f"y{index}"} for index in range(count)]
    assert asked(*two, codes=("color", "size")) == set()


def test_pictures_are_looked_at_where_the_main_one_is_among_them() -> None:
    assert asked({}, images=["n", "m"]) == {"tiki.image-repeated"}
    assert asked({}, images=["l", "n"]) == asked({}, images=[]) == set()


@pytest.mark.parametrize(
    ("own", "shared", "price", "low"),
    [
        (4999, None, 5000, True),
        (5000, None, 5000, False),
        (5001, None, 5000, False),
        (None, 4999, 5000, True),
        (None, 5000, 5000, False),
        (None, 5001, 5000, False),
        (5001, 4999, 5000, False),
        (4999, 5001, 5000, True),
        (0, 5000, 5000, False),
        (0, 4999, 5000, True),
        (None, None, 5000, False),
        (5000, None, None, False),
    ],
)
def test_prices_are_looked_at_below_the_price(own: Any, shared: Any, price: Any, low: bool) -> None:
    variant = {"market_price": own, "price": price}
    assert asked(variant, market_price=shared) == ({LOW} if low else set())


@pytest.mark.parametrize(("own", "price"), [("10000", "9000"), ("9000", 10000), (10000, "9000")])
def test_of_prices_that_are_texts_the_glance_says_nothing(own: Any, price: Any) -> None:
    with pytest.raises(TypeError):
        asked({"market_price": own, "price": price})


@pytest.mark.parametrize("other", [6999, 7001, None])
def test_suppliers_are_looked_at_where_one_differs_from_the_first(other: int | None) -> None:
    assert asked({"supplier": 7000}, {"supplier": 7000}, {"supplier": other}) == {SUPPLIER}
    assert asked({"supplier": other}, {"supplier": 7000}) == {SUPPLIER}
    assert asked({"supplier": 7000}, {"supplier": 7000}) == asked({}, {}) == set()


@pytest.mark.parametrize("first", ["a", "cross_border", "z", None])
@pytest.mark.parametrize("second", ["a", "cross_border", "z", None])
def test_inventory_types_are_looked_at_where_the_border_divides_them(first: Any, second: Any) -> None:
    mixed = (first == "cross_border") is not (second == "cross_border")
    found = asked({"inventory_type": first}, {"inventory_type": first}, {"inventory_type": second})
    assert found == ({MIXED} if mixed else set())


def test_attributes_are_looked_at_where_a_variant_has_some() -> None:
    assert asked({"attributes": {"a": 1}}) == {"tiki.variant-attribute-clash"}
    assert asked({"attributes": {}}) == asked({"attributes": None}) == set()


def test_options_are_looked_at_where_one_is_called_like_an_option_attribute() -> None:
    assert asked({"option1": "color"}) == {VALUE}
    assert asked({"option1": "colo"}) == asked({"option1": "colors"}) == set()
    assert asked({"option2": "size"}, codes=("color", "size")) == {VALUE}
    assert asked({"option2": "color"}, codes=("color", "size")) == {VALUE}
    assert asked({"option1": "size", "option2": "x"}, codes=("color", "size")) == {VALUE}
    assert asked({"option2": "b"}, codes=("color", "size")) == set()


def test_a_value_that_stands_twice_is_looked_at() -> None:
    assert asked({"sku": "a"}, {"sku": "b"}, {"sku": "a"}) == {SKU}
    assert asked({"option1": "a"}, {"option1": "b"}, {"option1": "a"}) == {OPTIONS}
    same, other = {"option1": "a", "option2": "b"}, {"option1": "a", "option2": "c"}
    assert asked(same, other) == {OPTIONS}
    assert asked(same, other, codes=("color", "size")) == set()
    assert asked(same, other, same, codes=("color", "size")) == {OPTIONS}
