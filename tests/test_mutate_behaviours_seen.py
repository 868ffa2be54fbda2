"""What a real client sees of each behaviour, and the state afterwards."""

import asyncio
import logging
import socket
from typing import Any

import httpx
import pytest

from sellerspec import contract, sandbox
from sellerspec.mutate.changes.happenings import SLOW
from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.planning.behaviours import behaviour_mutations
from sellerspec.mutate.running.observed import repeated, writes
from sellerspec.sandbox import asgi
from sellerspec.sandbox.change import Notice
from sellerspec.sandbox.log import Entry
from sellerspec.sandbox.running import Box
from sellerspec.sandbox.tiki_v2.seed import WAITING
from support.mutated_sandboxes import CONFIRM, ORDER, PRODUCT, mutated, mutation, orders_query, register
from support.sandboxes import example, running

IMPATIENT = httpx.Timeout(10, read=0.2)


def statuses(client: httpx.Client, url: str, count: int) -> list[int]:
    return [client.get(url).status_code for _ in range(count)]


def requests(box: Box) -> list[Any]:
    """Return the product requests that were made since the seed."""
    products = box.state()["tables"].get("products", {}).values()
    return [product for product in products if product["payload"] is not None]


def test_a_rate_limit_names_the_time_to_wait_once_and_again_after_a_reset() -> None:
    with mutated("tiki/getOrder:rate-limited") as (box, client):
        limited = client.get(ORDER)
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "1")
        assert list(limited.json()) == ["errors"]
        assert statuses(client, ORDER, 2) == [200, 200]
        assert statuses(client, "/v1/orders", 1) == [200]
        box.reset()
        assert statuses(client, ORDER, 2) == [429, 200]


def test_a_rate_limit_of_tokopedia_has_its_documented_headers() -> None:
    with mutated("tokopedia/listOrders:rate-limited") as (box, client):
        limited = client.get(orders_query(box))
        assert limited.status_code == 429
        assert limited.headers["x-ratelimit-reset-after"] == "1.000000"
        assert "retry-after" not in limited.headers


def test_a_bare_rate_limit_does_not_say_how_long_to_wait() -> None:
    with mutated("tiki/getOrder:rate-limited-bare") as (_, client):
        limited = client.get(ORDER)
        assert limited.status_code == 429
        assert set(limited.headers) == {"date", "content-type", "content-length"}
        assert statuses(client, ORDER, 1) == [200]


def test_a_server_error_comes_once_or_for_good() -> None:
    with mutated("tiki/getOrder:server-error-once") as (_, client):
        assert statuses(client, ORDER, 3) == [500, 200, 200]
    with mutated("tiki/getOrder:server-error") as (_, client):
        assert statuses(client, ORDER, 3) == [500, 500, 500]


def test_maintenance_is_a_page_of_html() -> None:
    with mutated("tiki/createProduct:unavailable-html") as (box, client):
        response = client.post("/v1/products", json=PRODUCT)
        assert (response.status_code, response.headers["content-type"]) == (503, "text/html")
        assert response.text.startswith("<html>")
        assert requests(box) == []


def test_a_call_without_an_answer_was_not_handled_and_others_are_answered_meanwhile(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING), mutated("tiki/createProduct:no-answer") as (box, client):
        waiting = socket.create_connection(("127.0.0.1", int(box.url.rpartition(":")[2])))
        body = httpx.Request("POST", box.url, json=PRODUCT).read()
        headers = f"content-type: application/json\r\ntiki-api: {box.sandbox.token}"
        length = f"content-length: {len(body)}"
        waiting.sendall(
            f"POST /v1/products HTTP/1.1\r\nhost: x\r\n{headers}\r\n{length}\r\n\r\n".encode() + body
        )
        while not box.log():
            pass
        assert client.get(ORDER).status_code == 200
        assert requests(box) == []
        waiting.close()
        assert client.post("/v1/products", json=PRODUCT).status_code == 200
    # uvicorn says so if it has to cancel a connection that is still held
    assert caplog.messages == []


def test_a_client_runs_into_its_timeout_and_tries_again() -> None:
    with mutated("tiki/getOrder:no-answer") as (_, client):
        with pytest.raises(httpx.ReadTimeout):
            client.get(ORDER, timeout=IMPATIENT)
        assert client.get(ORDER).status_code == 200


def test_a_client_without_a_timeout_is_released_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "LONGEST_HOLD", 0.05)
    with mutated("tiki/getOrder:no-answer") as (_, client), pytest.raises(httpx.ReadError):
        client.get(ORDER, timeout=None)


@pytest.mark.parametrize("kind", ["no-answer", "reset-in-body"])
def test_a_client_without_a_socket_gets_an_exception(kind: str) -> None:
    app = sandbox.app("tiki")
    app.sandbox.mutate([change(mutation(f"tiki/getOrder:{kind}"))])
    transport = httpx.ASGITransport(app)

    async def call() -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            await client.get(ORDER, headers=app.sandbox.auth())

    with pytest.raises((TimeoutError, ConnectionResetError)):
        asyncio.run(call())
    app.sandbox.close()


