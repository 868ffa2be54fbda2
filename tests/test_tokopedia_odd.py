"""Orders of Tokopedia with missing or odd parts: what cannot be compared is left alone."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from sellerspec.marketplaces.tokopedia import amounts, discounts, formats, orders, parts, request, shared
from sellerspec.model import NO_FACTS
from sellerspec.rules import Violation

Check = Callable[[Any], Iterable[Violation]]
DAY = "2023-11-14T22:13:20Z"
LATER = "2023-11-15T22:13:20Z"
MADE = 1_700_000_000
"""The second of `DAY`."""


def detail(*bundled: Any, single: Any = ()) -> dict[str, Any]:
    return {"bundle": [{"order_detail": [*bundled]}], "non_bundle": [*single]}


@pytest.mark.parametrize(
    ("check", "order"),
    [
        (amounts.product_total, {"amt": {"ttl_product_price": 9}}),
        (amounts.product_total, {"products": [], "amt": {"ttl_product_price": 9}}),
        (amounts.product_total, {"products": [{"total_price": 9}], "amt": {}}),
        (amounts.product_total, {"products": [{"total_price": 9}], "amt": [9]}),
        (amounts.bundle_total, {"products": [{"total_price": 9}]}),
        (amounts.bundle_total, {"products": [{"total_price": 9}], "bundle_detail": {"bundle": []}}),
        (amounts.amount_total, {"amt": {"ttl_product_price": 1, "shipping_cost": 1, "insurance_cost": 1}}),
        (discounts.discount_total, {}),
        (discounts.discount_total, {"promo_order_detail": [1]}),
        (discounts.discount_total,
         {"promo_order_detail": {"total_discount_product": 1, "total_discount_shipping": 1}}),
        (parts.bundle_flag, {"have_product_bundle": 0, "bundle_detail": detail()}),
        (parts.bundle_flag, {"have_product_bundle": "yes", "bundle_detail": {"bundle": []}}),
        (parts.bundle_order_ids, {"bundle_detail": detail({"order_id": 7})}),
        (parts.bundle_order_ids, {"order_id": "7", "bundle_detail": detail({"order_id": 7})}),
        (parts.bundle_order_ids, {"order_id": 7, "bundle_detail": detail({}, {"order_id": "7"})}),
        (parts.part_order_ids, {"promo_order_detail": {"order_id": 7}}),
        (parts.part_order_ids, {"order_id": "7", "pof_info": {"order_id": 7}}),
        (parts.part_order_ids, {"order_id": 7, "pof_info": {"order_id": "7"}, "promo_order_detail": []}),
        (parts.bundle_products, {"bundle_detail": detail({"product_id": 7})}),
        (parts.bundle_products, {"products": [{"id": "7"}], "bundle_detail": detail({"product_id": 7})}),
        (parts.bundle_products, {"products": [{"id": 7}], "bundle_detail": detail({"product_id": []}, {})}),
        (parts.bundle_ids, {"bundle_detail": {"bundle": [{"order_detail": [{"bundle_id": "1"}]}]}}),
        (parts.bundle_ids, {"bundle_detail": {"bundle": [{"bundle_id": "1", "order_detail": [{}]}]}}),
        (parts.total_product, {"bundle_detail": {**detail(), "total_product": True}}),
        (parts.total_product, {"bundle_detail": {**detail(), "total_product": "x"}}),
        (parts.total_product, {"bundle_detail": [1]}),
        (parts.paid_after_created, {"payment_date": DAY}),
        (parts.paid_after_created, {"create_time": MADE}),
        (parts.paid_after_created, {"create_time": MADE, "payment_date": 7}),
        (parts.paid_after_created, {"create_time": MADE, "payment_date": "yesterday"}),
        (parts.deadlines_in_order, {"create_time": MADE}),
        (parts.deadlines_in_order, {"create_time": MADE, "shipment_fulfillment": [DAY]}),
        (parts.deadlines_in_order, {"shipment_fulfillment": {"accept_deadline": DAY}}),
        (parts.deadlines_in_order, {"shipment_fulfillment": {"confirm_shipping_deadline": DAY}}),
        (parts.fulfilled_products, {"products_fulfilled": [{"product_id": "x"}, {}]}),
        (parts.fulfilled_quantities,
         {"products": [{"id": 7, "quantity": 1}],
          "products_fulfilled": [{"product_id": []}, {"product_id": 7}]}),
        (parts.fulfilled_quantities,
         {"products": [{"id": [], "quantity": 1}, {"id": 8, "quantity": "x"}],
          "products_fulfilled": [{"product_id": 8, "quantity_deliver": 2}]}),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_left_alone(check: Check, order: Any) -> None:
    assert list(check(order)) == []


@pytest.mark.parametrize(
    ("check", "order", "place", "message"),
    [
        (amounts.bundle_total,
         {"products": [{"total_price": 4}], "bundle_detail": {"non_bundle": [{"total_price": 9}]}},
         ("bundle_detail",),
         "the subtotals in `bundle_detail` (of each bundle, and of each item of `non_bundle`)"
         " must add up to 4, the sum of `total_price` in `products`, got 9"),
        (amounts.item_subtotals, {"bundle_detail": detail({"price": 2, "quantity": 2, "total_price": 5})},
         ("bundle_detail", "bundle", 0, "order_detail", 0, "total_price"),
         "`total_price` must be 4, `price` times `quantity`, got 5"),
        (amounts.item_subtotals,
         {"bundle_detail": detail(single=[{"product_price": 2, "quantity": 2, "subtotal_price": 5}])},
         ("bundle_detail", "non_bundle", 0, "subtotal_price"),
         "`subtotal_price` must be 4, `product_price` times `quantity`, got 5"),
        (parts.part_order_ids, {"order_id": 7, "promo_order_detail": {"order_id": 8}},
         ("promo_order_detail", "order_id"), "`order_id` must be 7, the `order_id` of the order, got 8"),
        (parts.bundle_products, {"products": [{"id": 7}], "bundle_detail": detail({"id": 8})},
         ("bundle_detail", "bundle", 0, "order_detail", 0, "id"),
         "`id` must be an `id` in `products`, 7, got 8"),
        (parts.deadlines_in_order,
         {"create_time": MADE + 1, "shipment_fulfillment": {"confirm_shipping_deadline": DAY}},
         ("shipment_fulfillment", "confirm_shipping_deadline"),
         "`confirm_shipping_deadline` must not be before `create_time`, `2023-11-14 22:13:21`, "
         "got `2023-11-14 22:13:20`"),
        (parts.deadlines_in_order,
         {"shipment_fulfillment": {"accept_deadline": LATER, "confirm_shipping_deadline": DAY}},
         ("shipment_fulfillment", "confirm_shipping_deadline"),
         "`confirm_shipping_deadline` must not be before `accept_deadline`, `2023-11-15 22:13:20`, "
         "got `2023-11-14 22:13:20`"),
        (parts.fulfilled_products, {"products": [{"id": 7}], "products_fulfilled": [{"product_id": 8}]},
         ("products_fulfilled", 0, "product_id"), "`product_id` must be an `id` in `products`, 7, got 8"),
        (parts.fulfilled_quantities,
         {"products": [{"id": 7, "quantity": 1}, {"id": 7, "quantity": 1}],
          "products_fulfilled": [{"product_id": 7, "quantity_deliver": 2},
                                 {"product_id": 7, "quantity_reject": 1}]},
         ("products_fulfilled", 1, "quantity_deliver"),
         "`quantity_deliver` plus `quantity_reject` must be at most 2, the `quantity` of product 7, got 3"),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_with_both_sides(
    check: Check, order: Any, place: tuple[Any, ...], message: str
) -> None:
    (violation,) = check(order)
    assert violation.path == place
    assert violation.message == message


def silent(rule: Any, value: Any) -> bool:
    return not list(rule.check(value, NO_FACTS))


@pytest.mark.parametrize("body", [None, [], "products", 7])
def test_a_body_that_is_no_order_breaks_no_sum(body: Any) -> None:
    for rule in (*shared.LISTED, *shared.NOTIFIED):
        assert silent(rule, body)


@pytest.mark.parametrize(
    "query", [{}, {"from_date": "1"}, {"to_date": "1"}, {"from_date": "9", "to_date": "x"}]
)
def test_a_date_alone_is_no_range(query: dict[str, str]) -> None:
    for rule in (request.date_range, request.date_range_boundary, request.date_order):
        assert silent(rule, query)


@pytest.mark.parametrize("response", [None, [], {"status": 200}, {"status": 200, "body": {"data": {}}}])
@pytest.mark.parametrize("sent", [None, {"query": None}, {"query": {"shop_id": "7", "per_page": "1"}}])
def test_an_exchange_without_orders_breaks_nothing(sent: Any, response: Any) -> None:
    for rule in (orders.response_keeps_shop, orders.response_keeps_page_size):
        assert silent(rule, {"request": sent, "response": response})


@pytest.mark.parametrize(
    ("most", "violated"), [("2", True), ("3", False), ("4", False), ("0", False), ("-5", False), ("", False)]
)
def test_an_answer_holds_as_many_orders_as_were_asked_for(most: str, violated: bool) -> None:
    page = {"status": 200, "body": {"data": [{"shop_id": "8"}, {}, {"shop_id": "x"}]}}
    exchange = {"request": {"query": {"per_page": most, "shop_id": "8"}}, "response": page}
    assert silent(orders.response_keeps_page_size, exchange) is not violated
    assert silent(orders.response_keeps_shop, exchange)


def test_a_status_that_is_no_number_is_not_yet_anything() -> None:
    assert silent(orders.order_paid, {"data": [{"order_status": "x"}, {"order_status": [100]}, {}]})


@pytest.mark.parametrize("order", [None, [], "invoice_num", {"invoice_num": None}, {"invoice_ref_num": ""}])
def test_an_invoice_number_is_asked_of_an_order_alone(order: Any) -> None:
    assert silent(shared.invoice_number_present, order)


def test_texts_that_are_empty_or_no_base64_are_not_measured() -> None:
    for text in ("", "no base64", "AAA"):
        assert formats.is_rsa_block(text)
        assert formats.is_gcm_block(text)
    assert not formats.is_rsa_block("AAAA")
    assert formats.is_base64("")
    assert formats.is_time("")
    assert formats.is_on_globe("Jakarta")
    assert formats.is_json_list("[" * 100_000) is False
    assert not formats.is_base64("đ")
