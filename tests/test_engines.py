"""The two JSON Schema engines give the same report, and the quick look never misses one."""

from typing import Any

import pytest
from hypothesis import given, settings

import sellerspec
from sellerspec import contract
from support.altered_examples import exchanges, payloads
from support.examples import examples


@pytest.mark.parametrize("operation", sorted({example.operation for example in examples()}))
def test_both_engines_give_the_same_report_on_every_example(operation: str) -> None:
    for example in examples():
        if example.operation == operation:
            assert example.report("jsonschema") == example.report("jsonschema-rs"), str(example)


@settings(max_examples=400)
@given(payloads())
def test_both_engines_give_the_same_report_on_altered_payloads(
    drawn: tuple[str, Any, sellerspec.Facts | None],
) -> None:
    operation, payload, facts = drawn
    if isinstance(payload, str):
        return
    reports = [
        sellerspec.check(operation, payload, facts=facts, engine=name)
        for name in ("jsonschema-rs", "jsonschema")
    ]
    assert reports[0] == reports[1]


@settings(max_examples=200)
@given(exchanges())
def test_both_engines_give_the_same_report_on_altered_calls(
    drawn: tuple[str, sellerspec.Exchange, sellerspec.Facts | None],
) -> None:
    operation, call, facts = drawn
    reports = [
        sellerspec.check_exchange(call, operation=operation, facts=facts, requests="always", engine=name)
        for name in ("jsonschema-rs", "jsonschema")
    ]
    assert reports[0] == reports[1]


@settings(max_examples=400)
@given(payloads())
def test_the_quick_look_finds_nothing_only_where_a_close_look_finds_nothing(
    drawn: tuple[str, Any, sellerspec.Facts | None],
) -> None:
    operation, payload, _ = drawn
    validator = contract.operation(operation).body
    compiled = validator._compiled
    if compiled.nothing_to_say(payload):
        assert list(compiled.violations(payload)) == []
