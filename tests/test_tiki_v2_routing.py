"""Two generations of one API share a host: a call is told apart by its path."""

import re
from pathlib import Path

import httpx
import pytest
import yaml

import sellerspec
from sellerspec import contract, sandbox
from sellerspec.cassettes import files
from sellerspec.cassettes.operations import why_unknown
from sellerspec.contract.project import Project
from sellerspec.contract.settings import Settings
from sellerspec.errors import ContractViolation, OtherMarketplace, UnknownName
from sellerspec.guard.watch import Guard, unknown_call
from sellerspec.proxy.settings import Settings as ProxySettings
from sellerspec.proxy.shown import Shown
from support.overlays import written_in

HOST = "https://api.tiki.vn/integration"
BEARER = {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}
TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}


def call(
    path: str, method: str = "GET", host: str = HOST, headers: dict[str, str] = BEARER
) -> sellerspec.Exchange:
    return sellerspec.Exchange(method, f"{host}{path}", None, request_headers=headers)


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


@pytest.mark.parametrize(
    ("named", "path", "owner", "instead"),
    [
        ("tiki", "/integration/v2/orders", "tiki-v2", "`GET /{version}/orders` (listOrders)"),
        ("tiki", "/v2/orders", "tiki-v2", "`GET /{version}/orders` (listOrders)"),
        ("tiki", "/sc/oauth2/token", "tiki-v2", ""),
        ("tiki-v2", "/v1/orders", "tiki", "`GET /integration/v2/orders` (listOrders)"),
        ("tiki-v2", "/integration/v1/orders", "tiki", "`GET /integration/v2/orders` (listOrders)"),
    ],
)
def test_a_sandbox_of_one_generation_says_so_too(named: str, path: str, owner: str, instead: str) -> None:
    with sandbox.run(named) as box:
        response = httpx.get(box.url + path, headers=box.headers, trust_env=False)
    assert response.status_code == 404
    text = f"[sellerspec] /request/path: the path is of `{owner}`, not of `{named}`"
    assert response.json() == {"errors": [f"{text}, which has {instead} instead" if instead else text]}


def test_a_guard_names_every_operation_that_stands_for_a_call_of_the_other_generation() -> None:
    printed = sellerspec.Exchange("GET", f"{HOST}/v1/orders/1/print", 200)
    delivered = (
        "tiki-delivery/labels` (getTikiDeliveryLabels)",
        "seller-delivery/labels` (getSellerDeliveryLabels)",
    )
    with pytest.raises(ContractViolation) as raised:
        Guard("tiki-v2").request(printed)
    assert all(f"`GET /integration/v2/orders/{{code}}/{one}" in str(raised.value) for one in delivered)


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "/v2/requests", "; `/integration/v2.1/requests` has it (createProductRequest)"),
        ("PUT", "/v2/products/updateSkus", "; `/integration/v2.1/products/updateSkus` has it (updateSkus)"),
        ("GET", "/v2.1/orders", "but is none; `GET /integration/v2/orders` is listOrders"),
        ("POST", "/v2/queues", "but is none; `POST /integration/v1/queues` is createQueue"),
        ("DELETE", "/v2/orders", "(listOrders), got `DELETE`"),
        ("GET", "/v2/nothing", "must be an operation of `tiki-v2`, but is none"),
    ],
)
def test_a_call_of_another_version_is_told_which_version_has_it(method: str, path: str, said: str) -> None:
    with pytest.raises(ContractViolation) as raised:
        Guard("tiki-v2").request(sellerspec.Exchange(method, HOST + path, 200))
    assert f"{said} (inferred)" in str(raised.value)


def test_the_sandbox_says_which_version_has_a_method() -> None:
    with sandbox.run("tiki-v2") as box:
        url = f"{box.url}/integration/v2/requests"
        refused = httpx.post(url, json={}, headers=box.headers, trust_env=False)
    assert refused.status_code == 405
    assert "`/integration/v2.1/requests` has it (createProductRequest)" in refused.text


@pytest.mark.parametrize("host", [HOST, "http://127.0.0.1:8080/integration"])
@pytest.mark.parametrize("path", ["/v2.1/orders", "/v3/orders", "/v2.1/categories"])
def test_a_version_that_no_generation_has_there_is_not_laid_on_the_other(path: str, host: str) -> None:
    with pytest.raises(UnknownName, match="no operation named") as raised:
        contract.find(call(path, host=host), marketplace="tiki-v2")
    assert not isinstance(raised.value, OtherMarketplace)
    with pytest.raises(ContractViolation, match="must be an operation of `tiki-v2`, but is none"):
        Guard("tiki-v2", hosts=["http://127.0.0.1:8080"]).request(call(path, host=host))
    report = sellerspec.check_exchange(call(path, host=host), marketplace="tiki")
    assert "tiki.version-known" in {finding.rule for finding in report.findings}


def test_a_correct_call_of_the_open_api_has_no_finding() -> None:
    report = sellerspec.check_exchange(call("/v2/categories?parent=2"))
    assert (report.operation, report.findings) == ("tiki-v2/listCategories", ())


@pytest.mark.parametrize("url", [f"{HOST}/v2/orders", "http://127.0.0.1:8080/integration/v2/orders"])
def test_a_guard_of_one_generation_says_so_too(url: str) -> None:
    guard = Guard("tiki", hosts=["http://127.0.0.1:8080"])
    with pytest.raises(
        ContractViolation, match=r"`GET /integration/v2/orders` is of `tiki-v2`, not of `tiki`"
    ):
        guard.request(sellerspec.Exchange("GET", url, None, request_headers=BEARER))


