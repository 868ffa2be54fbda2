"""What a rule of Tiki about products compares: a value below, the equal one, a value above."""

from typing import Any

import pytest

import sellerspec
from sellerspec import Facts
from sellerspec.marketplaces.tiki import product, variant
from sellerspec.rules import Rule
from support.rule_violations import places


@pytest.mark.parametrize(
    ("images", "place"),
    [(["a", "n"], []), (["z", "m", "m"], ["images.1"]), (["z", "n"], []), ([], []), ([None], [])],
)
def test_the_main_picture_is_told_once_where_it_stands_again(images: list[Any], place: list[str]) -> None:
    assert places(product.image_repeated, {"image": "m", "images": images}) == place


@pytest.mark.parametrize(("id", "fits"), [(1845, False), (1846, True), ("1846", True), (1847, False)])
def test_a_category_counts_for_the_products_that_name_it(id: Any, fits: bool) -> None:
    category = {"id": 1846, "primary": 0, "attributes": []}
    payload = {"category_id": id}
    assert places(product.category_other, payload, category=category) == ["category_id"] * (not fits)
    assert places(product.category_other, {}, category=category) == []
    report = sellerspec.check("tiki/createProduct", payload, facts=Facts(category=category))
    rules = {"tiki.category-primary", "tiki.category-attributes"}
    assert rules & {finding.rule for finding in report.findings} == (rules if fits else set())
    assert rules & set(report.unchecked) == (set() if fits else rules)


@pytest.mark.parametrize("primary", [0, 1, 2])
def test_a_primary_category_says_one(primary: int) -> None:
    category = {"id": 1846, "primary": primary, "attributes": [{"code": "a", "is_required": 0}]}
    violated = places(product.category_primary, {"category_id": 1846}, category=category)
    assert violated == ["category_id"] * (primary != 1)
    assert places(product.category_attributes, {"category_id": 1846}, category=category) == []


@pytest.mark.parametrize("required", [0, 1, "1", 1.0])
def test_B11_an_attribute_is_required_where_the_category_says_one(required: Any) -> None:
    category = {"id": 1846, "attributes": [{"code": "ram", "is_required": required}]}

    def missing(rule: Rule, value: Any, *variants: Any) -> list[str]:
        payload = {"category_id": 1846, "attributes": {"ram": value}, "variants": [*variants]}
        return places(rule, payload, category=category)

    def in_variant(index: int) -> list[str]:
        return [f"variants.{index}.attributes.ram"] * (required != 0)

    expected = ["attributes.ram"] * (required != 0)
    own: dict[str, Any] = {"attributes": {"ram": "8"}}
    assert missing(product.attribute_required, None) == expected
    assert missing(product.attribute_required, None, own, {}) == in_variant(1)
    assert missing(product.attribute_required, None, {}, own) == in_variant(0)
    assert missing(product.attribute_required, None, {}, {}) == expected
    assert missing(product.attribute_required, "", {}, {}) == []
    assert missing(product.attribute_required_empty, "8", own, {"attributes": {"ram": ""}}) == in_variant(1)
    assert missing(product.attribute_required, None, own, own) == []
    assert missing(product.attribute_required, "8", {}) == missing(product.attribute_required, "") == []
    assert missing(product.attribute_required_empty, "") == expected
    assert missing(product.attribute_required_empty, " \u200b") == expected
    values: tuple[Any, ...] = ("8", 0, 8, None, [])
    for value in values:
        assert missing(product.attribute_required_empty, value) == []


def test_B11_attributes_are_unknown_where_the_category_lists_others() -> None:
    category = {"id": 1846, "attributes": [{"code": "b", "is_required": 0}]}
    payload = {
        "category_id": 1846,
        "attributes": {"a": 1, "b": 1, "c": 1},
        "option_attributes": ["", "c", "b"],
        "variants": [{"attributes": {"b": 1}}, {"attributes": {"d": 1}}, {"attributes": "d"}],
    }
    assert places(product.attribute_known, payload, category=category) == [
        "attributes.a", "attributes.c", "variants.1.attributes.d",
    ]  # fmt: skip
    assert places(product.option_attribute_known, payload, category=category) == ["option_attributes.1"]
    other = {**category, "attributes": []}
    assert places(product.attribute_known, payload, category=other) == []
    assert places(product.option_attribute_known, payload, category=other) == []


