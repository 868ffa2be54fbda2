"""A value that the quick look lets pass has nothing to report; the quick look is there for speed alone."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import sellerspec
from sellerspec import contract
from sellerspec.contract.validator import Validator
from sellerspec.marketplaces.tiki.glance import to_compare
from sellerspec.schema import engine
from sellerspec.schema.compile import without
from sellerspec.schema.fast.gate import gate
from support.altered_examples import altered
from support.examples import examples
from support.schema_strategies import schemas, values


@settings(max_examples=200)
@given(schemas, st.lists(values, min_size=1, max_size=8))
@example({"not": {"type": "integer"}}, [1, 1.5])
@example({"type": "number", "not": {"type": "integer"}}, [1, 1.5, "a"])
@example({"enum": [1], "allOf": [{"enum": [True]}]}, [1, True])
@example({"enum": [1, 2], "not": {"const": 1}}, [1, 2])
@example({"type": "string", "allOf": [{"type": "null"}]}, [None, "a"])
@example({"allOf": [True, False]}, [1])
@example({"items": True, "allOf": [{"items": {"const": 1}}]}, [[1], [2]])
@example({"properties": {"a": False}, "allOf": [{"properties": {"a": {"type": "null"}}}]}, [{"a": None}, {}])
@example({"contains": {"const": 1}, "minContains": 2}, [[1], [1, 1]])
@example({"patternProperties": {"^a": True}, "allOf": [{"additionalProperties": False}]}, [{"a": 1}])
@example({"if": {"required": ["a"]},
          "then": {"properties": {"b": {"type": "null"}}},
          "properties": {"b": {"minLength": 1}}},
         [{"a": 1, "b": "x"}, {"b": ""}, {"a": 1, "b": None}])  # fmt: skip
def test_what_fits_the_gate_fits_the_schema(schema: Any, some: list[Any]) -> None:
    whole = engine.compiled(schema, {}, "jsonschema").is_valid
    quick = engine.compiled(gate(schema), {}, "jsonschema").is_valid
    for each in some:
        assert whole(each) or not quick(each), each


def judges(key: str) -> list[Validator]:
    operation = contract.operation(key)
    found = [operation.request, *(operation.response(response) for response in operation.spec.responses)]
    if operation.spec.request is not None and operation.spec.request.schema is not None:
        found.append(operation.body)
    return [each for each in found if each is not None]


@pytest.mark.parametrize("marketplace", ["tiki", "tnsl", "tokopedia"])
def test_every_gate_is_a_schema_of_both_engines_and_passes_nothing_that_is_broken(marketplace: str) -> None:
    broken: list[Any] = [None, [], {}, {"request": {}}, {"response": {}}, {"response": {"body": []}}]
    broken += [each.value() for each in examples("invalid") if each.operation.startswith(marketplace)]
    for operation in sellerspec.operations(marketplace):
        for validator in judges(operation.key):
            compiled = validator._compiled
            other = engine.compiled(
                gate(compiled.schema), contract.contract(marketplace).marketplace.formats, "jsonschema"
            )
            for value in broken:
                assert compiled.nothing_to_say(value) == other.is_valid(value)
                assert not (compiled.nothing_to_say(value) and compiled.violations(value))


PRODUCTS = [
    each.value()
    for kind in ("valid", "invalid")
    for each in examples(kind)
    if each.operation == "tiki/createProduct" and not each.is_exchange
]


@settings(max_examples=300)
@given(st.sampled_from(PRODUCTS).flatmap(altered))
def test_the_glance_names_every_rule_that_has_something_to_report(product: Any) -> None:
    validator = contract.operation("tiki/createProduct").body
    violations = validator._compiled.violations(product)
    readable = without(product, {at for at, _, keyword in violations if keyword.breaks_value})
    try:
        named = to_compare(readable)
    except (LookupError, TypeError, AttributeError):
        return
    for rule in contract.operation("tiki/createProduct").functions:
        if (
            rule.unless is to_compare
            and rule.check is not None
            and list(rule.check(readable, sellerspec.Facts()))
        ):
            assert rule.id in named


def test_a_clean_product_needs_no_rule() -> None:
    product = next(each.value() for each in examples("valid") if each.path.stem == "documented-configurable")
    product["market_price"] *= 2
    assert to_compare(product) == []


def test_leaving_broken_places_out_changes_nothing_else() -> None:
    product = {"x": 1}
    whole = {"a": [product, {"b": 1}], "c": 2}
    assert without(whole, {("a", 1, "b"), ("a", 0)}) == {"a": [None, {}], "c": 2}
    assert without(whole, {("a", 0), ("a",)}) == {"c": 2}
    assert without(whole, ()) is whole
    assert without(whole, {()}) is None
    assert whole == {"a": [{"x": 1}, {"b": 1}], "c": 2}
