"""The ends of a proxy's exchanges that are rare: stopped, failed, not written; and pages that may call it."""

import asyncio
import json
import threading
import time
from pathlib import Path

import httpx
import pytest

from sellerspec import sandbox
from sellerspec.errors import UsageError
from sellerspec.io.writing import NotWritten
from sellerspec.model import Exchange
from sellerspec.proxy import records
from sellerspec.proxy.messages import Outcome
from sellerspec.proxy.records import Passed
from sellerspec.proxy.settings import Settings
from support import hostile_servers
from support.hostile_servers import respond, server
from support.proxies import proxied

ORDER = "/integration/v1/orders/419060832"
TOKEN = {"tiki-api": "a-token"}
PAGE = "http://localhost:3000"
EMPTY = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n"


def test_an_exchange_that_is_under_way_when_the_proxy_stops_is_not_judged() -> None:
    with server(hostile_servers.hang) as (upstream, seen):
        with proxied(upstream) as proxy:
            caller = threading.Thread(target=_silently, args=(proxy.url,))
            caller.start()
            while not seen:
                time.sleep(0.01)
        caller.join()
    assert proxy.result.outcomes == {"stopped": 1}
    assert proxy.result.exit_code() == 2


def _silently(url: str) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(url + ORDER, headers=TOKEN, timeout=30).raise_for_status()


def test_a_fault_of_ours_sends_nothing_and_shows_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(respond(EMPTY + b"\r\n{}")) as (upstream, seen), proxied(upstream) as proxy:
        monkeypatch.setattr(proxy.application.checker, "_guard", None)
        answer = httpx.get(proxy.url + ORDER, headers=TOKEN)
    problem = answer.json()["error"]
    assert problem.startswith("the proxy failed: AttributeError in Checker.request, line ")
    assert (answer.status_code, seen, proxy.result.outcomes) == (500, [], {"failed": 1})
    assert proxy.result.exit_code() == 2


def test_a_log_that_cannot_be_written_is_not_green() -> None:
    with sandbox.run("tiki") as box, proxied(box.url, log=Path("/dev/full")) as proxy:
        assert httpx.get(proxy.url + ORDER, headers=box.headers).status_code == 200
    (problem,) = proxy.result.problems
    assert problem.startswith(
        "1 GET /{version}/orders/{order_code}: /dev/full: cannot be written: no space left"
    )
    assert proxy.result.exit_code() == 2


def test_a_fault_of_ours_while_the_log_is_written_loses_no_other_line(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with sandbox.run("tiki") as box, proxied(box.url, log=log) as proxy:
        broken = Passed(0, None, 0.0, Exchange("GET", ""), Outcome.PASSED)  # type: ignore[arg-type]
        proxy.application._note(broken)
        assert httpx.get(proxy.url + ORDER, headers=box.headers).status_code == 200
    (problem,) = proxy.result.problems
    assert problem.startswith("0 : the writer failed: AttributeError in line, line ")
    assert [json.loads(line)["number"] for line in log.read_text().splitlines()] == [1]
    assert proxy.result.exit_code() == 2


def test_a_log_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="is a directory"), proxied("https://a.example", log=tmp_path):
        pass


def test_more_findings_than_are_listed_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST", 2)
    with sandbox.run("tiki") as box, proxied(box.url) as proxy:
        for _ in range(5):
            httpx.get(f"{proxy.url}/v1/nowhere")
    assert (len(proxy.result.checked), proxy.result.unlisted, proxy.result.exit_code()) == (2, 3, 1)


def test_a_page_of_a_named_origin_reads_the_marketplace_through_the_proxy() -> None:
    own = b"vary: accept\r\naccess-control-allow-origin: https://seller.example\r\nx-rate: 1\r\n\r\n{}"
    with server(respond(EMPTY + own)) as (upstream, _), proxied(upstream, allow_origins=[PAGE]) as proxy:
        answer = httpx.get(proxy.url + ORDER, headers={**TOKEN, "origin": PAGE})
        other = httpx.get(proxy.url + ORDER, headers={**TOKEN, "origin": "http://localhost:3001"})
    assert answer.headers.get_list("access-control-allow-origin") == [PAGE]
    assert answer.headers.get_list("vary") == ["accept", "origin"]
    assert "x-rate" in answer.headers["access-control-expose-headers"]
    assert (other.status_code, other.headers["x-sellerspec-outcome"]) == (403, "refused")
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("body", [b"{}", b""])
def test_a_response_that_claims_a_compression_is_not_judged(body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    with (
        server(respond(head + body)) as (upstream, _),
        proxied(upstream) as proxy,
        httpx.stream("GET", proxy.url + ORDER, headers=TOKEN) as answer,
    ):
        assert b"".join(answer.iter_raw()) == body
    assert proxy.result.outcomes == ({"unjudged": 1} if body else {"passed": 1})


def test_a_request_that_claims_a_compression_passes_unjudged_in_mode_report() -> None:
    headers = {**TOKEN, "content-type": "application/json", "content-encoding": "gzip"}
    with sandbox.run("tiki") as box, proxied(box.url, mode="report", allow_unjudged=True) as proxy:
        httpx.post(f"{proxy.url}/integration/v1/products", content=b"{}", headers=headers)
    assert proxy.result.outcomes == {"unjudged": 1}
    assert proxy.result.exit_code() == 2, "only the size of a body is allowed"


def test_a_large_body_for_the_control_plane_and_one_that_breaks_off_are_refused() -> None:
    with sandbox.run("tiki") as box, proxied(box.url, max_body=100, timeout=0.3) as proxy:
        url = f"{proxy.url}/__sellerspec/check/tiki/updateSku"
        assert httpx.post(url, json={"name": "a" * 200}).status_code == 413
        assert asyncio.run(_half(url)) == 408
    assert proxy.result.outcomes == {}


async def _half(url: str) -> int:
    port = int(url.split(":")[2].partition("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /__sellerspec/check/tiki/updateSku HTTP/1.1\r\nHost: localhost\r\n"
                 b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{")  # fmt: skip
    status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status


@pytest.mark.parametrize("wrong", [{"max_body": 0}, {"timeout": 0}])
def test_a_setting_that_means_nothing_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="at least 1 byte"):
        Settings(marketplace="tiki", upstream="https://a.example", **wrong)  # type: ignore[arg-type]
