"""Violations of a schema: each at its place, once, under the enclosing rule, from either engine."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sellerspec.errors import SpecError, UnknownName
from sellerspec.schema import engine
from sellerspec.schema.fast import FastChecker
from sellerspec.schema.prepare import annotated, prepared, with_gates
from sellerspec.schema.violations import CompiledSchema, without

ENGINES = ("jsonschema-rs", "jsonschema")
FORMATS = {"even": lambda text: len(text) % 2 == 0}


def violations(schema: Any, value: Any) -> list[tuple[Any, ...]]:
    """Return place, words, rule, warns, breaks_value of each violation; the engines must agree."""
    by_engine: list[list[tuple[Any, ...]]] = []
    for name in ENGINES:
        compiled = CompiledSchema(prepared(schema, FORMATS), formats=FORMATS, engine=name)
        by_engine.append(
            sorted(
                (path, message, keyword.rule or "", keyword.warns, keyword.breaks_value)
                for path, message, keyword, _ in compiled.violations(value)
            )
        )
        assert by_engine[-1] or FastChecker(compiled.schema, formats=FORMATS, engine=name).accepts(value)
    assert by_engine[0] == by_engine[1]
    return by_engine[0]


def test_a_missing_member_is_reported_at_its_own_place_under_its_own_rule() -> None:
    schema = {
        "x-rule": "a.all",
        "required": ["b", "c"],
        "dependentRequired": {"d": ["e", "b"]},
        "properties": {"b": {"x-rule": "a.b"}, "e": True},
    }
    assert violations(schema, {"d": 1}) == [
        (("b",), "`b` is missing", "a.b", False, False),
        (("b",), "`b` is missing: it is required when `d` is given", "a.b", False, False),
        (("c",), "`c` is missing", "a.all", False, False),
        (("e",), "`e` is missing: it is required when `d` is given", "a.all", False, False),
    ]


def test_an_unknown_member_is_named_at_its_own_place() -> None:
    schema = {"properties": {"a": True}, "patternProperties": {"^x_": True}, "additionalProperties": False}
    message = "`\x1b`".replace("\x1b", "?") + " is not a known member of the value"
    assert violations(schema, {"a": 1, "x_b": 1, "\x1b": 1}) == [(("\x1b",), message, "", False, False)]


def test_advice_warns_and_sees_the_members_of_the_schema_around_it() -> None:
    schema = {"properties": {"a": {}}, "x-warnings": [{"x-rule": "a.known", "additionalProperties": False}]}
    assert violations(schema, {"a": 1, "b": 2}) == [
        (("b",), "`b` is not a known member of the value", "a.known", True, False)
    ]


def test_the_nearest_enclosing_rule_counts_also_inside_conditions() -> None:
    schema = {
        "x-rule": "a.all",
        "if": {"properties": {"kind": {"const": 1}}},
        "then": {"properties": {"b": {"x-rule": "a.then", "type": "string"}}},
        "else": {"properties": {"b": {"x-rule": "a.else", "minimum": 5}}},
    }
    assert violations(schema, {"kind": 1, "b": 2}) == [
        (("b",), "`b` must be a string because `kind` is 1, got the number 2", "a.then", False, True)
    ]
    assert violations(schema, {"kind": 2, "b": 2}) == [
        (("b",), "`b` must be at least 5 because `kind` is 2, got 2", "a.else", False, True)
    ]


def test_the_same_keyword_at_the_same_place_is_reported_once() -> None:
    schema = {"propertyNames": {"pattern": "^a"}}
    assert [violation[1] for violation in violations(schema, {"b": 1, "c": 2})] == [
        "the value must have the form that its schema describes, got an object"
    ]


@pytest.mark.parametrize(
    ("schema", "value", "hides"),
    [
        ({"minItems": 2}, [1], False),
        ({"not": {"const": 1}}, 1, False),
        ({"maximum": 0}, 1, True),
        ({"x-warnings": [{"maximum": 0}]}, 1, False),
        ({"format": "even"}, "a", True),
        ({"uniqueItems": True}, [1, 1], False),
    ],
)
def test_a_broken_value_is_hidden_and_a_wrong_count_is_not(schema: Any, value: Any, hides: bool) -> None:
    ((*_, breaks_value),) = violations(schema, value)
    assert breaks_value is hides


def test_a_format_counts_only_where_the_marketplace_knows_it_and_only_for_text() -> None:
    assert violations({"format": "date"}, "no date") == []
    assert violations({"format": "even"}, 5) == []
    assert [violation[0] for violation in violations({"items": {"format": "even"}}, ["ab", "a"])] == [(1,)]


def test_a_violated_gate_calls_its_rule_and_is_no_finding_of_its_own() -> None:
    for name in ENGINES:
        compiled = CompiledSchema(with_gates(True, {"a.rule": {"maximum": 3}}, {}), formats={}, engine=name)
        fast = FastChecker(compiled.schema, formats={}, engine=name)
        assert [keyword.gate for _, _, keyword, _ in compiled.violations(5)] == ["a.rule"]
        assert fast.accepts(3)
        assert not fast.accepts(5)


def test_broken_places_are_left_out_of_objects_and_made_null_in_lists() -> None:
    value = {"a": [1, {"b": 2, "c": 3}], "d": 4}
    assert without(value, {("a", 0), ("a", 1, "b"), ("d",)}) == {"a": [None, {"c": 3}]}
    assert without(value, {()}) is None
    assert value == {"a": [1, {"b": 2, "c": 3}], "d": 4}


def test_rules_are_found_wherever_a_schema_may_state_them() -> None:
    schema = {
        "x-rule": "a.1",
        "properties": {"p": {"x-rule": "a.2"}},
        "allOf": [{"x-rule": "a.3", "items": {"x-rule": "a.4"}}],
        "x-warnings": [{"x-rule": "a.5", "then": {"x-rule": "a.6"}}],
        "examples": [{"x-rule": "no rule"}],
        "additionalProperties": False,
    }
    assert [(keyword["x-rule"], warns) for keyword, warns in annotated(schema)] == [
        ("a.1", False),
        ("a.2", False),
        ("a.3", False),
        ("a.4", False),
        ("a.5", True),
        ("a.6", True),
    ]


def test_the_reference_engine_is_taken_where_the_other_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert engine.default() == "jsonschema-rs"
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    assert engine.default() == "jsonschema"


@pytest.mark.parametrize("name", ENGINES)
def test_a_schema_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SpecError, match="not a JSON Schema: "):
        engine.compiled({"type": 5}, {}, name)


def test_an_engine_nobody_has_is_an_error() -> None:
    with pytest.raises(UnknownName):
        engine.compiled({}, {}, "fast")


scalars = st.sampled_from([None, True, False, 0, 1, 2, -1, 1.5, "", "a", "ab", "abc"])
names = st.sampled_from(["a", "b", "c"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def one_of(schemas: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw a schema of a few keywords whose subschemas are drawn from `schemas`."""
    few = st.integers(0, 3)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": types | st.lists(types, min_size=1, max_size=3, unique=True),
        "enum": st.lists(scalars, min_size=1, max_size=4, unique_by=repr),
        "const": scalars,
        "minLength": few,
        "maxLength": few,
        "minItems": few,
        "maxItems": few,
        "minProperties": few,
        "maxProperties": few,
        "uniqueItems": st.booleans(),
        "minimum": st.integers(-1, 2),
        "maximum": st.integers(-1, 2),
        "exclusiveMinimum": st.integers(-1, 2),
        "exclusiveMaximum": st.integers(-1, 2),
        "pattern": st.sampled_from(["^a", "b$", "^$"]),
        "format": st.just("even"),
        "required": st.lists(names, max_size=2, unique=True),
        "dependentRequired": st.dictionaries(names, st.lists(names, max_size=2, unique=True), max_size=2),
        "properties": st.dictionaries(names, schemas, max_size=3),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "^[bc]"]), schemas, max_size=1),
        "additionalProperties": schemas,
        "items": schemas,
        "contains": schemas,
        "not": schemas,
        "propertyNames": schemas,
        "if": schemas,
        "then": schemas,
        "else": schemas,
        "allOf": st.lists(schemas, min_size=1, max_size=2),
        "anyOf": st.lists(schemas, min_size=1, max_size=2),
        "oneOf": st.lists(schemas, min_size=1, max_size=2),
        "x-warnings": st.lists(schemas, min_size=1, max_size=2),
    }
    return st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({name: keywords[name] for name in chosen})
    )


