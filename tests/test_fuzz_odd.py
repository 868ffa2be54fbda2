"""A run ends properly whatever a server sends: other values, other words, errors now and then."""

import random
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from sellerspec import fuzz, sandbox

Response = Callable[[random.Random], tuple[int, bytes]]

NO_ENGINE = ("examples", "rules", "sequences")


def unreliable(app: Any, how_often: float, response: Response, seed: int = 1) -> Any:
    """Return an application that now and then sends something else than the one behind it."""
    chance = random.Random(seed)

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].startswith("/__sellerspec") or chance.random() >= how_often:
            await app(scope, receive, send)
            return
        status, body = response(chance)
        start = {"status": status, "headers": [(b"content-type", b"application/json")]}
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": body})

    return respond


VALUES = (
    b"null", b"[]", b"{}", b"[1]", b"[{}]", b'{"data":[]}', b'{"data":{}}',
    b'{"data":[1,{}]}', b'"x"', b"not JSON",
    b'{"data":{"results":[{},1]}}', b'{"data":{"results":1}}', b'{"trace_id":1}',
    b'{"data":{"order_code":"1"}}',
    b'{"events":[1,{}]}', b'{"request_id":1,"track_id":1,"products":[{}]}', b'{"items":[{}],"code":1}',
    b'{"data":[{"product_id":1,"code":"1","track_id":"1","inventory":{"warehouse_stocks":[{}]}}]}',
    b'{"state":"rejected"}', b'[{"trace_id":null,"primary":7}]', b'{"data":[{"order_code":"1"}]}',
)  # fmt: skip


