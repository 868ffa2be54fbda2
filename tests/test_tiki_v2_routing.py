"""Two generations of one API share a host: a call is told apart by its path."""

import pytest

import sellerspec
from sellerspec import contract
from sellerspec.errors import OtherMarketplace

HOST = "https://api.tiki.vn/integration"
BEARER = {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}


def call(path: str, method: str = "GET", host: str = HOST) -> sellerspec.Exchange:
    return sellerspec.Exchange(method, f"{host}{path}", None, request_headers=BEARER)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/v2/categories", "tiki-v2/listCategories"),
        ("GET", "/v1/categories", "tiki/listCategories"),
        ("GET", "/v2.1/products", "tiki-v2/listProducts"),
        ("POST", "/v1/products", "tiki/createProduct"),
        ("GET", "/v2/tracking/abc", "tiki-v2/getTracking"),
        ("GET", "/v1/queues", "tiki-v2/listQueues"),
    ],
)
def test_the_path_tells_the_generations_apart(method: str, path: str, operation: str) -> None:
    assert contract.find(call(path, method)).operation.key == operation
    name, _ = operation.split("/")
    assert contract.find(call(path, method, "http://127.0.0.1:1/integration"), marketplace=name)


@pytest.mark.parametrize("host", [HOST, "http://127.0.0.1:8080/integration"])
@pytest.mark.parametrize(
    ("named", "operation", "path", "owner"),
    [
        ("tiki", "listCategories", "/v2/categories", "tiki-v2"),
        ("tiki-v2", "listCategories", "/v1/categories", "tiki"),
        ("tiki", "getCategory", "/v1/queues", "tiki-v2"),
    ],
)
def test_a_call_of_the_other_generation_says_so(
    named: str, operation: str, path: str, owner: str, host: str
) -> None:
    message = f"`/integration{path}` is of `{owner}`, not of `{named}`"
    with pytest.raises(OtherMarketplace) as raised:
        contract.find(call(path, host=host), marketplace=named)
    assert str(raised.value) == message
    with pytest.raises(OtherMarketplace) as raised:
        sellerspec.check_exchange(call(path, host=host), operation=f"{named}/{operation}")
    assert str(raised.value) == message


def test_a_correct_call_of_the_open_api_has_no_finding() -> None:
    report = sellerspec.check_exchange(call("/v2/categories?parent=2"))
    assert (report.operation, report.findings) == ("tiki-v2/listCategories", ())
