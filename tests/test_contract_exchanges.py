"""A recorded call is found by its address, and its request and response are judged where they break."""

import json
import pickle
from typing import Any

import pytest

import sellerspec
from sellerspec.errors import UnknownName

TIKI = "https://api.tiki.vn/integration/v1"
TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}
JSON = {"content-type": "application/json"}


def call(method: str, url: str, status: int | None = None, **parts: Any) -> sellerspec.Exchange:
    headers = parts.pop("headers", TOKEN)
    bodies: dict[str, Any] = {
        name: value if isinstance(value, bytes) else json.dumps(value).encode()
        for name, value in parts.items()
    }
    return sellerspec.Exchange(method, url, status, request_headers=headers, **bodies)


def violated(exchange: sellerspec.Exchange, **settings: Any) -> list[tuple[str, str]]:
    report = sellerspec.check_exchange(exchange, **settings)
    return [(finding.pointer, finding.rule) for finding in report.findings]


@pytest.mark.parametrize(
    ("method", "url", "operation"),
    [
        ("GET", f"{TIKI}/orders/1", "tiki/getOrder"),
        ("get", f"{TIKI}/orders", "tiki/listOrders"),
        ("POST", f"{TIKI}/orders/confirmItems", "tiki/confirmItems"),
        ("GET", f"{TIKI}/orders/confirmItems", "tiki/confirmItems"),  # no order of that code
        ("GET", f"{TIKI}/orders/1/print?label=invoice#top", "tiki/printOrder"),
        ("POST", f"{TIKI}/products/A%2FB/updateSku", "tiki/updateSku"),
        ("GET", "https://api-sandbox.tiki.vn/integration/v1/warehouses", "tiki/listWarehouses"),
        ("GET", "https://tikinowapi.tiki.vn/business/v1/orders", "tnsl/listOrders"),
        ("POST", "https://api.tikinow.vn/business/v1/orders", "tnsl/createOrder"),
        ("GET", "https://fs.tokopedia.net/v2/order/list", "tokopedia/listOrders"),
        ("GET", "http://127.0.0.1:8000/v2/order/list", "tokopedia/listOrders"),
        ("GET", "https://gateway.example/uat/tiki/integration/v1/categories", "tiki/listCategories"),
        ("GET", "https://gateway.example/v1/tracking/abc", "tiki/getTracking"),
        ("GET", "/v1/warehouses", "tiki/listWarehouses"),
    ],
)
def test_a_call_is_found_by_host_or_path(method: str, url: str, operation: str) -> None:
    assert sellerspec.check_exchange(call(method, url)).operation == operation


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "https://x.example/v1/orders",
            "`GET https://x.example/v1/orders` fits operations of `tiki` and `tnsl`: "
            "name the marketplace, or the operation (`--as`)",
        ),
        ("https://x.example/nothing?token=FAKE", "no operation named `GET https://x.example/nothing`"),
        ("https://me:FAKE@x.example/nothing", "no operation named `GET https://x.example/nothing`"),
        ("https://x.example/orders/1", "no operation named `GET https://x.example/orders/1`"),
        (
            "https://fs.tokopedia.net/v1/warehouse",
            "no operation named `GET https://fs.tokopedia.net/v1/warehouse`",
        ),
        ("/" + "x" * 200, "no operation named `GET /" + "x" * 118 + "…`"),
    ],
)
def test_a_call_that_is_not_clearly_one_operation_is_an_error(url: str, message: str) -> None:
    with pytest.raises(UnknownName) as caught:
        sellerspec.check_exchange(call("GET", url))
    assert str(caught.value) == message


def test_the_error_of_a_call_of_several_marketplaces_passes_between_processes() -> None:
    with pytest.raises(UnknownName) as raised:
        sellerspec.check_exchange(call("GET", "https://x.example/v1/orders"))
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


@pytest.mark.parametrize("given", [{"marketplace": "tnsl"}, {"operation": "tnsl/listOrders"}])
def test_a_name_settles_which_marketplace_is_called(given: dict[str, Any]) -> None:
    report = sellerspec.check_exchange(call("GET", "https://x.example/v1/orders"), **given)
    assert report.operation == "tnsl/listOrders"


