"""The two JSON Schema engines give the same report, and the quick path accepts no violation."""

from typing import Any

import pytest
from hypothesis import given, settings

import sellerspec
from sellerspec import contract
from support.altered_examples import exchanges, payloads
from support.examples import examples
from support.schema_strategies import draws


@pytest.mark.no_cover
@pytest.mark.parametrize("operation", sorted({example.operation for example in examples()}))
def test_both_engines_give_the_same_report_on_every_example(operation: str) -> None:
    for example in examples():
        if example.operation == operation:
            assert example.report("jsonschema") == example.report("jsonschema-rs"), str(example)


@pytest.mark.no_cover
@settings(max_examples=draws(150))
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


@pytest.mark.no_cover
@settings(max_examples=draws(100))
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


@pytest.mark.no_cover
@settings(max_examples=draws(150))
@given(payloads())
def test_the_quick_path_accepts_only_what_the_full_check_accepts(
    drawn: tuple[str, Any, sellerspec.Facts | None],
) -> None:
    operation, payload, _ = drawn
    validator = contract.operation(operation).body
    assert validator.fast is not None
    if validator.fast.accepts(payload):
        assert validator.schema.violations(payload) == []
