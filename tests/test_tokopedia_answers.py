"""Responses and notices of Tokopedia are held as strictly as requests."""

import json
from typing import Any

import pytest

import sellerspec
from sellerspec.contract.validator import fallback
from support.examples import ROOT
from support.order_lists import exchange, listed, told

DAY = 86_400
BEGINS, ENDS = 1660262400, 1660348800
FROM, TO = (
    "`from_date`, 1660262400 (2022-08-12 00:00:00 UTC)",
    "`to_date`, 1660348800 (2022-08-13 00:00:00 UTC)",
)


@pytest.mark.parametrize(
    ("created", "message"),
    [
        (BEGINS - 30 * DAY, f"must not be before {FROM}, got 1657670400 (2022-07-13 00:00:00 UTC)"),
        (BEGINS - 14 * 3600 - 1, f"must not be before {FROM}, got 1660211999 (2022-08-11 09:59:59 UTC)"),
        (BEGINS - 7 * 3600, ""),
        (ENDS + 14 * 3600, ""),
        (ENDS + DAY, f"must not be after {TO}, got 1660435200 (2022-08-14 00:00:00 UTC)"),
    ],
)
def test_C2_an_order_lies_in_the_window_of_the_request_whatever_the_time_zone(
    created: int, message: str
) -> None:
    report = listed(create_time=created)
    expected = [("warning", "answer-keeps-window", "create_time")] if message else []
    assert told(report) == expected
    assert [finding.message for finding in report.findings] == [f"`create_time` {message}"] * bool(message)


def test_C2_an_order_is_of_the_app_of_the_request() -> None:
    assert told(listed(fs_id="13005")) == [("warning", "answer-keeps-app", "fs_id")]
    assert told(listed(fs_id="")) == [("warning", "order-fs-id-text", "fs_id")]


@pytest.mark.parametrize(
    ("status", "code", "right"),
    [(500, "ORD_USC_015", True), (403, "RBAC_MDLW_001", True), (403, "ORD_USC_015", False),
     (500, "RBAC_MDLW_001", False), (400, "ORD_USC_015", False)],
)  # fmt: skip
def test_C5_a_shop_that_is_not_linked_has_status_and_code_of_one_source(
    status: int, code: str, right: bool
) -> None:
    def change(raw: Any) -> None:
        reason = "FS ID Is Not Associated With Shop ID or Warehouse ID"
        raw["status"] = status
        raw["response_body"]["header"] |= {"error_code": code, "reason": reason}

    report = exchange(change, name="documented-refusal")
    assert told(report) == ([] if right else [("warning", "unlinked-status", "/response/status")])


@pytest.mark.parametrize("operation", ["orderNotification", "tokocabangOrderNotification"])
@pytest.mark.parametrize(
    ("numbers", "findings"),
    [
        ({"invoice_ref_num": "INV/1"}, []),
        ({"invoice_ref_num": "INV/1", "invoice_num": "INV/1"}, []),
        ({"invoice_num": "INV/1"}, [("warning", "invoice-member-name", "/invoice_ref_num")]),
        (
            {"invoice_ref_num": "INV/1", "invoice_num": "INV/2"},
            [("warning", "invoice-numbers-agree", "/invoice_num")],
        ),
        ({}, [("error", "invoice-number-present", "/invoice_ref_num")]),
    ],
)
def test_C6_the_invoice_number_has_the_name_of_the_example(
    operation: str, numbers: dict[str, str], findings: list[tuple[str, str, str]]
) -> None:
    notice = json.loads((ROOT / f"tokopedia/{operation}/valid/base.json").read_text())
    del notice["invoice_ref_num"]
    assert told(sellerspec.check(f"tokopedia/{operation}", notice | numbers)) == findings


