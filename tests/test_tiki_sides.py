"""What a rule of Tiki about calls and orders compares: a value below, the equal one, a value above."""

from datetime import datetime, timedelta
from typing import Any

import pytest

import sellerspec
from sellerspec.marketplaces.tiki import (
    calls,
    confirm,
    delivery,
    orders,
    printing,
)
from sellerspec.marketplaces.tiki_shared import headers
from support.rule_violations import places, violations

NOW = datetime(2019, 7, 1, 12)
KINDS = ("cross_border", "dropship", "seller_delivery", "tiki_delivery", None)


def clock(seconds: int = 0) -> str:
    """Return the moment so many seconds after `NOW`, as Tiki writes it."""
    return f"{NOW + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("id", "status"),
    [
        ("tiki.token-valid", 403),
        ("tiki.token-allowed", 403),
        ("tiki.rate-limit", 429),
        ("tiki.trace-id-known", 404),
        ("tiki.order-known", 404),
    ],
)
def test_what_only_tiki_can_refuse_names_the_status_of_the_refusal(id: str, status: int) -> None:
    assert (sellerspec.rule(id).status, sellerspec.rule(id).check) == (status, None)


@pytest.mark.parametrize("other", ["application/ld+json", "application/xml", "text/json", "a"])
def test_a_content_type_before_or_behind_json_is_another(other: str) -> None:
    assert places(calls.content_type, {"content-type": other}) == ["content-type"]
    assert places(calls.content_type, {"content-type": f"{other};charset=utf-8"}) == ["content-type"]
    assert places(calls.content_type, {"content-type": " Application/JSON ; charset=utf-8"}) == []


def test_the_refusal_of_a_content_type_is_known_for_a_form_alone() -> None:
    def text(given: str) -> str | None:
        (only,) = violations(calls.content_type, {"content-type": given})
        return only.server_text

    seen = f"Content type '{headers.FORM}' not supported"
    assert text(headers.FORM) == text("application/x-www-form-urlencoded; charset=UTF-8") == seen
    assert text("text/plain") is text("application/xml") is text("application/a") is None


@pytest.mark.parametrize(("seconds", "expected"), [(-1, ["updated_at_max"]), (0, []), (1, [])])
def test_a_span_may_end_as_it_begins(seconds: int, expected: list[str]) -> None:
    query = {"updated_at_min": clock(), "updated_at_max": clock(seconds)}
    assert places(calls.times_ordered, query) == expected


def test_B13_ids_of_items_are_numbers_in_any_form() -> None:
    payload = {"item_ids": [True, False, "2", None, 1.5, 2, 1, 1.0, "3", 4.0]}
    order = {"items": [{"id": 1.0}, {"id": "2"}]}
    assert places(confirm.foreign, payload, order=order) == ["item_ids.8", "item_ids.9"]


def test_an_order_without_items_has_no_foreign_ones() -> None:
    assert places(confirm.foreign, {"item_ids": [1]}, order={"items": []}) == []
    assert places(confirm.all_named, {"item_ids": []}, order={"items": [{"id": 1}]}) == []
    order = {"items": [{"id": 2}, {"id": 1}]}
    assert places(confirm.all_named, {"item_ids": [1]}, order=order) == ["item_ids"]
    assert places(confirm.all_named, {"item_ids": [1, 2, 3]}, order=order) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_order_asks_for_its_own(kind: str | None) -> None:
    order = {"fulfillment_type": kind}
    payload: dict[str, Any] = {"order_code": "1"}
    for rule, place, kinds in (
        (confirm.commitment_needed, "delivery_commitment_time", {"seller_delivery"}),
        (confirm.tracking_needed, "tracking_number", {"cross_border"}),
        (confirm.dropship, "order_code", {"dropship"}),
        (delivery.seller_delivers, "order_code", {"cross_border", "dropship", "tiki_delivery"}),
        (printing.permitted, "order_code", {"tiki_delivery"}),
    ):
        assert places(rule, payload, order=order) == [place] * (kind in kinds), rule.id
    for given in (None, ""):
        payload = {"delivery_commitment_time": given, "tracking_number": given}
        for rule in (confirm.commitment_needed, confirm.tracking_needed):
            assert places(rule, payload, order=order) == places(rule, {}, order=order)
    payload = {"delivery_commitment_time": clock(), "tracking_number": "1"}
    for rule in (confirm.commitment_needed, confirm.tracking_needed):
        assert places(rule, payload, order=order) == []


@pytest.mark.parametrize("code", ["a", "hm", "hn ", "sg", "sgo", "zzz"])
def test_a_warehouse_code_beside_the_known_ones_is_told(code: str) -> None:
    (only,) = violations(confirm.warehouse_known, {"warehouse_code": code})
    assert (only.hint is not None) is (code == "sg")
    assert places(confirm.warehouse_known, {"warehouse_code": code}, warehouses=[]) == []
    for known in (*confirm.KNOWN_CODES, None, 7):
        assert places(confirm.warehouse_known, {"warehouse_code": known}) == []


