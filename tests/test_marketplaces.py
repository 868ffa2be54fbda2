"""Rule functions bear any value, hold at their boundaries, and are spared only where they are silent."""

import copy
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sellerspec
from sellerspec import contract
from sellerspec.contract.facts import usable
from sellerspec.contract.validator import Validator, fallback
from sellerspec.marketplaces import NAMES, marketplace
from sellerspec.model import NO_FACTS, Basis, Facts, Finding, Severity, Source
from sellerspec.rules import Rule
from sellerspec.schema import engine
from support import message_snapshots
from support.altered_examples import JUNK, payloads
from support.examples import ROOT, Example

RULES = [rule for name in NAMES for rule in marketplace(name).rules if rule.check]
PRODUCT = json.loads((ROOT / "tiki/createProduct/valid/documented-configurable.json").read_text())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_every_invalid_example_is_word_by_word_as_before(name: str) -> None:
    assert message_snapshots.written(name) == message_snapshots.expected(name)


FULL = Facts(
    category={"id": 1846, "primary": 1, "attributes": [{"code": "ram", "is_required": 1}]},
    seller="vietnam",
    inventory_types=("instock",),
    suppliers=(1,),
    order={
        "fulfillment_type": "cross_border",
        "items": [{"id": 1, "must_confirmed_before_at": "2019-11-05 12:00:00"}],
        "main_state": "shipping",
        "is_fulfillment_only": True,
    },
    warehouses=[{"seller_inventory_id": 1, "warehouse_id": 2, "warehouse_code": "hn"}],
    listing_price=1000,
    now=datetime(2019, 11, 26),
    pictures={"": {"missing": "status 404"}, "a": {"format": 1, "width": "x", "bytes": []}},
)


OPEN_API = replace(
    FULL,
    category={"id": 1846, "is_primary": True},
    attributes={
        "data": [
            {"id": 1, "code": "ram", "input_type": "select", "is_required": True, "category_id": 1846,
             "values": [{"id": 1, "value": "8 GB"}]},
        ]
    },
    option_labels={"data": ["color"]},
    required_docs={"data": [{"document_id": 18, "type": "category", "is_required": True}]},
    order={"code": "1", "fulfillment_type": "dropship", "status": "queueing", "items": [{"id": 1}]},
    warehouses=[{"id": 1034, "status": 1, "type": "requisition"}],
)  # fmt: skip


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.reads in ("body", "response")], ids=lambda rule: rule.id
)
def test_a_rule_function_bears_any_value(rule: Rule) -> None:
    assert rule.check is not None
    full = OPEN_API if rule.marketplace == "tiki-v2" else FULL
    given = usable(full, marketplace(rule.marketplace).facts, [rule])
    assert given.usable.issuperset(rule.needs)
    for junk in JUNK:
        list(rule.check(junk, given.facts))


def without_shortcuts(operation: str) -> Validator:
    """Return the validator of an operation's body that calls every rule, without `unless` and precheck."""
    ready = contract.operation(operation)
    assert ready.spec.request is not None
    rules = [(called(function), ()) for function in ready.functions if function.reads == "body"]
    record = ready.operation
    return Validator(
        contract.contract(record.marketplace).spec,
        ready.spec.request.schema,
        on=record.id,
        rules=rules,
        formats=marketplace(record.marketplace).formats,
        engine="jsonschema-rs",
        fallback=fallback(record.marketplace, record.id, record.source),
        facts=marketplace(record.marketplace).facts,
    )


def called(rule: Rule) -> Rule:
    """Return the rule with a plain function, so that nothing is known of what it compares."""
    check = rule.check
    return replace(rule, unless=None, check=check and (lambda value, facts: check(value, facts)))


SLOW: dict[str, Validator] = {}


GATED = [rule for rule in RULES if isinstance(rule.unless, dict) and rule.reads == "body"]
SPARED = {rule.id: engine.compiled(rule.unless, {}, "jsonschema-rs").is_valid for rule in GATED}


