"""Responses of Tiki: what makes them what they are, what may be missing, and how they fit the request."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

import sellerspec
from sellerspec import contract
from sellerspec.model import Facts
from support.examples import ROOT

ENGINES = ("jsonschema-rs", "jsonschema")
TRACE = "c3587ec50976497f837461e0c2ea3da5"


def recorded(name: str) -> dict[str, Any]:
    """Return an exchange of the examples: `listOrders/valid/documented-list`."""
    value: dict[str, Any] = json.loads((ROOT / "tiki" / f"{name}.exchange.json").read_text())
    return value


def of(
    operation: str, body: Any, *, url: str = "", status: int = 200, kind: str = "application/json"
) -> list[str]:
    """Return severity, place and rule of each finding about a response, the same by both engines."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": kind} if kind else {}
    exchange = sellerspec.Exchange(
        "GET", f"https://api.tiki.vn/integration/v1/{url}", status,
        response_headers=headers, response_body=content,
    )  # fmt: skip
    reports = []
    for engine in ENGINES:
        ready = contract.contract("tiki", engine=engine).operation(operation)
        match = contract.contract("tiki", engine=engine).routes.find("GET", exchange.url)
        known = match is not None and match.operation == operation
        path, query = (
            (match.path, match.query) if match is not None and known else ({}, url.partition("?")[2])
        )
        report = ready.check_exchange(exchange, path, query, request=False)
        reports.append([f"{line.severity} {line.pointer} {line.rule}" for line in report.findings])
    assert reports[0] == reports[1]
    return [line.replace("/response/body", "") for line in reports[0]]


def errors(findings: list[str]) -> list[str]:
    return [line.removeprefix("error ") for line in findings if line.startswith("error ")]


ORDER = recorded("getOrder/valid/tiki.order-shape")["response_body"]
CODE = ORDER["order_code"]
PAGE = recorded("listOrders/valid/tiki.order-list-data")["response_body"]
WAREHOUSE = recorded("listWarehouses/valid/tiki.warehouse-complete")["response_body"][0]
CATEGORIES = recorded("listCategories/valid/documented-response")["response_body"]
MISSING_ORDER = ["/items tiki.order-shape", "/order_code tiki.order-shape", "/status tiki.order-shape"]


@pytest.mark.parametrize("body", [{}, {"data": ORDER}, {"error": "no"}])
def test_B3_a_response_without_what_makes_an_order_is_an_error(body: Any) -> None:
    assert errors(of("getOrder", body)) == MISSING_ORDER


def test_B3_an_order_in_a_list_and_an_item_are_known_by_what_makes_them() -> None:
    listed = errors(of("listOrders", {**PAGE, "data": [{}]}))
    assert listed == [f"/data/0{line}" for line in MISSING_ORDER]
    item = [f"/items/0/{name} tiki.order-item" for name in ("id", "qty", "sku")]
    assert errors(of("getOrder", {**ORDER, "items": [{}]})) == item
    for name in ("order_code", "status", "items"):
        assert f"/{name} tiki.order-shape" in errors(of("getOrder", {**ORDER, name: None}))


def test_B3_a_warehouse_is_known_by_what_confirming_items_needs() -> None:
    missing = ["/0/seller_inventory_id tiki.warehouse-shape", "/0/warehouse_code tiki.warehouse-shape"]
    assert errors(of("listWarehouses", [{}])) == missing
    assert errors(of("listWarehouses", {"data": [WAREHOUSE]})) == [" tiki.warehouse-list"]


@pytest.mark.parametrize(
    "operation", ["listTracking", "createProduct", "getOrder", "confirmItems", "printOrder"]
)
@pytest.mark.parametrize("status", [401, 403, 429, 500])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ""),
        (b"<html><h1>502 Bad Gateway</h1></html>", "text/html"),
        (b"<html><h1>502 Bad Gateway</h1></html>", ""),
        (b"Too many requests", "application/json"),
        (b'{"message": "no"}', "application/json"),
    ],
)
def test_B5_a_failure_may_have_any_body_or_none(operation: str, status: int, body: bytes, kind: str) -> None:
    assert of(operation, body, status=status, kind=kind) == []


