"""The proxy in front of servers that misbehave: each has an outcome, and the caller learns of it."""

import gzip
import socket
import threading
import zlib
from pathlib import Path

import httpx
import pytest

from support import hostile_servers
from support.hostile_servers import Behaviour, respond, server
from support.proxies import proxied

ORDER = "/integration/v1/orders/419060832"
TOKEN = {"tiki-api": "a-token"}
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

BROKEN: dict[str, tuple[Behaviour, str, int]] = {
    "silent": (hostile_servers.hang, "timeout", 504),
    "headers without end": (hostile_servers.drip, "timeout", 504),
    "closed at once": (respond(b""), "broken", 502),
    "reset": (hostile_servers.reset, "broken", 502),
    "no HTTP": (hostile_servers.garbage, "broken", 502),
    "half a head": (respond(b"HTTP/1.1 200 OK\r\ncontent-ty"), "broken", 502),
    "a body shorter than its length": (respond(OK + b"content-length: 100\r\n\r\n{}"), "broken", 502),
    "a body without its last chunk": (respond(CHUNKED + b"2\r\n{}\r\n"), "broken", 502),
    "a chunk without its size": (respond(CHUNKED + b"xyz\r\n{}\r\n"), "broken", 502),
    "two lengths": (respond(OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{} "), "broken", 502),
    "a negative length": (respond(OK + b"content-length: -2\r\n\r\n{}"), "broken", 502),
    "a status that no response has": (respond(b"HTTP/1.1 777 Luck\r\n\r\n"), "broken", 502),
    "another protocol": (
        respond(b"HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
        "broken",
        502,
    ),
    "a NUL in a header": (respond(OK + b"x: a\x00b\r\n\r\n"), "broken", 502),
    "headers of a megabyte": (respond(OK + b"x: " + b"a" * (1 << 20) + b"\r\n\r\n"), "broken", 502),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_response_of_http_is_an_error_that_says_so(name: str) -> None:
    behave, outcome, status = BROKEN[name]
    with server(behave) as (upstream, _), proxied(upstream, timeout=0.5) as proxy:
        answer = httpx.get(proxy.url + ORDER, headers=TOKEN)
    assert (answer.status_code, answer.headers["x-sellerspec-outcome"]) == (status, outcome)
    assert list(answer.json()) == ["error"]
    assert proxy.result.outcomes == {outcome: 1}
    (failed,) = proxy.result.failed
    assert failed.problem == f"{outcome}: {answer.json()['error']}"
    assert proxy.result.exit_code() == 2


def test_a_server_that_is_not_there_or_not_trusted_is_unreachable(tmp_path: Path) -> None:
    with server(hostile_servers.garbage) as (upstream, _):
        for address in (
            "http://127.0.0.1:9",
            upstream.replace("http:", "https:"),
            "http://no-such-host.invalid",
        ):
            with proxied(address, timeout=5) as proxy:
                answer = httpx.get(proxy.url + ORDER, headers=TOKEN, timeout=20)
            assert (answer.status_code, proxy.result.outcomes) == (502, {"unreachable": 1})


PASSED: dict[str, tuple[bytes, bytes]] = {
    "a body longer than its length": (OK + b"content-length: 2\r\n\r\n{}and more", b"{}"),
    "a body that ends with the connection": (OK + b"\r\n{}", b"{}"),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{}", b"{}"),
    "chunks": (CHUNKED + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", b"{}"),
    "chunks and a length": (CHUNKED[:-2] + b"content-length: 7\r\n\r\n2\r\n{}\r\n0\r\n\r\n", b"{}"),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\nx-late: 1\r\n\r\n", b"{}"),
    "hints before": (
        b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + OK + b"content-length: 2\r\n\r\n{}",
        b"{}",
    ),
    "a stream": (STREAM + b"9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n", b"data: 1\n\ndata: 2\n\n"),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "not modified": (b'HTTP/1.1 304 Not Modified\r\netag: "a"\r\ncontent-length: 12\r\n\r\n', b""),
}


@pytest.mark.parametrize("name", PASSED)
def test_an_odd_response_passes_and_is_judged(name: str) -> None:
    raw, body = PASSED[name]
    with server(respond(raw)) as (upstream, _), proxied(upstream, timeout=5) as proxy:
        answer = httpx.get(proxy.url + ORDER, headers=TOKEN)
    assert answer.content == body
    assert proxy.result.outcomes == {"passed": 1}
    assert proxy.result.checked, "none of them is an order"


def test_headers_keep_their_order_their_duplicates_and_their_case() -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nX-First: 1\r\nSet-Cookie: a=1; Path=/\r\nContent-Type: application/json\r\n"
        b"set-cookie: b=2\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nConnection: x-hop, close\r\n"
        b"Location: http://elsewhere.example/\r\nContent-Length: 2\r\n\r\n{}"
    )
    with server(respond(head)) as (upstream, seen), proxied(upstream) as proxy:
        answer = httpx.get(proxy.url + ORDER, headers=TOKEN)
    assert answer.headers.raw == [
        (b"X-First", b"1"),
        (b"Set-Cookie", b"a=1; Path=/"),
        (b"Content-Type", b"application/json"),
        (b"set-cookie", b"b=2"),
        (b"Location", b"http://elsewhere.example/"),
        (b"Content-Length", b"2"),
    ]
    assert len(seen) == 1, "no redirect is followed"


def test_the_request_is_sent_as_it_came_to_the_named_server_alone() -> None:
    raw = (
        b"POST /integration/v1/products/A%2fB%20c/updateSku?a=%7E&a=|&&b HTTP/1.1\r\n"
        b"Host: anything.example:99\r\n"
        b"X-Twice: 1\r\nx-twice: 2\r\nTiki-Api: a-token\r\nCookie: a=1\r\nContent-Type: application/json\r\n"
        b"Expect: 100-continue\r\nTE: trailers\r\nX-Hop: 1\r\nConnection: x-hop\r\nUpgrade: h2c\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    )
    more: list[bytes] = []

    def behave(connection: socket.socket, _: threading.Event) -> None:
        while not b"".join((*seen, *more)).endswith(b"{}"):
            more.append(connection.recv(100))
        connection.sendall(OK + b"content-length: 2\r\n\r\n{}")

    with (
        server(behave) as (upstream, seen),
        proxied(f"{upstream}/base/", mode="report") as proxy,
        socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2]))) as connection,
    ):
        connection.sendall(raw)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
    line, *headers = b"".join((*seen, *more)).split(b"\r\n")
    assert line == b"POST /base/integration/v1/products/A%2fB%20c/updateSku?a=%7E&a=|&&b HTTP/1.1"
    assert headers == [
        b"Host: " + upstream.partition("//")[2].encode(),
        b"x-twice: 1",
        b"x-twice: 2",
        b"tiki-api: a-token",
        b"cookie: a=1",
        b"content-type: application/json",
        b"content-length: 2",
        b"",
        b"{}",
    ]


BODY = b'{"order_code": 7}'


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_response_is_judged_and_passes_as_it_is(encoding: str) -> None:
    packed = gzip.compress(BODY) if encoding == "gzip" else zlib.compress(BODY)
    head = OK + f"content-encoding: {encoding}\r\ncontent-length: {len(packed)}\r\n\r\n".encode()
    with (
        server(respond(head + packed)) as (upstream, _),
        proxied(upstream) as proxy,
        httpx.stream("GET", proxy.url + ORDER, headers=TOKEN) as answer,
    ):
        assert b"".join(answer.iter_raw()) == packed
    (one,) = proxy.result.checked
    assert "/response/body/order_code" in {finding.pointer for finding in one.report.errors}


def test_a_response_that_cannot_be_unpacked_is_an_error_and_passes_as_it_is() -> None:
    head = OK + b"content-encoding: gzip\r\ncontent-length: 5\r\n\r\n\x1f\x8babc"
    with (
        server(respond(head)) as (upstream, _),
        proxied(upstream) as proxy,
        httpx.stream("GET", proxy.url + ORDER, headers=TOKEN) as answer,
    ):
        assert b"".join(answer.iter_raw()) == b"\x1f\x8babc"
    (one,) = proxy.result.checked
    assert [finding.rule for finding in one.report.errors] == ["sellerspec.body-readable"]


def test_a_stream_that_breaks_off_breaks_off_for_the_caller_too() -> None:
    with (
        server(respond(STREAM + b"9\r\ndata: 1\n\n\r\n")) as (upstream, _),
        proxied(upstream) as proxy,
        httpx.stream("GET", proxy.url + ORDER, headers=TOKEN) as answer,
    ):
        chunks = answer.iter_raw()
        assert (answer.status_code, next(chunks)) == (200, b"data: 1\n\n")
        with pytest.raises(httpx.RemoteProtocolError):
            next(chunks)
    assert proxy.result.outcomes == {"broken": 1}


def test_a_stream_arrives_while_it_is_written() -> None:
    second = threading.Event()

    def behave(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(STREAM + b"9\r\ndata: 1\n\n\r\n")
        second.wait(30)
        connection.sendall(b"9\r\ndata: 2\n\n\r\n0\r\n\r\n")

    with (
        server(behave) as (upstream, _),
        proxied(upstream) as proxy,
        httpx.stream("GET", proxy.url + ORDER, headers=TOKEN) as answer,
    ):
        chunks = answer.iter_raw()
        assert next(chunks) == b"data: 1\n\n"
        second.set()
        assert next(chunks) == b"data: 2\n\n"
    assert proxy.result.outcomes == {"passed": 1}


def test_a_document_without_end_is_passed_on_and_left_when_the_caller_leaves() -> None:
    with (
        server(hostile_servers.endless) as (upstream, _),
        proxied(upstream, timeout=0.3) as proxy,
        httpx.stream("GET", proxy.url + ORDER, headers=TOKEN) as answer,
    ):
        assert set(next(answer.iter_raw())) == {ord(" ")}
    assert sum(proxy.result.outcomes.values()) == 1
    assert proxy.result.exit_code() == 2


@pytest.mark.parametrize(("allowed", "code"), [(False, 2), (True, 0)])
def test_a_response_that_is_too_large_passes_and_counts_as_not_judged(allowed: bool, code: int) -> None:
    head = OK + b"content-length: 3000\r\n\r\n"
    with (
        server(respond(head + b" " * 3000)) as (upstream, _),
        proxied(upstream, max_body=1000, allow_unjudged=allowed) as proxy,
    ):
        answer = httpx.get(proxy.url + ORDER, headers=TOKEN)
        proxy.result.outcomes["passed"] += 1  # as if another one had been judged
    assert len(answer.content) == 3000
    assert proxy.result.outcomes == {"unjudged": 1, "passed": 1}
    assert proxy.result.exit_code() == code
