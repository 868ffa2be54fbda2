"""Rules word what is required, what was seen, and what made them apply."""

import doctest
from typing import Any

import pytest

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tiki import calls, orders, product, variant
from sellerspec.rules import Rule
from support.rule_violations import violations


def test_the_examples_of_the_wordings_hold() -> None:
    result = doctest.testmod(messages)
    assert result.attempted > 9
    assert result.failed == 0


CATEGORY = {
    "id": 7,
    "attributes": [{"code": "color", "is_required": 1}, {"code": "brand", "is_required": 0}],
}
TIKI: list[tuple[Rule, Any, dict[str, Any], list[str]]] = [
    (
        product.attribute_required,
        {"variants": [{"attributes": {"color": "red"}}, {}]},
        {"category": CATEGORY},
        ["`attributes.color` is missing: the category requires this attribute, and other variants have it"],
    ),
    (
        product.attribute_known,
        {"attributes": {"brands": "x"}, "variants": [{"attributes": {"zip": 1}}]},
        {"category": CATEGORY},
        [
            "`attributes.brands` is not an attribute of the category (did you mean `brand`?)",
            "`attributes.zip` is not an attribute of the category",
        ],
    ),
    (
        variant.inventory_type_seller,
        {"variants": [{"inventory_type": "cross_border"}]},
        {"seller": "vietnam"},
        ["`inventory_type` must not be `cross_border`: the seller is `vietnam`"],
    ),
    (
        variant.inventory_type_registered,
        {"variants": [{"inventory_type": "drop-ship"}]},
        {"inventory_types": ("drop_ship", "instock")},
        [
            "`inventory_type` must be one that the seller has registered, `drop_ship` or `instock`, got "
            "`drop-ship` (did you mean `drop_ship`?)"
        ],
    ),
    (
        orders.order_total,
        {
            "total_price_before_discount": 100,
            "total_price_after_discount": 130,
            "shipping": {"shipping_fee": 20},
        },
        {},
        [
            "`total_price_after_discount` must be at most 120, `total_price_before_discount` plus "
            "`shipping_fee` and `handling_fee`, got 130"
        ],
    ),
    (
        calls.token_on_information,
        {"tiki-api": ""},
        {},
        [
            "the header `tiki-api` must have a value, got an empty string: the documents since 2020 "
            "require the token for categories too"
        ],
    ),
]


@pytest.mark.parametrize(("rule", "value", "facts", "expected"), TIKI, ids=[rule.id for rule, *_ in TIKI])
def test_tiki_says_what_made_a_rule_apply(
    rule: Rule, value: Any, facts: dict[str, Any], expected: list[str]
) -> None:
    assert [violation.message for violation in violations(rule, value, **facts)] == expected
