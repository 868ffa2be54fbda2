"""Who may call a sandbox: no web page of another origin, unless it was named; over real sockets."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import sellerspec
from sellerspec import sandbox
from sellerspec.sandbox.running import Box
from support.sandboxes import receiver

PAGE = "https://shop.example"
JSON = {"content-type": "application/json"}
READS = ("", "state", "log", "webhooks", "clock", "faults", "defects")
CHANGES: tuple[tuple[str, str, Any], ...] = (
    ("POST", "reset", None),
    ("POST", "clock", {"advance": 5}),
    ("POST", "seed", {"orders": []}),
    ("POST", "faults", {"status": 500}),
    ("POST", "scenarios", {"operation": "getOrder", "responses": [404]}),
    ("POST", "move", {"name": "20939384", "state": "complete"}),
    ("PUT", "state", {"marketplace": "tiki", "tables": {}}),
    ("PUT", "defects", {"on": ["stale-order"]}),
    ("DELETE", "log", None),
    ("DELETE", "faults", None),
)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with sandbox.run("tiki", allow_origins=["http://localhost:3000"]) as running:
        yield running


@pytest.fixture
def client(box: Box) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("origin", [PAGE, "null", "http://localhost:3001", "http://127.0.0.1", "x"])
@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_F1_a_page_of_another_origin_changes_nothing(
    client: httpx.Client, box: Box, origin: str, method: str, path: str, body: Any
) -> None:
    before = box.state()["tables"]
    response = client.request(method, f"/__sellerspec/{path}", json=body, headers={"origin": origin})
    assert response.status_code == 403
    allows = f"`--allow-origin {origin}` allows it"
    assert response.json() == {"error": f"a page of `{origin}` may not call this server; {allows}"}
    assert not [name for name in response.headers if name.startswith("access-control")]
    assert (box.state()["tables"], box.sandbox.defects) == (before, ())


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.nip.io"]
)
def test_F1_a_rebound_name_reads_nothing(client: httpx.Client, path: str, host: str) -> None:
    response = client.get(f"/__sellerspec/{path}", headers={"host": host})
    assert response.status_code == 403
    assert response.json()["error"].startswith(f"`{host}` is not the address of this server; ")
    posted = client.post("/__sellerspec/reset", headers={"host": host, "origin": f"http://{host}"})
    assert posted.status_code == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"]
)
def test_F1_a_form_is_no_call_of_the_control_plane(client: httpx.Client, kind: str) -> None:
    for path in ("reset", "clock", "seed"):
        response = client.post(
            f"/__sellerspec/{path}", content=b'{"advance": 9}', headers={"content-type": kind}
        )
        assert response.status_code == 415
        assert "Content-Type: application/json" in response.json()["error"]


def test_F1_a_page_cannot_let_the_marketplace_send_notices_to_this_machine() -> None:
    with sandbox.run("tnsl") as box, httpx.Client(base_url=box.url, trust_env=False) as client:
        target = {"url": "http://127.0.0.1:9/x", "secret_key": "not-a-real-key-of-32-characters-"}
        body = {"sync_inventory_location": ["sgn"], "sync_webhook": {"order": target}}
        for headers in ({"origin": PAGE}, {"origin": "http://evil.example", "host": "evil.example"}):
            refused = client.post("/v1/register-webhooks", json=body, headers={**box.headers, **headers})
            assert refused.status_code == 403
        assert "webhooks" not in box.state()["tables"]
        assert client.post("/v1/register-webhooks", json=body, headers=box.headers).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST:1234", "[::1]:8080", "localhost."])
def test_F1_tests_on_this_machine_control_the_sandbox_by_any_of_its_names(
    client: httpx.Client, host: str
) -> None:
    assert client.get("/__sellerspec/state", headers={"host": host}).status_code == 200
    own = client.post("/__sellerspec/reset", headers={"host": host, "origin": f"http://{host.rstrip('.')}"})
    assert own.json() == {"reset": True}
    assert client.post(
        "/__sellerspec/reset", headers={"content-type": "application/json; charset=utf-8"}
    ).is_success


def test_F1_the_name_of_the_machine_is_allowed_by_naming_its_origin() -> None:
    with sandbox.run("tiki", host="0.0.0.0", allow_origins=["http://sandbox:8080"]) as box:
        port = box.url.rpartition(":")[2]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            for host, status in (
                ("sandbox:8080", 200),
                ("192.0.2.7:80", 200),
                ("other:8080", 403),
                ("", 403),
            ):
                assert client.get("/__sellerspec/clock", headers={"host": host}).status_code == status, host


def test_D10_a_page_of_an_allowed_origin_uses_marketplace_and_control_plane(
    client: httpx.Client, box: Box
) -> None:
    page = {"origin": "http://localhost:3000"}
    wanted = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,tiki-api",
    }
    for path in ("/v1/orders", "/__sellerspec/clock", "/v1/nowhere"):
        asked = client.options(path, headers={**page, **wanted})
        assert (asked.status_code, asked.content) == (204, b"")
        assert asked.headers["access-control-allow-origin"] == "http://localhost:3000"
        assert asked.headers["access-control-allow-headers"] == "content-type,tiki-api"
        assert "POST" in asked.headers["access-control-allow-methods"]
        assert asked.headers["vary"] == "origin"
    got = client.get("/v1/orders", headers=page)
    assert (got.status_code, got.headers["access-control-allow-origin"]) == (200, "http://localhost:3000")
    assert "content-type" in got.headers["access-control-expose-headers"]
    refused = client.get("/v1/orders?page=0", headers=page)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (
        400,
        "http://localhost:3000",
    )
    assert client.post("/__sellerspec/clock", json={"advance": 1}, headers=page).is_success
    assert "access-control-allow-origin" not in client.get("/v1/orders").headers
    other = client.options("/v1/orders", headers={"origin": PAGE, **wanted})
    assert (other.status_code, "access-control-allow-origin" in other.headers) == (403, False)


def test_D10_serve_takes_origins() -> None:
    root = Path(sellerspec.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "sellerspec", "serve", "tokopedia", "--allow-origin", "http://Localhost:3000/"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with httpx.Client(base_url=url, trust_env=False) as client:
            got = client.get("/__sellerspec/clock", headers={"origin": "http://localhost:3000"})
            assert got.headers["access-control-allow-origin"] == "http://localhost:3000"
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    "origin", ["*", "null", "localhost:3000", "http://", "http://a/b", "http://a:x", "http://a@b"]
)
def test_F1_what_is_no_origin_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(
        sellerspec.SellerspecError, match=r"no origin: .*name it like `http://localhost:3000`"
    ):
        sandbox.app("tiki", allow_origins=[origin])
    with pytest.raises(sellerspec.SellerspecError, match="a list of texts, not one text"):
        sandbox.app("tiki", allow_origins=origin)


@pytest.mark.parametrize("host", ["http://hooks.example", "a/b", "", "a b", "*"])
def test_F1_what_is_no_host_is_refused_at_the_start(host: str) -> None:
    with pytest.raises(sellerspec.SellerspecError, match=r"no host: .*name it like `hooks.example`"):
        sandbox.app("tiki", webhook_hosts=[host])


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/x",
        "http://127.0.0.1@192.0.2.1/x",
        "http://localhost.evil.example/x",
        "http://127.0.0.1.nip.io/x",
    ],
)
def test_F1_a_restored_notice_goes_to_no_other_machine(url: str) -> None:
    with sandbox.run("tokopedia") as box:
        notice: dict[str, Any] = {"operation": "orderNotification", "url": url, "event": "1", "body": {}}
        notice |= {"state": "pending", "attempts": []}
        state = box.state()
        tables = {**state["tables"], "notices": {"1": notice}, "notices-pending": {"1": 0}}
        box.restore({**state, "tables": tables})
        (kept,) = box.deliveries()
        assert kept["state"] == "failed"
        assert kept["attempts"][0]["error"].startswith("not sent: ")


def test_F1_a_redirect_of_a_receiver_is_not_followed() -> None:
    with receiver() as hook, sandbox.run("tokopedia") as box:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            box.seed({"webhooks": [{"url": f"http://localhost:{port}/x"}], "orders": [{"order_id": 7}]})
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(
                    f"HTTP/1.1 307 Moved\r\nLocation: {hook.url}\r\nContent-Length: 0\r\n\r\n".encode()
                )
                while box.sandbox.deliveries()[0]["attempts"] == []:
                    pass
        assert box.sandbox.deliveries()[0]["attempts"][0]["status"] == 307
        assert hook.notices == []


def test_F1_a_named_host_is_compared_in_its_normal_form() -> None:
    box = sandbox.app("tokopedia", webhook_hosts=["Hooks.Example."]).sandbox
    try:
        assert box.settings.webhook_hosts == {"hooks.example"}
        assert json.dumps(sorted(box.settings.webhook_hosts)) == '["hooks.example"]'
    finally:
        box.close()


def test_what_a_test_changes_in_the_state_that_it_got_stays_out_of_the_sandbox() -> None:
    with sandbox.run("tiki") as box:
        box.state()["tables"]["orders"]["419060832"]["order"]["items"].clear()
        box.reset()
        assert len(box.state()["tables"]["orders"]["419060832"]["order"]["items"]) == 2
