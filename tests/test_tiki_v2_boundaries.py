"""Rule functions of the Open API at their boundaries: what no other member of an example can show.

Bodies have only what the rule reads: its findings alone are compared, and the schemas report the rest.
"""

import json
from typing import Any

import pytest

import sellerspec
from sellerspec import Facts

HOST = "https://api.tiki.vn/integration"
BEARER = {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}
JSON = {"Content-Type": "application/json"}


def answered(rule: str, path: str, body: Any, method: str = "GET", sent: Any = None) -> list[tuple[str, str]]:
    """Return place and message of what a rule finds in a response; places begin after the body."""
    exchange = sellerspec.Exchange(
        method, HOST + path, 200, request_headers={**BEARER, **JSON} if sent else BEARER,
        request_body=json.dumps(sent).encode() if sent else b"",
        response_headers=JSON, response_body=json.dumps(body).encode(),
    )  # fmt: skip
    found = sellerspec.check_exchange(exchange).findings
    own = [finding for finding in found if finding.rule == f"tiki-v2.{rule}"]
    return [((finding.pointer or "").removeprefix("/response/body/"), finding.message) for finding in own]


def requested(rule: str, operation: str, body: Any, **facts: Any) -> list[tuple[str, str]]:
    """Return place and message of what a rule finds in the body of a request."""
    found = sellerspec.check(f"tiki-v2/{operation}", json.dumps(body).encode(), facts=Facts(**facts)).findings
    own = [finding for finding in found if finding.rule == f"tiki-v2.{rule}"]
    return [((finding.pointer or "").removeprefix("/"), finding.message) for finding in own]


def row(row_total: Any, subtotal: Any = 500, discount_amount: Any = 100) -> dict[str, Any]:
    invoice = {"row_total": row_total, "subtotal": subtotal, "discount_amount": discount_amount}
    return {"invoice": invoice}


def fees(total: Any, *of_items: Any) -> dict[str, Any]:
    items = [{"invoice": {"seller_fee": fee}} for fee in of_items]
    return {"invoice": {"total_seller_fee": total}, "items": items}


def stock(available: Any, sellable: Any = 900, reserved: Any = 100) -> dict[str, Any]:
    names = {"available": available, "sellable": sellable, "reserved": reserved}
    return {f"quantity_{name}": value for name, value in names.items()}


def stocks(*amounts: Any) -> dict[str, Any]:
    return {"inventory": {"warehouse_stocks": [stock(available) for available in amounts]}}


def event(available: Any) -> dict[str, Any]:
    payload = {f"{name}_to": value for name, value in stock(available).items()}
    return {"type": "PRODUCT_INVENTORY_UPDATED", "payload": payload}


EARLY = 1_672_531_200_000


def created(*times: int | None) -> list[dict[str, Any]]:
    return [{"created_at": time} for time in times]


def paging(**members: int | None) -> dict[str, Any]:
    return {"data": [{}], "paging": members}


TIMED = "created_at"
ORDER, ORDERS, PRODUCTS = "/v2/orders/1", "/v2/orders", "/v2.1/products"
REQUESTS, TRACKING, REPLAY = "/v2/requests", "/v2/tracking/A", "/v2/tracking/A/replay"
BRANDS, INVENTORIES = "/v2/brands", "/v2/seller-inventories"
ATTRIBUTES, VALUES = "/v2/categories/{}/attributes", "/v2/attributes/1/values"