schemas = st.recursive(st.booleans() | one_of(st.booleans()), one_of, max_leaves=4)


@settings(max_examples=150)
@given(schemas, st.lists(values, min_size=1, max_size=6))
@pytest.mark.no_cover
def test_the_quick_path_accepts_nothing_that_its_schema_refuses(schema: Any, tried: Iterable[Any]) -> None:
    """The step that makes checking fast may narrow a schema, and must never widen it."""
    accepts = FastChecker(schema, formats=FORMATS, engine="jsonschema").accepts
    fits = engine.compiled(schema, FORMATS, "jsonschema").is_valid
    for value in tried:
        assert not accepts(value) or fits(value)


@settings(max_examples=100)
@given(schemas, values)
def test_both_engines_say_the_same_of_any_schema_and_value(schema: Any, value: Any) -> None:
    verdicts = {engine.compiled(schema, FORMATS, name).is_valid(value) for name in ENGINES}
    assert len(verdicts) == 1


@pytest.mark.no_cover
@settings(max_examples=300)
@given(schemas, st.lists(values, min_size=1, max_size=4))
@example(
    {
        "if": {"required": ["a"]},
        "then": {"required": ["b"], "properties": {"c": {"items": {"required": ["a"]}}}},
        "else": {"dependentRequired": {"b": ["a", "c"]}, "additionalProperties": False},
    },
    [{"a": 1}, {"a": 1, "c": [{}, {"a": 1}]}, {"b": 1}, {}],
)
@example({"properties": {"a": {}}, "additionalProperties": False, "required": ["b"]}, [{"a": 1}, {"b": 1}])
@example({"properties": {"a": True}, "additionalProperties": {"type": "null"}}, [{"a": 1, "b": 1}])
@example({"items": {"if": {"const": 1}, "else": {"required": ["a"]}}}, [[1, {}, 2]])
def test_the_quick_path_accepts_nothing_in_which_the_full_check_finds_a_violation(
    schema: Any, tried: Iterable[Any]
) -> None:
    compiled = CompiledSchema(prepared(schema, FORMATS), formats=FORMATS, engine="jsonschema-rs")
    fast = FastChecker(compiled.schema, formats=FORMATS, engine="jsonschema-rs")
    for value in tried:
        assert not (fast.accepts(value) and compiled.violations(value))
