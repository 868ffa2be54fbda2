"""A precheck names every comparison that a value violates, and on the usual product none.

The first half shows that it saves the calls which it is there to save; the second, that it leaves out
no comparison with a violation.
"""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sellerspec import contract
from sellerspec.comparisons import (
    AllOrNone,
    AtLeast,
    Comparison,
    ComparisonCheck,
    Distinct,
    Excludes,
    NotAmong,
    Same,
)
from sellerspec.contract.operation import OperationContract
from sellerspec.model import NO_FACTS
from sellerspec.schema.fast import precheck
from sellerspec.schema.violations import without
from support.altered_examples import altered
from support.examples import examples

LOW = "tiki.market-price-low"
SKU = "tiki.sku-unique"
OPTIONS = "tiki.variant-options-unique"
VALUE = "tiki.variant-option-value"
MIXED = "tiki.variants-inventory-types-mixed"
SUPPLIER = "tiki.variants-one-supplier"
IMAGE = "tiki.image-repeated"
ALL = {LOW, SKU, OPTIONS, VALUE, MIXED, SUPPLIER, IMAGE}


def create_product() -> OperationContract:
    return contract.operation("tiki/createProduct")


def comparisons() -> list[tuple[Comparison, str]]:
    return [
        (rule.check.comparison, rule.id)
        for rule in create_product().functions
        if isinstance(rule.check, ComparisonCheck)
    ]


def to_check(*variants: dict[str, Any], codes: Any = ("color",), **product: Any) -> set[str]:
    """Return the rules named for a product with these variants, each made usual where it says nothing."""
    usual = [
        {"sku": f"s{index}", "option1": f"o{index}", **variant} for index, variant in enumerate(variants)
    ]
    value = {"image": "m", "images": ["n"], "option_attributes": [*codes], "variants": usual, **product}
    return {*precheck(comparisons())(json.loads(json.dumps(value)))}


@pytest.mark.parametrize("count", [1, 2, 300])
def test_a_usual_product_needs_no_comparison(count: int) -> None:
    variant = {"price": 5000, "market_price": 5000, "supplier": 7000, "inventory_type": "instock"}
    assert to_check(*[variant] * count) == set()
    two = [{**variant, "option1": "x", "option2": f"y{index}"} for index in range(count)]
    assert to_check(*two, codes=("color", "size")) == set()


def test_pictures_are_checked_where_the_main_one_is_among_them() -> None:
    assert to_check({}, images=["n", "m"]) == {IMAGE}
    assert to_check({}, images=["l", "n"]) == to_check({}, images=[]) == set()


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
        (5000.5, None, 5000, True),
    ],
)
def test_prices_are_checked_below_the_price(own: Any, shared: Any, price: Any, low: bool) -> None:
    variant = {"market_price": own, "price": price}
    assert to_check(variant, market_price=shared) == ({LOW} if low else set())


@pytest.mark.parametrize(("own", "price"), [("10000", "9000"), ("9000", 10000)])
def test_prices_that_are_texts_are_checked(own: Any, price: Any) -> None:
    assert to_check({"market_price": own, "price": price}) == {LOW}


def test_where_values_cannot_be_compared_everything_is_checked() -> None:
    assert to_check({"market_price": 10000, "price": "9000"}) == ALL
    assert to_check({"sku": []}) == ALL
    assert to_check({}, images=None) == ALL
    assert to_check() == ALL


@pytest.mark.parametrize("other", [6999, 7001, None])
def test_suppliers_are_checked_where_one_differs_from_the_first(other: int | None) -> None:
    assert to_check({"supplier": 7000}, {"supplier": 7000}, {"supplier": other}) == {SUPPLIER}
    assert to_check({"supplier": other}, {"supplier": 7000}) == {SUPPLIER}
    assert to_check({"supplier": 7000}, {"supplier": 7000}) == to_check({}, {}) == set()


@pytest.mark.parametrize("first", ["a", "cross_border", "z", None])
@pytest.mark.parametrize("second", ["a", "cross_border", "z", None])
def test_inventory_types_are_checked_where_the_border_divides_them(first: Any, second: Any) -> None:
    mixed = (first == "cross_border") is not (second == "cross_border")
    named = to_check({"inventory_type": first}, {"inventory_type": first}, {"inventory_type": second})
    assert named == ({MIXED} if mixed else set())