@pytest.mark.parametrize(
    ("rule", "path", "body", "places"),
    [
        ("order-row-total", ORDER, {"items": [row(None)]}, []),
        ("order-row-total", ORDER, {"items": [row(400)]}, []),
        ("order-row-total", ORDER, {"items": [row(600)]}, ["items/0/invoice/row_total"]),
        ("order-row-total", ORDER, {"items": [row(None), row(1)]}, ["items/1/invoice/row_total"]),
        ("order-row-total", ORDER, [row(1)], []),
        ("order-seller-fee", ORDER, fees(7, 3, 3), ["invoice/total_seller_fee"]),
        ("order-seller-fee", ORDER, fees(5, 3, 3), ["invoice/total_seller_fee"]),
        ("order-seller-fee", ORDER, [fees(5, 3)], []),
        (
            "order-seller-fee", ORDERS, {"data": [fees(5), fees(5, 3)]},
            ["data/1/invoice/total_seller_fee"],
        ),
        ("orders-filtered", f"{ORDERS}?status=not%7Cpicking", {"data": [{"status": "queueing"}]}, []),
        ("orders-filtered", f"{ORDERS}?status=picking", {"data": [{"status": 7}]}, []),
        ("orders-filtered", f"{ORDERS}?code=1,2", {"data": [{"code": 7}]}, []),
        ("order-fees-included", f"{ORDER}?include=items.fees", {"items": [{"invoice": {}}]}, []),
        ("orders-limit-kept", ORDERS, {"data": [{}] * 20}, []),
        ("orders-limit-kept", ORDERS, {"data": [{}] * 21}, ["data"]),
        ("stock-sum", f"{PRODUCTS}/1", stocks(1000), []),
        ("stock-sum", f"{PRODUCTS}/1", stocks(None, 1001), [
            "inventory/warehouse_stocks/1/quantity_available"
        ]),
        ("requests-filtered", f"{REQUESTS}?state=approved", {"data": [{"state": 7}]}, []),
        (
            "requests-filtered", f"{REQUESTS}?state=approved", {"data": [{"state": "rejected"}]},
            ["data/0/state"],
        ),
        (
            "requests-filtered", f"{REQUESTS}?state=rejected", {"data": [{"state": "approved"}]},
            ["data/0/state"],
        ),
        ("requests-products", REQUESTS, {"data": [{}]}, []),
        ("tracking-request-id", TRACKING, {"state": "processing"}, []),
        (
            "approved-time", f"{REQUESTS}/1",
            {"state": "approved", "approved_at": "2026-01-02 00:00:00", "created_at": None}, [],
        ),
        ("attributes-requested", ATTRIBUTES.format("x"), {"data": [{"category_id": 5}]}, []),
        ("attributes-requested", ATTRIBUTES.format(6), {"data": [{"category_id": None}]}, []),
        (
            "attributes-requested", ATTRIBUTES.format(6), {"data": [{"category_id": 5}]},
            ["data/0/category_id"],
        ),
        (
            "attributes-requested", ATTRIBUTES.format(6), {"data": [{"category_id": 7}]},
            ["data/0/category_id"],
        ),
        (
            "values-of-one-attribute", VALUES,
            {"data": [{"attribute_code": code} for code in ("b", "a", "c")]},
            ["data/1/attribute_code", "data/2/attribute_code"],
        ),
        ("product-requested", "/v2/products/findBy", {"original_sku": "A"}, []),
        (
            "products-filtered", f"{PRODUCTS}?active=1", {"data": [{"active": 0}, {"active": 1}]},
            ["data/0/active"],
        ),
        (
            "products-filtered", f"{PRODUCTS}?active=0", {"data": [{"active": 0}, {"active": 1}]},
            ["data/1/active"],
        ),
        ("products-filtered", f"{PRODUCTS}?active=0", {"data": [{}]}, []),
        ("product-parts", f"{PRODUCTS}?include=images", {"data": [{}]}, ["data/0/images"]),
        ("product-parts", f"{PRODUCTS}/1?includes=images", {}, ["images"]),
        ("paging-total", BRANDS, paging(total=0), ["paging/total"]),
        ("paging-total", BRANDS, paging(total=-1), []),
        ("paging-pages", BRANDS, paging(total=3, per_page=1, last_page=9), ["paging/last_page"]),
        ("paging-pages", BRANDS, paging(total=1, per_page=20, last_page=2), ["paging/last_page"]),
        ("paging-pages", BRANDS, paging(total=600, per_page=2, last_page=300), []),
        ("paging-pages", BRANDS, paging(total=3, per_page=0, last_page=3), []),
        ("paging-pages", BRANDS, paging(total=3, per_page=20, last_page=None), []),
        ("page-kept", f"{BRANDS}?page=300", paging(current_page=300), []),
        ("page-kept", f"{BRANDS}?page=300", paging(current_page=1), ["paging/current_page"]),
        ("seller-warehouses-filtered", "/v2/sellers/me/warehouses?status=1", {"data": [{}]}, []),
        ("categories-filtered", "/v2/categories?name=A%20b", {"data": [{"name": "b, a"}, {}]}, []),
        ("limit-kept", f"{BRANDS}?limit=0", {"data": [{}]}, []),
        ("limit-kept", f"{BRANDS}?limit=-1", {"data": [{}]}, []),
        (
            "inventories-filtered", f"{INVENTORIES}?tiki_warehouse_codes=hn",
            {"mappings": [{"tiki_warehouse_code": 7}]}, [],
        ),
        (
            "inventory-mapping-known", INVENTORIES,
            {"seller_inventories": [{"id": 1}], "mappings": [{"seller_inventory_ids": ["x", 2]}]},
            ["mappings/0/seller_inventory_ids/1"],
        ),
    ],
)  # fmt: skip
def test_a_response_is_judged_where_its_values_can_be_compared(
    rule: str, path: str, body: Any, places: list[str]
) -> None:
    assert [place for place, _ in answered(rule, path, body)] == places


