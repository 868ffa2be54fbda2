"""The control plane: reset, clock, seeds, faults, scenarios, state and log."""

import asyncio
import json
import threading
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest

import sellerspec
from sellerspec import sandbox
from support.sandboxes import calling, check_log, example, running

PRODUCT = example("tiki/createProduct/valid/documented-simple")


def test_a_reset_brings_the_seed_back_as_a_whole() -> None:
    with running("tiki") as (box, client):
        seeded = client.get("/__sellerspec/state").json()["tables"]
        for _ in range(20):
            for _ in range(5):
                client.post("/v1/products", json=PRODUCT)
            box.advance(600)
            assert client.post("/__sellerspec/reset").json() == {"reset": True}
            assert client.get("/__sellerspec/state").json()["tables"] == seeded


def test_no_reader_sees_half_a_reset() -> None:
    with calling("tiki") as call:
        box, halves, stop = call.box, [], threading.Event()

        def read() -> None:
            while not stop.is_set():
                tables = box.snapshot()["tables"]
                if len(tables.get("products", {})) not in (1, 4) or len(tables["orders"]) != 31:
                    halves.append(tables)

        def write() -> None:
            with box.changing():
                for number in range(3):
                    box.state.put("products", str(number), {"state": "deleted"})

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(200):
            write()
            box.reset()
        stop.set()
        reader.join()
        assert halves == []


def test_a_state_is_taken_and_restored_and_a_wrong_one_is_refused() -> None:
    with running("tiki") as (box, client):
        client.post("/v1/products", json=PRODUCT)
        kept = client.get("/__sellerspec/state").json()
        box.advance(600)
        assert client.get("/v1/tracking").json()[0]["state"] == "approved"
        assert client.put("/__sellerspec/state", json=kept).json() == {"restored": True}
        assert client.get("/v1/tracking").json()[0]["state"] == "queuing"
        box.advance(600)
        assert client.get("/v1/tracking").json()[0]["state"] == "approved"
        wrong_states: tuple[Any, ...] = (
            {},
            [],
            {"marketplace": "tiki", "tables": 1},
            {"marketplace": "tiki", "tables": {}, "elapsed": "x"},
        )
        for wrong in wrong_states:
            assert client.put("/__sellerspec/state", json=wrong).status_code == 422
        box.restore(kept)
        assert box.state()["tables"] == kept["tables"]


def test_the_clock_is_read_and_moved_ahead_only() -> None:
    with running("tiki") as (_, client):
        before = client.get("/__sellerspec/clock").json()["elapsed"]
        assert client.post("/__sellerspec/clock", json={"advance": 3600}).json()["elapsed"] >= before + 3600
        assert client.post("/__sellerspec/clock", json={"advance": -1}).status_code == 422
        assert client.post("/__sellerspec/clock", json={"advance": True}).status_code == 400


def test_orders_and_categories_are_seeded_as_the_marketplace_answers_them() -> None:
    with running("tiki") as (box, client):
        order = client.get("/v1/orders/419060832").json() | {"order_code": "SEEDED-1"}
        category = {"id": 7, "name": "Invented", "parent": None, "primary": 1, "attributes": []}
        assert client.post(
            "/__sellerspec/seed", json={"orders": [order], "categories": [category]}
        ).json() == {"seeded": 2}
        assert client.get("/v1/orders/SEEDED-1").json()["order_code"] == "SEEDED-1"
        assert client.get("/v1/categories/7").json()["name"] == "Invented"
        refused = client.post("/__sellerspec/seed", json={"orders": [order, {**order, "items": "none"}]})
        assert refused.status_code == 422
        assert refused.json()["error"].startswith("/orders/1/items: ")
        with pytest.raises(sellerspec.SellerspecError, match="/orders/0/items: `items` is missing"):
            box.seed({"orders": [{}]})


def test_a_tnsl_order_is_seeded_as_its_creation() -> None:
    with calling("tnsl") as call:
        assert call.box.seed({"orders": [example("tnsl/createOrder/valid/e2e")]}) == 1
        assert call("GET", "/v1/orders?ref_code=EXAMPLE-1").json()["data"]["count"] == 1
        with pytest.raises(sellerspec.SellerspecError, match="/orders/0"):
            call.box.seed({"orders": [{}]})