@pytest.mark.no_cover
@settings(max_examples=400)
@given(payloads())
def test_a_rule_is_spared_only_where_it_is_silent(drawn: tuple[str, Any, Facts | None]) -> None:
    operation, payload, facts = drawn
    given = facts or NO_FACTS
    name, _, id = operation.partition("/")
    for rule in GATED:
        ours = rule.marketplace == name and id in rule.on and given.given().issuperset(rule.facts)
        if ours and SPARED[rule.id](payload):
            assert rule.check is not None
            assert not list(rule.check(payload, given)), rule.id


members = st.sampled_from([None, 1, 5, 9, "5", "0", "", "color", "Black", "x"])


@pytest.mark.no_cover
@settings(max_examples=400)
@given(st.data())
def test_sparing_calls_changes_no_report_on_a_product_that_fits(data: st.DataObject) -> None:
    if "tiki/createProduct" not in SLOW:
        SLOW["tiki/createProduct"] = without_shortcuts("tiki/createProduct")
    product = copy.deepcopy(PRODUCT)
    product["market_price"] = data.draw(st.sampled_from([1, 5, 6, 50_000_000, "5", None]))
    product["images"] = data.draw(st.sampled_from([product["images"], [product["image"]], []]))
    for variant in product["variants"]:
        for name in data.draw(
            st.lists(
                st.sampled_from(["sku", "option1", "price", "supplier", "market_price", "inventory_type"])
            )
        ):
            variant[name] = data.draw(members)
    ours = sellerspec.check("tiki/createProduct", product).findings
    assert SLOW["tiki/createProduct"].findings(product) == ours


