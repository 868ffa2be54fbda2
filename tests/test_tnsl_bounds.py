"""Rules of TNSL at their boundaries: one step to either side, and what must be left alone."""

from dataclasses import replace
from typing import Any

import pytest

from sellerspec.marketplaces.tnsl import envelope, orders, responses, webhooks
from sellerspec.model import Basis, Finding, Severity, Source
from support.rule_violations import places, violations

FINDING = Finding(
    "tnsl.own", Severity.ERROR, "/a", "wrong", Basis.DOCUMENTED, Source("doc", "1", Basis.DOCUMENTED)
)


def test_a_state_that_is_not_open_is_shown() -> None:
    (violation,) = violations(orders.cancel_state, {}, order={"main_state": "shipping"})
    assert violation.message == (
        "the order's `main_state` must be `new`, `awaiting_confirmation` or `processing`, got `shipping`"
    )


@pytest.mark.parametrize("state", [None, 7, ["new"]])
def test_a_state_that_is_no_text_is_not_guessed(state: Any) -> None:
    assert places(orders.cancel_state, {}, order={"main_state": state}) == []


@pytest.mark.parametrize(
    ("stored", "sent", "expected"),
    [
        ({}, {}, []),
        ({"delivery_partner": "A"}, {}, ["shipping_label_url"]),
        ({"shipping_label_url": "https://l.example/1"}, {}, ["delivery_partner"]),
        ({"delivery_partner": "A"}, {"shipping_label_url": "https://l.example/1"}, []),
        ({"delivery_partner": "A"}, {"delivery_partner": ""}, []),
    ],
)
def test_an_order_of_the_business_has_carrier_and_label_or_neither(
    stored: Any, sent: Any, expected: list[str]
) -> None:
    order = {"is_fulfillment_only": True, "extra_info": stored}
    assert places(orders.ffo_extra_complete, sent, order=order) == expected


def test_what_is_there_is_named_beside_what_is_missing() -> None:
    order = {"is_fulfillment_only": True, "extra_info": {"delivery_partner": "A"}}
    (violation,) = violations(orders.ffo_extra_complete, {}, order=order)
    assert violation.message == (
        "`shipping_label_url` is missing: the order has a `delivery_partner`, and "
        "`is_fulfillment_only` is true"
    )


@pytest.mark.parametrize("kind", [None, 0, 1, "true"])
def test_a_kind_of_order_that_is_no_boolean_is_not_guessed(kind: Any) -> None:
    order = {"is_fulfillment_only": kind, "extra_info": {}}
    assert places(orders.ffo_extra_complete, {"delivery_partner": "A"}, order=order) == []
    assert places(orders.e2e_extra_empty, {"delivery_partner": "A"}, order=order) == []
    assert places(orders.receivable_of_ffo, {"receivable": 1}, order=order) == []


@pytest.mark.parametrize(("amount", "expected"), [(1, True), (0, False), (None, False)])
def test_nothing_is_collected_for_an_order_of_the_business(amount: Any, expected: bool) -> None:
    order = {"is_fulfillment_only": True}
    violated = places(orders.receivable_of_ffo, {"receivable": amount}, order=order)
    assert violated == ["receivable"] * expected


@pytest.mark.parametrize("value", [None, [], "receivable", 1])
def test_a_body_query_or_exchange_of_another_shape_is_left_alone(value: Any) -> None:
    order = {"is_fulfillment_only": True, "extra_info": {"delivery_partner": "A"}}
    assert places(orders.receivable_of_ffo, value, order=order) == []
    assert places(orders.filter_window, value) == []
    assert places(webhooks.reason_text, value) == []
    exchange = {"request": value, "response": {"status": 200, "body": order}}
    assert places(orders.extra_merge, exchange, order=order) == []
    assert places(orders.extra_merge, {"request": {"body": {}}, "response": value}, order=order) == []