def test_products_and_orders_are_moved_on_request() -> None:
    with calling("tiki") as call:
        trace = call("POST", "/v1/products", PRODUCT).json()["trace_id"]
        for state in ("drafted", "rejected", "deleted", "queuing", "approved"):
            call.box.move(trace, state)
            assert call("GET", f"/v1/tracking/{trace}").json()["state"] == state
        call.box.move("20939384", "complete")
        assert call("GET", "/v1/orders/20939384").json()["status"] == "complete"
        for name, state in (("20939384", "lost"), (trace, "lost"), ("nobody", "approved")):
            with pytest.raises(sellerspec.SellerspecError):
                call.box.move(name, state)
    with calling("tnsl") as call, pytest.raises(sellerspec.SellerspecError, match="nothing here"):
        call.box.move("nobody", "new")
    with (
        calling("tnsl") as call,
        pytest.raises(sellerspec.SellerspecError, match=r"`state` must be `canceled`, .*, got `gone`"),
    ):
        call.box.move("347171001", "gone")


def test_planned_faults_strike_the_named_operation_so_often() -> None:
    with running("tiki") as (box, client):
        client.post("/__sellerspec/faults", json={"operation": "getOrder", "status": 503, "count": 2})
        assert client.get("/v1/orders").status_code == 200
        responses = [client.get("/v1/orders/20939384") for _ in range(3)]
        assert [response.status_code for response in responses] == [503, 503, 200]
        assert responses[0].json() == {"errors": ["[sellerspec] /: a planned fault"]}
        box.faults({"kind": "latency", "seconds": 0.2}, {"status": 429, "operation": "getOrder"})
        planned = client.get("/__sellerspec/faults").json()["faults"]
        assert planned[0] == {"kind": "latency", "operation": "*", "count": 1, "seconds": 0.2}
        begun = time.perf_counter()
        assert client.get("/v1/orders/20939384").status_code == 429
        assert time.perf_counter() - begun >= 0.2
        box.faults({"kind": "response", "body": {"order_code": 5}, "operation": "getOrder"})
        changed = client.get("/v1/orders/20939384")
        assert (changed.status_code, changed.json()) == (200, {"order_code": 5})
        box.faults({"kind": "response", "status": 502, "body": "<html>", "content_type": "text/html"})
        assert client.get("/v1/orders/20939384").headers["content-type"] == "text/html"
        box.faults({"kind": "status", "count": -1})
        assert {client.get("/v1/orders").status_code for _ in range(5)} == {500}
        assert client.get("/__sellerspec/faults").json()["faults"][0]["count"] == -1
        assert client.delete("/__sellerspec/faults").json() == {"faults": [], "scenarios": {}}
        assert client.get("/v1/orders").status_code == 200
        client.delete("/__sellerspec/log")  # planned wrong responses are not checked


def test_a_reset_connection_is_reset_and_the_next_call_is_answered() -> None:
    with running("tiki") as (box, client):
        box.faults({"kind": "reset", "operation": "listOrders"})
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            client.get("/v1/orders")
        assert client.get("/v1/orders").status_code == 200


def test_a_scenario_answers_call_by_call_and_is_forgotten_on_reset() -> None:
    with running("tiki") as (box, client):
        client.post(
            "/__sellerspec/scenarios",
            json={"operation": "getOrder", "responses": [200, 404, {"pass": True}, {"status": 500}]},
        )
        assert client.get("/__sellerspec/scenarios").json()["scenarios"]["getOrder"][1]["status"] == 404
        assert [client.get("/v1/orders/20939384").status_code for _ in range(5)] == [200, 404, 200, 500, 200]
        box.scenario("getOrder", 404)
        box.reset()
        assert client.get("/v1/orders/20939384").status_code == 200


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("x", "^/1: "),
        ({"kind": "rain"}, "^/1/kind: .*rain"),
        ({"operation": "getOrders"}, "^/1/operation: no operation `getOrders`"),
        ({"status": 99}, "^/1/status: "),
        ({"status": True}, "^/1/status: "),
        ({"often": 1}, "^/1/often: "),
    ],
)
def test_a_wrong_fault_or_scenario_is_refused_and_nothing_is_planned(raw: Any, message: str) -> None:
    with calling("tiki") as call:
        with pytest.raises(sellerspec.SellerspecError, match=message):
            call.box.plan([{"status": 500}, raw])
        if raw != {"operation": "getOrders"}:
            with pytest.raises(sellerspec.SellerspecError, match=r"^/responses/0"):
                call.box.script("getOrder", [raw])
        with pytest.raises(sellerspec.SellerspecError, match="no operation `nothing`"):
            call.box.script("nothing", [])
        assert call.box.faults.to_dict() == {"faults": [], "scenarios": {}}