@pytest.mark.parametrize(
    ("query", "time", "words"),
    [
        ("created_from_date", None, None),
        ("created_from_date", "2026-01-02 00:00:00", None),
        ("created_to_date", "2026-01-02 00:00:00", None),
        ("created_from_date", "2026-01-01 23:59:59", "not be before"),
        ("created_to_date", "2026-01-02 00:00:01", "not be after"),
    ],
)
def test_a_bound_of_times_belongs_to_its_range(query: str, time: Any, words: str | None) -> None:
    body = {"data": [{}, {TIMED: time}]}
    found = answered("products-filtered", f"{PRODUCTS}?{query}=2026-01-02%2000:00:00", body)
    assert [place for place, _ in found] == ([f"data/1/{TIMED}"] if words else [])
    assert all(words and words in message for _, message in found)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"state": 7}, []),
        ({"state": "queuing"}, []),
        ({"state": "rejected"}, ["state"]),
    ],
)
def test_a_replayed_request_begins_again(body: Any, places: list[str]) -> None:
    assert [place for place, _ in answered("replay-state", REPLAY, body, "POST")] == places


def test_messages_name_what_was_required() -> None:
    ((_, message),) = answered("order-row-total", ORDER, {"items": [row(1)]})
    assert "`row_total` must be 400" in message
    ((_, message),) = answered("orders-filtered", f"{ORDERS}?status=nin%7Ca,b", {"data": [{"status": "a"}]})
    assert "must be none of" in message
    ((_, message),) = answered("orders-filtered", f"{ORDERS}?status=a,b", {"data": [{"status": "c"}]})
    assert "none of" not in message
    times = {"data": [{"created_at": f"2026-01-0{day} 00:00:00"} for day in (1, 2, 1)]}
    ((place, message),) = answered("orders-sorted", ORDERS, times)
    assert (place, "must not be after" in message) == ("data/1/created_at", True)
    ((place, message),) = answered("orders-sorted", f"{ORDERS}?order_by=created_at%7Casc", times)
    assert (place, "must not be before" in message) == ("data/2/created_at", True)


def test_orders_are_sorted_by_two_times_only() -> None:
    times = {"data": [{"sent_at": f"2026-01-0{day} 00:00:00"} for day in (2, 1)]}
    assert answered("orders-sorted", f"{ORDERS}?order_by=sent_at%7Casc", times) == []


@pytest.mark.parametrize(
    ("rule", "events", "places"),
    [
        ("event-stock-sum", [event(1000)], []),
        ("event-stock-sum", [event(None), event(1001)], ["events/1/payload/quantity_available_to"]),
        (
            "events-in-order", created(EARLY + 1, None, EARLY + 1),
            [],
        ),
        (
            "events-in-order", created(EARLY + 1, None, EARLY),
            ["events/2/created_at"],
        ),
        *(
            ("event-order-code-same", [{"payload": {"order_code": one, "orderCode": other}}], [
                "events/0/payload/orderCode"
            ])
            for one, other in (("1", "2"), ("2", "1"))
        ),
    ],
)  # fmt: skip
def test_events_are_compared_where_they_can_be(rule: str, events: list[Any], places: list[str]) -> None:
    found = answered(rule, "/v1/queues/A/events/pull", {"events": events}, "POST", {"ack_id": None})
    assert [place for place, _ in found] == places


LONG = "1" * 19


def quantities(text: Any, *ids: Any) -> dict[str, Any]:
    return {"seller_warehouse": text, "warehouse_quantities": [{"warehouse_id": id} for id in ids]}


def variant(text: Any, *ids: Any) -> dict[str, Any]:
    return {"seller_warehouse": text, "warehouse_stocks": [{"warehouseId": id} for id in ids]}


def priced(*prices: Any) -> dict[str, Any]:
    return {"variants": [{"price": price} for price in prices]}


def weighing(weight: Any, **sides: Any) -> dict[str, Any]:
    return {
        "attributes": {"product_weight_kg": weight, **{f"product_{side}": own for side, own in sides.items()}}
    }