def product(*variants: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return the documented product with these changes of its two variants."""
    out = {**copy.deepcopy(PRODUCT), **changed}
    for variant, new in zip(out["variants"], variants, strict=False):
        variant.update(new)
    return out


def broken(payload: Any, rule: str, operation: str = "tiki/createProduct", **facts: Any) -> list[str]:
    findings = sellerspec.check(operation, payload, facts=Facts(**facts)).findings
    return [finding.pointer for finding in findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("own", "price", "low"), [(4, 5, True), (5, 5, False), (6, 5, False), ("4", "5", True), ("5", 5, False)]
)
def test_a_market_price_is_low_below_the_price(own: Any, price: Any, low: bool) -> None:
    pointers = broken(
        product({"market_price": own, "price": price}, {"market_price": 10**9}), "tiki.market-price-low"
    )
    assert pointers == (["/variants/0/market_price"] if low else [])
    shared = broken(product({"price": price}, {"price": price}, market_price=own), "tiki.market-price-low")
    assert shared == (["/market_price"] if low else [])


@pytest.mark.parametrize("other", [1, 10**6])
def test_another_supplier_is_another_whether_higher_or_lower(other: int) -> None:
    assert broken(product({}, {"supplier": other}), "tiki.variants-one-supplier") == ["/variants/1/supplier"]
    assert broken(product({"supplier": "7"}, {"supplier": 7}), "tiki.variants-one-supplier") == []


@pytest.mark.parametrize("first", ["cross_border", "instock", "seller_backorder"])
@pytest.mark.parametrize("second", ["cross_border", "instock", "seller_backorder"])
def test_kinds_of_sellers_do_not_mix(first: str, second: str) -> None:
    payload = product({"inventory_type": first}, {"inventory_type": second})
    mixed = (first == "cross_border") is not (second == "cross_border")
    pointers = broken(payload, "tiki.variants-inventory-types-mixed")
    assert pointers == (["/variants/1/inventory_type"] if mixed else [])
    for seller in ("vietnam", "global"):
        wrong = [
            f"/variants/{n}/inventory_type"
            for n, inventory_type in enumerate((first, second))
            if (inventory_type == "cross_border") is not (seller == "global")
        ]
        assert broken(payload, "tiki.variant-inventory-type-seller", seller=seller) == wrong


@pytest.mark.parametrize(("day", "late"), [(15, False), (16, True), (17, True)])
def test_confirm_delivery_left_the_documents_on_a_day(day: int, late: bool) -> None:
    now = datetime(2019, 12, day)
    pointers = broken(
        {"order_code": "1", "status": "successful_delivery"},
        "tiki.confirm-delivery-removed",
        "tiki/confirmDelivery",
        now=now,
    )
    assert pointers == ([""] if late else [])


@pytest.mark.parametrize(("second", "past"), [(-1, False), (0, True), (1, True)])
def test_a_promise_lies_in_the_future(second: int, past: bool) -> None:
    payload = {"order_code": "1", "item_ids": [1], "warehouse_code": "sgn", "seller_inventory_id": 1}
    payload["delivery_commitment_time"] = "2019-11-03 12:00:30"
    now = datetime(2019, 11, 3, 12, 0, 30 + second)
    pointers = broken(payload, "tiki.confirm-items-commitment-future", "tiki/confirmItems", now=now)
    assert pointers == (["/delivery_commitment_time"] if past else [])


def finding(
    status: int | None, rule: str = "tiki.x", pointer: str = "/a", text: str | None = None
) -> Finding:
    return Finding(rule, Severity.ERROR, pointer, "wrong", Basis.DOCUMENTED, Source("d"), text, status)


@pytest.mark.parametrize(
    ("findings", "status", "texts"),
    [
        ([finding(None)], 422, ["[sellerspec] /a: wrong"]),
        ([finding(None, pointer="")], 422, ["[sellerspec] /: wrong"]),
        ([finding(None, pointer="/request/query/a")], 400, ["[sellerspec] /request/query/a: wrong"]),
        ([finding(None, pointer="/request/path/a")], 400, ["[sellerspec] /request/path/a: wrong"]),
        ([finding(None, pointer="/request/headers/a")], 400, ["[sellerspec] /request/headers/a: wrong"]),
        ([finding(None, "sellerspec.method")], 405, ["[sellerspec] /a: wrong"]),
        ([finding(None, "sellerspec.body-readable")], 400, ["[sellerspec] /a: wrong"]),
        ([finding(422, text="b"), finding(422, text="a"), finding(422, text="b")], 422, ["b", "a"]),
        ([finding(422, text="late"), finding(404, text="now")], 404, ["now"]),
        ([finding(404, text="late"), finding(400, text="now")], 400, ["now"]),
        ([finding(400, text="late"), finding(405, text="now")], 405, ["now"]),
        ([finding(405, text="late"), finding(403, text="now")], 403, ["now"]),
        ([finding(400, text="late"), finding(403, text="now")], 403, ["now"]),
        ([finding(403, text="late"), finding(401, text="now")], 401, ["now"]),
        ([finding(429, text="late"), finding(422, text="now")], 422, ["now"]),
        ([finding(429, text="only")], 429, ["only"]),
    ],
)
def test_tiki_refuses_at_the_first_stage_that_fails(
    findings: list[Finding], status: int, texts: list[str]
) -> None:
    assert marketplace("tiki").refusal(tuple(findings)) == sellerspec.Response(status, {"errors": texts})


def test_tnsl_refuses_a_missing_token_by_itself_and_all_else_in_a_list() -> None:
    refusal = marketplace("tnsl").refusal
    alone = refusal((finding(None), finding(401, text="Unauthorized")))
    assert (alone.status, alone.body["error"]["message"]) == (401, "Unauthorized")
    both = refusal((finding(None), finding(409, text="Wrong state")))
    assert both.status == 409
    assert [error["message"] for error in both.body["errors"]] == ["[sellerspec] /a: wrong", "Wrong state"]
    assert refusal((finding(None),)).status == 400


def test_tokopedia_lets_the_first_code_decide() -> None:
    refusal = marketplace("tokopedia").refusal
    coded = replace(finding(None, text="reason"), code="ORD_DLV_008")
    response = refusal((finding(None), coded))
    assert (response.status, response.body["header"]["error_code"], response.body["header"]["reason"]) == (
        400,
        "ORD_DLV_008",
        "reason",
    )
    assert refusal((coded, finding(401))).status == 401
    listed = Example(ROOT / "tokopedia/listOrders/valid/base.exchange.json")
    assert listed.report().server_response() == sellerspec.Response(200)
    plain = refusal((finding(None),)).body["header"]
    assert (plain["messages"], plain["error_code"]) == ("[sellerspec] the request is refused", "")