def test_B5_a_refusal_is_bound_to_the_envelope_only_where_an_example_shows_it() -> None:
    for operation in (
        "listOrders",
        "listWarehouses",
        "confirmItems",
        "confirmDelivery",
        "updateDeliveryStatus",
    ):
        assert of(operation, {"message": "Params in body request invalid"}, status=400) == []
        assert of(operation, ["no"], status=400) == []
        assert of(operation, {"errors": "no"}, status=400) == ["error /errors tiki.refusal-errors"]
    assert of("createProduct", {"message": "no"}, status=400) == ["warning /errors tiki.refusal-errors-given"]
    assert of("createProduct", {"errors": []}, status=400) == ["error /errors tiki.refusal-errors"]
    assert of("createProduct", {"message": "no"}, status=422) == ["error /errors tiki.errors-answer"]
    assert of("createProduct", b"", status=422) == ["error  tiki.errors-answer"]
    assert of("getCategory", b"<html>", status=404) == ["error  sellerspec.body-readable"]
    assert of("getOrder", b"<html>", status=200) == ["error  sellerspec.body-readable"]


@pytest.mark.parametrize("state", ["processing", "rejected", "approved", "drafted", "md_awaiting_approve"])
def test_B6_a_new_request_in_another_listed_state_is_warned_about(state: str) -> None:
    assert of("createProduct", {"trace_id": TRACE, "state": state}) == ["warning /state tiki.created-state"]
    expected = [] if state == "approved" else ["warning /state tiki.updated-state"]
    assert of("updateSku", {"state": state}) == expected


def test_B6_a_state_that_no_list_has_is_an_error() -> None:
    for state in ("done", "", None, 5):
        assert errors(of("createProduct", {"trace_id": TRACE, "state": state})) == [
            "/state tiki.tracking-state"
        ]
        assert errors(of("updateSku", {"state": state})) == ["/state tiki.tracking-state"]
    assert errors(of("createProduct", {"trace_id": TRACE})) == ["/state tiki.created-answer"]


def category(**changes: Any) -> dict[str, Any]:
    return {"id": 1, "name": "Sách Tiếng Việt", "parent": 8, "primary": 1, **changes}


@pytest.mark.parametrize(
    ("query", "changes", "places"),
    [
        ("parent=8", {}, []),
        ("parent=9", {}, ["/0/parent"]),
        ("parent=8", {"parent": None}, ["/0/parent"]),
        ("primary=1", {}, []),
        ("primary=1", {"primary": 0}, ["/0/primary"]),
        ("name=VI%E1%BB%86T", {}, []),
        ("name=viet%20sach", {}, []),
        ("name=", {}, []),
        ("name=book", {}, ["/0/name"]),
        ("name=book&parent=9&primary=0", {}, ["/0/name", "/0/parent", "/0/primary"]),
    ],
)
def test_B9_categories_pass_the_filters(query: str, changes: dict[str, Any], places: list[str]) -> None:
    expected = [f"warning {place} tiki.categories-filtered" for place in places]
    assert of("listCategories", [category(**changes)], url=f"categories?{query}") == expected


def order(status: str, *confirmations: str) -> dict[str, Any]:
    (item,) = ORDER["items"]
    return {
        **ORDER,
        "status": status,
        "items": [{**item, "confirmation_status": each} for each in confirmations],
    }


@pytest.mark.parametrize(
    ("query", "listed", "fits"),
    [
        ("status=queueing", order("queueing", "waiting"), True),
        ("status=queuing", order("queueing", "waiting"), True),
        ("", order("queueing", "waiting"), True),
        ("", order("complete", "confirmed"), False),
        ("status=queueing", order("canceled", "seller_canceled"), False),
        ("status=complete", order("complete", "confirmed"), True),
        ("status=complete", order("queueing", "waiting"), False),
        ("status=successful_delivery", order("complete", "confirmed"), False),
        ("status=seller_confirmed", order("canceled", "seller_confirmed"), True),
        ("status=seller_confirmed", order("queueing", "waiting", "confirmed"), True),
        ("status=seller_confirmed", order("queueing", "waiting", "seller_canceled"), False),
        ("status=seller_confirmed", order("queueing"), True),
        ("status=seller_canceled", order("canceled", "waiting"), True),
        ("status=seller_canceled", order("queueing", "waiting", "seller_canceled"), True),
        ("status=seller_canceled", order("queueing", "seller_confirmed"), False),
        ("status=seller_canceled", order("queueing"), True),
        ("status=all", order("complete", "confirmed"), True),
    ],
)
def test_B9_orders_pass_the_filter_status(query: str, listed: Any, fits: bool) -> None:
    found = of("listOrders", {**PAGE, "data": [listed]}, url=f"orders?{query}")
    assert ("warning /data/0/status tiki.orders-filtered" in found) is not fits
    assert errors(found) == []


def page(orders: int, **paging: Any) -> dict[str, Any]:
    data = [{**ORDER, "order_code": str(code)} for code in range(orders)]
    return {"data": data, "paging": {**PAGE["paging"], "from": 1, "to": orders, **paging}}