@pytest.mark.parametrize("path", ["orders/1/print", "orders/1", "categories", "tracking/abc"])
def test_a_path_without_its_version_misses_the_version(path: str) -> None:
    exchange = call("GET", f"https://api.tiki.vn/integration/{path}")
    assert violated(exchange) == [("/request/path/version", "tiki.version-present")]


def test_the_version_is_known() -> None:
    assert violated(call("GET", "https://api.tiki.vn/integration/v3/orders/1")) == [
        ("/request/path/version", "tiki.version-known")
    ]


PUT = "the method must be one that the spec has for this path, such as `POST` (createProduct), got `PUT`"


def test_a_wrong_method_is_one_finding_about_the_request() -> None:
    exchange = call("PUT", f"{TIKI}/products", request_body=b"not even JSON")
    report = sellerspec.check_exchange(exchange)
    assert [(finding.pointer, finding.rule, finding.message) for finding in report.findings] == [
        ("/request/method", "sellerspec.method", PUT)
    ]
    assert report.server_response() == sellerspec.Response(
        405, {"errors": [f"[sellerspec] /request/method: {PUT}"]}
    )
    assert ("/request/method", "sellerspec.method") in violated(exchange, operation="tiki/createProduct")
    assert violated(exchange, requests="never") == []
    order_call = call("GET", f"{TIKI}/orders/confirmItems")
    assert ("/request/method", "sellerspec.method") in violated(order_call)


def test_the_path_of_another_operation_gives_a_named_operation_nothing() -> None:
    exchange = call("GET", f"{TIKI}/warehouses")
    assert violated(exchange, operation="tiki/getOrder") == [
        ("/request/path/order_code", "tiki.order-code-path"),
        ("/request/path/version", "tiki.version-present"),
    ]


def test_a_status_nobody_documents_is_a_warning() -> None:
    report = sellerspec.check_exchange(call("GET", f"{TIKI}/orders/1", 418))
    message = "the status must be one that the spec knows, 200, 400, 401, 403, 404, 429 or 500, got 418"
    assert report.ok
    assert [(finding.pointer, finding.rule, finding.message) for finding in report.findings] == [
        ("/response/status", "sellerspec.answer-status", message)
    ]


def test_a_refused_request_is_judged_only_when_asked_to() -> None:
    refused = call("POST", f"{TIKI}/products", 422, request_body={}, response_body={"errors": ["x"]})
    assert violated(refused) == []
    assert ("/request/body/name", "tiki.product-name") in violated(refused, requests="always")
    assert violated(refused, requests="never") == []


def test_an_accepted_or_unanswered_request_is_judged_unless_told_not_to() -> None:
    for status, response in (
        (None, {}),
        (200, {"response_body": {"trace_id": "a" * 32, "state": "queuing"}}),
    ):
        exchange = call(
            "POST", f"{TIKI}/products", status, request_body={}, headers={**TOKEN, **JSON}, **response
        )
        assert ("/request/body/name", "tiki.product-name") in violated(exchange)
        assert violated(exchange, requests="never") == []


def test_the_boundary_of_acceptance_is_400() -> None:
    for status, judged in ((399, True), (400, False)):
        exchange = call("POST", f"{TIKI}/products", status, request_body={}, response_body={"errors": []})
        assert any(pointer.startswith("/request") for pointer, _ in violated(exchange)) is judged


def test_a_request_body_that_cannot_be_read_is_one_finding() -> None:
    exchange = call("POST", f"{TIKI}/products", request_body=b'{"a":1,"a":2}', headers={**TOKEN, **JSON})
    report = sellerspec.check_exchange(exchange)
    assert [(finding.pointer, finding.rule, finding.message) for finding in report.findings] == [
        ("/request/body", "sellerspec.body-readable", "line 1 column 8: the member `a` is given twice")
    ]
    assert report.server_response().status == 400


def test_an_unreadable_body_hides_nothing_else_of_the_request() -> None:
    exchange = call("POST", f"{TIKI}/products", request_body=b"{", headers={})
    assert violated(exchange) == [
        ("/request/body", "sellerspec.body-readable"),
        ("/request/headers/content-type", "tiki.content-type"),
        ("/request/headers/tiki-api", "tiki.token-present"),
    ]


def test_an_answer_body_that_cannot_be_read_is_one_finding() -> None:
    exchange = call("GET", f"{TIKI}/orders/1", 200, response_body=b"<html>")
    assert violated(exchange) == [("/response/body", "sellerspec.body-readable")]


