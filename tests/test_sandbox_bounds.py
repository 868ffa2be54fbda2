"""Hostile requests to a sandbox on a socket: bounded, and other callers are answered meanwhile."""

import gzip
import json
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from sellerspec import sandbox
from sellerspec.sandbox.messages import Request
from sellerspec.sandbox.reading import MAX_TEXT, MAX_VALUES, readable
from sellerspec.sandbox.running import Box
from support.sandboxes import check_log, example, running

PRODUCT = example("tiki/createProduct/valid/documented-simple")
MEGABYTE = 1 << 20


def numbers(count: int) -> bytes:
    return b"[" + b",".join([b"1"] * count) + b"]"


HUGE: dict[str, bytes] = {
    "numbers": numbers(2 * MEGABYTE),
    "variants": b'{"variants":[' + b",".join([b"{}"] * MEGABYTE) + b"]}",
    "members": b"{" + b",".join(b'"m%d":1' % number for number in range(300_000)) + b"}",
    "one text": b'"' + b"a" * (8 * MEGABYTE - 2) + b'"',
    "blanks": b" " * (8 * MEGABYTE),
    "lines": b"\n" * (8 * MEGABYTE),
    "backslashes": b'"' + b"\\" * (8 * MEGABYTE - 2) + b'"',
    "brackets": b"[" * (4 * MEGABYTE),
    "escapes": b'{"a":"' + b"\\u003a" * MEGABYTE + b'"}',
    "no JSON": b"a" * (4 * MEGABYTE),
    "beyond the bound": b"[" + b"1," * (5 * MEGABYTE) + b"1]",
}


@pytest.mark.parametrize("name", HUGE)
def test_F5_a_huge_body_is_refused_before_it_is_judged(name: str) -> None:
    with running("tiki") as (box, client):
        response = client.post(
            "/v1/products", content=HUGE[name], headers={"content-type": "application/json"}
        )
        assert response.status_code == 400
        assert "a body of more than" in response.json()["errors"][0]
        (entry,) = box.log()
        assert entry.request.body == b""
        assert client.get("/v1/orders").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (numbers(MAX_VALUES - 1), None),
        (numbers(MAX_VALUES), 400),
        (json.dumps({"description": "," * 50_000}).encode(), None),
        (b'"' + b"a" * (MAX_TEXT - 2) + b'"', None),
        (b'"' + b"a" * (MAX_TEXT - 1) + b'"', 413),
        (b"[" * (MAX_VALUES + 1), 400),
    ],
)
def test_F5_values_are_counted_and_not_their_bytes(body: bytes, status: int | None) -> None:
    unread = readable(Request("POST", "/v1/products", body=body), 8 * MEGABYTE).unread
    assert (unread.status if unread else None) == status


def test_F5_the_largest_state_is_larger_than_the_largest_product() -> None:
    with running("tiki") as (_, client):
        json_type = {"content-type": "application/json"}
        state = b'{"marketplace":"tiki","tables":{"orders":' + numbers(400_000) + b"}}"
        assert client.put("/__sellerspec/state", content=state, headers=json_type).status_code == 422
        values = client.put("/__sellerspec/state", content=numbers(600_000), headers=json_type)
        assert (values.status_code, values.json()) == (400, {"error": "a body of more than 500,000 values"})
        size = client.put("/__sellerspec/state", content=b" " * (9 * MEGABYTE), headers=json_type)
        assert (size.status_code, size.json()) == (413, {"error": "a body of more than 8,388,608 bytes"})


@contextmanager
def connected(box: Box) -> Iterator[socket.socket]:
    host, _, port = box.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        yield connection


