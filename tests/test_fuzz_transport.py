"""Whatever a server does ends in a finding, in bounded time; nothing is sent anywhere else."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from sellerspec import fuzz
from sellerspec.cli import main
from sellerspec.errors import UsageError
from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.options import options_of
from sellerspec.fuzz.transport import Transport, connected
from support import hostile_servers

CALL = Call(
    "tokopedia/listOrders", "GET", "/v2/order/list?page=1", {"authorization": "Bearer not-a-real-token"}
)


def transport_to(*, app: Any = None, url: str | None = None, **settings: Any) -> Transport:
    return connected(options_of(**settings), app=app, url=url)


@pytest.mark.timeout(40)
@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (hostile_servers.hang, "hang"),
        (hostile_servers.reset, "reset"),
        (hostile_servers.garbage, "garbage"),
        (hostile_servers.drip, "hang"),
        (hostile_servers.gigabyte, "too-large"),
        (hostile_servers.endless, "hang"),
        (hostile_servers.respond(b""), "reset"),
    ],
    ids=["hang", "reset", "garbage", "drip", "gigabyte", "endless", "nothing"],
)
def test_a_server_that_misbehaves_makes_a_finding_in_bounded_time(
    behaviour: hostile_servers.Behaviour, kind: str
) -> None:
    with hostile_servers.server(behaviour) as (url, seen):
        result = fuzz.run(
            "tokopedia", url=url, max_time=3, timeout=0.3, largest=4 << 20, phases=["examples", "sequences"]
        )
    assert kind in {finding.kind for finding in result.findings}
    assert result.exit_code == 1
    assert seen


def test_a_redirect_is_a_finding_and_is_never_followed() -> None:
    with hostile_servers.server(hostile_servers.respond(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")) as (
        elsewhere,
        visits,
    ):
        moved = f"HTTP/1.1 302 Found\r\nlocation: {elsewhere}/stolen\r\ncontent-length: 0\r\n\r\n".encode()
        with hostile_servers.server(hostile_servers.respond(moved)) as (url, _):
            result = fuzz.run(
                "tokopedia",
                url=url,
                max_time=2,
                phases=["examples"],
                headers={"authorization": "Bearer not-a-real-token"},
            )
    assert "redirect" in {finding.kind for finding in result.findings}
    assert visits == []


@pytest.mark.timeout(15)
def test_a_server_that_is_not_there_is_said_and_the_run_ends_at_once() -> None:
    result = fuzz.run("tokopedia", url="http://127.0.0.1:9", max_time=60)
    assert "5 calls in a row got no response" in result.gone
    assert "stopped:" in result.to_text()


STATE = b'{"tables": {"sellers": {"1": {"fs_id": 13004, "shops": [479573]}}}}'


@pytest.mark.parametrize("clock", [None, b"{}", b'"soon"', b"no JSON", b'{"now": 5}', b'{"now": "soon"}'])
def test_a_sandbox_whose_clock_shows_no_time_is_an_error_that_says_so(clock: bytes | None) -> None:
    controls = {"/__sellerspec/": b'{"marketplace": "tokopedia"}', "/__sellerspec/state": STATE}
    if clock is not None:
        controls["/__sellerspec/clock"] = clock
    with hostile_servers.responding(controls) as url:
        ran = CliRunner().invoke(main, ["fuzz", "tokopedia", "--url", url, "--max-time", "5"])
    assert ran.exit_code == 2
    what = "/__sellerspec/clock: no moment as our sandbox tells it: `YYYY-MM-DD hh:mm:ss` in `now`"
    assert ran.stderr.splitlines()[-1] == f"error: {what}"


@pytest.mark.parametrize(
    "state", [b"{}", b"[]", b'{"tables": {"sellers": []}}', b'{"tables": {"sellers": {"1": 2}}}']
)
def test_a_sandbox_that_shows_no_state_is_an_error_that_says_so(state: bytes) -> None:
    controls = {"/__sellerspec/": b'{"marketplace": "tokopedia"}', "/__sellerspec/state": state}
    with hostile_servers.responding(controls) as url:
        ran = CliRunner().invoke(main, ["fuzz", "tokopedia", "--url", url, "--max-time", "5"])
    assert ran.exit_code == 2
    what = "/__sellerspec/state: no state as our sandbox tells it: objects in `tables` by kind: sellers"
    assert ran.stderr.splitlines()[-1] == f"error: {what}"


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="http://"):
        transport_to(url="ftp://example.invalid")


def test_a_mistake_in_sending_is_no_hang() -> None:
    transport = transport_to(url="http://127.0.0.1:9", timeout=5)
    with pytest.raises(AttributeError):
        transport.send(replace(CALL, headers=None))  # type: ignore[arg-type]
    transport.close()


def test_what_no_client_can_send_is_no_finding() -> None:
    with hostile_servers.server(hostile_servers.hang) as (url, seen):
        transport = transport_to(url=url, timeout=1)
        reply = transport.send(Call("x", "GET", "/", {"bad\nname": "x"}))
        transport.close()
    assert b"bad" not in b"".join(seen)
    assert reply.problem == "unsendable"


async def _hangs(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(30)


async def _blocks(scope: Any, receive: Any, send: Any) -> None:
    time.sleep(1.0)


async def _crashes(scope: Any, receive: Any, send: Any) -> None:
    raise KeyError("price")


async def _resets(scope: Any, receive: Any, send: Any) -> None:
    raise ConnectionResetError


async def _silent(scope: Any, receive: Any, send: Any) -> None:
    return


async def _unfinished(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _compressed(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-encoding", b"gzip")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"not gzip"})


async def _endless(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b" " * 65536, "more_body": True})


async def _stubborn(scope: Any, receive: Any, send: Any) -> None:
    try:
        await _endless(scope, receive, send)
    except Exception as error:
        raise RuntimeError("wrapped by a framework") from error


@pytest.mark.parametrize(
    ("app", "problem"),
    [
        (_hangs, "hang"), (_blocks, "hang"), (_crashes, "crash"), (_resets, "reset"), (_silent, "garbage"),
        (_unfinished, "garbage"), (_compressed, "garbage"),
        (_endless, "too-large"), (_stubborn, "too-large"),
    ],
)  # fmt: skip
def test_an_application_that_misbehaves_has_its_own_kind_of_finding(app: Any, problem: str) -> None:
    transport = transport_to(app=app, timeout=0.2, largest=1 << 20)
    reply = transport.send(CALL)
    transport.close()
    assert reply.problem == problem


def test_an_application_waits_for_more_of_a_request_in_vain() -> None:
    async def listens(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] == "http.request":
            pass

    transport = transport_to(app=listens, timeout=0.2)
    assert transport.send(CALL).problem == "hang"
    transport.close()


def test_a_header_beyond_latin_1_is_sent_as_utf_8() -> None:
    with hostile_servers.server(
        hostile_servers.respond(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
    ) as (url, seen):
        transport = transport_to(url=url, timeout=2)
        reply = transport.send(Call("x", "GET", "/", {"x-note": "Hà Nội"}))
        transport.close()
    assert reply.status == 200
    assert "Hà Nội".encode() in seen[0]
