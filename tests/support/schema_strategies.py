"""Hypothesis strategies for JSON Schemas, and for values that some of them accept."""

import os
from typing import Any

from hypothesis import strategies as st


def draws(count: int) -> int:
    """Return how many examples a test draws: a few, or in `make draws` as many as SELLERSPEC_DRAWS says."""
    return int(os.environ.get("SELLERSPEC_DRAWS", count))


VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.0, 1.5, 7, "", "a", "ab", "0", [], [0], [1, 1], ["a", None], [[1]],
    {}, {"a": 1}, {"a": ""}, {"b": None}, {"a": 1, "b": "x"}, {"a": {"a": 1}}, {"c": [1]},
)  # fmt: skip

values = (
    st.sampled_from(VALUES)
    | st.lists(st.sampled_from(VALUES), max_size=3)
    | st.dictionaries(st.sampled_from("abc"), st.sampled_from(VALUES), max_size=3)
)
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
keywords: dict[str, st.SearchStrategy[Any]] = {
    "type": types | st.lists(types, min_size=1, max_size=4, unique=True),
    "enum": st.lists(st.sampled_from(VALUES), min_size=1, max_size=4),
    "const": st.sampled_from(VALUES),
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 2),
    "pattern": st.sampled_from(["^a", "b$"]),
    "minimum": st.integers(-1, 1),
    "exclusiveMaximum": st.integers(0, 2),
    "multipleOf": st.integers(1, 2),
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "minContains": st.integers(0, 2),
    "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
    "dependentRequired": st.just({"a": ["b"]}),
    "minProperties": st.integers(0, 2),
}


def schemas_of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    below = st.one_of(inner, st.booleans())
    return st.fixed_dictionaries(
        {},
        optional={
            **keywords,
            **dict.fromkeys(
                ("items", "additionalProperties", "contains", "not", "if", "then", "else"), below
            ),
            **dict.fromkeys(
                ("allOf", "anyOf", "oneOf", "prefixItems"), st.lists(inner, min_size=1, max_size=2)
            ),
            "properties": st.dictionaries(st.sampled_from("abc"), below, max_size=3),
            "patternProperties": st.fixed_dictionaries({"^a": below}),
        },
    )


def few(schema: Any) -> Any:
    """Keep the first seven keywords: a schema with all of them fits nothing."""
    return dict(list(schema.items())[:7]) if isinstance(schema, dict) else schema


schemas = st.recursive(
    st.fixed_dictionaries({}, optional=keywords).map(few),
    lambda inner: schemas_of(inner).map(few),
    max_leaves=5,
)