def test_a_write_without_an_answer_has_changed_the_state_and_a_retry_is_a_second_write() -> None:
    with mutated("tiki/createProduct:no-answer-after-change") as (box, client):
        assert client.post("/v1/products", json={}).status_code == 422
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/products", json=PRODUCT, timeout=IMPATIENT)
        assert len(requests(box)) == 1
        assert client.post("/v1/products", json=PRODUCT).status_code == 200
        assert len(requests(box)) == 2
        (failure,) = repeated("test_it", writes(box.log()), {})
        assert failure.line == "`tiki/createProduct` was taken 2 times with the same content"


def test_a_reset_comes_after_half_of_the_body() -> None:
    with mutated("tiki/getOrder:reset-in-body") as (_, client):
        received: list[bytes] = []
        with client.stream("GET", ORDER) as response:
            assert response.status_code == 200
            with pytest.raises(httpx.ReadError):
                received.extend(response.iter_raw())
        whole = client.get(ORDER).content
        assert b"".join(received) == whole[: len(whole) // 2]


def test_a_slow_response_is_the_usual_one() -> None:
    with mutated("tiki/getOrder:slow") as (box, client):
        late = client.get(ORDER)
        assert box.log()[0].response.delay == SLOW
        box.sandbox.mutate([])
        assert late.content == client.get(ORDER).content
        box.sandbox.mutate([change(mutation("tiki/getOrder:slow"))])
        assert client.get(ORDER).content == late.content


def test_a_read_after_a_write_shows_the_state_before_it_once() -> None:
    def confirmations() -> set[str]:
        return {item["confirmation_status"] for item in client.get(ORDER).json()["items"]}

    with mutated("tiki/getOrder:stale-read") as (box, client):
        assert confirmations() == {"waiting"}
        assert box.applied == set()
        client.post("/v1/orders/confirmItems", json=CONFIRM)
        assert confirmations() == {"waiting"}
        assert confirmations() == {"seller_confirmed"}
        box.reset()
        client.post("/v1/orders/confirmItems", json=CONFIRM)
        assert confirmations() == {"waiting"}


def test_a_new_document_is_not_missing_in_a_stale_read() -> None:
    with running("tnsl") as (box, client):
        box.mutate([change(mutation("tnsl/getOrder:stale-read"))])
        made = client.post("/v1/orders", json=example("tnsl/createOrder/valid/ffo")).json()["data"]
        assert client.get(f"/v1/orders/{made['order_code']}").status_code == 200
        assert box.applied == set()


def test_a_handler_that_is_tried_sends_no_notice() -> None:
    with running("tnsl") as (box, client):
        told: list[Entry | Notice] = []
        box.mutate([change(mutation("tnsl/getOrder:stale-read"))])  # it looks at each write
        register(box, "http://127.0.0.1:9/")
        box.sandbox.listeners.append(told.append)
        assert client.post("/v1/orders/347171001/cancel", json={}).status_code == 200
        assert [type(news) for news in told] == [Notice, Entry]


def test_a_token_that_has_run_out_is_refused_as_the_marketplace_does() -> None:
    with mutated("tnsl/getOrder:token-expired") as (_, client):
        refused = client.get("/v1/orders/347171001")
        assert refused.status_code == 401
        assert refused.json()["error"]["message_code"] == "INVALID_TOKEN"
    with mutated("tiki/listOrders:token-expires") as (_, client):
        assert statuses(client, "/v1/orders?limit=2", 3) == [200, 401, 401]
        assert statuses(client, ORDER, 1) == [200]


def test_without_mutations_the_responses_are_the_same_byte_by_byte() -> None:
    def received() -> list[Any]:
        responses = [client.get(ORDER), client.get("/v1/orders"), client.post("/v1/products", json=PRODUCT)]
        dated = ("date",)
        return [
            (r.status_code, [h for h in r.headers.raw if h[0].decode().lower() not in dated], r.content)
            for r in responses
        ]

    with running("tiki") as (box, client):
        usual = received()
        box.reset()
        box.mutate([change(one) for one in behaviour_mutations(contract.operation("tiki/getOrder"))])
        box.mutate([])
        assert received() == usual


def test_a_replay_without_an_answer_has_begun_the_request_anew() -> None:
    at = f"/integration/v2/tracking/{WAITING}"
    with mutated("tiki-v2/replayTracking:no-answer-after-change") as (box, client):
        states = [client.get(at).json()["state"]]
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{at}/replay", timeout=IMPATIENT)
        states.append(client.get(at).json()["state"])
        again = client.post(f"{at}/replay")
        assert (again.status_code, again.json()["state"]) == (200, "queuing")
        assert states == ["awaiting_approve", "queuing"]
        assert repeated("test_it", writes(box.log()), {}) == ()  # it was at the beginning already
        box.advance(60)
        assert client.post(f"{at}/replay").status_code == 200
        (failure,) = repeated("test_it", writes(box.log()), {})
        assert failure.line == "`tiki-v2/replayTracking` was taken 2 times with the same content"