@pytest.mark.parametrize(
    ("operation", "members", "pointer"),
    [
        ("orderStatus", {"shipping_info": {"awb": 7}}, "/shipping_info/awb"),
        ("orderStatus", {"source": 7}, "/source"),
        ("orderNotification", {"is_bmgm": "no"}, "/is_bmgm"),
        ("orderNotification", {"payment_date": 7}, "/payment_date"),
    ],
)
def test_C7_the_type_of_a_member_that_only_traffic_shows_is_observed(
    operation: str, members: dict[str, Any], pointer: str
) -> None:
    notice = json.loads((ROOT / f"tokopedia/{operation}/valid/base.json").read_text())
    (finding,) = sellerspec.check(f"tokopedia/{operation}", notice | members).errors
    assert (finding.rule, finding.pointer) == ("tokopedia.observed-types", pointer)
    assert (finding.basis.value, finding.source.document) == ("observed", "tokopedia-traffic")


def test_C7_the_same_in_a_list() -> None:
    for member, value in (("sp_id", "1"), ("user_status", "0")):
        part = "logistics" if member == "sp_id" else "buyer"
        report = listed(**{part: {member: value}})
        assert ("error", "observed-types", f"{part}/{member}") in told(report)
    promo = {"summary_promo": [{"cashback_details": [{"amount_idr": "1"}]}]}
    place = "promo_order_detail/summary_promo/0/cashback_details/0/amount_idr"
    assert ("error", "observed-types", place) in told(listed(promo_order_detail=promo))


def test_C7_a_status_that_the_table_lacks_is_observed_and_one_that_nobody_saw_inferred() -> None:
    for status, rule, basis in (
        (401, "tokopedia.order-status-untabled", "observed"),
        (9999, "tokopedia.order-status-known", "inferred"),
    ):
        for report in (listed(order_status=status), exchange(url=f"&status={status}")):
            (finding,) = (item for item in report.findings if item.rule != "tokopedia.answer-keeps-status")
            assert (finding.rule, finding.severity.value, finding.basis.value) == (rule, "warning", basis)


def test_C7_the_shape_of_the_spec_alone_is_no_document() -> None:
    source = sellerspec.operation("tokopedia/listOrders").source
    rule = fallback("tokopedia", "listOrders", source)
    assert source.status.value == "documented"
    assert (rule.id, rule.basis.value) == ("tokopedia.list-orders-shape", "inferred")


@pytest.mark.parametrize(
    ("content_type", "right"),
    [("text/html; charset=utf-8", False), ("application/json; charset=utf-8", True), ("text/plain", False)],
)
def test_C15_a_list_is_json_by_its_content_type(content_type: str, right: bool) -> None:
    report = exchange(lambda raw: raw.update(response_headers={"content-type": content_type}))
    place = "/response/headers/content-type"
    assert told(report) == ([] if right else [("warning", "answer-content-type", place)])


def test_C15_html_with_status_200_is_no_list() -> None:
    page = {"response_body": "<html></html>", "response_headers": {"content-type": "text/html"}}
    assert told(exchange(lambda raw: raw.update(page))) == [
        ("error", "order-list-answer", "/response/body"),
        ("warning", "answer-content-type", "/response/headers/content-type"),
    ]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
@pytest.mark.parametrize("body", ["", "<html></html>"])
def test_a_refusal_of_a_server_before_the_order_service_may_have_any_body(status: int, body: str) -> None:
    page = {"status": status, "response_body": body, "response_headers": {"content-type": "text/html"}}
    report = exchange(lambda raw: raw.update(page))
    assert report.ok
    assert {item.rule for item in report.findings} <= {
        "tokopedia.gateway-error-envelope",
        "tokopedia.rate-limit-headers",
    }


def test_C13_a_refusal_for_the_rate_has_its_four_headers() -> None:
    headers = ("limit", "remaining", "reset-after", "full-reset-after")

    def limited(raw: object) -> None:
        assert isinstance(raw, dict)
        raw |= {"status": 429, "response_headers": {f"X-Ratelimit-{name}": "1" for name in headers[1:]}}

    report = exchange(limited, name="documented-refusal")
    assert told(report) == [("warning", "rate-limit-headers", "/response/headers/x-ratelimit-limit")]