def test_the_log_holds_every_exchange_with_its_report_and_no_secret() -> None:
    with running("tnsl") as (box, client):
        body = example("tnsl/registerWebhooks/valid/documented")
        client.post("/v1/register-webhooks", json=body)
        client.post("/v1/orders", json=example("tnsl/createOrder/valid/e2e"))
        client.post("/v1/orders", content=b"{}")
        client.get("/v1/nowhere")
        log = client.get("/__sellerspec/log").json()
        assert [entry["response"]["status"] for entry in log] == [200, 200, 400, 404]
        assert [entry["operation"] for entry in log] == [
            "tnsl/registerWebhooks",
            "tnsl/createOrder",
            "tnsl/createOrder",
            None,
        ]
        assert [entry["report"]["ok"] for entry in log[:3]] == [True, True, False]
        har = client.get("/__sellerspec/log?format=har").json()["log"]
        assert (har["version"], len(har["entries"])) == ("1.2", 4)
        assert har["entries"][1]["request"]["url"] == f"{box.url}/v1/orders"
        text = json.dumps([log, har], ensure_ascii=False)
        for secret in (
            body["sync_webhook"]["order"]["secret_key"],
            "not-a-real-token",
            "Người Nhận Ví Dụ",
            "1 Đường Ví Dụ",
        ):
            assert secret not in text
        assert client.get("/__sellerspec/log?format=xml").status_code == 400
        assert client.delete("/__sellerspec/log").json() == []
        assert box.log() == ()


def test_the_control_plane_says_what_there_is_and_refuses_the_rest() -> None:
    with calling("tiki", max_body=1000) as call:
        application = sandbox.app("tiki", max_body=1000)

        def ask(method: str, path: str, body: bytes = b"") -> httpx.Response:
            async def once() -> httpx.Response:
                transport = httpx.ASGITransport(application)
                headers = {"content-type": "application/json"}
                async with httpx.AsyncClient(transport=transport, base_url="http://box.test") as client:
                    return await client.request(method, path, content=body, headers=headers)

            return asyncio.run(once())

        assert ask("GET", "/__sellerspec/").json()["marketplace"] == "tiki"
        assert ask("GET", "/__sellerspec/nothing").status_code == 404
        wrong = ask("PUT", "/__sellerspec/reset")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
        assert ask("POST", "/__sellerspec/seed", b"x" * 2000).status_code == 413
        assert ask("POST", "/v1/products", b"x" * 2000).status_code == 400
        assert ask("HEAD", "/v1/orders").status_code == 405
        assert (
            ask("POST", "/__sellerspec/move", b'{"name": "20939384", "state": "complete"}').json()["moved"]
            == "20939384"
        )
        assert ask("PUT", "/__sellerspec/defects", b'{"on": ["no-such"]}').status_code == 422
        assert ask("PUT", "/__sellerspec/defects", b'{"on": ["stale-order"]}').json() == {
            "on": ["stale-order"]
        }
        assert [entry["id"] for entry in ask("GET", "/__sellerspec/defects").json() if entry["on"]] == [
            "stale-order"
        ]
        check_log(application.sandbox)
        application.sandbox.faults.add({"kind": "reset"})
        with pytest.raises(ConnectionResetError):
            ask("GET", "/v1/categories")
        application.sandbox.close()
        assert call("GET", "/v1/categories").status == 200


def test_two_sandboxes_in_one_process_share_nothing() -> None:
    with running("tiki") as (one, first), running("tiki") as (two, second), calling("tnsl") as third:
        first.post("/v1/products", json=PRODUCT)
        one.advance(600)
        one.faults({"status": 500})
        one.defects("stale-order")
        assert len(second.get("/v1/tracking").json()) == 1
        assert two.state()["tables"] != one.state()["tables"]
        assert two.sandbox.clock.elapsed() < 60
        assert two.sandbox.defects == ()
        two.reset()
        assert first.get("/v1/orders").status_code == 500
        assert len(first.get("/v1/tracking").json()) == 2
        assert third("GET", "/v1/orders").status == 200
        one.sandbox.log.clear()