@pytest.mark.parametrize(
    ("query", "body", "rule"),
    [
        ("limit=2", page(2), ""),
        ("limit=2", page(3), "/data tiki.orders-limit-kept"),
        ("", page(20), ""),
        ("", page(21), "/data tiki.orders-limit-kept"),
        ("limit=0", page(2), ""),
        ("page=2&limit=2", page(2, current_page=2), ""),
        ("page=2", page(2), "/paging/current_page tiki.orders-page-kept"),
        ("", page(2, current_page=2), "/paging/current_page tiki.orders-page-kept"),
        ("page=0", page(2), ""),
        ("", page(2, to=3), "/paging/to tiki.order-list-positions"),
        ("", page(0, to=0), ""),
        ("", {**page(2), "paging": []}, None),
    ],
)
def test_B9_a_page_of_orders_is_the_requested_one(query: str, body: Any, rule: str | None) -> None:
    found = of("listOrders", body, url=f"orders?{query}")
    if rule is None:  # paging that is no object hides what reads it
        assert found == ["error /paging tiki.order-list-paging"]
    else:
        assert found == [f"warning {rule}"] * bool(rule)


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", []),
        ("warehouse_code=hn", []),
        ("warehouse_code=sgn", ["/0/warehouse_code"]),
        ("warehouse_id=4", ["/0/warehouse_id"]),
        ("warehouse_id=2&warehouse_code=hn", []),
        ("warehouse_code=", []),
    ],
)
def test_B9_warehouses_pass_the_filters(query: str, places: list[str]) -> None:
    body = [{**WAREHOUSE, "warehouse_id": 2, "warehouse_code": "hn"}]
    expected = [f"warning {place} tiki.warehouses-filtered" for place in places]
    assert of("listWarehouses", body, url=f"warehouses?{query}") == expected


def test_B9_a_response_is_about_what_the_path_names() -> None:
    detail = recorded("getCategory/valid/documented-response")["response_body"]
    tracked = recorded("getTracking/valid/documented-response")["response_body"]
    assert of("getCategory", detail, url="categories/218") == []
    assert of("getCategory", detail, url="categories/219") == ["warning /id tiki.category-requested"]
    assert of("getTracking", tracked, url=f"tracking/{TRACE}") == []
    assert of("getTracking", tracked, url="tracking/other") == ["warning /trace_id tiki.tracking-requested"]
    assert of("getOrder", ORDER, url=f"orders/{CODE}") == []
    assert of("getOrder", ORDER, url="orders/5") == ["warning /order_code tiki.order-requested"]


def test_B9_a_delivery_is_confirmed_for_the_order_that_was_sent() -> None:
    sent = recorded("confirmDelivery/valid/tiki.confirm-delivery-echo")
    for code, rules in ((sent["response_body"]["order_code"], []), ("1", ["tiki.confirm-delivery-echo"])):
        bodies = {"request_body": sent["request_body"], "response_body": {"order_code": code}}
        encoded = {name: json.dumps(body).encode() for name, body in bodies.items()}
        report = sellerspec.check_exchange(sellerspec.Exchange(**sent | encoded))
        assert [finding.rule for finding in report.warnings] == rules
        assert report.ok


def test_B9_tracking_lists_at_most_as_many_requests_as_asked() -> None:
    listed = recorded("listTracking/valid/documented-response")["response_body"]
    assert of("listTracking", listed, url="tracking?limit=3") == []
    assert of("listTracking", listed, url="tracking?limit=2") == ["warning  tiki.tracking-limit-kept"]
    assert of("listTracking", listed, url="tracking?limit=x") == []


@pytest.mark.parametrize(
    ("days", "updated", "old"), [(30, 30, False), (32, 32, True), (32, 5, False), (5, 32, False)]
)
def test_B9_orders_are_at_most_30_days_old(days: int, updated: int, old: bool) -> None:
    now = datetime(2019, 12, 1, 12)
    times = {"purchased_at": days, "updated_at": updated}
    aged = {
        **ORDER,
        **{name: f"{now - timedelta(days=age):%Y-%m-%d %H:%M:%S}" for name, age in times.items()},
    }
    exchange = recorded("listOrders/valid/tiki.order-list-data") | {"response_body": {**PAGE, "data": [aged]}}
    fields = {name: value for name, value in exchange.items() if name != "response_body"}
    fields["response_body"] = json.dumps(exchange["response_body"]).encode()
    report = sellerspec.check_exchange(sellerspec.Exchange(**fields), facts=Facts(now=now))
    assert ["tiki.orders-served-days"] * old == [finding.rule for finding in report.findings]


