"""Hostile requests against proxy and sandbox: `expected/hostile_requests.txt` states the outcome of each.

The file is written by `python -m support.hostile_requests`; its diff is to be read.
"""

import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from sellerspec import sandbox
from support import hostile_requests
from support.hostile_requests import ORDER, answer, lines_of, servers
from support.proxies import proxied

EXPECTED = Path(__file__).parent / "expected" / "hostile_requests.txt"


def test_two_hundred_requests_have_the_outcomes_that_are_stated() -> None:
    assert len(hostile_requests.every()) >= 200
    with servers() as both:
        assert lines_of(both) == EXPECTED.read_text().splitlines()
    result = both.proxy.result
    assert len(both.behind.log()) == result.outcomes["passed"], "nothing else has left"
    assert set(result.outcomes) == {"passed", "blocked", "refused", "client-gone"}
    assert result.malformed > 50
    assert result.exit_code() == 2


def test_what_never_ends_is_not_sent_and_holds_up_nobody() -> None:
    with sandbox.run("tiki") as box, proxied(box.url, timeout=30) as proxy:
        for raw in hostile_requests.UNFINISHED.values():
            with socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2]))) as slow:
                for at in range(0, len(raw), 100):
                    slow.sendall(raw[at : at + 100])
                assert httpx.get(proxy.url + ORDER, headers=box.headers).status_code == 200
    assert proxy.result.outcomes == {"passed": len(hostile_requests.UNFINISHED), "client-gone": 3}
    assert len(box.log()) == len(hostile_requests.UNFINISHED)
    assert proxy.result.exit_code() == 0, "nothing of theirs has passed"


def test_a_caller_that_is_silent_within_its_request_is_told_so() -> None:
    with sandbox.run("tiki") as box, proxied(box.url, timeout=0.3) as proxy:
        assert answer(proxy.url, hostile_requests.UNFINISHED["half a body"]) == "408 refused"
    assert (len(box.log()), proxy.result.outcomes) == (0, {"refused": 1})


@pytest.mark.parametrize(("mode", "allowed"), [("report", False), ("block", True), ("report", True)])
def test_a_large_body_passes_as_it_comes_if_that_is_allowed(mode: Any, allowed: bool) -> None:
    body = b'{"name": "' + b"a" * 300_000 + b'"}'
    settings = {"mode": mode, "allow_unjudged": allowed, "max_body": 1000, "timeout": 20}
    with sandbox.run("tiki") as box, proxied(box.url, **settings) as proxy:
        for content in (body, iter([body[:500], body[500:200_000], body[200_000:]])):
            headers = {**box.headers, "content-type": "application/json"}
            sent = httpx.post(f"{proxy.url}/integration/v1/products", content=content, headers=headers)
            assert "x-sellerspec-outcome" not in sent.headers
        httpx.get(f"{proxy.url}/integration/v1/categories", headers=box.headers)
    assert [entry.request.body for entry in box.log()[:2]] == [body, body]
    assert proxy.result.outcomes == {"unjudged": 2, "passed": 1}
    assert proxy.result.exit_code() == (0 if allowed else 2)
