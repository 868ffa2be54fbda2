"""Every requirement of a schema has words: no message shows a keyword, a pattern or the name of a format."""

import doctest
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sellerspec import contract, marketplaces
from sellerspec.model import Severity, Source
from sellerspec.rules import Format, Rule
from sellerspec.schema import conditions, messages, wording
from sellerspec.schema.keyword import Texts
from sellerspec.schema.violations import CompiledSchema
from sellerspec.schema.wording import required
from support import message_snapshots

NAMES = marketplaces.names()
OPAQUE = frozenset(
    ("pattern", "format", "not", "anyOf", "oneOf", "contains", "propertyNames", "dependentSchemas")
)
"""Keywords that may need words of their rule."""

MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs")
ASSERTED = ("items", "prefixItems", "additionalProperties", "allOf", "then", "else", "x-warnings")
TOO_LONG = {"tokopedia-rsa-block", "tokopedia-gcm-block"}
"""Formats of texts that are too long for an example."""


@pytest.mark.parametrize("module", [messages, wording, conditions])
def test_the_examples_of_the_wordings_hold(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


def keywords(schema: Any, rule: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield rule, name and value of each keyword that a value has to meet and that may need words."""
    if isinstance(schema, list):
        for part in schema:
            yield from keywords(part, rule)
    if not isinstance(schema, dict):
        return
    rule = schema.get("x-rule", rule)
    for key, value in schema.items():
        if key in OPAQUE:
            yield rule, key, value
        if key in MAPS:
            for part in value.values():
                yield from keywords(part, rule)
        elif key in ASSERTED:
            yield from keywords(value, rule)


def schemas(name: str) -> Iterator[Any]:
    for operation in contract.contract(name).operations():
        yield operation.spec.request_schema()
        for body in operation.spec.bodies().values():
            yield operation.spec.response_schema(body)


@pytest.mark.parametrize("name", NAMES)
def test_every_keyword_of_a_schema_has_words(name: str) -> None:
    ready = contract.contract(name)
    formats = ready.marketplace.formats
    without = {
        (rule, key, str(value))
        for schema in schemas(name)
        for rule, key, value in keywords(schema)
        if not required(key, value, formats) and not (rule and ready.spec.rule(rule, name).must)
    }
    assert without == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_format_says_what_it_is_with_an_example(name: str) -> None:
    for format_name, known in contract.contract(name).marketplace.formats.items():
        assert isinstance(known, Format)
        assert known.what
        assert known(known.example) is (format_name not in TOO_LONG) or not known.example


def test_messages_are_word_by_word_as_before() -> None:
    assert "\n".join([*message_snapshots.messages(), ""]) == message_snapshots.expected("messages")


INTERNAL = re.compile(
    "not to be used here|fits none|the form that its schema describes|of the form"
    r"|\ba string of [0-9]+ character|Error\b|Traceback"
    r"|\b(?:min|max)(?:imum|Length|Items|Properties)\b|\bexclusiveM|multipleOf|\b(?:one|any|all)Of\b"
    "|uniqueItems|propertyNames|dependentRequired|additionalProperties|x-rule"
)


@pytest.mark.no_cover
def test_no_message_shows_what_is_internal() -> None:
    used = [keyword for name in NAMES for schema in schemas(name) for keyword in keywords(schema)]
    patterns = {value for _, key, value in used if key == "pattern"}
    formats = {format_name for name in NAMES for format_name in contract.contract(name).marketplace.formats}
    for line in message_snapshots.messages():
        message = line.partition(": ")[2]
        assert not INTERNAL.search(message)
        assert not [name for name in formats if name in message]
        assert not [pattern for pattern in patterns if pattern in message]


def of_rule(value: Any, schema: Any, *, message: str = "", missing: str = "") -> str:
    source = Source("house", "")
    rule = Rule("a.rule", (), "an a", source, Severity.ERROR, message=message, missing=missing)
    compiled = CompiledSchema(
        {"x-rule": "a.rule", **schema}, formats={}, engine="jsonschema-rs", texts=Texts({}, lambda _: rule)
    )
    (violation,) = compiled.violations(value)
    return violation.message


def test_a_rule_can_word_the_whole_message() -> None:
    listed = {"properties": {"a": {"enum": [1]}}}
    assert of_rule({"a": 2}, listed, message="{member} {value} is new") == "`a` 2 is new"
    few = {"properties": {"a": {"maxItems": 0}}}
    assert of_rule({"a": [1, 2]}, few, message="{member} stays empty, got {value}") == (
        "`a` stays empty, got 2 items"
    )
    when_b = {"if": {"required": ["b"]}, "then": {"properties": {"a": False}}}
    assert of_rule({"a": 1, "b": 3}, when_b, message="no {member} here, where {why}") == (
        "no `a` here, where `b` is 3"
    )
    old = {"dependentRequired": {"Old": ["new"]}}
    assert of_rule({"Old": 1}, old, message="{value} must be named {member}") == "`Old` must be named `new`"


def test_a_rule_can_word_why_a_member_must_be_there() -> None:
    needs = {"properties": {"a": {"items": {"required": ["b"]}}}}
    assert of_rule({"a": [{}]}, needs, missing="it must hold `c`") == "`a[0].b` is missing: it must hold `c`"
