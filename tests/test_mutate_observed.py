"""What a green test shows too: writes that were repeated, tokens in logs."""

import base64
import json
from typing import Any

import httpx

from sellerspec.mutate.running.observed import leaked, repeated, writes
from sellerspec.mutate.running.suite import Failure
from sellerspec.sandbox.log import Entry
from support.sandboxes import Client, calling, example
from test_mutate_behaviours import workbook

APP = base64.b64encode(b"1234567890:FAKE-SECRET").decode()
PRODUCT: dict[str, Any] = example("tiki/createProduct/valid/documented-simple")


def taken(call: Client) -> dict[str, int]:
    return writes(call.box.log.entries())


def test_a_write_that_is_taken_twice_is_repeated() -> None:
    with calling("tiki") as call:
        call("POST", "/v1/products", PRODUCT)
        once = taken(call)
        call("POST", "/v1/products", dict(reversed(PRODUCT.items())))
        twice = taken(call)
    assert list(once.values()) == [1]
    assert repeated("test_it", once, {}) == ()
    assert repeated("test_it", twice, twice) == ()
    line = "`tiki/createProduct` was taken 2 times with the same content"
    assert repeated("test_it", twice, once) == (Failure("test_it", "repeat", line),)
    assert repeated("test_it", json.loads(json.dumps(twice)), {}) == repeated("test_it", twice, once)


def test_a_request_for_a_token_is_no_write() -> None:
    form = {"content-type": "application/x-www-form-urlencoded", "authorization": "Basic " + APP}
    with calling("tiki-v2") as call:
        for _ in range(2):
            issued = call("POST", "/sc/oauth2/token", raw=b"grant_type=client_credentials", headers=form)
            assert issued.status == 200
            call("POST", "/integration/v1/queues", {"name": "orders"})
        assert [(one.partition(" ")[0], times) for one, times in taken(call).items()] == [
            ("tiki-v2/createQueue", 2)
        ]


def test_a_write_that_changes_nothing_or_is_refused_is_not_repeated() -> None:
    with calling("tiki") as call:
        for _ in range(2):
            call("POST", "/v1/products/DANG19951995/updateSku", {"price": 120_000})
            call("POST", "/v1/products", {**PRODUCT, "variants": [{}]})
            call("GET", "/v1/orders")
            call("POST", "/nothing")
        assert list(taken(call).values()) == [1]
        call("POST", "/v1/products", PRODUCT)
        call("POST", "/v1/products", {**PRODUCT, "name": "Another name of a product"})
        assert list(taken(call).values()) == [1, 1, 1]


def test_a_second_confirmation_is_repeated_and_a_second_end_of_a_delivery_is_not() -> None:
    confirm = example("tiki/confirmItems/valid/documented-seller-delivery")
    delivered = {"order_code": "419060832", "status": "successful_delivery"}
    with calling("tiki") as call:
        for _ in range(2):
            assert call("POST", "/v1/orders/confirmItems", confirm).status == 200
        assert list(taken(call).values()) == [2]
        for _ in range(2):
            assert call("POST", "/v1/orders/confirmDelivery", delivered).status == 200
            call.box.advance(5)
        assert list(taken(call).values()) == [2, 1]


def test_an_upload_is_the_same_whatever_its_boundary() -> None:
    with calling("tnsl") as call:
        for _ in range(2):
            form = httpx.Request("POST", "http://tnsl.example", files={"file": ("a.xlsx", workbook())})
            headers = {**call.box.auth(), **form.headers}
            assert call("POST", "/v1/order-imports", raw=form.read(), headers=headers).status == 200
        assert list(taken(call).values()) == [2]


def test_a_call_that_is_no_json_counts_by_its_bytes() -> None:
    with calling("tiki") as call:
        call("POST", "/v1/products", PRODUCT)
        (entry,) = call.box.log.entries()
    plain = Entry(
        1, entry.at, 0.0, call_request(entry, b"no JSON"), entry.response, entry.operation, changed=True
    )
    assert list(writes([plain, plain]).values()) == [2]


def call_request(entry: Entry, body: bytes) -> Any:
    return type(entry.request)("POST", entry.request.path, body=body)


def test_a_token_in_a_captured_text_is_named_by_the_text_only() -> None:
    texts = {"log": "GET /orders with not-a-real-token", "output": "nothing here"}
    assert leaked("test_it", texts, {"not-a-real-token", ""}) == (
        Failure("test_it", "error", "a token of the sandbox is in the captured log"),
    )