WAREHOUSES = [
    {"seller_inventory_id": 5000, "warehouse_id": 1001, "warehouse_code": "hn"},
    {"seller_inventory_id": 6000, "warehouse_id": 1002, "warehouse_code": "sgn"},
]


@pytest.mark.parametrize(
    ("key", "code", "place"),
    [
        (5000, "hn", None),
        ("5000", "hn", None),
        (6000, "sgn", None),
        (5000, None, None),
        (None, "hn", None),
        (5000, "ct", "warehouse_code"),
        (5000, "sgn", "warehouse_code"),
        (6000, "hn", "warehouse_code"),
        (4999, "hn", "seller_inventory_id"),
        (5001, "hn", "seller_inventory_id"),
        (6001, "sgn", "seller_inventory_id"),
    ],
)
def test_a_warehouse_is_named_by_its_id_and_its_own_code(key: Any, code: Any, place: str | None) -> None:
    payload = {"seller_inventory_id": key, "warehouse_code": code}
    assert places(confirm.warehouse_pair, payload, warehouses=WAREHOUSES) == [place] * (place is not None)


@pytest.mark.parametrize(("key", "hinted"), [(1000, False), (1001, True), (1002, True), (1003, False)])
def test_the_id_of_a_region_gets_a_hint(key: int, hinted: bool) -> None:
    (only,) = violations(confirm.warehouse_pair, {"seller_inventory_id": key}, warehouses=WAREHOUSES)
    assert (only.hint is not None) is hinted


@pytest.mark.parametrize(("seconds", "late"), [(-1, True), (0, True), (1, False)])
def test_an_item_is_confirmed_before_its_last_moment(seconds: int, late: bool) -> None:
    order = {"items": [{"id": 1, "must_confirmed_before_at": clock(seconds)},
                       {"id": 2, "must_confirmed_before_at": None}]}  # fmt: skip
    payload = {"item_ids": [3, 2, 1]}
    assert places(confirm.deadline, payload, order=order, now=NOW) == ["item_ids.2"] * late


@pytest.mark.parametrize("status", ["a", "canceled", "successful_delivery", "z"])
def test_only_a_canceled_delivery_has_a_reason(status: str) -> None:
    violated = places(delivery.reason_listed, {"status": status, "reason": "x"})
    assert violated == ["reason"] * (status == "canceled")


def test_a_reason_spelled_nearly_as_listed_names_the_listed_one() -> None:
    for text, meant in (
        ("Seller_out of stock", None),
        ("Seller out of_stock cancel order", "seller-out-of-stock-cancel-order"),
        ("customers are no longer in demands", "customers-are-no-longer-in-demand"),
        ("too late", None),
    ):
        (only,) = violations(delivery.reason_listed, {"status": "canceled", "reason": text})
        assert only.message.endswith(f" (did you mean `{meant}`?)") is (meant is not None)
    for reason in ("", None, *delivery.REASONS):
        assert places(delivery.reason_listed, {"status": "canceled", "reason": reason}) == []


def test_an_equal_order_code_is_an_echo() -> None:
    for sent, count in (("100000001", 0), ("100000000", 1), ("100000002", 1)):
        exchange = {
            "request": {"body": {"order_code": sent}},
            "response": {"status": 200, "body": {"order_code": "100000001"}},
        }
        assert len(places(delivery.echo, exchange)) == count


@pytest.mark.parametrize("total", [1_999_999, 2_000_000, 2_000_001])
def test_a_total_that_adds_up_is_left_alone(total: int) -> None:
    order = {
        "total_price_before_discount": 2_500_000,
        "total_price_after_discount": total,
        "handling_fee": 10_000,
        "shipping": {"shipping_fee": 20_000},
        "discount": {"discount_amount": 530_000},
    }
    assert places(orders.order_total, order) == ["total_price_after_discount"] * (total != 2_000_000)
    for name in order:
        assert places(orders.order_total, {**order, name: None}) == []


def test_a_repeated_warehouse_names_the_first() -> None:
    keys = [5000, None, 6000, 4000, 5000, 5000, None, "x", "x", [1], [1]]
    warehouses = [{"seller_inventory_id": key} for key in keys]
    message = (
        "`seller_inventory_id` must be different in each warehouse, got 5000 as in the warehouse at index 0"
    )
    assert [violation[:2] for violation in violations(orders.warehouse_identity, warehouses)] == [
        ((4, "seller_inventory_id"), message),
        ((5, "seller_inventory_id"), message),
    ]


@pytest.mark.parametrize(("key", "low", "same", "high"), [("id", 1000, 1001, 1002), ("code", "a", "hn", "z")])
def test_only_warehouses_of_the_same_region_share_a_filter(key: str, low: Any, same: Any, high: Any) -> None:
    name = f"warehouse_{key}"
    for others, several in (((low, high), False), ((low, same), True), ((high, high), False)):
        whole = {"warehouse_id": 7, "warehouse_code": "sgn"}
        warehouses = [{**whole, name: other} for other in (same, *others)]
        violated = places(orders.warehouse_filter_unique, {name: same}, warehouses=warehouses)
        assert violated == [name] * several
    assert places(orders.warehouse_filter_unique, {}, warehouses=[whole, whole]) == []


