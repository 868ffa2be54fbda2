"""Parameters that no schema sees: unknown, repeated, bracketed, not encoded; for every operation."""

from typing import Any

import pytest

import sellerspec
from sellerspec import Exchange, check_exchange, contract
from sellerspec.contract.parameters import parameters
from sellerspec.openapi.spec import OperationSpec

ORDERS = "https://api.tiki.vn/integration/v1/orders"
SKU = "https://api.tiki.vn/integration/v1/products/{}/updateSku"
PATHS = [key for key in sellerspec.operations() if not key.webhook]


def found(url: str, **more: Any) -> list[tuple[str, str, str]]:
    """Return rule, place and message of each finding about a call that is fine but for its URL."""
    method = "POST" if more else "GET"
    report = check_exchange(Exchange(method, url, request_headers={"tiki-api": "x", **JSON}, **more))
    assert not report.errors
    return [(finding.rule, finding.pointer, finding.message) for finding in report.findings]


JSON = {"content-type": "application/json"}
UNKNOWN = "`NAME` is not a parameter of this call"


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("stauts=complete", "stauts", UNKNOWN + " (did you mean `status`?)"),
        ("statuss=", "statuss", UNKNOWN + " (did you mean `status`?)"),
        ("Page=1", "Page", UNKNOWN + " (did you mean `page`?)"),
        ("page[]=1", "page[]", "`NAME` must be written `page`, without brackets"),
        ("page%5B0%5D=1", "page[0]", "`NAME` must be written `page`, without brackets"),
        ("page+=1", "page ", "`NAME` must be written `page`, without blanks"),
        ("q=1", "q", UNKNOWN),
        ("page=1&page=2", "page", "`page` must be given once, got it 2 times"),
        ("page=1&page=1&page=1", "page", "`page` must be given once, got it 3 times"),
    ],
)  # fmt: skip
def test_B12_a_parameter_that_is_not_known_once_by_its_name_warns(
    query: str, name: str, message: str
) -> None:
    expected = ("sellerspec.query-known", f"/request/query/{name}", message.replace("NAME", name))
    assert found(f"{ORDERS}?{query}") == [expected]
    assert found(f"{ORDERS}?status=queueing&page=1&limit=20") == []


@pytest.mark.parametrize("operation", PATHS, ids=lambda operation: operation.key)
def test_B12_every_operation_of_every_marketplace_knows_its_parameters(operation: Any) -> None:
    spec = contract.operation(operation.key).spec
    for query, count in (("sellerspec-unknown=1", 1), ("", 0), (_own(spec), 0)):
        findings = parameters(spec, {}, query).findings
        assert [finding.rule for finding in findings] == ["sellerspec.query-known"] * count


def _own(spec: OperationSpec) -> str:
    return "&".join(f"{parameter.name}=1" for parameter in spec.parameters if parameter.where == "query")


def test_B12_the_address_of_a_webhook_is_the_receivers_own() -> None:
    call = Exchange("POST", "https://shop.example/hooks?key=1&key=2", request_body=b"{}")
    report = check_exchange(call, operation="tnsl/orderStatusSync")
    assert "sellerspec.query-known" not in {finding.rule for finding in report.findings}


def test_B12_findings_about_names_stand_among_the_others_by_place() -> None:
    report = check_exchange(Exchange("GET", f"{ORDERS}?a=1&page=0&z=1"))
    assert [finding.pointer for finding in report.findings] == [
        "/request/headers/tiki-api", "/request/query/a", "/request/query/page", "/request/query/z",
    ]  # fmt: skip


@pytest.mark.parametrize("sku", ["A%2FB%20C", "DANG19951995", "%C3%81o", "a.b_c~d-e", "a:b@c", "100%25"])
def test_B16_a_sku_that_is_encoded_correctly_is_clean(sku: str) -> None:
    assert found(SKU.format(sku), request_body=b'{"price":5}') == []


@pytest.mark.parametrize(
    ("sku", "message"),
    [
        ("A B", "character 2 is written `%20`"),
        ("Áo", "character 1 is written `%C3%81`"),
        ("100%", "character 4 is written `%25`"),
        ("%zz", "character 1 is written `%25`"),
    ],
)
def test_B16_a_sku_that_is_not_encoded_warns(sku: str, message: str) -> None:
    expected = [("sellerspec.path-encoded", "/request/path/sku", f"`sku` must be percent-encoded: {message}")]
    assert found(SKU.format(sku), request_body=b'{"price":5}') == expected
