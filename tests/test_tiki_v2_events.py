"""Events and subscriptions of the Open API: what the examples of single rules do not show."""

import json
from typing import Any

import pytest

import sellerspec

QUEUE = "https://api.tiki.vn/integration/v1/queues/6cd68367"
HEADERS = {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS", "Content-Type": "application/json"}


def found(method: str, url: str, sent: Any, body: Any, status: int = 200) -> list[tuple[str, str]]:
    """Return rule and place of what is found in a response."""
    exchange = sellerspec.Exchange(
        method, QUEUE + url, status, request_headers=HEADERS, request_body=json.dumps(sent).encode(),
        response_headers={"Content-Type": "application/json"}, response_body=json.dumps(body).encode(),
    )  # fmt: skip
    return [(one.rule, one.pointer) for one in sellerspec.check_exchange(exchange).findings]


def pulled(*events: tuple[Any, Any]) -> list[tuple[str, str]]:
    """Return what is found in a pull of events; each is given by its id and its time."""
    made = [
        {"id": id, "created_at": time, "payload": {"order_code": "1"}, "type": "ORDER_CREATED_SUCCESSFULLY",
         "version": "v1"}
        for id, time in events
    ]  # fmt: skip
    return found("POST", "/events/pull", {"ack_id": None}, {"events": made, "ack_id": "c068d557"})


T = 1_740_401_636_695
AT = "/response/body/events"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], []),
        ([("a", T), ("b", T)], []),
        ([("a", T), ("b", T + 1), ("c", T)], [("tiki-v2.events-in-order", f"{AT}/2/created_at")]),
        ([("a", T), ("b", "x"), ("c", T - 1)], [
            ("tiki-v2.event-time", f"{AT}/1/created_at"), ("tiki-v2.events-in-order", f"{AT}/2/created_at"),
        ]),
        ([("a", T), ("b", T), ("a", T)], [("tiki-v2.event-once", f"{AT}/2/id")]),
        ([(1, T), (1, T)], [("tiki-v2.event", f"{AT}/0/id"), ("tiki-v2.event", f"{AT}/1/id")]),
        ([("a", 10_000_000_000)], []),
        ([("a", 9_999_999_999)], [("tiki-v2.event-time", f"{AT}/0/created_at")]),
    ],
)  # fmt: skip
def test_events_come_once_and_in_order(events: Any, expected: list[tuple[str, str]]) -> None:
    assert pulled(*events) == expected


def subscription(**changes: Any) -> dict[str, Any]:
    return {"code": "f0c586e1", "active": True, "event_type": "PRODUCT_PRICE_UPDATED", **changes}


@pytest.mark.parametrize(
    ("sent", "body", "places"),
    [
        ({"active": True}, subscription(), []),
        ({"active": False}, subscription(), [("tiki-v2.subscription-switched", "/response/body/active")]),
        (
            {"active": True},
            subscription(active="false"),
            [("tiki-v2.subscription-assumed", "/response/body/active")],
        ),
    ],
)
def test_a_subscription_is_switched_as_the_request_says(
    sent: Any, body: Any, places: list[tuple[str, str]]
) -> None:
    assert found("PUT", "/subscriptions/f0c586e1", sent, body) == places


def test_a_subscription_without_a_state_in_the_request_is_not_compared() -> None:
    rules = {rule for rule, _ in found("PUT", "/subscriptions/f0c586e1", {}, subscription())}
    assert rules == {"tiki-v2.subscription-active"}


def test_a_refused_subscription_is_not_compared() -> None:
    sent = {"event_type": "ORDER_CREATED_SUCCESSFULLY"}
    refused = {"errors": ["no"], "event_type": "PRODUCT_PRICE_UPDATED"}
    assert found("POST", "/subscriptions", sent, refused, 400) == []
    assert found("POST", "/subscriptions", sent, subscription()) == [
        ("tiki-v2.subscription-type-kept", "/response/body/event_type")
    ]
