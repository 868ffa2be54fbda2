"""Payloads that keep every rule and payloads that break exactly one, judged by both engines."""

import os
from typing import Any

import orjson
import pytest
from hypothesis import find, settings

import sellerspec
from sellerspec import Facts, contract, strategies
from sellerspec.errors import UnknownName, UsageError
from sellerspec.io.pointers import drop, get, has, item_path, paths, put
from sellerspec.model import Path
from sellerspec.strategies import shapes
from sellerspec.strategies.negatives import negatives
from support.drawing import drawn

DRAWS = int(os.environ.get("SELLERSPEC_DRAWS", "0"))
"""`make draws` sets it to 10,000 over all strategies; by default few draws of each are enough."""

BODIES = [
    operation.key
    for operation in sellerspec.operations()
    if operation.key
    in {
        "tiki/createProduct", "tiki/updateSku", "tiki/confirmItems", "tiki/confirmDelivery",
        "tiki/updateDeliveryStatus", "tnsl/getQuotes", "tnsl/registerWebhooks", "tnsl/createOrder",
        "tnsl/cancelOrder", "tnsl/updateOrderExtra", "tnsl/updateOrderReceivable", "tnsl/orderStatusSync",
        "tokopedia/tokocabangOrderNotification", "tokopedia/orderNotification", "tokopedia/orderStatus",
    }
]  # fmt: skip
RULES = [rule.id for rule in sellerspec.rules() if not rule.why_not]


