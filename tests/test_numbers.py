"""Integers in every form that JSON has for them: read by all rules, and a fraction of zero warns."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import sellerspec
from sellerspec import Exchange, Facts, check, check_exchange
from support.examples import ROOT

ENGINES = ["jsonschema", "jsonschema-rs"]
FRACTION = "sellerspec.number-with-fraction"
PRODUCT = json.loads((ROOT / "tiki/createProduct/valid/documented-configurable.json").read_text())


def product(**members: Any) -> dict[str, Any]:
    """Return a product whose first variant has other members."""
    first, *others = PRODUCT["variants"]
    return {**PRODUCT, "market_price": 20000001, "variants": [{**first, **members}, *others]}


def fractions(report: sellerspec.Report) -> list[tuple[str, str]]:
    assert not report.errors
    return [(finding.pointer, finding.message) for finding in report.findings if finding.rule == FRACTION]


@pytest.mark.parametrize("engine", ENGINES)
def test_B13_an_integer_that_is_written_with_a_fraction_warns(engine: str) -> None:
    payload = {**product(price=159000.0, quantity=5.0), "category_id": 1846.0}
    expected = [
        ("/category_id", "`category_id` must be written without a fraction, as 1846, got 1846.0"),
        ("/variants/0/price", "`price` must be written without a fraction, as 159000, got 159000.0"),
        ("/variants/0/quantity", "`quantity` must be written without a fraction, as 5, got 5.0"),
    ]
    assert fractions(check("tiki/createProduct", payload, engine=engine)) == expected
    assert check("tiki/createProduct", product(price=159000), engine=engine).findings == ()


@pytest.mark.parametrize("operation", ["tiki/createProduct", "tiki/updateSku"])
def test_B13_the_reader_with_types_overlooks_no_fraction(operation: str) -> None:
    valid = {"tiki/createProduct": product(), "tiki/updateSku": {"price": 5000, "active": 1}}[operation]
    spoiled = {
        "tiki/createProduct": product(supplier=7.0),
        "tiki/updateSku": {"price": 5000, "active": 1.0},
    }[operation]
    for _ in range(6):
        assert check(operation, json.dumps(valid)).findings == ()
    for _ in range(6):
        assert len(fractions(check(operation, json.dumps(spoiled)))) == 1
        assert check(operation, json.dumps(valid)).findings == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_B13_items_of_lists_and_whole_calls_are_looked_at_too(engine: str) -> None:
    body = b'{"order_code":"1","item_ids":[1.0,2],"warehouse_code":"hn","seller_inventory_id":9e2}'
    url = "https://api.tiki.vn/integration/v1/orders/confirmItems"
    call = Exchange(
        "POST", url, request_headers={"tiki-api": "x", "content-type": "application/json"}, request_body=body
    )
    assert fractions(check_exchange(call, operation="tiki/confirmItems", engine=engine)) == [
        ("/request/body/item_ids/0", "`item_ids[0]` must be written without a fraction, as 1, got 1.0"),
        (
            "/request/body/seller_inventory_id",
            "`seller_inventory_id` must be written without a fraction, as 900, got 900.0",
        ),
    ]


def test_B13_a_member_that_may_have_a_fraction_and_a_webhook_are_left_alone() -> None:
    payload = product(option1="a")
    payload["attributes"] = {**payload["attributes"], "weight": 5.0}
    assert fractions(check("tiki/createProduct", payload)) == []
    path = ROOT / "tnsl/orderStatusSync/valid/documented-canceled.json"
    status = json.loads(path.read_text())
    assert FRACTION not in {finding.rule for finding in check("tnsl/orderStatusSync", status).findings}


@pytest.mark.parametrize("price", [5000, 5000.0, "5000"])
@pytest.mark.parametrize("engine", ENGINES)
def test_B13_every_rule_reads_the_number_in_each_form(price: Any, engine: str) -> None:
    report = check("tiki/updateSku", {"price": price}, facts=Facts(listing_price=50001), engine=engine)
    assert "tiki.update-price-floor" in {finding.rule for finding in report.findings}
    suppliers = check(
        "tiki/createProduct", product(supplier=price), facts=Facts(suppliers=(5001,)), engine=engine
    )
    assert "tiki.variant-supplier-registered" in {finding.rule for finding in suppliers.findings}
    same = check("tiki/createProduct", product(supplier=price), facts=Facts(suppliers=(5000,)), engine=engine)
    assert "/variants/0/supplier" not in {
        finding.pointer for finding in same.findings if finding.rule.endswith("supplier-registered")
    }


BY_TYPE = re.compile(r"isinstance\([^()]*(?:\([^()]*\))?[^()]*\b(?:int|float)\b")


def test_B13_no_rule_function_reads_numbers_by_their_type() -> None:
    for path in Path(sellerspec.__file__).parent.glob("marketplaces/**/*.py"):
        if path.name not in ("sheet.py", "refusals.py"):  # the kind of a cell, the status of a response
            assert BY_TYPE.findall(path.read_text()) == [], path