@pytest.mark.parametrize(
    ("status", "after", "expected"),
    [
        (200, {"delivery_partner": "B"}, ["response.body.extra_info.delivery_partner"]),
        (200, {"delivery_partner": "A"}, []),
        (200, None, ["response.body.extra_info"]),
        (199, {"delivery_partner": "B"}, []),
        (201, {"delivery_partner": "B"}, []),
    ],
)
def test_only_an_accepted_update_is_held_against_what_was_stored(
    status: int, after: Any, expected: list[str]
) -> None:
    exchange = {"request": {"body": {}}, "response": {"status": status, "body": {"extra_info": after}}}
    order = {"extra_info": {"delivery_partner": "A"}}
    assert places(orders.extra_merge, exchange, order=order) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2022-10-26T14:22:46+07:00", "2022-10-26T14:22:46+07:00", False),
        ("2022-10-26T14:22:46+07:00", "2022-10-26T07:22:46Z", False),
        ("2022-10-26T14:22:46+07:00", "2022-10-26T14:22:45+07:00", True),
        ("2022-10-26T14:22:46+07:00", "2022-10-26T14:22:47+07:00", False),
        ("2022-10-26T14:22:46+07:00", "yesterday", False),
        (None, "2022-10-26T14:22:46+07:00", False),
    ],
)
@pytest.mark.parametrize("kind", ["created", "updated"])
def test_a_window_may_end_the_moment_it_begins(kind: str, start: Any, end: Any, expected: bool) -> None:
    query = {f"{kind}_from": start, f"{kind}_to": end}
    assert places(orders.filter_window, query) == [f"{kind}_to"] * expected


@pytest.mark.parametrize("text", ["A", "Đ"])
def test_a_reason_of_another_text_is_told_wherever_it_sorts(text: str) -> None:
    assert "A" < webhooks.REASONS["canceled"] < "Đ"
    notice = {"data": {"reason_code": "canceled", "reason": text}}
    assert places(webhooks.reason_text, notice) == ["data.reason"]


def test_a_reason_may_stand_between_spaces_and_an_unknown_code_is_left_alone() -> None:
    known = webhooks.REASONS["canceled"]
    for data in (
        {"reason_code": ["canceled"], "reason": "A"},
        {"reason_code": "canceled", "reason": None},
        {"reason_code": "canceled", "reason": f" {known} "},
        {"reason_code": "new_code", "reason": "A"},
    ):
        assert places(webhooks.reason_text, {"data": data}) == []


@pytest.mark.parametrize(("code", "expected"), [(None, "INVALID_TOKEN"), ("EXPIRED_TOKEN", "EXPIRED_TOKEN")])
def test_a_refused_token_has_the_code_of_its_finding_or_the_documented_one(
    code: str | None, expected: str
) -> None:
    response = envelope.refusal((replace(FINDING, status=401, code=code),))
    assert response.body["error"]["message_code"] == expected


@pytest.mark.parametrize(("code", "expected"), [(None, "BAD_REQUEST"), ("TAKEN", "TAKEN")])
def test_a_refusal_has_the_code_of_its_finding_or_the_assumed_one(code: str | None, expected: str) -> None:
    (error,) = envelope.refusal((replace(FINDING, code=code),)).body["errors"]
    assert error["code"] == expected


@pytest.mark.parametrize("sent", [{}, {"shipping_label_url": None}, None])
def test_a_change_that_nobody_sent_is_told_apart_from_one_that_was_not_stored(sent: Any) -> None:
    response = {"status": 200, "body": {"data": {"extra_info": {"delivery_partner": "B"}}}}
    exchange = {"request": {"body": sent}, "response": response}
    (violation,) = violations(orders.extra_merge, exchange, order={"extra_info": {"delivery_partner": "A"}})
    assert violation.message == (
        "`delivery_partner` must keep its stored value, because the request does not change it, "
        "got another value"
    )
    assert violations(responses.extra_stored, exchange) == []
    exchange["request"]["body"] = {"delivery_partner": "C"}
    assert violations(orders.extra_merge, exchange, order={"extra_info": {"delivery_partner": "A"}}) == []
    (violation,) = violations(responses.extra_stored, exchange)
    assert violation.message == "`delivery_partner` must be `C`, as in the request, got `B`"
