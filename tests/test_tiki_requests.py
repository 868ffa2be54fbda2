"""What a request to Tiki should not hold, and what it may: nulls, blanks, addresses, sizes."""

import json
from typing import Any

import pytest

import sellerspec
from sellerspec import Severity, check
from support.examples import ROOT, examples

ENGINES = ["jsonschema", "jsonschema-rs"]
PRODUCT = json.loads((ROOT / "tiki/createProduct/valid/tiki.market-price-positive.json").read_text())
UPDATE = {"price": 5000, "quantity": 1, "active": 1}
ITEMS = {"order_code": "1", "item_ids": [7], "warehouse_code": "hn", "seller_inventory_id": 919}
DELIVERY = {"order_code": "1", "status": "successful_delivery"}
EVENT = {"order_code": "1", "status": "on_delivery", "update_time": "2019-11-03 23:59:59"}


def found(operation: str, payload: Any, engine: str | None = None) -> list[tuple[str, str]]:
    """Return rule and place of each warning; there is no error."""
    report = check(f"tiki/{operation}", payload, engine=engine)
    assert not report.errors
    return [(finding.rule, finding.pointer) for finding in report.findings]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("operation", "payload", "name"),
    [
        ("updateSku", UPDATE, "price"),
        ("updateSku", UPDATE, "quantity"),
        ("updateSku", UPDATE, "active"),
        ("confirmItems", ITEMS, "delivery_commitment_time"),
        ("confirmItems", ITEMS, "tracking_number"),
        ("confirmDelivery", DELIVERY, "reason"),
        ("confirmDelivery", DELIVERY, "appointment_date"),
        ("confirmDelivery", DELIVERY, "document_urls"),
        ("updateDeliveryStatus", EVENT, "payload"),
    ],
)
def test_B4_null_in_an_optional_member_warns(
    operation: str, payload: dict[str, Any], name: str, engine: str
) -> None:
    assert found(operation, payload, engine) == []
    assert found(operation, {**payload, name: None}, engine) == [("tiki.null-optional", f"/{name}")]
    assert sellerspec.rule("tiki.null-optional").basis == "inferred"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("blank", ["   ", "\u200b", " \u200b\u2060\ufeff", "\u00a0\t"])
def test_B17_a_text_that_nobody_can_see_warns(blank: str, engine: str) -> None:
    first, *others = PRODUCT["variants"]
    variants = [{**first, "option1": blank}, *others]
    payload = {**PRODUCT, "name": blank, "description": blank, "variants": variants}
    assert found("createProduct", payload, engine) == [
        ("tiki.product-description-empty", "/description"),
        ("tiki.not-blank", "/name"),
        ("tiki.not-blank", "/variants/0/option1"),
    ]
    assert found("confirmItems", {**ITEMS, "order_code": blank}, engine) == [
        ("tiki.not-blank", "/order_code")
    ]
    assert found("confirmDelivery", {**DELIVERY, "order_code": blank}, engine) == [
        ("tiki.not-blank", "/order_code")
    ]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("address", ["HTTPS://img.example/a.jpg", "Http://img.example/a.jpg"])
def test_B18_schemes_are_blind_to_case(address: str, engine: str) -> None:
    assert found("createProduct", {**PRODUCT, "image": address, "images": [address + "?2"]}, engine) == []
    assert found("confirmDelivery", {**DELIVERY, "document_urls": [address]}, engine) == []
    target = {"url": address.replace("Http:", "HTTPS:"), "secret_key": "x"}
    report = check("tnsl/registerWebhooks", {"webhooks": [target]}, engine=engine)
    assert "tnsl.webhook-https" not in {finding.rule for finding in report.findings}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "address", ["https://a.example/b c", "https://", "https:///a", "ftp://a.b/c", "soon"]
)
def test_B17_an_address_has_a_host_and_no_blank(address: str, engine: str) -> None:
    payload = {**PRODUCT, "image": address, "images": [address]}
    payload["variants"] = [{**variant, "image": address} for variant in PRODUCT["variants"]]
    places = {pointer for rule, pointer in found("createProduct", payload, engine) if rule.endswith("-url")}
    variants = {f"/variants/{index}/image" for index in range(len(payload["variants"]))}
    assert places == {"/image", "/images/0", *variants}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("supplier", 0, "id-positive"),
        ("supplier", -1, "id-positive"),
        ("market_price", -1, "market-price-positive"),
        ("market_price", 0, "market-price-positive"),
        ("price", 10**30, "number-size"),
        ("price", 10**12 + 1, "number-size"),
        ("quantity", 10**12 + 1, "number-size"),
    ],
)
def test_B17_numbers_that_no_amount_or_id_has_warn(name: str, value: Any, rule: str, engine: str) -> None:
    variants = [{**variant} for variant in PRODUCT["variants"]]
    variants[0][name] = value
    warned = found("createProduct", {**PRODUCT, "market_price": None, "variants": variants}, engine)
    assert (f"tiki.{rule}", f"/variants/0/{name}") in warned


@pytest.mark.parametrize("engine", ENGINES)
def test_B17_ids_below_one_warn(engine: str) -> None:
    payload = {**ITEMS, "item_ids": [-1, 0, 1], "seller_inventory_id": -5}
    assert found("confirmItems", payload, engine) == [
        ("tiki.id-positive", "/item_ids/0"),
        ("tiki.id-positive", "/item_ids/1"),
        ("tiki.id-positive", "/seller_inventory_id"),
    ]


def test_B19_a_documented_request_stays_accepted_or_the_finding_names_the_document() -> None:
    refused = set()
    for example in examples("valid"):
        if example.operation.startswith("tiki/") and example.path.name.startswith("documented"):
            report = example.report()
            assert report.ok, str(example)
            for finding in report.strict().errors:
                if not finding.pointer.startswith("/response"):
                    # by what contradicts the example: a section of the same document, or a later one
                    named = finding.hint if finding.source.document == "tis-2019" else "tis-2019"
                    assert "tis-2019" in str(named), (str(example), finding)
                    refused.add(finding.rule)
            assert {finding.severity for finding in report.findings} <= {Severity.WARNING}
    assert refused == {
        "tiki.confirm-items-warehouse-known",
        "tiki.delivery-status-blanks",
        "tiki.market-price-low",
    }