@pytest.mark.no_cover
@pytest.mark.parametrize("operation", BODIES)
def test_payloads_keep_every_rule_in_both_engines(operation: str) -> None:
    for payload in drawn(strategies.payloads(operation), max(DRAWS // len(BODIES), 20)):
        findings = sellerspec.check(operation, payload).findings
        assert strategies.fits(contract.operation(operation), payload), findings
        assert sellerspec.check(operation, payload, engine="jsonschema").findings == findings


@pytest.mark.parametrize(
    "rule",  # coverage is measured for every twentieth: all of them run the same lines
    [pytest.param(rule, marks=[pytest.mark.no_cover] if at % 20 else []) for at, rule in enumerate(RULES)],
)
def test_violations_break_exactly_their_rule_in_both_engines(rule: str) -> None:
    count = max(DRAWS // len(RULES), 3)
    record = sellerspec.rule(rule)
    facts = strategies.facts_for(rule)
    operation = strategies.operation_for(rule)
    allowed = {warning for negative in negatives(rule) for warning in negative.warnings}
    strategy = strategies.violating if strategies.has_payloads(rule) else strategies.violating_exchanges
    for value in drawn(strategy(rule), count):
        for engine in (None, "jsonschema"):
            if strategies.has_payloads(rule):
                # as bytes: a drawn string is a payload here, not a JSON text
                report = sellerspec.check(operation, orjson.dumps(value), facts=facts, engine=engine)
            else:
                report = sellerspec.check_exchange(value, operation=operation, facts=facts, engine=engine)
            rules = {finding.rule for finding in report.findings}
            assert rule in rules
            assert {error.rule for error in report.errors} <= {rule}
            assert rules - {rule} <= allowed
            assert any(
                finding.severity is record.severity for finding in report.findings if finding.rule == rule
            )


@pytest.mark.no_cover
def test_payloads_shrink_to_a_small_one() -> None:
    smallest = find(
        strategies.payloads("tiki/createProduct"), lambda _: True, settings=settings(database=None)
    )
    assert len(repr(smallest)) < 450
    assert len(smallest["variants"]) == 1


@pytest.mark.no_cover
def test_a_violation_shrinks_to_what_it_is_about() -> None:
    smallest = find(
        strategies.violating("tiki.variant-price"), lambda _: True, settings=settings(database=None)
    )
    assert len(repr(smallest)) < 700
    assert any(
        variant.get("price") in (0, None, -1) or "price" not in variant for variant in smallest["variants"]
    )


@pytest.mark.no_cover
def test_payloads_are_varied_and_written_as_sellers_write() -> None:
    payloads = drawn(strategies.payloads("tiki/createProduct"), 300)
    assert len({repr(payload) for payload in payloads}) > 100
    assert any("Áo thun" in repr(payload) or "Kemeja" in repr(payload) for payload in payloads)


def test_payloads_agree_with_facts_that_are_given() -> None:
    category = {
        "id": 77, "primary": 1,
        "attributes": [{"id": 1, "code": "brand", "display_name": "Brand", "is_required": 1}],
    }  # fmt: skip
    facts = Facts(category=category)
    for payload in drawn(strategies.payloads("tiki/createProduct", facts=facts), 20):
        assert sellerspec.check("tiki/createProduct", payload, facts=facts).ok
        assert payload["category_id"] == 77
        assert "brand" in payload["attributes"]


def test_facts_come_with_a_rule_that_needs_them() -> None:
    assert strategies.facts_for("tiki.attribute-known").category is not None
    assert strategies.facts_for("tiki.variant-price") == Facts()
    assert strategies.operation_for("tnsl.webhook-secret") == "tnsl/registerWebhooks"


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UsageError, match="takes no JSON body"):
        strategies.payloads("tiki/listOrders")
    with pytest.raises(UsageError, match="`violating_exchanges`"):
        strategies.violating("tiki.orders-limit")
    with pytest.raises(UsageError, match="`violating`"):
        strategies.violating_exchanges("tiki.variant-price")
    with pytest.raises(UnknownName, match=r"did you mean `tiki\.variant-price`"):
        strategies.violating("tiki.variant-prise")
    with pytest.raises(UnknownName, match="marketplace"):
        strategies.violating("shop.price")
    uncheckable = next(rule.id for rule in sellerspec.rules() if rule.why_not)
    with pytest.raises(UsageError, match="nothing here can violate"):
        strategies.violating(uncheckable)


def test_facts_that_nothing_agrees_with_are_said() -> None:
    with pytest.raises(UsageError, match="no payload of `tiki/confirmItems`"):
        strategies.payloads(
            "tiki/confirmItems",
            facts=Facts(order={"order_code": "1", "items": 3, "status": "x"}, warehouses=[]),
        )


def possible(operation: str) -> set[tuple[shapes.Place, str]]:
    """Return the states of members that single changes of valid examples show: absent, null, present."""
    schema, known = shapes.body_schema(operation), shapes.known_values(operation)
    ready = contract.operation(operation)
    states: set[tuple[shapes.Place, str]] = set()

    def note(payload: Any, path: Path, state: str) -> None:
        if strategies.fits(ready, payload):
            states.add((item_path(path), state))

    for payload in strategies.good(operation, Facts()):
        for path in paths(payload):
            if path and path[-1] in shapes.members(shapes.at(schema, path[:-1])):
                note(drop(payload, path), path, "absent")
                note(put(payload, path, None), path, "null")
                note(payload, path, "null" if get(payload, path) is None else "present")
            if isinstance(get(payload, path), dict):
                for name in shapes.members(shapes.at(schema, path)):
                    member = (*path, name)
                    for value in known.get(item_path(member), ())[:5]:
                        if not has(payload, member):
                            note(put(payload, member, value), member, "null" if value is None else "present")
    return states


def shown(payloads: list[Any], places: set[shapes.Place]) -> set[tuple[shapes.Place, str]]:
    """Return the states of members in payloads."""
    states: set[tuple[shapes.Place, str]] = set()
    for payload in payloads:
        for path in paths(payload):
            value = get(payload, path)
            states.add((item_path(path), "null" if value is None else "present"))
            if isinstance(value, dict):
                own = {place for place in places if place[:-1] == item_path(path)}
                states |= {(place, "absent") for place in own if place[-1] not in value}
    return states


@pytest.mark.no_cover
@pytest.mark.parametrize("operation", BODIES)
def test_A16_each_optional_member_is_absent_null_and_present_within_100_draws(operation: str) -> None:
    expected = possible(operation)
    payloads = drawn(strategies.payloads(operation), 100)
    assert expected - shown(payloads, {place for place, _ in expected}) == set()


@pytest.mark.no_cover
def test_A16_a_notice_may_lack_what_is_documented_and_no_document_promises() -> None:
    payloads = drawn(strategies.payloads("tokopedia/orderNotification"), 100)
    for name in ("dropshipper_info", "shop_name", "device_type"):
        assert {name in payload for payload in payloads} == {True, False}
    assert {"sku" in line for payload in payloads for line in payload["products"]} == {True, False}
    for payload in payloads:
        assert sellerspec.check("tokopedia/orderNotification", payload).ok
