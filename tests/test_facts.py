"""Facts that cannot be read, are of another thing, or are a refusal: said, and never a verdict."""

from typing import Any

import pytest

from sellerspec import Exchange, Facts, Report, check, check_exchange

CONFIRMATION = {
    "order_code": "100000001",
    "item_ids": [7000001],
    "warehouse_code": "hn",
    "seller_inventory_id": 919,
}
ORDER = {
    "order_code": "100000001",
    "fulfillment_type": "tiki_delivery",
    "items": [{"id": 7000001, "must_confirmed_before_at": "2019-11-05 12:00:00"}],
}
NEED_THE_ORDER = {
    "tiki.confirm-items-left-out",
    "tiki.confirm-items-foreign",
    "tiki.confirm-items-commitment-needed",
    "tiki.confirm-items-tracking-needed",
    "tiki.confirm-items-dropship",
}
NOT_CHECKED = "; the rules that need it are not checked"


def another(known: str, named: str) -> str:
    required = f"`order_code` must be the string `{known}`, that of the order that was given"
    return f"{required}, got the string `{named}`{NOT_CHECKED}"


def about_facts(report: Report) -> list[tuple[str, str, str]]:
    """Return severity, place and message of each finding about a fact."""
    return [
        (finding.severity.value, finding.pointer, finding.message)
        for finding in report.findings
        if finding.rule == "sellerspec.fact-usable"
    ]


def confirmed(order: Any) -> Report:
    return check("tiki/confirmItems", CONFIRMATION, facts=Facts(order=order))


@pytest.mark.parametrize("name", ["confirmItems", "confirmDelivery"])
def test_B7_an_order_of_another_code_is_said_and_compared_with_nothing(name: str) -> None:
    other = {**ORDER, "order_code": "200000002", "fulfillment_type": "dropship", "items": [{"id": 1}]}
    payload = {**CONFIRMATION, "status": "successful_delivery"}
    report = check(f"tiki/{name}", payload, facts=Facts(order=other))
    assert about_facts(report) == [("warning", "/order_code", another("200000002", "100000001"))]
    needs = {"confirmItems": NEED_THE_ORDER, "confirmDelivery": {"tiki.confirm-delivery-seller"}}[name]
    assert needs <= set(report.unchecked)
    assert not needs & {finding.rule for finding in report.findings}
    same = check(f"tiki/{name}", payload, facts=Facts(order={**other, "order_code": "100000001"}))
    assert needs & {finding.rule for finding in same.findings}
    assert about_facts(same) == []


def test_B7_an_order_of_another_code_is_said_of_a_whole_call() -> None:
    url = "https://api.tiki.vn/integration/v1/orders/300000003/print?label=invoice"
    call = Exchange("GET", url, request_headers={"tiki-api": "x"})
    report = check_exchange(call, facts=Facts(order=ORDER))
    assert about_facts(report) == [("warning", "/request/path/order_code", another("100000001", "300000003"))]
    assert "tiki.print-permitted" in report.unchecked
    own = Exchange("GET", url.replace("300000003", "100000001"), request_headers={"tiki-api": "x"})
    assert [finding.rule for finding in check_exchange(own, facts=Facts(order=ORDER)).findings] == [
        "tiki.print-permitted"
    ]


@pytest.mark.parametrize(
    ("order", "given"),
    [
        ({"errors": ["order code not found"]}, "a refusal"),
        ({"data": [ORDER], "paging": {}}, "a list of several"),
        ([ORDER], "a list"),
        ("x", "`x`"),
        (7, "7"),
        ({}, "another object"),
    ],
)
def test_B7_what_is_no_order_is_said_and_its_rules_are_unchecked(order: Any, given: str) -> None:
    report = confirmed(order)
    assert about_facts(report) == [
        ("warning", "", f"the fact `order` must be the response of `getOrder`, got {given}" + NOT_CHECKED)
    ]
    assert set(report.unchecked) >= NEED_THE_ORDER


