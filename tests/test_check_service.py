"""The check service and the description of the control plane, of the sandbox and of the proxy."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from openapi_spec_validator import validate

import sellerspec
from sellerspec import sandbox
from sellerspec.contract.lint import lint
from sellerspec.io import resources
from sellerspec.sandbox.control import PREFIX
from support.overlays import written_in
from support.proxies import proxied

SCHEMAS = resources.data_dir("schemas") / "sellerspec"
PAGE = "http://localhost:3000"


@pytest.fixture(params=["sandbox", "proxy"], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a sandbox, and of a proxy in front of it."""
    with sandbox.run("tiki", allow_origins=[PAGE]) as box, proxied(box.url, allow_origins=[PAGE]) as proxy:
        yield {"sandbox": box.url, "proxy": proxy.url}[request.param]


def checked(server: str, key: str, body: Any) -> Any:
    response = httpx.post(f"{server}{PREFIX}/check/{key}", json=body)
    assert response.status_code == 200, response.text
    jsonschema.validate(response.json(), resources.read_json(SCHEMAS / "report.json"))
    return response.json()


def test_a_payload_is_answered_with_its_report(server: str) -> None:
    assert checked(server, "tiki/updateSku", {"active": 1})["findings"] == []
    report = checked(server, "tiki/updateSku", {"price": "5000", "quantity": -1})
    own = sellerspec.check("tiki/updateSku", {"price": "5000", "quantity": -1}).to_dict()
    without = [
        {name: value for name, value in finding.items() if name not in ("line", "column", "fingerprint")}
        for finding in report["findings"]
    ]
    assert (report["operation"], report["ok"], without) == (own["operation"], own["ok"], own["findings"])
    assert any(finding.get("fixes") for finding in report["findings"])


def test_a_payload_of_any_marketplace_is_checked(server: str) -> None:
    report = checked(server, "tnsl/createOrder", {})
    assert {finding["rule"].partition(".")[0] for finding in report["findings"]} == {"tnsl"}


def test_facts_are_given_beside_the_payload(server: str) -> None:
    facts = {"seller": "global", "inventory_types": ["cross_border"], "listing_price": 100_000}
    bare = checked(server, "tiki/updateSku", {"payload": {"price": 1000}})
    known = checked(server, "tiki/updateSku", {"payload": {"price": 1000}, "facts": facts})
    assert "tiki.update-price-floor" in bare["unchecked"]
    assert "tiki.update-price-floor" in {finding["rule"] for finding in known["findings"]}


WRONG: tuple[tuple[str, bytes, int, str], ...] = (
    ("tiki/updateSkus", b"{}", 404, "did you mean `tiki/updateSku`?"),
    ("shopee/updateSku", b"{}", 404, "no marketplace"),
    ("tiki", b"{}", 404, "no operation"),
    ("tiki/updateSku", b"{", 400, "not JSON"),
    ("tiki/updateSku", b'{"a": NaN}', 400, "NaN"),
    ("tiki/updateSku", b'{"a": 1, "a": 2}', 400, "given twice"),
    (
        "tiki/updateSku",
        b'{"payload": {}, "facts": {"seller": "x"}}',
        400,
        "the fact `seller` has the wrong type",
    ),
    ("tiki/updateSku", b'{"payload": {}, "facts": {"sellers": "x"}}', 422, "did you mean `seller`?"),
    ("tiki/getOrder", b"{}", 422, "takes no JSON body"),
)


@pytest.mark.parametrize(("key", "body", "status", "problem"), WRONG)
def test_what_cannot_be_judged_is_an_error(
    server: str, key: str, body: bytes, status: int, problem: str
) -> None:
    headers = {"content-type": "application/json"}
    response = httpx.post(f"{server}{PREFIX}/check/{key}", content=body, headers=headers)
    assert (response.status_code, problem in response.json()["error"]) == (status, True), response.text


def test_only_posts_of_json_are_taken(server: str) -> None:
    url = f"{server}{PREFIX}/check/tiki/updateSku"
    assert httpx.get(url).status_code == 405
    assert httpx.post(url, data={"price": "1"}).status_code == 415