def test_a_body_that_is_missing_is_named_where_it_should_be() -> None:
    exchange = call("POST", f"{TIKI}/orders/confirmItems", headers={**TOKEN, **JSON})
    assert [pointer for pointer, _ in violated(exchange)] == ["/request/body"]
    assert [pointer for pointer, _ in violated(call("GET", f"{TIKI}/orders/1", 200))] == ["/response/body"]


def test_a_body_of_another_type_is_not_read_as_json() -> None:
    page = sellerspec.Exchange(
        "GET",
        f"{TIKI}/orders/1",
        200,
        request_headers=TOKEN,
        response_headers={"Content-Type": "text/html"},
        response_body=b"<html>",
    )
    assert [pointer for pointer, _ in violated(page)] == ["/response/body"]
    assert violated(page) != [("/response/body", "sellerspec.body-readable")]


def test_names_of_headers_count_in_any_case() -> None:
    headers = {"TIKI-API": "FAKE-TOKEN-FOR-TESTS", "CONTENT-Type": "Application/JSON; charset=utf-8"}
    exchange = call("POST", f"{TIKI}/products/A/updateSku", headers=headers, request_body={"price": 1})
    assert violated(exchange) == []


def test_texts_of_a_query_get_the_type_their_schema_asks_for() -> None:
    base = "https://fs.tokopedia.net/v2/order/list?fs_id=13004&from_date=1660262400&to_date=1660348800"
    bearer = {"authorization": "Bearer FAKE"}
    assert violated(call("GET", f"{base}&page=1&per_page=50", headers=bearer)) == []
    assert violated(call("GET", f"{base}&page=one&per_page=50", headers=bearer)) == [
        ("/request/query/page", "tokopedia.page-format")
    ]
    assert violated(call("GET", f"{base}&page=&per_page=50", headers=bearer)) != []


def test_the_order_of_findings_is_request_then_answer() -> None:
    exchange = call("GET", f"{TIKI}/orders?limit=a", 200, headers={}, response_body=[])
    pointers = [pointer for pointer, _ in violated(exchange)]
    assert pointers[:2] == ["/request/headers/tiki-api", "/request/query/limit"]
    assert pointers[2].startswith("/response/body")


def test_a_webhook_is_checked_by_its_operation() -> None:
    hook = sellerspec.Exchange("POST", "https://me.example/hooks/tnsl?x=1", 200, request_body=b"{}")
    report = sellerspec.check_exchange(hook, operation="tnsl/orderStatusSync")
    assert report.operation == "tnsl/orderStatusSync"
    assert not report.ok
    assert all(error.pointer.startswith("/request/body") for error in report.errors)


def test_strict_raises_the_warnings_of_a_call() -> None:
    exchange = call("GET", f"{TIKI}/orders/1", 418)
    assert not sellerspec.check_exchange(exchange, strict=True).ok


def test_tokopedia_answers_a_missing_token_first_and_a_code_before_anything_else() -> None:
    url = "https://fs.tokopedia.net/v2/order/list?fs_id=13004&from_date=1660262400&to_date=1660948800&page=1&per_page=50"
    assert sellerspec.check_exchange(call("GET", url, headers={})).server_response().status == 401
    response = sellerspec.check_exchange(
        call("GET", url, headers={"authorization": "Bearer FAKE"})
    ).server_response()
    assert response == sellerspec.Response(
        400,
        {
            "header": {
                "process_time": 0,
                "messages": "We could not process your request due to malformed request, please check again",
                "reason": "Date Range must be less than 3 days",
                "error_code": "ORD_DLV_013",
            },
            "data": None,
        },
    )


def test_tiki_answers_the_first_stage_at_which_a_call_fails() -> None:
    bad: dict[str, Any] = {"headers": {"content-type": "application/json"}, "request_body": {}}
    assert sellerspec.check_exchange(call("POST", f"{TIKI}/products", **bad)).server_response().status in (
        400,
        401,
    )
    form = {"tiki-api": "FAKE", "content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
    response = sellerspec.check_exchange(
        call("POST", f"{TIKI}/products", headers=form, request_body={})
    ).server_response()
    assert response == sellerspec.Response(
        400, {"errors": ["Content type 'application/x-www-form-urlencoded;charset=UTF-8' not supported"]}
    )
