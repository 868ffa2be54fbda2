"""Sums, parts and formats of one order at their boundaries."""

from typing import Any

import pytest

from sellerspec.marketplaces.tokopedia import amounts, discounts, formats, orders, parts
from sellerspec.marketplaces.tokopedia.amounts import LARGEST
from sellerspec.marketplaces.tokopedia.parts import LAST_SECOND
from sellerspec.model import NO_FACTS

CREATED = 1_700_000_000
"""2023-11-14 22:13:20"""

LINE = {"id": 7, "price": 5, "quantity": 2, "total_price": 10}


def places(violations: Any) -> list[str]:
    return [".".join(map(str, violation.path)) for violation in violations]


def detail(*bundled: dict[str, Any], single: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"bundle": [{"order_detail": [item]} for item in bundled], "non_bundle": list(single)}


@pytest.mark.parametrize("off", [-1, 1])
def test_a_sum_that_is_off_by_one_either_way_is_told(off: int) -> None:
    line = {**LINE, "total_price": 10 + off}
    assert places(amounts.line_totals({"products": [line]})) == ["products.0.total_price"]
    bundle = {"bundle_price": 5, "bundle_quantity": 2, "bundle_subtotal_price": 10 + off}
    order: dict[str, Any] = {"products": [LINE], "bundle_detail": {"bundle": [bundle]}}
    assert places(amounts.bundle_subtotals(order)) == ["bundle_detail.bundle.0.bundle_subtotal_price"]
    assert places(amounts.bundle_total(order)) == ["bundle_detail"]
    order = {"products": [LINE], "amt": {"ttl_product_price": 10 + off}}
    assert places(amounts.product_total(order)) == ["amt.ttl_product_price"]
    paid = {"ttl_amount": 13 + off, "ttl_product_price": 10, "shipping_cost": 2, "insurance_cost": 1}
    assert places(amounts.amount_total({"amt": paid})) == ["amt.ttl_amount"]
    promo = {"total_discount": 3 + off, "total_discount_product": 2, "total_discount_shipping": 1}
    assert places(discounts.discount_total({"promo_order_detail": promo})) == [
        "promo_order_detail.total_discount"
    ]


def test_a_sum_with_an_unknown_part_is_left_alone() -> None:
    unknown = {"id": 8}
    assert not [*amounts.line_totals({"products": [{"price": 5, "quantity": 2}, {**LINE, "price": None}]})]
    assert not [*amounts.line_totals({"products": [{**LINE, "price": 9, "quantity": None}]})]
    single = {"subtotal_price": 9}
    order: dict[str, Any] = {"products": [LINE], "bundle_detail": {"non_bundle": [single, unknown]}}
    assert not [*amounts.bundle_total(order)]
    order = {"products": [LINE, unknown], "bundle_detail": {"non_bundle": [single]}}
    assert not [*amounts.bundle_total(order)]
    assert not [*amounts.product_total({"products": [LINE, unknown], "amt": {"ttl_product_price": 9}})]
    assert not [*amounts.amount_total({"amt": {"ttl_amount": 9, "ttl_product_price": 1}})]
    promo = {"total_discount": 9, "total_discount_product": 1}
    assert not [*discounts.discount_total({"promo_order_detail": promo})]


def test_figures_are_reckoned_with_up_to_the_largest() -> None:
    assert LARGEST == 1_000_000_000_000_000
    assert amounts.figure({"a": LARGEST}, "a") == LARGEST
    assert amounts.figure({"a": -LARGEST}, "a") == -LARGEST
    assert amounts.figure({"a": LARGEST + 1}, "a") is None
    assert amounts.figure({"a": True, "b": 2}, "a", "b") == 2


@pytest.mark.parametrize(("name", "total"), [("product_weight", 3.5), ("weight", 3.5)])
def test_weights_of_bundled_lines_are_compared_by_either_name(name: str, total: float) -> None:
    item = {name: 1.5, "quantity": 2, "total_weight": total}
    violated = places(amounts.line_weights({"bundle_detail": detail(item)}))
    assert violated == ["bundle_detail.bundle.0.order_detail.0.total_weight"]


def test_weights_may_differ_by_a_millionth() -> None:
    for one, total, count in ((0.25, 0.5 + 9e-7, 0), (0.25, 0.5 + 11e-7, 1), (0, 9e-7, 0), (5, 10.000009, 0)):
        line = {"weight": one, "quantity": 2, "total_weight": total}
        assert len([*amounts.line_weights({"products": [line]})]) == count, (one, total)


@pytest.mark.parametrize("own", [6, 8])
def test_ids_that_differ_either_way_are_told(own: int) -> None:
    order: dict[str, Any] = {"order_id": 7, "bundle_detail": detail({"order_id": own})}
    assert places(parts.bundle_order_ids(order)) == ["bundle_detail.bundle.0.order_detail.0.order_id"]
    assert places(parts.part_order_ids({"order_id": 7, "pof_info": {"order_id": own}})) == [
        "pof_info.order_id"
    ]
    bundle = {"bundle_id": "7", "order_detail": [{"bundle_id": str(own)}]}
    order = {"bundle_detail": {"bundle": [bundle]}}
    assert places(parts.bundle_ids(order)) == ["bundle_detail.bundle.0.order_detail.0.bundle_id"]
    order = {"bundle_detail": {**detail(*([{}] * 7)), "total_product": own}}
    assert places(parts.total_product(order)) == ["bundle_detail.total_product"]