def test_a_guard_without_a_name_judges_each_generation_by_its_own_spec() -> None:
    guard = Guard()
    for path, operation in (
        ("/v2/orders?page=1&limit=20", "tiki-v2/listOrders"),
        ("/v2.1/products", "tiki-v2/listProducts"),
        ("/v1/categories", "tiki/listCategories"),
    ):
        sent = guard.request(call(path, headers=BEARER if "v2" in path else TOKEN))
        assert sent is not None
        assert (sent.called.operation.key, sent.report.findings) == (operation, ())
    with pytest.raises(ContractViolation, match="must be an operation of `tiki` or `tiki-v2`, but is none"):
        guard.request(call("/v2/nothing"))


def test_a_cassette_of_one_generation_says_so_too(tmp_path: Path) -> None:
    folder = tmp_path / "tiki" / "listOrders"
    folder.mkdir(parents=True)
    request = {
        "method": "GET",
        "uri": "http://127.0.0.1:8080/integration/v2/orders",
        "headers": {},
        "body": "",
    }
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "{}"}}
    text = yaml.safe_dump({"version": 1, "interactions": [{"request": request, "response": response}]})
    (folder / "a.yaml").write_text(text)
    (recorded,) = files.read(folder / "a.yaml").exchanges
    reason = "`/integration/v2/orders` is of `tiki-v2`, not of `tiki`; name `tiki-v2` as the marketplace"
    assert reason in why_unknown(recorded)
    assert reason in why_unknown(recorded, "tiki")
    assert why_unknown(recorded, "tiki-v2") == ""


def test_a_cassette_that_names_an_operation_of_the_other_generation_says_so(tmp_path: Path) -> None:
    note = {"operation": "tiki/listOrders", "from": "sandbox"}
    interaction = {
        "request": {"method": "GET", "uri": f"{HOST}/v2/orders", "headers": {}, "body": ""},
        "response": {
            "status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "{}"},
            "sellerspec": note,
        },
    }  # fmt: skip
    cassette = tmp_path / "a.yaml"
    cassette.write_text(yaml.safe_dump({"version": 1, "interactions": [interaction]}))
    (recorded,) = files.read(cassette).exchanges
    assert "`/integration/v2/orders` is of `tiki-v2`, not of `tiki`" in why_unknown(recorded)
    note["operation"] = "tiki-v2/listOrders"
    cassette.write_text(yaml.safe_dump({"version": 1, "interactions": [interaction]}))
    (recorded,) = files.read(cassette).exchanges
    assert why_unknown(recorded) == ""


def test_the_operations_that_an_overlay_adds_belong_to_their_generation(tmp_path: Path) -> None:
    """A path of `tiki-v2` that only an overlay has is told apart too, by each reader."""
    get = {
        "operationId": "listShelves", "summary": "Shelves",
        "x-source": {"document": "open-site", "section": "shelves", "status": "assumed"},
        "responses": {"200": {"description": "Shelves."}},
    }  # fmt: skip
    update = {"/integration/v2/shelves": {"get": get}}
    overlay = written_in(tmp_path, [{"target": "$.paths", "update": update}], **{"x-marketplace": "tiki-v2"})
    shelves = call("/v2/shelves")
    message = "`/integration/v2/shelves` is of `tiki-v2`, not of `tiki`"
    with pytest.raises(OtherMarketplace, match=re.escape(message)):
        contract.find(shelves, marketplace="tiki", overlays=[overlay])
    with pytest.raises(OtherMarketplace, match=re.escape(message)):
        sellerspec.check_exchange(shelves, operation="tiki/listCategories", overlays=[overlay])
    project = Project(Settings(overlays=(overlay,)))
    with pytest.raises(OtherMarketplace, match=re.escape(message)):
        project.called(shelves, operation="tiki/listCategories")
    with pytest.raises(ContractViolation, match="is of `tiki-v2`, not of `tiki`"):
        Guard("tiki", hosts=["https://api.tiki.vn"], project=project).request(shelves)
    shown = Shown(ProxySettings(marketplace="tiki", upstream="http://127.0.0.1:8080", overlays=(overlay,)))
    own = contract.contract("tiki")
    report = sellerspec.Report("tiki", (unknown_call("GET /", [own], shelves, contract.contract),))
    (finding,) = shown.unknown(report, shelves, project).findings
    assert finding.message.endswith(message.removeprefix("`/integration/v2/shelves` "))
    assert sellerspec.check_exchange(shelves, overlays=[overlay]).operation == "tiki-v2/listShelves"


def test_the_proxy_says_so_with_what_may_be_shown_of_the_path() -> None:
    exchange = call("/v2/orders/1234567", host="http://127.0.0.1:8080/integration")
    report = Shown(ProxySettings(marketplace="tiki", upstream="http://127.0.0.1:8080")).unknown(
        unknown(exchange), exchange, Project(Settings())
    )
    (finding,) = report.findings
    instead = "`GET /{version}/orders/{order_code}` (getOrder) instead"
    assert finding.message.endswith(f"is of `tiki-v2`, not of `tiki`, which has {instead}")
    assert "1234567" not in finding.message


def test_the_proxy_names_the_version_that_has_a_call() -> None:
    queues = call("/v2/queues", "POST", "http://127.0.0.1:8080/integration")
    shown = Shown(ProxySettings(marketplace="tiki-v2", upstream="http://127.0.0.1:8080"))
    own = contract.contract("tiki-v2")
    report = sellerspec.Report("tiki-v2", (unknown_call("POST /", [own], queues, contract.contract),))
    (finding,) = shown.unknown(report, queues, Project(Settings())).findings
    assert finding.message.endswith("but is none; `POST /integration/v1/queues` is createQueue")


def unknown(exchange: sellerspec.Exchange) -> sellerspec.Report:
    guard = Guard("tiki", hosts=["http://127.0.0.1:8080"], on_request="record")
    assert guard.request(exchange) is None
    return guard.reports[0]
