"""The two JSON Schema engines give the same report, and the quick path accepts no violation."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import sellerspec
from sellerspec import contract
from sellerspec.errors import SpecError
from sellerspec.io import pointers
from sellerspec.openapi.spec import Spec
from support.altered_examples import exchanges, payloads
from support.examples import ROOT, Example, examples, exchange
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


def _texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every text in a value."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, member in members:
        yield from _texts(member, (*path, step))
    if isinstance(value, str):
        yield path


def _report(example: Example, value: Any, engine: str) -> sellerspec.Report:
    if not example.is_exchange:
        return sellerspec.check(example.operation, value, engine=engine)
    call = exchange(value)
    return sellerspec.check_exchange(call, operation=example.operation, requests="always", engine=engine)


@pytest.mark.no_cover
@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028"])
def test_B8_a_text_that_ends_in_a_line_feed_has_the_same_report_by_both_engines(end: str) -> None:
    seen: set[object] = set()
    for example in examples("valid"):
        operation, value = example.operation, example.value()
        for path in _texts(value):
            place = (operation, *("*" if isinstance(step, int) else step for step in path))
            if place in seen:
                continue
            seen.add(place)
            changed = pointers.put(value, path, pointers.get(value, path) + end)
            reports = [_report(example, changed, engine) for engine in ("jsonschema", "jsonschema-rs")]
            assert reports[0] == reports[1], (operation, path)


def test_B8_a_pattern_in_a_file_of_its_own_runs_in_the_linear_engine_too() -> None:
    payload = {"order_code": "1", "item_ids": [1], "warehouse_code": "hn", "seller_inventory_id": "919\n"}
    for engine in ("jsonschema", "jsonschema-rs"):
        (error,) = sellerspec.check("tiki/confirmItems", payload, engine=engine).errors
        assert (error.rule, error.pointer) == (
            "tiki.confirm-items-seller-inventory-id",
            "/seller_inventory_id",
        )


@pytest.mark.parametrize("engine", ["jsonschema-rs", "jsonschema"])
def test_a_finding_below_an_empty_member_name_points_to_it(engine: str) -> None:
    path = ROOT / "tiki/createProduct/valid/documented-simple.json"
    payload = {**json.loads(path.read_text()), "attributes": {"": [1], "size": [2]}, "": 3}
    report = sellerspec.check("tiki/createProduct", payload, engine=engine)
    places = [finding.pointer for finding in report.findings if finding.rule.startswith("tiki.")]
    assert places == ["/", "/attributes/", "/attributes/size"]


def test_a_marketplace_without_paths_is_an_error_with_its_place(tmp_path: Path) -> None:
    for document, place in (({"paths": None}, "`paths`"), ({"paths": {"/a": None}}, "$.paths['/a']")):
        with pytest.raises(SpecError, match=re.escape(place)):
            Spec("acme", tmp_path / "acme.yaml", {"openapi": "3.1.0", **document}).ids()