def test_options_are_checked_where_one_is_called_like_an_option_attribute() -> None:
    assert to_check({"option1": "color"}) == {VALUE}
    assert to_check({"option1": "colo"}) == to_check({"option1": "colors"}) == set()
    assert to_check({"option2": "size"}, codes=("color", "size")) == {VALUE}
    assert to_check({"option2": "color"}, codes=("color", "size")) == {VALUE}
    assert to_check({"option1": "size", "option2": "x"}, codes=("color", "size")) == {VALUE}
    assert to_check({"option2": "b"}, codes=("color", "size")) == set()


def test_a_value_that_stands_twice_is_checked() -> None:
    assert to_check({"sku": "a"}, {"sku": "b"}, {"sku": "a"}) == {SKU}
    assert to_check({"option1": "a"}, {"option1": "b"}, {"option1": "a"}) == {OPTIONS}
    same, other = {"option1": "a", "option2": "b"}, {"option1": "a", "option2": "c"}
    assert to_check(same, other) == {OPTIONS}
    assert to_check(same, other, codes=("color", "size")) == set()
    assert to_check(same, other, same, codes=("color", "size")) == {OPTIONS}


def test_comparisons_of_several_lists_are_one_pass() -> None:
    find = precheck([(Distinct("a", ("x",)), 1), (Distinct("b", ("x",)), 2), (Excludes("c", "d"), 3)])
    assert [*find({"a": [{"x": 1}], "b": [{"x": 1}, {"x": 1}], "c": [1], "d": 1})] == [2, 3]


def test_a_name_with_a_quote_is_a_name() -> None:
    find = precheck([(Excludes("it's", '"d"\n'), 1)])
    assert [*find({"it's": [1], '"d"\n': 1})] == [1]
    assert [*find({"it's": [1], '"d"\n': 2})] == []


PRODUCTS = [
    case.value()
    for kind in ("valid", "invalid")
    for case in examples(kind)
    if case.operation == "tiki/createProduct" and not case.is_exchange
]


@settings(max_examples=300)
@given(st.sampled_from(PRODUCTS).flatmap(altered))
def test_the_precheck_names_every_rule_that_a_product_violates(product: Any) -> None:
    schema = create_product().body.schema
    broken = {path for path, _, keyword, _ in schema.violations(product) if keyword.breaks_value}
    readable = without(product, broken)
    named = {*precheck(comparisons())(readable)}
    for rule in create_product().functions:
        if isinstance(rule.check, ComparisonCheck) and list(rule.check(readable, NO_FACTS)):
            assert rule.id in named


def test_a_clean_product_needs_no_rule() -> None:
    product = next(case.value() for case in examples("valid") if case.path.stem == "documented-configurable")
    product["market_price"] *= 2
    assert [*precheck(comparisons())(product)] == []


scalars: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, 1, 2, 1.5, "", "0", "1", "a", "b", [], ["a"], {}]
)
rows = st.lists(st.dictionaries(st.sampled_from("xyz"), scalars) | scalars, max_size=3)
values = st.fixed_dictionaries({}, optional={"rows": rows | scalars, "x": scalars, "y": rows}) | scalars
KINDS: list[tuple[Comparison, Any]] = [
    (Distinct("rows", ("x",)), lambda *_: ""),
    (Distinct("rows", ("x", "z"), as_many_as="y"), lambda *_: ""),
    (Same("rows", "x"), lambda *_: ""),
    (AllOrNone("rows", "x", "a"), lambda *_: ""),
    (NotAmong(("x", "z"), others="y", items="rows"), lambda *_: ""),
    (Excludes("y", "x"), lambda *_: ""),
    (AtLeast("rows", "x", bound="z"), lambda *_: ""),
]


@pytest.mark.no_cover
@settings(max_examples=500)
@given(values)
@example({"rows": [{"x": True}, {"x": 1}], "x": 2})
@example({"rows": [{"x": 1.5, "z": 1}], "x": 0})
@example({"rows": [{"x": [], "z": 2}], "x": 1})
def test_a_precheck_names_every_comparison_that_any_value_violates(value: Any) -> None:
    named = {*precheck([(comparison, index) for index, (comparison, _) in enumerate(KINDS)])(value)}
    for index, (comparison, message) in enumerate(KINDS):
        alone = {*precheck([(comparison, index)])(value)}
        if list(comparison.violations(value, message)):
            assert index in named
            assert index in alone