def test_a_long_detail_has_as_many_lines_as_it_says() -> None:
    stated = int("1000")  # a number of its own, as a decoder makes it
    order: dict[str, Any] = {"bundle_detail": {**detail(*([{}] * 1000)), "total_product": stated}}
    assert not [*parts.total_product(order)]


def test_the_flag_is_compared_with_a_detail_and_asks_for_one() -> None:
    assert places(parts.bundle_flag({"have_product_bundle": True})) == ["bundle_detail"]
    assert not [*parts.bundle_flag({"have_product_bundle": False})]
    assert not [*parts.bundle_flag({"bundle_detail": {"bundle": [{}]}})]


@pytest.mark.parametrize(
    ("created", "paid", "late"),
    [
        (CREATED, "2023-11-14T22:13:20Z", 0),
        (CREATED, "2023-11-14T22:13:19Z", 1),
        (LAST_SECOND, "9999-12-31T23:59:58Z", 1),
        (LAST_SECOND + 1, "2023-11-14T22:13:20Z", 0),
        (1, "1970-01-01T00:00:00Z", 1),
        (0, "1969-12-31T23:59:59Z", 0),
        (-1, "1969-12-31T23:59:00Z", 0),
        ("soon", "1969-12-31T23:59:00Z", 0),
        (CREATED, "0001-06-01T00:00:00Z", 0),
        (CREATED, "0002-01-01T00:00:00Z", 1),
    ],
)
def test_an_order_is_paid_no_second_before_it_was_made(created: Any, paid: str, late: int) -> None:
    assert len([*parts.paid_after_created({"create_time": created, "payment_date": paid})]) == late


def test_a_deadline_may_be_the_moment_before_it() -> None:
    plan = dict.fromkeys(("accept_deadline", "confirm_shipping_deadline"), "2023-11-14T22:13:20Z")
    assert not [*parts.deadlines_in_order({"create_time": CREATED, "shipment_fulfillment": plan})]


def test_no_more_is_fulfilled_than_ordered() -> None:
    def violated(*done: tuple[Any, int, int]) -> list[str]:
        names = ("product_id", "quantity_deliver", "quantity_reject")
        fulfilled = [dict(zip(names, line, strict=True)) for line in done]
        return places(parts.fulfilled_quantities({"products": [LINE], "products_fulfilled": fulfilled}))

    assert violated((7, 1, 0)) == []
    assert violated((7, 1, 1)) == []
    assert violated((9, 1, 1), (7, 2, 1)) == ["products_fulfilled.1.quantity_deliver"]


@pytest.mark.parametrize(
    ("place", "on_globe"),
    [("90,180", True), ("-90,-180", True), ("90.5,0", False), ("0,180.5", False), ("89.5,179.5", True),
     ("0,0", True), ("10,180", True), ("95,0", False), ("100,50", False)],
)  # fmt: skip
def test_a_place_lies_within_ninety_and_a_hundred_and_eighty_degrees(place: str, on_globe: bool) -> None:
    assert formats.is_on_globe(place) is on_globe


def test_times_have_one_of_three_forms() -> None:
    day, clock = "2023-08-14", "11:02:49"
    forms = {"T": ("Z",), " ": ("", " +0000 UTC")}
    for gap in forms:
        for zone in ("", "Z", " +0000 UTC"):
            text = f"{day}{gap}{clock}{zone}"
            assert (formats.moment(text) is not None) is (zone in forms[gap]), text
            assert formats.is_time_of_list(text) is ((gap, zone) == ("T", "Z")), text
    assert formats.moment("2023-13-14T11:02:49Z") is None


def test_encrypted_blocks_have_the_size_of_their_cipher() -> None:
    assert not formats.is_gcm_block("A" * 36 + "AA==")  # 28 bytes: tag and nonce, no text
    assert not formats.is_gcm_block("AAAA")
    assert formats.is_gcm_block("A" * 40)
    assert not formats.is_base64("A?AAA")
    assert formats.is_json_list("")
    assert not formats.is_json_list("{}")


@pytest.mark.parametrize(("status", "count"), [(199, 0), (200, 1), (201, 0)])
@pytest.mark.parametrize("shop", [6, 8])
def test_only_an_accepted_list_is_held_against_its_request(status: int, count: int, shop: int) -> None:
    response = {"status": status, "body": {"data": [{"shop_id": shop}]}}
    exchange = {"request": {"query": {"shop_id": "7"}}, "response": response}
    check = orders.response_keeps_shop.check
    assert check is not None
    assert len([*check(exchange, NO_FACTS)]) == count
    assert not [*check({"request": {"query": {"shop_id": "7"}}}, NO_FACTS)]


@pytest.mark.parametrize(("status", "count"), [(100, 1), (101, 0), (102, 0), (103, 1), (104, 0)])
def test_two_statuses_are_not_yet_paid(status: int, count: int) -> None:
    check = orders.order_paid.check
    assert check is not None
    assert len([*check({"data": [{"order_status": status}]}, NO_FACTS)]) == count
