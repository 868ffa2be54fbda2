"""Orders of the Open API: what the examples of single rules do not show."""

import copy
import json
from typing import Any

import pytest

import sellerspec
from sellerspec import Facts, contract

ORDERS = "https://api.tiki.vn/integration/v2/orders"
BEARER = {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}
KNOWN = {
    "code": "265589080", "fulfillment_type": "tiki_delivery", "status": "queueing",
    "items": [{"id": 1}, {"id": 2}],
}  # fmt: skip


def listed() -> dict[str, Any]:
    (example,) = contract.contract("tiki-v2").spec.operation("listOrders").responses[200].examples().values()
    return dict(copy.deepcopy(example))


def got(path: str, body: Any = None, method: str = "GET", **known: Any) -> list[tuple[str, str]]:
    """Return rule and place of what is found in a request with a body, or in the response to one without."""
    data = b"" if body is None else json.dumps(body).encode()
    kind = {"Content-Type": "application/json"}
    if method == "GET" and data:
        exchange = sellerspec.Exchange(
            "GET", ORDERS + path, 200, request_headers=BEARER, response_headers=kind, response_body=data
        )
    else:
        headers = {**BEARER, **kind} if data else BEARER
        exchange = sellerspec.Exchange(
            method, ORDERS + path, None, request_headers=headers, request_body=data
        )
    facts = Facts(order={**KNOWN, **known}) if known else None
    return [
        (finding.rule, finding.pointer)
        for finding in sellerspec.check_exchange(exchange, facts=facts).findings
    ]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("status=in%7Cpicking,shipping", "status"),
        ("status=picking", "status"),
        ("status=nin%7Cprocessing,queueing", "status"),
        ("fulfillment_type=nin%7Cdropship", "fulfillment_type"),
        ("code=1,2", "code"),
        ("created_from_date=2023-03-28%2012:50:19", "created_at"),
        ("created_to_date=2023-03-28%2012:50:17", "created_at"),
        ("updated_from_date=2023-03-28%2012:55:40", "updated_at"),
        ("updated_to_date=2023-03-28%2012:55:38", "updated_at"),
    ],
)
def test_each_filter_of_the_list_counts(query: str, place: str) -> None:
    assert got(f"?{query}", listed()) == [("tiki-v2.orders-filtered", f"/response/body/data/0/{place}")]


@pytest.mark.parametrize(
    "query",
    [
        "status=nin%7Cprocessing,waiting_payment",
        "status=in%7Cqueueing,picking",
        "fulfillment_type=dropship,seller_delivery",
        "code=1,265589080",
        "created_from_date=2023-03-28%2012:50:18&created_to_date=2023-03-28%2012:50:18",
    ],
)
def test_an_order_that_passes_the_filters_is_no_finding(query: str) -> None:
    assert got(f"?{query}", listed()) == []


def test_sums_are_found_in_a_list_where_they_stand() -> None:
    body = listed()
    body["data"][0]["items"][0]["invoice"]["row_total"] = 1
    body["data"][0]["invoice"]["total_seller_fee"] = 1
    assert set(got("", body)) == {
        ("tiki-v2.order-row-total", "/response/body/data/0/items/0/invoice/row_total"),
        ("tiki-v2.order-seller-fee", "/response/body/data/0/invoice/total_seller_fee"),
    }


def test_a_sum_with_an_unknown_part_is_not_judged() -> None:
    body = listed()
    del body["data"][0]["items"][0]["invoice"]["seller_fee"]
    body["data"][0]["items"][0]["invoice"].update(discount_amount=None, row_total=1)
    body["data"][0]["invoice"]["total_seller_fee"] = 1
    assert got("", body) == []


CONFIRMATION = {"available_item_ids": [1, 2], "seller_inventory_id": 384740}
CONFIRM = "/265589080/confirm-available"


@pytest.mark.parametrize("kind", ["tiki_delivery", "seller_delivery", "cross_border", "instant_delivery"])
def test_orders_of_other_kinds_than_dropship_are_confirmed_item_by_item(kind: str) -> None:
    assert got(CONFIRM, CONFIRMATION, "POST", fulfillment_type=kind) == []


def test_a_dropship_order_is_refused_in_the_words_of_the_server() -> None:
    exchange = sellerspec.Exchange(
        "POST", ORDERS + CONFIRM, None, request_body=json.dumps(CONFIRMATION).encode(),
        request_headers={**BEARER, "Content-Type": "application/json"},
    )  # fmt: skip
    facts = Facts(order={**KNOWN, "fulfillment_type": "dropship"})
    (finding,) = sellerspec.check_exchange(exchange, facts=facts).findings
    assert (finding.rule, finding.server_text) == (
        "tiki-v2.confirm-items-dropship", "Cannot use this API to confirm dropship orders."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "body", "order", "expected"),
    [
        (
            "confirmAvailable",
            CONFIRMATION,
            {"fulfillment_type": "dropship"},
            "tiki-v2.confirm-items-dropship",
        ),
        ("confirmAvailable", CONFIRMATION, {"status": "picking"}, "tiki-v2.confirm-status"),
        (
            "confirmDropship",
            {"confirmation_status": "seller_confirmed", "seller_inventory_id": 1},
            {"fulfillment_type": "cross_border"},
            "tiki-v2.confirm-dropship-kind",
        ),
    ],
)
def test_a_payload_without_its_path_is_held_against_the_order(
    operation: str, body: Any, order: dict[str, str], expected: str
) -> None:
    known = {**KNOWN, "status": "queueing", "fulfillment_type": "tiki_delivery"}
    if operation == "confirmDropship":
        known["fulfillment_type"] = "dropship"
    key = f"tiki-v2/{operation}"
    assert expected in sellerspec.check(key, body).unchecked
    fitting = sellerspec.check(key, body, facts=Facts(order=known))
    assert expected not in {*fitting.unchecked, *(finding.rule for finding in fitting.findings)}
    (finding,) = sellerspec.check(key, body, facts=Facts(order={**known, **order})).errors
    assert (finding.rule, finding.pointer) == (expected, "")