@pytest.mark.parametrize("items", [None, [], [{}], [{"id": 7000001}, {"id": "x"}], "x"])
def test_B7_a_part_that_cannot_be_read_leaves_the_rules_of_the_other_parts(items: Any) -> None:
    report = confirmed({**ORDER, "fulfillment_type": "cross_border", "items": items})
    assert about_facts(report) == [
        ("warning", "", "the fact `order` must have `items` as in the response of `getOrder`" + NOT_CHECKED)
    ]
    unread = {"tiki.confirm-items-left-out", "tiki.confirm-items-foreign"}
    assert unread <= set(report.unchecked)
    assert not (NEED_THE_ORDER - unread) & set(report.unchecked)
    assert "tiki.confirm-items-tracking-needed" in {finding.rule for finding in report.findings}


def test_B7_an_order_in_an_envelope_is_read() -> None:
    assert confirmed({"data": {**ORDER, "fulfillment_type": "dropship"}}) == confirmed(
        {**ORDER, "fulfillment_type": "dropship"}
    )


@pytest.mark.parametrize("id", [7, "7", 7.0])
def test_B7_the_category_of_another_product_checks_nothing(id: Any) -> None:
    category = {"id": id, "primary": 0, "attributes": [{"code": "ram", "is_required": 1}]}
    rules = {"tiki.category-primary", "tiki.attribute-required"}
    same = check("tiki/createProduct", {"category_id": 7}, facts=Facts(category=category))
    assert rules <= {finding.rule for finding in same.findings}
    report = check("tiki/createProduct", {"category_id": 8}, facts=Facts(category=category))
    assert rules <= set(report.unchecked)
    assert "tiki.category-other" in {finding.rule for finding in report.findings}
    listed = check(
        "tiki/createProduct", {"category_id": 7}, facts=Facts(category={"id": 7, "primary": 0, "name": "x"})
    )
    assert about_facts(listed) == [
        (
            "warning",
            "",
            "the fact `category` must have `attributes` as in the response of `getCategory`" + NOT_CHECKED,
        )
    ]
    assert "tiki.category-primary" in {finding.rule for finding in listed.findings}


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (Facts(seller="abroad"), "the fact `seller` must be `vietnam` or `global`, got `abroad`"),
        (
            Facts(suppliers=("x",)),  # type: ignore[arg-type]
            "the fact `suppliers` must be a list of whole numbers, got a list of other values",
        ),
        (
            Facts(inventory_types="instock"),  # type: ignore[arg-type]
            "the fact `inventory_types` must be a list of texts, got `instock`",
        ),
    ],
)
def test_B7_a_fact_of_the_seller_that_cannot_be_read_is_said(facts: Facts, message: str) -> None:
    payload = {"variants": [{"supplier": 1, "inventory_type": "cross_border"}]}
    report = check("tiki/createProduct", payload, facts=facts)
    assert about_facts(report) == [("warning", "", message + NOT_CHECKED)]
    unchecked = check("tiki/createProduct", payload).unchecked
    assert report.unchecked == unchecked


@pytest.mark.parametrize("engine", ["jsonschema", "jsonschema-rs"])
def test_B7_a_valid_payload_with_an_unreadable_fact_is_not_silent(engine: str) -> None:
    report = check("tiki/updateSku", {"price": 5}, facts=Facts(listing_price=0), engine=engine)
    assert [(finding.rule, finding.pointer) for finding in report.findings] == [
        ("sellerspec.fact-usable", "")
    ]
    assert report.unchecked == ("tiki.update-price-floor",)


@pytest.mark.parametrize("name", ["main_state", "status"])
@pytest.mark.parametrize("enveloped", [True, False])
def test_B7_a_state_of_tnsl_is_read_under_both_names(name: str, enveloped: bool) -> None:
    order = {name: "shipping"}
    report = check("tnsl/cancelOrder", {}, facts=Facts(order={"data": order} if enveloped else order))
    assert "tnsl.cancel-state" in {finding.rule for finding in report.findings}
    assert "tnsl.cancel-state" not in report.unchecked


@pytest.mark.parametrize(
    "order",
    [
        {"data": {"order_code": "1"}},
        {"success": False, "error": {"code": "NOT_FOUND"}},
        {"success": True, "data": {"count": 1, "results": [{"main_state": "new"}]}},
        "x",
    ],
)
def test_B7_a_state_of_tnsl_that_cannot_be_read_is_said(order: Any) -> None:
    report = check("tnsl/cancelOrder", {}, facts=Facts(order=order))
    assert len(about_facts(report)) == 1
    assert report.unchecked == ("tnsl.cancel-state",)