def test_a_rate_limit_lets_so_many_calls_a_second_pass() -> None:
    with calling("tiki", rate_limit=3) as call:
        responses = [call("GET", "/v1/orders") for _ in range(5)]
        assert [response.status for response in responses] == [200, 200, 200, 429, 429]
        assert responses[3].headers["retry-after"] == "1"
        other = call("GET", "/v1/orders", headers=call.box.auth("FAKE-TOKEN-GLOBAL"))
        assert other.status == 200
        call.box.advance(1)
        assert call("GET", "/v1/orders").status == 200


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate_limit": 0}, "`rate_limit` must be positive"),
        ({"token": ""}, "`token` must be printable ASCII"),
        ({"token": "a\nb"}, "`token` must be printable ASCII"),
        ({"token": "mã"}, "`token` must be printable ASCII"),
        ({"max_body": 0}, "at least 1 byte"),
        ({"colour": "red"}, "no such setting of a sandbox: 'colour'"),
        ({"defects": ["price-zero"]}, "did you mean `price-zero-accepted`"),
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(sellerspec.SellerspecError, match=message):
        sandbox.app("tiki", **settings)


def test_an_unknown_marketplace_is_refused() -> None:
    for ask in (sandbox.app, sandbox.defects):
        with pytest.raises(sellerspec.SellerspecError, match="no marketplace with a sandbox named `tikki`"):
            ask("tikki")


def test_an_own_token_takes_the_place_of_the_seeded_one() -> None:
    with calling("tiki", token="FAKE-OF-MINE") as call:
        assert call("GET", "/v1/orders").status == 200
        assert call("GET", "/v1/orders", headers={"tiki-api": "FAKE-TOKEN-FOR-TESTS"}).status == 401


def test_a_change_that_fails_leaves_the_state_as_it_was() -> None:
    with calling("tiki") as call:
        box = call.box
        before = box.snapshot()["tables"]

        def fail() -> None:
            with box.changing():
                box.state.put("orders", "x", {})
                box.state.put("products", "y", {"due": 1})
                box.state.put("orders", "20939384", {"due": 1})
                box.state.drop("sellers", "1")
                box.state.drop("sellers", "nobody")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert {kind: table for kind, table in box.snapshot()["tables"].items() if table} == before
        with pytest.raises(RuntimeError, match="outside a transaction"):
            box.state.put("orders", "x", {})


def test_a_body_that_cannot_be_scrubbed_is_not_shown_and_one_too_long_is_cut() -> None:
    with calling("tiki") as call:
        headers = {**call.box.auth(), "content-type": "application/json", "content-encoding": "gzip"}
        assert call("POST", "/v1/products", raw=b"\x1f\x8bno gzip", headers=headers).status in (400, 422)
        assert call("POST", "/v1/products", raw=b" " * 70_000).status == 400
        assert call("POST", "/v1/products", raw=b"invalid").status == 400
        assert call("GET", "/v1/orders").status == 200
        log = call.box.log.to_json()
        assert log[0]["request"]["body"] == "9 bytes, not shown"
        assert log[1]["request"]["body"] == "70000 bytes, not shown"
        assert log[2]["request"]["body"] == "invalid"
        assert log[3]["response"]["body"]["paging"]["current_page"] == 1
        har = call.box.log.har("")["log"]["entries"]
        assert [entry["_report"]["ok"] for entry in har] == [False, False, False, True]


def test_the_application_keeps_to_the_lifespan_protocol_and_leaves_other_connections_alone() -> None:
    application = sandbox.app("tiki")
    sent: list[str] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(str(message["type"]))

    async def speak(scope: str, *messages: str) -> None:
        waiting = [{"type": message} for message in messages]

        async def receive() -> dict[str, str]:
            return waiting.pop(0)

        raw = {"type": scope, "method": "GET", "path": "/v1/orders", "query_string": b"", "headers": []}
        await application(raw, receive, send)

    asyncio.run(speak("lifespan", "lifespan.startup", "lifespan.shutdown"))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    asyncio.run(speak("websocket"))
    asyncio.run(speak("http", "http.disconnect"))
    assert len(sent) == 2
    application.sandbox.close()


def test_an_overlay_corrects_the_spec_that_the_sandbox_enforces(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "overlay: 1.0.0\ninfo: {title: mine, version: '1'}\nx-marketplace: tiki\nactions:\n"
        "  - target: $.paths['/{version}/orders'].get.parameters[2].schema\n    update: {maximum: 5}\n"
    )
    with calling("tiki", overlays=(str(path),), checked=False) as call:
        assert call("GET", "/v1/orders?limit=6").status == 400
    with calling("tiki") as call:
        assert call("GET", "/v1/orders?limit=6").status == 200