@pytest.mark.parametrize("form", ["a", "html", "pdf", "z", None])
@pytest.mark.parametrize("label", ["a", "invoice", "shipping", "z"])
def test_a_shipping_label_does_not_come_as_pdf(form: str | None, label: str) -> None:
    violated = places(printing.pdf_invoice, {"format": form, "label": label})
    assert violated == ["format"] * (form == "pdf" and label == "shipping")


@pytest.mark.parametrize("status", [199, 200, 201])
def test_only_a_label_that_was_printed_has_an_address(status: int) -> None:
    exchange = {"request": {}, "response": {"status": status, "body": {}}}
    assert places(printing.label_in_response, exchange) == ["response.body.shipping_label_url"] * (
        status == 200
    )
    exchange = {"request": {"query": {"label": "a"}}, "response": {"status": status, "body": {}}}
    assert places(printing.label_in_response, exchange) == []


ODD_LINES = [None, 7, {}, {"id": "1"}, {"id": [1]}]


@pytest.mark.parametrize("order", [[], "x", 7, {"items": 7, "fulfillment_type": 7}, {"items": ODD_LINES}])
def test_an_order_of_another_shape_is_compared_with_nothing(order: Any) -> None:
    payload = {"order_code": "1", "item_ids": [1]}
    for rule in (*confirm.CONFIRM_RULES, delivery.seller_delivers, printing.permitted):
        if "order" in rule.needs:
            assert places(rule, payload, order=order, now=NOW) == [], rule.id


@pytest.mark.parametrize("warehouses", [{}, "x", 7, [None, 7, "x", {}], [{"warehouse_code": "hn"}]])
def test_warehouses_of_another_shape_are_compared_with_nothing(warehouses: Any) -> None:
    payload = {"seller_inventory_id": 5000, "warehouse_code": "hn"}
    assert places(confirm.warehouse_pair, payload, warehouses=warehouses) == []
    assert places(orders.warehouse_filter_unique, {"warehouse_id": 5000}, warehouses=warehouses) == []
    assert places(confirm.warehouse_pair, payload, warehouses=[]) == ["seller_inventory_id"]


@pytest.mark.parametrize("payload", [None, [], "x"])
def test_a_body_that_is_no_object_is_left_to_the_schema(payload: Any) -> None:
    for kind in ("dropship", "tiki_delivery"):
        for rule in (confirm.dropship, delivery.seller_delivers, delivery.removed, delivery.not_ahead):
            assert places(rule, payload, order={"fulfillment_type": kind}, now=datetime(2020, 1, 1)) == []
    for kind in ("seller_delivery", "cross_border", "dropship", "tiki_delivery"):
        order = {"items": [{"id": 1}], "fulfillment_type": kind}
        for rule in confirm.CONFIRM_RULES:
            assert places(rule, payload, order=order, now=NOW, warehouses=WAREHOUSES) == [], rule.id


@pytest.mark.parametrize("odd", [None, 7, "x", [], [7]])
def test_what_is_no_object_has_nothing_to_compare(odd: Any) -> None:
    for rule in (orders.warehouse_filter_unique, printing.pdf_invoice):
        assert places(rule, odd, now=NOW, warehouses=[{}, {}]) == [], rule.id
    for rule in (delivery.reason_listed, orders.order_total, orders.warehouse_identity, calls.price_floor):
        assert places(rule, odd, listing_price=1000) == [], rule.id
    complete = {
        "total_price_before_discount": 10, "handling_fee": 2, "total_price_after_discount": 0,
        "shipping": {"shipping_fee": 3}, "discount": {"discount_amount": 3},
    }  # fmt: skip
    for name in complete:
        assert places(orders.order_total, {**complete, name: {"x": odd}}) == []
        assert places(orders.order_total, {**complete, name: None}) == []
    assert places(orders.order_total, {"data": [odd, complete]}) == ["data.1.total_price_after_discount"]
    for sent, returned in ((odd, {"order_code": "1"}), ({"order_code": "1"}, odd), ({}, {"order_code": odd})):
        exchange = {"request": {"body": sent}, "response": {"status": 200, "body": returned}}
        assert places(delivery.echo, exchange) == ["response.body.order_code"] * (
            returned == {"order_code": "x"}
        )
    assert places(printing.label_in_response, {"request": {}, "response": {"status": 200, "body": odd}}) == []
    reason = places(delivery.reason_listed, {"status": "canceled", "reason": odd})
    assert reason == ["reason"] * (odd == "x")


@pytest.mark.parametrize("bound", ["min", "max"])
def test_a_span_with_one_end_is_in_order(bound: str) -> None:
    for what in ("created_at", "updated_at"):
        assert places(calls.times_ordered, {f"{what}_{bound}": clock()}) == []
