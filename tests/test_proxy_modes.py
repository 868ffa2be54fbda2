"""The proxy in front of a sandbox: it blocks, reports, records, logs, and changes nothing that passes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sellerspec import Severity, sandbox
from sellerspec.cassettes import files
from sellerspec.proxy.messages import HOP_BY_HOP
from sellerspec.sandbox.running import Box
from support.proxies import proxied

UPDATE = "/integration/v1/products/DANG19951995/updateSku"
CALLS: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/integration/v1/orders?limit=2&page=1", None),
    ("GET", "/integration/v1/orders/419060832", None),
    ("HEAD", "/integration/v1/orders/419060832", None),
    ("GET", "/integration/v1/orders/nowhere", None),
    ("GET", "/integration/v1/categories", None),
    ("GET", "/v1/orders?limit=2%2C&created_from_date=%2F", None),
    ("POST", UPDATE, {"active": 1}),
    ("POST", UPDATE, {"price": 0}),
    ("GET", "/v1/nowhere", None),
    ("BREW", "/integration/v1/orders", None),
    ("OPTIONS", "/integration/v1/orders", None),
)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with sandbox.run("tiki", now=None) as running:
        yield running


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def end_to_end(response: httpx.Response) -> list[tuple[bytes, bytes]]:
    names = {*HOP_BY_HOP, b"date"}  # two calls may be in two seconds
    return [(name, value) for name, value in response.headers.raw if name.lower() not in names]


def test_what_passes_is_equal_to_what_comes_without_the_proxy(box: Box) -> None:
    box.sandbox.clock.elapsed = lambda: 0.0  # type: ignore[method-assign]
    with proxied(box.url, mode="report") as proxy, httpx.Client(headers=box.headers) as client:
        for method, path, body in CALLS:
            box.reset()
            direct = client.request(method, box.url + path, json=body)
            box.reset()
            through = client.request(method, proxy.url + path, json=body)
            assert (through.status_code, through.content) == (direct.status_code, direct.content), path
            assert end_to_end(through) == end_to_end(direct), path
            assert "date" in through.headers
    assert proxy.result.outcomes == {"passed": len(CALLS)}


def test_a_request_that_breaks_the_contract_is_answered_and_not_sent(box: Box) -> None:
    box.reset()
    with proxied(box.url) as proxy, httpx.Client(headers=box.headers) as client:
        blocked = client.post(proxy.url + UPDATE, json={"price": 0})
        unknown = client.get(proxy.url + "/v1/nowhere")
        fine = client.post(proxy.url + UPDATE, json={"active": 1})
    assert [response.status_code for response in (blocked, unknown, fine)] == [422, 422, 200]
    assert {name: value for name, value in blocked.headers.items() if name.startswith("x-")} == {
        "x-sellerspec-outcome": "blocked",
        "x-sellerspec-operation": "tiki/updateSku",
        "x-sellerspec-rules": "tiki.update-price-positive",
    }
    report = blocked.json()
    assert (report["operation"], report["ok"]) == ("tiki/updateSku", False)
    assert [(finding["rule"], finding["pointer"]) for finding in report["findings"]] == [
        ("tiki.update-price-positive", "/request/body/price")
    ]
    assert unknown.headers["x-sellerspec-rules"] == "sellerspec.call-known"
    assert not [name for name in fine.headers if name.startswith("x-sellerspec")]
    assert [entry.request.path for entry in box.log()] == [UPDATE]
    assert proxy.result.outcomes == {"blocked": 2, "passed": 1}
    assert (proxy.result.exit_code(), proxy.result.failed) == (1, [])


def test_mode_report_sends_all_and_reports(box: Box) -> None:
    box.reset()
    with proxied(box.url, mode="report") as proxy, httpx.Client(headers=box.headers) as client:
        refused = client.post(proxy.url + UPDATE, json={"price": 0})
        assert (refused.status_code, "x-sellerspec-outcome" in refused.headers) == (422, False)
        assert client.get(proxy.url + "/v1/nowhere").status_code == 404
    assert len(box.log()) == 2
    rules = [finding.rule for one in proxy.result.checked for finding in one.report.findings]
    assert rules == ["tiki.update-price-positive", "sellerspec.call-known"]
    assert [one.name for one in proxy.result.checked] == [
        "1 POST /{version}/products/{sku}/updateSku",
        "2 GET /v1/nowhere",
    ]
    assert proxy.result.exit_code() == 1


def test_a_response_that_breaks_the_contract_is_given_back_and_reported(box: Box) -> None:
    box.reset()
    box.faults({"kind": "response", "operation": "getOrder", "status": 200, "body": {"order_code": 7}})
    with proxied(box.url) as proxy, httpx.Client(headers=box.headers) as client:
        response = client.get(proxy.url + "/integration/v1/orders/419060832")
    assert response.json() == {"order_code": 7}
    (one,) = proxy.result.checked
    assert one.report.operation == "tiki/getOrder"
    assert all(finding.pointer.startswith("/response/body") for finding in one.report.errors)
    assert proxy.result.exit_code() == 1


def test_a_divergence_is_a_warning_that_fails_on_request(box: Box) -> None:
    box.reset()
    box.faults({"kind": "status", "operation": "getOrder", "status": 400})
    with proxied(box.url) as proxy, httpx.Client(headers=box.headers) as client:
        client.get(proxy.url + "/integration/v1/orders/419060832")
    rules = {
        finding.rule: finding.severity for one in proxy.result.checked for finding in one.report.findings
    }
    assert rules["sellerspec.divergence-refused"] == "warning"
    errors = [severity for severity in rules.values() if severity == "error"]
    assert proxy.result.exit_code(Severity.WARNING) == 1
    assert proxy.result.exit_code() == bool(errors)


def test_nothing_judged_is_not_green(box: Box) -> None:
    with proxied(box.url) as proxy:
        assert httpx.get(f"{proxy.url}/__sellerspec/").json()["outcomes"] == {}
    assert proxy.result.exit_code() == 2
    assert [str(failed) for failed in proxy.result.failed] == ["proxy: no exchange was judged"]


def test_the_log_has_a_line_for_each_exchange_and_no_secret(box: Box, tmp_path: Path) -> None:
    box.reset()
    log = tmp_path / "logs" / "calls.jsonl"
    with proxied(box.url, log=log) as proxy, httpx.Client(headers=box.headers) as client:
        client.get(proxy.url + "/integration/v1/orders/419060832?token=Sup3rSecretTok3nValue9981")
        client.post(proxy.url + UPDATE, json={"price": 0})
        client.get(proxy.url + "/integration/v1/categories")
    assert "Sup3rSecret" not in log.read_text()
    assert [(line["number"], line["operation"], line["outcome"], line["status"]) for line in lines(log)] == [
        (1, "tiki/getOrder", "passed", 200),
        (2, "tiki/updateSku", "blocked", None),
        (3, "tiki/listCategories", "passed", 200),
    ]
    first, second, third = lines(log)
    assert first["report"]["findings"][0]["rule"] == "sellerspec.query-known"
    assert second["report"]["findings"][0]["rule"] == "tiki.update-price-positive"
    assert (third["report"], third["problem"], third["at"][-1]) == (None, None, "Z")
    with proxied(box.url, log=log) as proxy, httpx.Client(headers=box.headers) as client:
        client.get(proxy.url + "/integration/v1/categories")
    assert len(lines(log)) == 4


def test_the_cassettes_hold_what_passed_and_are_replayed(box: Box, tmp_path: Path) -> None:
    box.reset()
    for _ in range(2):
        with proxied(box.url, record=tmp_path) as proxy, httpx.Client(headers=box.headers) as client:
            client.get(proxy.url + "/integration/v1/orders/419060832")
            client.post(proxy.url + UPDATE, json={"price": 0})
            client.get(proxy.url + "/integration/v1/categories")
    assert [path.name for path in files.find([tmp_path])] == [
        "000001-getOrder.yaml",
        "000003-listCategories.yaml",
        "000004-getOrder.yaml",
        "000006-listCategories.yaml",
    ]
    (recorded,) = files.read(tmp_path / "000001-getOrder.yaml").exchanges
    assert (recorded.exchange.method, recorded.exchange.status, recorded.origin.source) == (
        "GET",
        200,
        "sandbox",
    )
    assert box.sandbox.token not in (tmp_path / "000001-getOrder.yaml").read_text()
    assert json.loads(recorded.exchange.response_body)["status"] == "queueing"