@pytest.mark.parametrize(
    ("rule", "operation", "body", "places"),
    [
        ("update-warehouses-listed", "updateSku", quantities("a, 1034", 1034), []),
        ("update-warehouses-listed", "updateSku", quantities(LONG, 1034), []),
        ("update-warehouses-listed", "updateSku", quantities(LONG + "1", 1034), []),
        ("update-warehouses-listed", "updateSku", quantities(LONG[1:], 1034), ["seller_warehouse"]),
        ("update-warehouses-listed", "updateSku", quantities("1034", 1034, None), []),
        ("update-warehouses-listed", "updateSku", quantities("1034, 1015", 1034), ["seller_warehouse"]),
        ("update-warehouses-listed", "updateSku", quantities("1034", 1034, 1015), ["seller_warehouse"]),
        ("update-warehouses-listed", "updateSku", [quantities("1034", 1015)], []),
        (
            "update-warehouses-listed", "updateSkus", {"data": [quantities("a", 1), quantities("2", 1)]},
            ["data/1/seller_warehouse"],
        ),
        (
            "variant-warehouses-listed", "createProductRequest",
            {"variants": [variant(0), variant("2", 1), variant("x", None), variant("", 1), variant("")]},
            ["variants/1/seller_warehouse", "variants/3/seller_warehouse"],
        ),
        (
            "price-range", "createProductRequest",
            priced(-5, 0, 1, 999, 1_000, 20_000_000, 20_000_001),
            ["variants/2/price", "variants/3/price", "variants/6/price"],
        ),
        *(
            ("weight-range", "createProductRequest", body, places)
            for body, places in (
                (weighing(0.001), []),
                (weighing(100), []),
                (weighing(100.0), []),
                (weighing(0.0009), ["attributes/product_weight_kg"]),
                (weighing(100.1), ["attributes/product_weight_kg"]),
                (weighing(1, length=1_000_000), []),
                (weighing(1, length=1000, width=600, height=1), []),
                (weighing(1, length=60_005, width=10, height=1), ["attributes/product_weight_kg"]),
                (weighing(1, length=1000, width=1000, height=1), ["attributes/product_weight_kg"]),
            )
        ),
    ],
)  # fmt: skip
def test_a_payload_is_judged_where_its_values_can_be_compared(
    rule: str, operation: str, body: Any, places: list[str]
) -> None:
    assert [place for place, _ in requested(rule, operation, body)] == places


def test_a_variant_without_stocks_lists_no_warehouse() -> None:
    ((_, message),) = requested(
        "variant-warehouses-listed", "createProductRequest", {"variants": [variant("1034")]}
    )
    assert "`warehouse_stocks`, which is empty, got" in message


def known(code: str, kind: str, *values: str, category_id: int | None = 8) -> dict[str, Any]:
    listed = [{"id": id, "value": value} for id, value in enumerate(values)]
    return {
        "code": code, "input_type": kind, "is_required": False, "values": listed, "category_id": category_id
    }  # fmt: skip


ATTRIBUTES_OF_8 = [
    known("age", "multiselect", "a", "b"),
    known("size", "select", "M"),
    known("brand", "text"),
]


@pytest.mark.parametrize(
    ("rule", "body", "facts", "places"),
    [
        *(
            ("attribute-listed", {"attributes": own}, {"attributes": ATTRIBUTES_OF_8}, places)
            for own, places in (
                ({"age": ["a", "z", "b"]}, ["attributes/age/1"]),
                ({"age": ["a", "", None]}, []),
                ({"age": "z", "size": "M"}, ["attributes/age"]),
                ({"size": ""}, []),
                ({"size": None}, []),
                ({"size": {"a": "M"}, "age": [["a"]]}, []),
                ({"brand": "z", "other": "z"}, []),
            )
        ),
        (
            "attributes-other", {"category_id": 8},
            {"attributes": [known("a", "text", category_id=None), known("b", "text", category_id=9)]},
            ["category_id"],
        ),
        (
            "attributes-other", {"category_id": 8}, {"attributes": [known("a", "text", category_id=7)]},
            ["category_id"],
        ),
        ("attributes-other", {"category_id": 8}, {"attributes": ATTRIBUTES_OF_8}, []),
        ("attributes-other", {"category_id": None}, {"attributes": ATTRIBUTES_OF_8}, []),
        ("option-label-known", {"option_attributes": ["color"]}, {"option_labels": []}, []),
        (
            "attribute-single", {"attributes": {"day": ["1"], "note": ["1"], "age": ["a"]}},
            {"attributes": [known("day", "date"), known("note", "text"), *ATTRIBUTES_OF_8]},
            ["attributes/day", "attributes/note"],
        ),
        (
            "option-label-known", {"option_attributes": ["color", "", "size"]}, {"option_labels": ["color"]},
            ["option_attributes/2"],
        ),
        ("certificates-required", [], {"required_docs": [{"document_id": 18}]}, []),
        ("certificates-required", {}, {"required_docs": [{"document_id": 18}]}, ["certificate_files"]),
    ],
)  # fmt: skip
def test_a_product_is_compared_with_what_is_known(
    rule: str, body: Any, facts: dict[str, Any], places: list[str]
) -> None:
    found = requested(rule, "createProductRequest", body, **facts)
    assert [place for place, _ in found] == places


@pytest.mark.parametrize("kind", ["application/atom+xml", "text/plain"])
def test_a_content_type_that_nobody_tried_has_no_words_of_the_server(kind: str) -> None:
    exchange = sellerspec.Exchange(
        "POST", f"{HOST}/v1/queues", None, request_body=b"{}",
        request_headers={**BEARER, "Content-Type": kind},
    )  # fmt: skip
    found = sellerspec.check_exchange(exchange).findings
    assert [finding.server_text for finding in found if finding.rule == "tiki-v2.content-type"] == [None]
