"""Responses and notices of TNSL, by the public functions: what they must hold, and what they have to do with
their requests."""

from typing import Any

import orjson
import pytest

import sellerspec
from sellerspec import Exchange, Facts, Finding

BASE = "https://api.tikinow.vn/business/v1"
HEADERS = {"authorization": "Bearer not-a-real-token", "content-type": "application/json"}
EXTRA = {"delivery_partner": "A", "shipping_label_url": "https://labels.example/1"}
ORDER: dict[str, Any] = {
    "order_code": "347171821",
    "ref_code": "R-1",
    "is_fulfillment_only": True,
    "main_state": "processing",
    "shipping": {"ward_tiki_code": "VN039007006", "warehouse_code": "sgn"},
    "items": [{"product_sku": "9587541851263", "qty": 1}],
    "extra_info": EXTRA,
}
CANCEL = ("POST", "/orders/347171821/cancel")
UPDATE = ("PATCH", "/orders/347171821/extra")
READ = ("GET", "/orders/347171821")
REFUSED = {"status_code": 401, "message": "Unauthorized", "message_code": "INVALID_TOKEN"}
META = {"request_id": "1"}


def success(data: Any) -> dict[str, Any]:
    return {"success": True, "data": data, "meta_data": META}


def findings(
    call: tuple[str, str],
    response: Any,
    *,
    status: int = 200,
    sent: Any = None,
    order: Any = None,
    headers: dict[str, str] | None = None,
) -> list[tuple[str, str, str]]:
    method, path = call
    body = b"" if sent is None else orjson.dumps(sent)
    answer = response if isinstance(response, bytes) else orjson.dumps(response)
    content = headers if headers is not None else {"content-type": "application/json"}
    exchange = Exchange(
        method, BASE + path, status, request_headers=HEADERS, request_body=body,
        response_headers=content, response_body=answer,
    )  # fmt: skip
    report = sellerspec.check_exchange(exchange, facts=Facts(order=order))
    return list(map(short, report.findings))


def short(finding: Finding) -> tuple[str, str, str]:
    return finding.severity.value, finding.rule, finding.pointer.removeprefix("/response/body")


@pytest.mark.parametrize("name", ["main_state", "status"])
def test_C1_a_state_that_can_be_read_under_either_name_is_judged(name: str) -> None:
    report = sellerspec.check("tnsl/cancelOrder", {}, facts=Facts(order={"data": {name: "shipping"}}))
    assert [short(finding) for finding in report.findings] == [("error", "tnsl.cancel-state", "")]
    assert report.unchecked == ()
    without = findings(CANCEL, success({**ORDER, "main_state": "canceled"}), order={name: "shipping"})
    assert without == [("error", "tnsl.cancel-state", "/request/body")]


@pytest.mark.parametrize(
    "order",
    [
        {"success": False, "error": REFUSED},
        {"success": False, "errors": [{"message": "no", "code": "BAD_REQUEST"}]},
        {"success": True, "data": {"count": 1, "results": [{"main_state": "new"}]}},
        {"data": {"order_code": "347171821"}},
        "x",
    ],
)
def test_C1_a_state_that_cannot_be_read_is_unchecked_and_said(order: Any) -> None:
    report = sellerspec.check("tnsl/cancelOrder", {}, facts=Facts(order=order))
    assert [short(finding) for finding in report.findings] == [("warning", "sellerspec.fact-usable", "")]
    assert report.findings[0].message.endswith("; the rules that need it are not checked")
    assert report.unchecked == ("tnsl.cancel-state",)


@pytest.mark.parametrize(
    "sent", [EXTRA, {"delivery_partner": "A"}, {"shipping_label_url": "https://l.example/2"}]
)
def test_C3_an_update_of_the_extra_data_is_not_answered_with_null(sent: dict[str, str]) -> None:
    null = findings(UPDATE, success({**ORDER, "extra_info": None}), sent=sent)
    assert null == [("error", "tnsl.extra-stored", "/data/extra_info")]
    stored = findings(UPDATE, success({**ORDER, "extra_info": {**EXTRA, **sent}}), sent=sent, order=ORDER)
    assert stored == []


def test_C3_what_is_stored_and_was_not_sent_stays() -> None:
    kept = {**EXTRA, "cancel_reason_code": "202"}
    order = {**ORDER, "extra_info": kept}
    for after in ({**kept, "cancel_reason_code": "1"}, {**EXTRA}):
        wiped = findings(UPDATE, success({**ORDER, "extra_info": after}), sent=EXTRA, order=order)
        assert wiped == [("error", "tnsl.extra-merge", "/data/extra_info/cancel_reason_code")]
    null = findings(UPDATE, success({**ORDER, "extra_info": None}), sent={}, order=order)
    assert ("error", "tnsl.extra-merge", "/data/extra_info") in null
    assert findings(UPDATE, success({**ORDER, "extra_info": kept}), sent=EXTRA, order=order) == []


def test_C3_a_response_that_does_not_show_what_was_changed_warns() -> None:
    without = {name: value for name, value in ORDER.items() if name != "extra_info"}
    assert findings(UPDATE, success(without), sent=EXTRA) == [
        ("warning", "tnsl.update-shown", "/data/extra_info")
    ]


def test_C4_a_cancel_without_a_body_is_clean_and_its_state_is_judged_all_the_same() -> None:
    canceled = success({**ORDER, "main_state": "canceled"})
    assert findings(CANCEL, canceled) == []
    assert findings(CANCEL, canceled, sent={}) == []
    assert findings(CANCEL, canceled, order=ORDER) == []
    shipped = findings(CANCEL, canceled, order={**ORDER, "main_state": "shipping"})
    assert shipped == [("error", "tnsl.cancel-state", "/request/body")]


