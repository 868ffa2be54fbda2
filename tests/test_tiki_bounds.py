"""Rules of Tiki at their boundaries: one step to either side, and what must be left alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sellerspec.marketplaces.tiki import (
    calls,
    confirm,
    delivery,
    envelope,
    inheritance,
    orders,
    product,
    variant,
)
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Basis, Facts, Finding, Severity, Source
from support.rule_violations import places

NOW = datetime(2019, 7, 1, 12)
ABROAD, HERE = "cross_border", "drop_ship"
FINDING = Finding(
    "tiki.own",
    Severity.ERROR,
    "/request/body/a",
    "wrong",
    Basis.DOCUMENTED,
    Source("doc", "1", Basis.DOCUMENTED),
)


@pytest.mark.parametrize(
    ("price", "refused"), [(99, True), (100, False), (101, False), (1, True), (0, False), (-1, False)]
)
def test_a_price_is_at_least_a_tenth_of_the_listing_price(price: int, refused: bool) -> None:
    assert places(calls.price_floor, {"price": price}, listing_price=1000) == ["price"] * refused


@pytest.mark.parametrize(
    ("shared", "low"), [(1, True), (9, True), (10, False), (11, False), (0, False), (-1, False)]
)
def test_a_price_before_discount_is_not_below_the_price(shared: int, low: bool) -> None:
    violated = places(
        product.market_price_low, {"market_price": shared, "variants": [{"price": None}, {"price": 10}]}
    )
    assert violated == ["market_price"] * low
    violated = places(product.market_price_low, {"variants": [{}, {"price": 10, "market_price": shared}]})
    assert violated == ["variants.1.market_price"] * low


def test_a_repeated_value_is_told_at_its_second_place() -> None:
    skus = {"variants": [{"sku": "B"}, {"sku": "A"}, {"sku": "B"}, {"sku": ""}, {"sku": ""}]}
    assert places(variant.sku_unique, skus) == ["variants.2.sku"]
    variants = [{"option1": "B"}, {"option1": "A"}, {"option1": "B"}, {}, {}]
    violated = places(variant.options_unique, {"option_attributes": ["x"], "variants": variants})
    assert violated == ["variants.2.option1"]
    two = [
        {"option1": "A", "option2": "1"},
        {"option1": "A"},
        {"option1": "A"},
        {"option1": "A", "option2": "1"},
    ]
    violated = places(variant.options_unique, {"option_attributes": ["x", "y"], "variants": two})
    assert violated == ["variants.3.option2"]


def test_a_variant_without_a_supplier_does_not_end_the_comparison() -> None:
    variants = [{}, {"supplier": 2}, {}, {"supplier": 1}, {"supplier": 2}, {"supplier": 3}]
    assert places(variant.one_supplier, {"variants": variants}) == [
        "variants.3.supplier",
        "variants.5.supplier",
    ]


@pytest.mark.parametrize("other", ["backorder", HERE, "unheard_of"])
def test_inventory_types_are_only_told_apart_by_the_border(other: str) -> None:
    def mixed(*kinds: str) -> list[str]:
        return places(
            variant.inventory_types_mixed, {"variants": [{"inventory_type": kind} for kind in kinds]}
        )

    assert mixed(other, ABROAD) == ["variants.1.inventory_type"]
    assert mixed(ABROAD, other) == ["variants.1.inventory_type"]
    assert mixed(other, HERE) == mixed(ABROAD, ABROAD) == []
    one = {"variants": [{"inventory_type": other}]}
    assert places(variant.inventory_type_seller, one, seller="global") == ["variants.0.inventory_type"]
    assert places(variant.inventory_type_seller, one, seller="vietnam") == []
    one = {"variants": [{"inventory_type": ABROAD}]}
    assert places(variant.inventory_type_seller, one, seller="vietnam") == ["variants.0.inventory_type"]
    assert places(variant.inventory_type_seller, one, seller="global") == []


def test_the_refusal_of_an_unregistered_type_is_known_for_one_registered_type_alone() -> None:
    assert variant.inventory_type_registered.check is not None
    for registered in ((), (HERE, ABROAD)):
        value = {"variants": [{"inventory_type": "instock"}]}
        violations = [*variant.inventory_type_registered.check(value, Facts(inventory_types=registered))]
        assert [violation.server_text for violation in violations] == [None]


def test_an_empty_attribute_contradicts_nothing() -> None:
    def clash(own: Any, shared: Any) -> list[str]:
        return places(
            variant.attribute_clash, {"attributes": {"a": shared}, "variants": [{"attributes": {"a": own}}]}
        )

    assert clash("x", "y") == ["variants.0.attributes.a"]
    assert clash("x", "x") == clash("", "y") == clash(None, "y") == clash("x", "") == clash("x", None) == []


def test_a_variant_takes_from_its_product_what_it_leaves_out() -> None:
    own = {"sku": "1", "name": "own", "image": None, "attributes": {"b": "2"}, "quantity": 4}
    shared = {
        "category_id": 7,
        "name": "shared",
        "image": "i",
        "quantity": 9,
        "attributes": {"a": "1", "b": "1"},
    }
    assert inheritance.effective({**shared, "variants": [own, {}]}) == [
        {
            "category_id": 7,
            "sku": "1",
            "quantity": 4,
            "name": "own",
            "image": "i",
            "attributes": {"a": "1", "b": "2"},
        },
        {"category_id": 7, "name": "shared", "image": "i", "attributes": {"a": "1", "b": "1"}},
    ]
    assert inheritance.effective({"attributes": [], "variants": [{}]}) == [{}]


@pytest.mark.parametrize("off", [-1, 1])
def test_an_order_total_that_is_off_either_way_is_told(off: int) -> None:
    order = {
        "total_price_before_discount": 10, "handling_fee": 2, "total_price_after_discount": 12 + off,
        "shipping": {"shipping_fee": 3}, "discount": {"discount_amount": 3},
    }  # fmt: skip
    assert places(orders.order_total, order) == ["total_price_after_discount"]
    assert places(orders.order_total, {**order, "handling_fee": None}) == []
    assert places(orders.order_total, {"data": [order]}) == ["data.0.total_price_after_discount"]
    assert places(orders.order_total, {"results": [order]}) == ["results.0.total_price_after_discount"]


def test_a_region_is_not_a_choice_of_one_warehouse() -> None:
    warehouses = [{"warehouse_id": id, "warehouse_code": "hn"} for id in (1001, 1001, 1002)]
    for key, several in ((1001, True), (1002, False), (1003, False)):
        violated = places(
            orders.warehouse_filter_unique, {"warehouse_id": int(str(key))}, warehouses=warehouses
        )
        assert violated == ["warehouse_id"] * several


@pytest.mark.parametrize(("key", "hinted"), [(1000, False), (1001, True), (1002, False)])
def test_a_region_in_place_of_a_warehouse_gets_a_hint(key: int, hinted: bool) -> None:
    assert confirm.warehouse_pair.check is not None
    warehouses = [{"warehouse_id": 1001, "seller_inventory_id": 5, "warehouse_code": "hn"}]
    violations = [*confirm.warehouse_pair.check({"seller_inventory_id": key}, Facts(warehouses=warehouses))]
    assert [violation.hint is not None for violation in violations] == [hinted]


@pytest.mark.parametrize(("seconds", "ahead"), [(-1, False), (0, False), (1, True)])
def test_a_moment_of_now_is_neither_ahead_nor_to_come(seconds: int, ahead: bool) -> None:
    text = f"{NOW + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"
    assert places(delivery.not_ahead, {"update_time": text}, now=NOW) == ["update_time"] * ahead
    past = places(confirm.commitment_future, {"delivery_commitment_time": text}, now=NOW)
    assert past == ["delivery_commitment_time"] * (not ahead)


@pytest.mark.parametrize("kind", ["backorder", "dropship", "tiki_delivery", "seller_delivery"])
def test_only_an_order_from_abroad_needs_a_tracking_number(kind: str) -> None:
    assert places(confirm.tracking_needed, {}, order={"fulfillment_type": kind}) == []
    assert places(confirm.tracking_needed, {}, order={"fulfillment_type": ABROAD}) == ["tracking_number"]


@pytest.mark.parametrize(
    ("status", "sent", "count"), [(200, "B", 1), (200, "D", 1), (200, "C", 0), (199, "B", 0), (201, "B", 0)]
)
def test_an_accepted_delivery_repeats_the_order_code(status: int, sent: str, count: int) -> None:
    exchange = {
        "request": {"body": {"order_code": sent}},
        "response": {"status": status, "body": {"order_code": "C"}},
    }
    assert len(places(delivery.echo, exchange)) == count
    assert places(delivery.echo, {**exchange, "request": {"body": None}}) == []


@pytest.mark.parametrize(
    ("rule", "pointer", "status"),
    [
        ("tiki.own", "/request/body/a", 422),
        ("tiki.own", "/request/query/a", 400),
        ("tiki.own", "/request/path/a", 400),
        ("tiki.own", "/request/headers/a", 400),
        ("sellerspec.body-readable", "/request/body", 400),
        ("sellerspec.method", "/request/method", 405),
    ],
)
def test_a_finding_without_a_status_gets_that_of_its_place(rule: str, pointer: str, status: int) -> None:
    finding = replace(FINDING, rule=rule, pointer=pointer)
    assert envelope.refusal((finding,)).status == status
    assert envelope.refusal((replace(finding, status=409),)).status == 409


def test_a_call_is_refused_at_its_first_stage_alone() -> None:
    findings = [replace(FINDING, status=429, server_text="429")]
    for status in (422, 404, 400, 405, 403, 401):
        findings.append(replace(FINDING, status=status, server_text=f"{status}"))
        response = envelope.refusal((*findings,))
        assert (response.status, response.body) == (status, {"errors": [f"{status}"]})
    twice = envelope.refusal((findings[0], findings[0]))
    assert (twice.status, twice.body) == (429, {"errors": ["429"]})


@pytest.mark.parametrize(("seconds", "gone"), [(-1, False), (0, True), (1, True)])
def test_a_delivery_is_confirmed_until_the_call_left_the_documents(seconds: int, gone: bool) -> None:
    now = datetime(2019, 12, 16) + timedelta(seconds=seconds)
    assert places(delivery.removed, {"order_code": "1"}, now=now) == [""] * gone


@pytest.mark.parametrize("year", [0, 1, 4, 100, 400, 1900, 2000, 2019, 2020, 2100, 9999])
def test_a_time_is_a_day_of_the_calendar(year: int) -> None:
    for month in range(14):
        for day in range(33):
            try:
                real = datetime(year, month, day, 23, 59, 59)
            except ValueError:
                real = None
            assert moment(f"{year:04}-{month:02}-{day:02} 23:59:59") == real


@pytest.mark.parametrize("clock", ["24:00:00", "00:60:00", "00:00:60", "0:00:00", "00:00", "00:00:00Z"])
def test_a_time_is_one_that_a_clock_shows(clock: str) -> None:
    assert moment(f"2019-06-27 {clock}") is None
    assert moment(f"2019-06-27T{clock}") is None
    assert moment("2019-06-27 00:00:00\n") is None