def test_a_page_of_another_origin_is_refused_and_a_named_one_is_not(server: str) -> None:
    url = f"{server}{PREFIX}/check/tiki/updateSku"
    refused = httpx.post(url, json={}, headers={"origin": "https://shop.example"})
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)
    assert httpx.get(f"{server}{PREFIX}/", headers={"host": "rebound.example"}).status_code == 403
    assert httpx.post(url, json={}, headers={"origin": PAGE}).headers["access-control-allow-origin"] == PAGE
    asked = {
        "origin": PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "tiki-api",
    }
    preflight = httpx.options(f"{server}/integration/v1/orders", headers=asked)
    assert (preflight.status_code, preflight.headers["access-control-allow-headers"]) == (204, "tiki-api")


def test_the_control_plane_describes_itself(server: str) -> None:
    document = httpx.get(f"{server}{PREFIX}/openapi.json").json()
    validate(document)
    listed = httpx.get(f"{server}{PREFIX}/").json()["control"]
    described = {
        path: [method.upper() for method in item if method != "parameters"]
        for path, item in document["paths"].items()
    }
    assert {path: set(methods) for path, methods in described.items()} == {
        path: set(methods) for path, methods in listed.items()
    }
    assert "file:" not in json.dumps(document)


def test_the_description_is_linted_as_the_specs_are() -> None:
    assert lint(str(SCHEMAS / "control.yaml")) == ()


def test_the_report_of_a_proxy_is_asked_for_while_it_runs() -> None:
    with sandbox.run("tiki") as box, proxied(box.url) as proxy, httpx.Client(headers=box.headers) as client:
        client.post(f"{proxy.url}/integration/v1/products/A/updateSku", json={"price": 0})
        report = client.get(f"{proxy.url}{PREFIX}/report").json()
        overview = client.get(f"{proxy.url}{PREFIX}/").json()
    assert report["summary"]["errors"] == 1
    assert (overview["mode"], overview["outcomes"]) == ("block", {"blocked": 1})


ACTIONS = [
    {"target": "$.components.schemas['update-sku'].properties", "update": {"colour": {"type": "string"}}}
]


def test_an_overlay_counts_for_the_check_service(tmp_path: Path) -> None:
    path = written_in(tmp_path, ACTIONS, **{"x-marketplace": "tiki"})
    with sandbox.run("tiki", overlays=(path,)) as box, proxied(box.url, overlays=(path,)) as proxy:
        for url in (box.url, proxy.url):
            report = checked(url, "tiki/updateSku", {"colour": 1})
            assert "/colour" in [finding["pointer"] for finding in report["findings"]]
            report = checked(url, "tiki/updateSku", {"colour": "red"})
            assert "/colour" not in [finding["pointer"] for finding in report["findings"]]


def test_the_check_service_of_a_proxy_reads_an_overlay_again_that_has_changed(tmp_path: Path) -> None:
    payload = {"active": 1, "colour": "red"}
    number = [{**ACTIONS[0], "update": {"colour": {"type": "integer"}}}]
    path = written_in(tmp_path, number, **{"x-marketplace": "tiki"})
    with sandbox.run("tiki") as box, proxied(box.url, overlays=(path,)) as proxy:
        (finding,) = checked(proxy.url, "tiki/updateSku", payload)["findings"]
        assert finding["pointer"] == "/colour"
        written_in(tmp_path, ACTIONS, **{"x-marketplace": "tiki"})
        assert checked(proxy.url, "tiki/updateSku", payload)["findings"] == []


def test_the_health_check_of_the_image_sees_whether_a_server_answers(server: str) -> None:
    image = (resources.data_dir("openapi").parent / "Dockerfile").read_text()
    (text,) = re.findall(r"HEALTHCHECK [^\[]*(\[.*\])\n", image)
    _, *arguments = json.loads(text)
    codes = [
        subprocess.run(
            [sys.executable, *(part.replace("http://127.0.0.1:8000", url) for part in arguments)],
            capture_output=True, check=False,
        ).returncode
        for url in (server, "http://127.0.0.1:9")
    ]  # fmt: skip
    assert codes == [0, 1]