def status_line(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n" not in received:
        chunk = connection.recv(65_536)
        if not chunk:
            break
        received += chunk
    return received.partition(b"\r\n")[0]


def test_F5_a_client_that_sends_its_body_slowly_holds_up_nobody() -> None:
    with running("tiki") as (box, client), connected(box) as slow:
        body = json.dumps(PRODUCT).encode()
        sent = {"host": "x", "content-type": "application/json", "content-length": len(body), **box.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        slow.sendall(f"POST /v1/products HTTP/1.1\r\n{head}\r\n".encode() + body[:100])
        for _ in range(5):
            assert client.get("/v1/orders").status_code == 200
        slow.sendall(body[100:])
        assert status_line(slow) == b"HTTP/1.1 200 OK"


NONSENSE: dict[str, bytes] = {
    "a long request line": b"GET /v1/orders?" + b"a" * 200_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    "a long header": b"GET /v1/orders HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET /v1/orders HTTP/1.1\r\nhost: x\r\n" + b"x: a\r\n" * 30_000 + b"\r\n",
    "no chunk size": b"POST /v1/products HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "a huge chunk size": b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    + b"f" * 40
    + b"\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "a negative length": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a bare NUL in the path": b"GET /v1/\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
}
HARMLESS: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "an encoded NUL": (b"GET /v1/orders/%00%ff HTTP/1.1\r\nhost: x\r\n\r\n", (400,)),
    "dots": (b"GET /v1/orders/../../__sellerspec/reset HTTP/1.1\r\nhost: x\r\n\r\n", (401, 404)),
    "a whole URL": (b"GET http://x/__sellerspec/state HTTP/1.1\r\nhost: x\r\n\r\n", (403, 404)),
    "an unknown method": (b"BREW /v1/orders HTTP/1.1\r\nhost: x\r\n\r\n", (405,)),
    "TRACE": (b"TRACE /__sellerspec/reset HTTP/1.1\r\nhost: localhost\r\n\r\n", (405, 415)),
    "an unknown method of the control plane": (
        b"BREW /__sellerspec/state HTTP/1.1\r\nhost: localhost\r\n\r\n",
        (405,),
    ),
    "nothing of the control plane": (b"GET /__sellerspecs HTTP/1.1\r\nhost: localhost\r\n\r\n", (404,)),
}


@pytest.mark.parametrize("name", [*NONSENSE, *HARMLESS])
def test_F5_nonsense_on_a_connection_is_refused_and_the_next_caller_is_answered(name: str) -> None:
    raw, statuses = HARMLESS.get(name) or (NONSENSE[name], (400, 431))
    with running("tiki") as (box, client):
        with connected(box) as connection:
            try:
                connection.sendall(raw)
                line = status_line(connection)
            except (ConnectionResetError, BrokenPipeError):
                line = b"HTTP/1.1 400 closed before all was sent"
        assert int(line.split()[1]) in statuses
        assert client.get("/v1/orders").status_code == 200


def test_F12_the_log_is_scrubbed_while_other_callers_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with running("tiki") as (box, client):
        client.post("/v1/products", content=b'{"name":"' + b"a@b.c " * 10_000 + b'"}')
        log = box.sandbox.log
        scrubbing, answered = threading.Event(), threading.Event()
        scrubbed = type(log)._scrubbed

        def held(*arguments: Any) -> Any:
            scrubbing.set()
            assert answered.wait(20), "nobody was answered while the log was scrubbed"
            return scrubbed(*arguments)

        monkeypatch.setattr(type(log), "_scrubbed", held)
        shown: list[int] = []
        reader = threading.Thread(
            target=lambda: shown.append(httpx.get(f"{box.url}/__sellerspec/log").status_code)
        )
        reader.start()
        assert scrubbing.wait(20)
        assert client.get("/v1/orders").status_code == 200
        assert client.post("/__sellerspec/clock", json={"advance": 1}).status_code == 200
        answered.set()
        reader.join(20)
        assert shown == [200]


def _deflated(body: bytes) -> bytes:
    return zlib.compress(body)


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("deflate", _deflated), ("GZIP", gzip.compress)]
)
def test_A11_a_compressed_request_is_judged_by_what_it_holds(
    encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    with running("tiki") as (box, client):
        headers = {"content-type": "application/json", "content-encoding": encoding}
        sent = client.post("/v1/products", content=compress(json.dumps(PRODUCT).encode()), headers=headers)
        assert (sent.status_code, sent.json()["state"]) == (200, "queuing")
        refused = client.post("/v1/products", content=compress(b'{"name": 5}'), headers=headers)
        assert refused.status_code == 422
        assert client.get("/__sellerspec/log").json()[0]["request"]["body"]["variants"]
        assert client.post(
            "/__sellerspec/clock", content=compress(b'{"advance": 9}'), headers=headers
        ).is_success
        assert box.log()[0].report() is not None


BOMB = gzip.compress(b" " * 32 * MEGABYTE, mtime=0)


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", b'{"name": "plain"}', "a body that is not `gzip`, as its `Content-Encoding` says"),
        ("gzip", gzip.compress(b'{"name": "cut"}', mtime=0)[:-6], "a body that is not `gzip`"),
        ("br", b"\x00\x01\x02", "a body that is not `br`"),
        ("quux", b"\x00\x01\x02", "a body that is not `quux`"),
        ("gzip", gzip.compress(b"[" + b"1," * 300_000 + b"1]", mtime=0), "a body of more than 10,000 values"),
        ("gzip", BOMB, "a body of more than 8,388,608 bytes"),
        ("gzip", gzip.compress(BOMB, mtime=0), "a body of more than 8,388,608 bytes"),
    ],
)
def test_A11_a_compressed_body_that_cannot_be_read_is_refused(
    encoding: str, body: bytes, reason: str
) -> None:
    with running("tiki") as (box, client):
        headers = {"content-type": "application/json", "content-encoding": encoding}
        refused = client.post("/v1/products", content=body, headers=headers)
        assert refused.status_code == 400
        assert reason in refused.json()["errors"][0]
        assert len(client.get("/v1/tracking").json()) == 1
        check_log(box.sandbox)


def test_F5_a_handler_that_fails_unforeseen_answers_500_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        sandbox.run("tiki") as box,
        httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client,
    ):
        monkeypatch.setattr(box.sandbox, "snapshot", lambda: 1 // 0)
        failed = client.get("/__sellerspec/state")
        assert failed.status_code == 500
        assert failed.json()["error"].startswith("the sandbox failed: ZeroDivisionError in ")
        assert failed.json()["error"].endswith("; please report it")
        assert [record.exc_info for record in caplog.records] == [None]
        assert client.get("/v1/orders").status_code == 200