def test_B10_a_documented_member_that_is_missing_or_null_is_warned_about() -> None:
    detail = recorded("getCategory/valid/documented-response")["response_body"]
    del detail["description"]
    assert of("getCategory", detail) == ["warning /description tiki.category-complete"]
    few = {
        name: WAREHOUSE[name] for name in ("seller_inventory_id", "warehouse_id", "warehouse_code", "name")
    }
    missing = sorted(WAREHOUSE.keys() - few.keys())
    assert len(missing) == 8
    expected = [f"warning /0/{name} tiki.warehouse-complete" for name in missing]
    assert of("listWarehouses", [few]) == expected
    assert of("listWarehouses", [{**few, **dict.fromkeys(missing)}]) == expected
    shipping = {name: value for name, value in ORDER["shipping"].items() if not name.startswith("estimat")}
    estimate = ["warning /shipping/estimate_description tiki.order-complete"]
    assert of("getOrder", {**ORDER, "shipping": shipping}) == estimate
    other = {**shipping, "estimation_description": "Friday"}
    assert of("getOrder", {**ORDER, "shipping": other}) == [
        "warning /shipping/estimation_description tiki.shipping-estimate-key"
    ]
    assert of("getOrder", {**ORDER, "tax": None}) == ["warning /tax tiki.order-complete"]


@pytest.mark.parametrize("nothing", [{}, {"tiki_sku": None, "reason": None}, {"tiki_sku": "", "reason": ""}])
def test_B10_an_approved_request_has_a_sku_and_a_rejected_one_a_reason(nothing: dict[str, Any]) -> None:
    approved = {"trace_id": TRACE, "state": "approved", **nothing}
    assert of("getTracking", approved) == ["warning /tiki_sku tiki.tracking-tiki-sku-given"]
    assert of("listTracking", [approved]) == ["warning /0/tiki_sku tiki.tracking-tiki-sku-given"]
    rejected = {**approved, "state": "rejected"}
    assert of("getTracking", rejected) == ["warning /reason tiki.tracking-reason-given"]


def test_B10_a_success_that_tells_of_a_failure_is_warned_about() -> None:
    code = ["warning /code tiki.confirm-items-answer-success"]
    assert of("confirmItems", {"code": 400, "data": []}) == code
    assert of("confirmItems", {"code": 200, "data": []}) == []
    assert of("confirmItems", {"code": "200", "data": []}) == ["warning /code tiki.confirm-items-answer-code"]
    message = ["warning /message tiki.delivery-status-answer-success"]
    assert of("updateDeliveryStatus", {"message": "failed"}) == message
    assert of("updateDeliveryStatus", {"message": None})[0] == "error /message tiki.delivery-status-answer"


def test_B21_the_nulls_of_a_sample_of_april_2020_are_accepted() -> None:
    (item,) = ORDER["items"]
    sample = {
        **ORDER,
        "purchased_at": None,
        "deliveryConfirmed": None,
        "delivery_confirmed_at": None,
        "is_rma": None,
        "items": [
            {**item, "confirmed_at": None, "warehouse_code": None, "serial_number": None, "discount": None}
        ],
        "handling_fee": None,
        "collectable_total_price": None,
    }
    assert of("getOrder", sample) == []
    assert of("listOrders", {**PAGE, "data": [sample]}) == []


def test_B22_track_id_stands_for_trace_id_with_a_warning_that_names_the_later_document() -> None:
    created = {"track_id": TRACE, "state": "queuing"}
    tracked = {"track_id": TRACE, "request_id": "1121447935453136060", "state": "approved", "reason": ""}
    assert of("createProduct", created) == ["warning /track_id tiki.track-id"]
    assert of("getTracking", tracked, url=f"tracking/{TRACE}") == ["warning /track_id tiki.track-id"]
    assert of("listTracking", [tracked]) == ["warning /0/track_id tiki.track-id"]
    rule = sellerspec.rule("tiki.track-id")
    assert (rule.source.document, rule.source.section) == ("tiki-docs-2020", "docs@3a6b788")
    assert "2019-12-23" in str(rule.hint)
    other = of("getTracking", tracked, url="tracking/other")
    assert other == ["warning /track_id tiki.track-id", "warning /track_id tiki.tracking-requested"]


def test_B22_a_response_with_neither_name_is_an_error() -> None:
    assert of("createProduct", {"state": "queuing"}) == ["error /trace_id tiki.created-answer"]
    assert of("getTracking", {"state": "processing"}) == ["error /trace_id tiki.tracking-entry"]
    assert of("listTracking", [{"state": "processing"}]) == ["error /0/trace_id tiki.tracking-entry"]
    assert errors(of("getTracking", {"state": "processing", "track_id": ""})) == [
        "/track_id tiki.tracking-entry"
    ]