@pytest.mark.parametrize("status", ["canceled", "picking", "shipping"])
def test_only_a_queueing_order_is_confirmed(status: str) -> None:
    assert got(CONFIRM, CONFIRMATION, "POST", status=status) == [
        ("tiki-v2.confirm-status", "/request/path/code")
    ]


def test_an_empty_confirmation_leaves_out_no_item_but_cancels() -> None:
    assert got(CONFIRM, {**CONFIRMATION, "available_item_ids": []}, "POST", status="queueing") == [
        ("tiki-v2.confirm-items-empty", "/request/body/available_item_ids")
    ]


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("tiki-delivery", "tiki_delivery"),
        ("seller-delivery", "seller_delivery"),
        ("dropship", "dropship"),
        ("cross-border", "cross_border"),
    ],
)
def test_labels_are_of_confirmed_orders_of_one_kind(part: str, kind: str) -> None:
    path = f"/265589080/{part}/labels"
    assert got(path, fulfillment_type=kind, status="picking") == []
    for status in ("queueing", "canceled"):
        assert got(path, fulfillment_type=kind, status=status) == [
            ("tiki-v2.print-confirmed", "/request/path/code")
        ]
    assert got(path, fulfillment_type="instant_delivery", status="picking") == [
        (f"tiki-v2.print-{part}", "/request/path/code")
    ]


def test_facts_of_another_order_are_noticed() -> None:
    (finding,) = got(CONFIRM, CONFIRMATION, "POST", code="1", status="shipping")
    assert finding[1] == "/request/path/code"


def test_personal_members_of_an_order_are_hidden() -> None:
    body = listed()["data"][0]
    body["customer"] = {"id": "Nguyễn Văn Ví Dụ", "full_name": 7}
    body["shipping"]["address"]["street"] = 12345678
    found = sellerspec.check_exchange(
        sellerspec.Exchange(
            "GET", ORDERS + "/265589080", 200, request_headers=BEARER,
            response_headers={"Content-Type": "application/json"}, response_body=json.dumps(body).encode(),
        )
    ).findings  # fmt: skip
    assert {finding.pointer for finding in found} >= {"/response/body/shipping/address/street"}
    assert "12345678" not in " ".join(finding.message for finding in found)


def times(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Return a list of orders; each is given by the hours of its `created_at` and its `updated_at`."""
    body = listed()
    (order,) = body["data"]
    body["data"] = [
        {**order, "id": index, "code": str(index), "created_at": f"2023-03-28 {created}:00:00",
         "updated_at": f"2023-03-28 {updated}:00:00"}
        for index, (created, updated) in enumerate(pairs)
    ]  # fmt: skip
    body["paging"] = {**body["paging"], "total": len(pairs), "to": len(pairs)}
    return body


@pytest.mark.parametrize(
    ("query", "orders", "place"),
    [
        ("", [("02", "01"), ("01", "02"), ("01", "03")], ""),
        ("", [("02", "01"), ("02", "02"), ("03", "03")], "2/created_at"),
        ("?order_by=created_at%7Casc", [("01", "05"), ("01", "04"), ("02", "03")], ""),
        ("?order_by=created_at%7Casc", [("01", "05"), ("03", "04"), ("02", "03")], "2/created_at"),
        ("?order_by=updated_at%7Cdesc", [("01", "05"), ("03", "04"), ("02", "03")], ""),
        ("?order_by=updated_at%7Cdesc", [("03", "04"), ("02", "05")], "1/updated_at"),
    ],
)
def test_orders_are_sorted_as_the_request_says(query: str, orders: Any, place: str) -> None:
    expected = [("tiki-v2.orders-sorted", f"/response/body/data/{place}")] if place else []
    assert got(query, times(*orders)) == expected


@pytest.mark.parametrize("order_by", ["created_at", "code%7Casc", "created_at%7Cup"])
def test_an_order_that_cannot_be_read_is_compared_with_nothing(order_by: str) -> None:
    found = got(f"?order_by={order_by}", times(("01", "01"), ("02", "02"), ("01", "01")))
    assert {rule for rule, _ in found} == {"tiki-v2.orders-order-by"}


@pytest.mark.parametrize(
    ("include", "fee", "fees", "found"),
    [
        ("items.fees", -1, [], True),
        ("item.fees", -1, [], True),
        ("status_histories,item.fees", -1, [], True),
        ("status_histories", -1, [], False),
        ("items.fees", 0, [], False),
        ("items.fees", -1, [{"fee_type_key": "a", "final_amount": -1}], False),
    ],
)
def test_fees_that_are_asked_for_are_listed(include: str, fee: int, fees: list[Any], found: bool) -> None:
    body = listed()
    invoice = body["data"][0]["items"][0]["invoice"]
    invoice["seller_fee"], invoice["fees"] = fee, fees
    body["data"][0]["invoice"]["total_seller_fee"] = fee
    place = "/response/body/data/0/items/0/invoice/fees"
    assert got(f"?include={include}", body) == ([("tiki-v2.order-fees-included", place)] if found else [])