@pytest.mark.parametrize("marketplace", ["tiki", "tiki-v2", "tnsl", "tokopedia"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_responses_of_another_shape_are_findings_and_no_crash(marketplace: str, seed: int) -> None:
    app = unreliable(sandbox.app(marketplace), 0.2, lambda chance: (200, chance.choice(VALUES)), seed)
    result = fuzz.run(marketplace, app=app, profile="quick", phases=["sequences"], max_time=10)
    assert result.requests > 5
    assert {"response", "read-after-write", "accepted-invalid", "not-found"} & {
        finding.kind for finding in result.findings
    }
    assert not result.gone


@pytest.mark.parametrize("marketplace", ["tiki", "tiki-v2", "tnsl", "tokopedia"])
def test_a_server_that_refuses_everything_satisfies_no_rule(marketplace: str) -> None:
    app = unreliable(sandbox.app(marketplace), 1, lambda _: (403, b'{"error":"no"}'))
    result = fuzz.run(marketplace, app=app, profile="quick", phases=["sequences", "examples"], max_time=10)
    assert result.coverage.satisfied == set()
    assert not result.gone


@pytest.mark.parametrize(
    "marketplace",
    [
        pytest.param("tiki", marks=pytest.mark.no_cover),
        "tiki-v2",
        pytest.param("tiki-v2", marks=pytest.mark.no_cover),
        "tnsl",
        pytest.param("tokopedia", marks=pytest.mark.no_cover),
    ],
)
def test_a_server_that_fails_now_and_then_is_found_in_each_phase(marketplace: str) -> None:
    app = unreliable(
        sandbox.app(marketplace), 0.3, lambda chance: (chance.choice([500, 302, 404, 418]), b"{}")
    )
    result = fuzz.run(marketplace, app=app, profile="quick", phases=NO_ENGINE, max_time=10)
    assert {"server-error", "redirect"} <= {finding.kind for finding in result.findings}


@pytest.mark.parametrize("header", ["number", "moment", "nonsense", "none"])
def test_a_call_that_comes_too_early_waits_as_the_response_asks(header: str) -> None:
    waits = {
        "number": "0.3", "moment": formatdate(time.time() + 2, usegmt=True), "nonsense": "soon", "none": "",
    }  # fmt: skip
    box = sandbox.app("tokopedia")
    times: list[float] = []

    async def busy(scope: Any, receive: Any, send: Any) -> None:
        ours = scope["path"].startswith("/__sellerspec")
        if not ours:
            times.append(time.monotonic())
        if ours or len(times) > 1:
            await box(scope, receive, send)
            return
        headers = [(b"retry-after", waits[header].encode())] if waits[header] else []
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    seen: list[tuple[str, int, int]] = []
    result = fuzz.run(
        "tokopedia", app=busy, max_time=4, max_findings=50, phases=["sequences"], profile="quick",
        progress=lambda phase, requests, findings: seen.append((phase, requests, findings)),
    )  # fmt: skip
    assert times[1] - times[0] > 0.25
    assert seen[0] == ("sequences", 1, 0)
    assert seen[-1][1] == result.requests


@pytest.mark.no_cover
def test_a_realistic_run_has_random_cases_too() -> None:
    app = sandbox.app("tnsl")
    result = fuzz.run(
        "tnsl", app=app, profile="realistic", phases=["schemathesis"],
        include=["getOrder", "cancelOrder"], max_time=30,
    )  # fmt: skip
    assert [str(finding) for finding in result.findings] == []
    assert result.requests > 60


def made(marketplace: str, response: Any, **settings: Any) -> Any:
    """Return the target of a run that has not begun, and the calls that it sends."""
    from sellerspec.fuzz.options import Options
    from sellerspec.fuzz.scenarios import scenario
    from sellerspec.fuzz.session import Session
    from sellerspec.fuzz.target import Target
    from sellerspec.fuzz.transport import connected

    options = Options(timeout=2, **settings)
    transport = connected(options, app=response, url=None)
    return Target(Session(marketplace, transport, options), transport, scenario(marketplace), options)


def test_a_generated_case_becomes_a_call_or_none() -> None:
    from sellerspec.fuzz.engine import Generated
    from sellerspec.fuzz.generated import as_call

    target = made("tnsl", sandbox.app("tnsl"), headers={"Authorization": "Bearer not-a-real-token"})

    def call(id: str = "getOrder", method: str = "GET", **given: Any) -> Any:
        path = given.pop("path", {"order_code": "1"} if id == "getOrder" else {})
        return as_call(target, id, Generated(method, path, given.pop("query", {}), {}, **given))

    assert call(query={"a": [1, None], "b": True}).path.endswith("?a=1&a=null&b=true")
    assert call(path={"order_code": ".."}) is None
    assert "authorization" not in call(description="Missing Authorization at header").headers
    assert call("createOrder", "POST", has_body=True, body=b"\xff").body == b"\xff"
    assert call("createOrder", "POST", has_body=True, body={"a": 1}, media_type="text/csv") is None
    assert call("createOrder", "POST", has_body=True, body=float("nan")) is None
    json = call("createOrder", "POST", has_body=True, body={"a": 1}, media_type="application/json")
    assert (json.body, json.headers["content-type"]) == (b'{"a": 1}', "application/json")


def test_what_the_account_has_is_named_and_a_marketplace_without_a_scenario_has_an_empty_one() -> None:
    from sellerspec.fuzz.scenarios import scenario
    from sellerspec.fuzz.target import Scenario

    target = made("tnsl", sandbox.app("tnsl"), ids={"order_code": "77"})
    assert target.scenario.live(target, "getOrder", "order_code") == "77"
    assert scenario("shop") == Scenario()


def test_without_an_address_for_notices_none_is_asked_for() -> None:
    result = fuzz.run(
        "tnsl", app=sandbox.app("tnsl"), listen="", phases=["sequences"], profile="quick", max_time=10
    )
    assert [str(finding) for finding in result.findings] == []
    assert not result.coverage.transitions["cancelOrder -> orderStatusSync"]
    assert result.coverage.transitions["createOrder -> cancelOrder"]


@pytest.mark.parametrize(
    ("status", "method", "kind"),
    [(500, "GET", "server-error"), (200, "PUT", "accepted-method"), (405, "GET", "")],
)  # fmt: skip
def test_a_method_that_the_path_does_not_know_is_refused_calmly(status: int, method: str, kind: str) -> None:
    from sellerspec.fuzz.messages import Call, Reply
    from sellerspec.fuzz.verdict import verdict

    result = verdict(Call("tnsl/createOrder", method, "/v1/orders"), Reply(status), foreign_method=True)
    assert [finding.kind for finding in result.findings] == ([kind] if kind else [])


def test_a_listener_takes_what_is_no_json_as_nothing() -> None:
    import httpx

    from sellerspec.fuzz.listener import Listener

    with Listener() as listener:
        assert httpx.post(listener.url, content=b"{", trust_env=False).status_code == 200
        assert listener.wait(1, 2.0) == [None]