def test_C14_null_for_parts_of_an_order_warns() -> None:
    nothing = dict.fromkeys(("shipping", "items", "extra_info", "receivable", "created_at", "updated_at"))
    assert findings(READ, success({**ORDER, **nothing})) == [
        ("warning", "tnsl.order-complete", "/data/items"),
        ("warning", "tnsl.order-complete", "/data/shipping"),
    ]


@pytest.mark.parametrize("members", [("main_substate",), ("reason", "reason_code"), ("extra_info",)])
def test_C14_null_for_optional_members_of_a_notice_warns(members: tuple[str, ...]) -> None:
    data = {"date": "2022-10-26T14:22:46+07:00", "ref_code": "R-1", "order_code": "347171821"}
    notice = {"data": {**data, "main_state": "processing", **dict.fromkeys(members)}}
    report = sellerspec.check("tnsl/orderStatusSync", notice)
    assert list(map(short, report.findings)) == [
        ("warning", "tnsl.no-null", f"/data/{name}") for name in members
    ]


def test_C14_a_broken_member_hides_the_rules_that_read_it() -> None:
    update = ("PUT", "/orders/347171821/receivable")
    wrong = findings(update, success({**ORDER, "receivable": "7"}), sent={"receivable": 5})
    assert wrong == [("error", "tnsl.order", "/data/receivable")]
    cancel = findings(CANCEL, success({**ORDER, "main_state": 5}))
    assert cancel == [("error", "tnsl.order", "/data/main_state")]


def test_C15_a_cancel_that_leaves_the_order_processing_warns() -> None:
    sent = {"cancel_reason_code": "202", "cancel_reason": "Đặt trùng"}
    assert findings(CANCEL, success(ORDER), sent=sent) == [
        ("warning", "tnsl.cancel-done", "/data/main_state")
    ]


def test_C15_an_export_that_is_json_or_a_page_warns() -> None:
    export = ("GET", "/order-imports/5/export")
    workbook = {"content-type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    page = {"content-type": "text/html; charset=utf-8"}
    assert findings(export, success({})) == [("warning", "tnsl.export-workbook", "")]
    assert findings(export, b"<html></html>", headers=page) == [
        ("warning", "tnsl.export-workbook", "/response/headers/content-type")
    ]
    assert findings(export, b"PK\x03\x04", headers=workbook) == []


def test_C15_a_status_code_in_the_body_that_is_not_the_status_warns() -> None:
    body = {"success": False, "error": {**REFUSED, "status_code": 403}, "meta_data": META}
    assert findings(READ, body, status=401) == [("warning", "tnsl.status-code", "/error/status_code")]
    assert findings(READ, {**body, "error": REFUSED}, status=401) == []


@pytest.mark.parametrize(
    ("content", "headers"), [(b"", {}), (b"<html></html>", {"content-type": "text/html"})]
)
@pytest.mark.parametrize("status", [401, 404])
def test_C15_a_refusal_by_a_proxy_is_accepted_and_a_success_without_json_is_not(
    status: int, content: bytes, headers: dict[str, str]
) -> None:
    assert findings(READ, content, status=status, headers=headers) == []
    assert findings(READ, content, headers=headers) == [("error", "tnsl.order-answer", "")]


def test_C15_an_empty_sku_or_warehouse_warns() -> None:
    payload = {
        "is_fulfillment_only": True,
        "shipping": {"ward_tiki_code": "VN039007006", "warehouse_code": ""},
        "items": [{"product_sku": "\u200b", "qty": 1}],
    }
    report = sellerspec.check("tnsl/getQuotes", payload)
    assert list(map(short, report.findings)) == [
        ("warning", "tnsl.not-blank", "/items/0/product_sku"),
        ("warning", "tnsl.not-blank", "/shipping/warehouse_code"),
    ]


@pytest.mark.parametrize(
    ("code", "reason", "place"),
    [
        ("full", "Hủy", "reason"),
        ("unpacked", "Hủy", "reason_code"),
        ("canceled", "Hủy", None),
        ("unpacked", "Lý do khác", None),
    ],
)
def test_C15_a_reason_that_does_not_fit_its_code_warns(code: str, reason: str, place: str | None) -> None:
    data = {"date": "2022-10-26T14:22:46+07:00", "ref_code": "R-1", "order_code": "347171821"}
    state = {"main_state": "shipping", "main_substate": "delivery_failed_1"}
    report = sellerspec.check(
        "tnsl/orderStatusSync", {"data": {**data, **state, "reason_code": code, "reason": reason}}
    )
    expected = [("warning", "tnsl.reason-text", f"/data/{place}")] if place else []
    assert list(map(short, report.findings)) == expected


def test_C3_a_placeholder_of_a_recording_is_compared_with_nothing() -> None:
    sent = {"shipping_label_url": "https://labels.example/SCRUBBED-text-3", "delivery_partner": "A"}
    shown = {"shipping_label_url": "https://scrubbed-9.example.invalid/", "delivery_partner": "A"}
    assert findings(UPDATE, success({**ORDER, "extra_info": shown}), sent=sent) == []
    assert findings(
        UPDATE, success({**ORDER, "extra_info": {**shown, "delivery_partner": "B"}}), sent=sent
    ) == [("error", "tnsl.extra-stored", "/data/extra_info/delivery_partner")]
