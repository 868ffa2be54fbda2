"""The examples of the source documents are here, unchanged, and the contract takes them as the documents do.

The documents are not part of this repository; what they show is counted and named here.
"""

import json
from functools import cache
from typing import Any

import pytest

import sellerspec
from sellerspec import contract, marketplaces
from support.examples import ROOT, Example, examples

CREATE = ROOT / "tiki" / "createProduct"

DOCUMENTED = {
    "tiki/listCategories": {"valid/documented-response.exchange"},
    "tiki/getCategory": {"valid/documented-response.exchange", "valid/documented-not-found.exchange"},
    "tiki/createProduct": {
        "valid/documented-entity",
        "valid/documented-simple",
        "valid/documented-configurable",
        "valid/documented-response.exchange",
        "valid/documented-refusal.exchange",
        "invalid/documented-invalid",
    },
    "tiki/listTracking": {"valid/documented-response.exchange"},
    "tiki/getTracking": {"valid/documented-response.exchange"},
    "tiki/updateSku": {"valid/documented-update", "valid/documented-refusal.exchange"},
    "tiki/listOrders": {"valid/documented-list.exchange"},
    "tiki/getOrder": {"valid/documented-detail.exchange"},
    "tiki/listWarehouses": {"valid/documented-list.exchange"},
    "tiki/confirmItems": {
        "valid/documented-seller-delivery",
        "valid/documented-seller-delivery.exchange",
        "valid/documented-tiki-delivery",
        "valid/documented-tiki-delivery.exchange",
    },
    "tiki/confirmDelivery": {"valid/documented-canceled", "valid/documented-canceled.exchange"},
    "tiki/updateDeliveryStatus": {"valid/documented-event", "valid/documented-event.exchange"},
    "tiki/printOrder": {"valid/documented-shipping.exchange", "valid/documented-invoice.exchange"},
    "tnsl/getQuotes": {
        "valid/documented",
        "valid/documented-response.exchange",
        "valid/documented-unauthorized.exchange",
    },
    "tnsl/registerWebhooks": {"valid/documented"},
    "tnsl/orderStatusSync": {
        "valid/documented-canceled",
        "valid/documented-delivery-failed",
        "valid/documented-ready-for-pickup",
    },
    "tokopedia/listOrders": {
        "valid/documented-success.exchange",
        "valid/documented-refusal.exchange",
        "invalid/documented-call.exchange",
    },
    "tokopedia/tokocabangOrderNotification": {"valid/documented-notification"},
}
"""Every example that the documents show, by operation."""

TEXTS = (
    "variants don't match with option_attributes => variants option2 missing",
    "variants should have price > 0",
)
"""The refusal that the document shows for its invalid product, in its order."""


def test_every_documented_example_is_there() -> None:
    names: dict[str, set[str]] = {}
    for example in examples():
        if example.path.name.startswith("documented"):
            name = example.path.relative_to(ROOT / example.operation).as_posix().removesuffix(".json")
            names.setdefault(example.operation, set()).add(name)
    assert names == DOCUMENTED


@pytest.mark.parametrize("name", ["documented-entity", "documented-simple", "documented-configurable"])
def test_a_documented_product_is_accepted(name: str) -> None:
    report = sellerspec.check("tiki/createProduct", (CREATE / "valid" / f"{name}.json").read_bytes())
    assert report.ok
    assert report.server_response() == sellerspec.Response(200, None)


def test_the_documented_invalid_product_has_the_two_documented_errors() -> None:
    body = (CREATE / "invalid" / "documented-invalid.json").read_bytes()
    report = sellerspec.check("tiki/createProduct", body)
    assert [error.pointer for error in report.errors] == ["/variants/1/option2", "/variants/1/price"]
    assert [error.server_text for error in report.errors] == list(TEXTS)
    assert report.server_response() == sellerspec.Response(422, {"errors": list(TEXTS)})


def test_the_answer_to_the_documented_invalid_product_is_the_documented_one() -> None:
    recorded = json.loads((CREATE / "valid" / "documented-refusal.exchange.json").read_text())
    response = sellerspec.check("tiki/createProduct", recorded["request_body"]).server_response()
    assert (response.status, response.body) == (recorded["status"], recorded["response_body"])


def test_the_documented_order_of_the_texts_does_not_follow_the_order_of_the_members() -> None:
    product = json.loads((CREATE / "invalid" / "documented-invalid.json").read_text())
    first, second = product["variants"]
    del first["price"]
    second["price"] = 1
    report = sellerspec.check("tiki/createProduct", product)
    assert [error.pointer for error in report.errors] == ["/variants/0/price", "/variants/1/option2"]
    assert report.server_response().body == {"errors": list(TEXTS)}


@cache
def recorded_bodies(marketplace: str) -> list[Any]:
    """Return the responses of the calls among the examples of a marketplace."""
    return [
        example.value().get("response_body") for example in examples("valid") if is_call(example, marketplace)
    ]


def is_call(example: Example, marketplace: str) -> bool:
    return example.is_exchange and example.operation.startswith(f"{marketplace}/")


RESPONSES = {
    f"{operation.key} {status} {name}": (operation.key, status, value)
    for marketplace in marketplaces.NAMES
    for operation in contract.contract(marketplace).operations()
    for status, body in operation.spec.responses.items()
    for name, value in body.examples().items()
}
"""Every response that a spec shows: operation, status and body."""


def test_every_documented_answer_of_tiki_and_tokopedia_is_the_answer_of_an_example() -> None:
    shown = [name for name in RESPONSES if " documented" in name and not name.startswith("tnsl")]
    assert len(shown) > 15
    for name in shown:
        operation, _, body = RESPONSES[name]
        assert body in recorded_bodies(operation.partition("/")[0]), name


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, (key, _, body) in RESPONSES.items()
        if body not in recorded_bodies(key.partition("/")[0])
    ],
)
def test_an_answer_that_only_the_spec_shows_fits(name: str) -> None:
    operation, status, body = RESPONSES[name]
    response = sellerspec.Exchange("GET", "", status, response_body=json.dumps(body).encode())
    report = sellerspec.check_exchange(response, operation=operation, requests="never")
    assert report.ok, str(report)


@pytest.mark.parametrize("marketplace", marketplaces.NAMES)
def test_every_request_example_that_a_spec_names_is_a_file_that_fits(marketplace: str) -> None:
    named = 0
    for operation in contract.contract(marketplace).operations():
        if operation.spec.request is not None:
            for name, value in operation.spec.request.examples().items():
                named += 1
                assert sellerspec.check(operation.key, value).ok is not name.startswith("documented-invalid")
    assert named