@pytest.mark.parametrize("seller", ["global", "vietnam"])
def test_inventory_types_beside_the_one_from_abroad_are_of_vietnam(seller: str) -> None:
    kinds = ("a", "cross_border", "instock", "z")
    wrong = [
        f"variants.{index}.inventory_type"
        for index, kind in enumerate(kinds)
        if (kind == "cross_border") is (seller == "vietnam")
    ]
    payload = {"variants": [{"inventory_type": kind} for kind in kinds]}
    assert places(variant.inventory_type_seller, payload, seller=seller) == wrong


@pytest.mark.parametrize("first", ["a", "cross_border", "z", ""])
def test_the_first_inventory_type_decides_what_is_mixed(first: str) -> None:
    kinds = [first, "b", "cross_border", "", "y", "cross_border"]
    decides = next(kind for kind in kinds if kind)
    payload = {"variants": [{"inventory_type": kind} for kind in kinds]}
    mixed = [
        f"variants.{index}.inventory_type"
        for index, kind in enumerate(kinds)
        if kind and (kind == "cross_border") is not (decides == "cross_border")
    ]
    assert places(variant.inventory_types_mixed, payload) == mixed


def test_an_equal_supplier_is_the_same_one() -> None:
    suppliers = [5000, 5000, "5000", 4999, 5001, None, "x"]
    payload = {"variants": [{"supplier": supplier} for supplier in suppliers]}
    assert places(variant.one_supplier, payload) == ["variants.3.supplier", "variants.4.supplier"]
    registered = places(variant.supplier_registered, payload, suppliers=(5000,))
    assert registered == ["variants.3.supplier", "variants.4.supplier"]


def test_an_option_may_hold_any_text_but_the_name_of_an_option() -> None:
    variants = [
        {"option1": first, "option2": other} for first, other in (("a", "m"), ("m", "z"), ("n", None))
    ]
    payload = {"option_attributes": ["m"], "variants": variants}
    assert places(variant.option_value, payload) == ["variants.0.option2", "variants.1.option1"]


@pytest.mark.parametrize("value", ["", 7, None, True, [1], {}])
def test_what_is_no_text_repeats_nothing(value: Any) -> None:
    variants = [{"sku": value, "option1": value}] * 2
    payload = {"option_attributes": ["x"], "variants": variants}
    assert places(variant.options_unique, payload) == places(variant.sku_unique, payload) == []


@pytest.mark.parametrize("value", [None, 7, [], {}])
def test_an_inventory_type_that_is_no_text_has_a_finding_of_its_own(value: Any) -> None:
    payload = {"variants": [{"inventory_type": value}, {}]}
    assert places(variant.inventory_type_seller, payload, seller="global") == []
    assert places(variant.inventory_type_registered, payload, inventory_types=("instock",)) == []


@pytest.mark.parametrize("value", [None, 7, "a", ["a"], [{"a": 1}]])
def test_attributes_that_are_no_object_contradict_nothing(value: Any) -> None:
    own: dict[str, Any] = {"attributes": {"a": "x"}}
    assert places(variant.attribute_clash, {"attributes": value, "variants": [own]}) == []
    assert places(variant.attribute_clash, {**own, "variants": [{"attributes": value}]}) == []


def test_a_price_without_one_before_discount_is_not_above_it() -> None:
    assert places(product.market_price_low, {"variants": [{"price": 10}, {"price": 5}]}) == []
    for own, violated in ((0, []), (9, ["variants.0.market_price"]), (10, []), (None, ["market_price"])):
        payload = {"market_price": 9, "variants": [{"price": 10, "market_price": own}]}
        assert places(product.market_price_low, payload) == violated


@pytest.mark.parametrize("odd", [None, 7, "x", [], [7]])
def test_a_product_that_is_no_object_is_left_to_the_schema(odd: Any) -> None:
    category = {"id": 1846, "primary": 0, "attributes": [{"code": "a", "is_required": 0}]}
    facts = {"seller": "global", "inventory_types": (), "suppliers": ()}
    for rule in (*product.PRODUCT_RULES, *variant.VARIANT_RULES):
        assert places(rule, odd, category=category, **facts) == [], rule.id
