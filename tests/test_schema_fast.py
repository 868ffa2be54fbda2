"""A value that the quick path accepts has no violation; the quick path is there for speed alone."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import sellerspec
from sellerspec import contract, marketplaces
from sellerspec.contract.validator import Validator
from sellerspec.rules import Format
from sellerspec.schema import engine
from sellerspec.schema.fast import FastChecker
from sellerspec.schema.violations import without
from support.examples import examples
from support.schema_strategies import draws, schemas, values


@pytest.mark.no_cover
@settings(max_examples=draws(100))
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
def test_what_the_quick_path_accepts_fits_the_schema(schema: Any, some: list[Any]) -> None:
    fits = engine.compiled(schema, {}, "jsonschema").is_valid
    accepts = FastChecker(schema, formats={}, engine="jsonschema").accepts
    for value in some:
        assert fits(value) or not accepts(value), value


def validators(key: str) -> list[Validator]:
    operation = contract.operation(key)
    out = [operation.request, *(operation.response(status) for status in operation.spec.responses)]
    if operation.spec.request is not None and operation.spec.request.schema is not None:
        out.append(operation.body)
    return [validator for validator in out if validator is not None]


@pytest.mark.no_cover
@pytest.mark.parametrize("marketplace", marketplaces.NAMES)
def test_every_quick_path_is_the_same_with_both_engines_and_accepts_nothing_broken(marketplace: str) -> None:
    broken: list[Any] = [None, [], {}, {"request": {}}, {"response": {}}, {"response": {"body": []}}]
    broken += [case.value() for case in examples("invalid") if case.operation.startswith(f"{marketplace}/")]
    formats = contract.contract(marketplace).marketplace.formats
    for operation in sellerspec.operations(marketplace):
        for validator in validators(operation.key):
            assert validator.fast is not None
            other = FastChecker(validator.schema.schema, formats=formats, engine="jsonschema")
            for value in broken:
                assert validator.fast.accepts(value) == other.accepts(value)
                assert not (other.accepts(value) and validator.schema.violations(value))


def test_the_reference_engine_goes_without_the_quick_path() -> None:
    operation = contract.operation("tiki/createProduct", engine="jsonschema")
    assert operation.body.fast is None
    assert [rule for rule, _, _ in operation.body._rules if rule.check is None] == []


def test_a_format_that_is_a_pattern_is_checked_without_a_call_into_python() -> None:
    schema = {"items": {"format": "digits", "allOf": [{"maxLength": 3}]}, "properties": {"format": {}}}
    formats = {"digits": Format("[0-9]+|none")}
    checker = FastChecker(schema, formats=formats, engine="jsonschema-rs")
    assert "format" not in checker._folded["items"]
    verdicts = {text: checker.accepts([text]) for text in ("12", "no", "1234", "none", "12x")}
    assert verdicts == {"12": True, "no": False, "1234": False, "none": False, "12x": False}


def test_leaving_broken_places_out_changes_nothing_else() -> None:
    product = {"x": 1}
    value = {"a": [product, {"b": 1}], "c": 2}
    assert without(value, {("a", 1, "b"), ("a", 0)}) == {"a": [None, {}], "c": 2}
    assert without(value, {("a", 0), ("a",)}) == {"c": 2}
    assert without(value, ()) is value
    assert without(value, {()}) is None
    assert value == {"a": [{"x": 1}, {"b": 1}], "c": 2}
