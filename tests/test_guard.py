"""Guards on the clients of httpx and requests, against a sandbox on a real socket and odd responses."""

import asyncio
import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests

from sellerspec import ContractViolation, Exchange, Facts, SellerspecError, guard, sandbox
from sellerspec.guard import Guard
from sellerspec.reporting.coverage import Coverage
from sellerspec.sandbox.running import Box

BASE = "https://api.tiki.vn/integration"
PRICE = "/v1/products/AOTHUN-DEN-M/updateSku"
TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with sandbox.run("tiki") as running:
        yield running


def respond(status: int = 200, **response: Any) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, **response))


def client(box: Box, **settings: Any) -> httpx.Client:
    plain = httpx.Client(base_url=box.url, headers=box.headers, trust_env=False)
    return guard.httpx(plain, "tiki", **settings)


def test_a_breach_is_refused_before_a_byte_leaves(box: Box) -> None:
    box.reset()
    with client(box) as tiki, pytest.raises(ContractViolation) as caught:
        tiki.post(PRICE, json={"price": 0})
    said = "`price` must be greater than 0, got 0"
    shown = f"/request/body/price: error tiki.update-price-positive {said} (inferred)"
    assert str(caught.value.report.errors[0]) == shown
    assert box.log() == ()


def test_recorded_requests_count_only_if_they_were_accepted(box: Box) -> None:
    box.reset()
    with client(box, on_request="record") as tiki:
        assert tiki.post(PRICE, json={"price": 0}).status_code >= 400
        client_guard = guard.of(tiki)
        assert client_guard is not None
        assert client_guard.reports == []
        assert client_guard.divergences == []
    with client(box, on_request="record", requests="always") as tiki:
        tiki.post(PRICE, json={"price": 0})
        client_guard = guard.of(tiki)
        assert client_guard is not None
        assert [report.findings[0].rule for report in client_guard.reports] == ["tiki.update-price-positive"]


def test_a_server_that_accepts_what_pre_flight_refuses_diverges() -> None:
    accepting = respond(json={"state": "approved"})
    with httpx.Client(transport=accepting, headers=TOKEN) as plain:
        tiki = guard.httpx(plain, "tiki", on_request="record")
        tiki.post(BASE + PRICE, json={"price": 0})
        client_guard = guard.of(tiki)
        assert client_guard is not None
        assert [divergence.finding.rule for divergence in client_guard.divergences] == [
            "sellerspec.divergence-accepted"
        ]
        assert {finding.rule for finding in client_guard.reports[0].findings} == {
            "tiki.update-price-positive",
            "sellerspec.divergence-accepted",
        }


def test_a_refusal_of_what_pre_flight_allows_can_raise(box: Box) -> None:
    box.reset()
    box.scenario("updateSku", 422)
    with client(box, on_divergence="raise") as tiki, pytest.raises(ContractViolation) as caught:
        tiki.post(PRICE, json={"price": 190000})
    assert "for lack of facts, 1 rules were not checked" in str(caught.value)
    box.scenario("updateSku", 422)
    with client(box, facts=Facts(listing_price=199000)) as tiki:
        tiki.post(PRICE, json={"price": 190000})
        client_guard = guard.of(tiki)
        assert client_guard is not None
        assert "without facts" not in client_guard.divergences[0].finding.message


def test_a_broken_answer_raises_or_is_recorded() -> None:
    with httpx.Client(transport=respond(json=[]), headers=TOKEN) as plain:
        guard.httpx(plain, "tiki")
        with pytest.raises(ContractViolation, match="/response/body: error"):
            plain.get(BASE + "/v1/orders/1")
        guard.release(plain)
        assert guard.of(plain) is None
        guard.httpx(plain, "tiki", on_response="record")
        plain.get(BASE + "/v1/orders/1")
        client_guard = guard.of(plain)
        assert client_guard is not None
        assert len(client_guard.reports) == 1


def test_a_call_that_no_operation_has_is_refused_unless_it_is_not_to_be_judged() -> None:
    with httpx.Client(transport=respond(json={}), headers=TOKEN) as plain:
        guard.httpx(plain, "tiki")
        with pytest.raises(
            ContractViolation, match=r"/request/url: error sellerspec.call-known `GET /integration/v1/x`"
        ):
            plain.get(BASE + "/v1/x")
        with pytest.raises(ContractViolation, match=r"sellerspec\.method"):
            plain.delete(BASE + "/v1/orders/1")
        guard.release(plain)
        guard.httpx(plain, "tiki", requests="never", on_response="record")
        assert plain.get(BASE + "/v1/x").status_code == 200
        assert plain.post(BASE + PRICE, json={"price": 0}).status_code == 200
        guard.release(plain)
        guard.httpx(plain, "tiki", ignore=["sellerspec.call-known"])
        assert plain.get(BASE + "/v1/x").status_code == 200


def test_strictness_and_ignored_rules_hold_for_one_client() -> None:
    with httpx.Client(transport=respond(json={"state": "approved"}), headers=TOKEN) as plain:
        guard.httpx(plain, "tiki", strict=True)
        with pytest.raises(ContractViolation, match=r"tiki\.update-members"):
            plain.post(BASE + PRICE, json={"price": 9, "colour": "red"})
        guard.release(plain)
        guard.httpx(plain, "tiki", ignore=["tiki.update-price-positive"])
        assert plain.post(BASE + PRICE, json={"price": 0}).status_code == 200


def test_hosts_tell_the_marketplace_and_others_pass_unjudged() -> None:
    with httpx.Client(transport=respond(json={"state": "approved"}), headers=TOKEN) as plain:
        guard.httpx(plain, hosts={"https://USER:pw@UAT.example:8443/x": "tiki"})
        with pytest.raises(ContractViolation):
            plain.post("https://uat.example:8443" + PRICE, json={"price": 0})
        with pytest.raises(ContractViolation):
            plain.post(BASE + PRICE, json={"price": 0})
        plain.post("https://other.example" + PRICE, json={"price": 0})
        client_guard = guard.of(plain)
        assert client_guard is not None
        assert client_guard.foreign == {"other.example": 1}
    with pytest.raises(SellerspecError, match=r"no marketplace is named for the host `uat.example`"):
        Guard(hosts=["uat.example"])
    with pytest.raises(SellerspecError, match="`on_request` of a guard is one of refuse, record"):
        Guard("tiki", on_request="maybe")  # type: ignore[arg-type]


def test_a_suite_of_many_urls_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sellerspec.guard.watch.CALLS", 2)
    client_guard = Guard("tiki")
    for number in range(5):
        sent = Exchange("GET", f"{BASE}/v1/orders/{number}", request_headers=TOKEN)
        sent_request = client_guard.request(sent)
        assert sent_request is not None
        assert sent_request.called.match.path["order_code"] == str(number)


def test_transports_are_wrapped_sync_and_async() -> None:
    inner = respond(json={"state": "approved"})
    with httpx.Client(transport=guard.httpx(inner, "tiki"), headers=TOKEN) as tiki:
        assert tiki.post(BASE + PRICE, json={"price": 9}).status_code == 200
        assert tiki.get("https://other.example/").status_code == 200
        with pytest.raises(ContractViolation):
            tiki.post(BASE + PRICE, json={"price": 0})
    wrapped = guard.httpx(inner, "tiki")
    assert isinstance(guard.of(wrapped), Guard)

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"state": "approved"})

    async def calls() -> None:
        transport = guard.httpx(Slow(), "tiki", ignore=["sellerspec.call-known"])
        async with httpx.AsyncClient(transport=transport, headers=TOKEN) as tiki:
            assert (await tiki.post(BASE + PRICE, json={"price": 9})).status_code == 200
            assert (await tiki.get("https://other.example/")).status_code == 200
            assert (await tiki.get(BASE + "/v1/x")).status_code == 200
            with pytest.raises(ContractViolation):
                await tiki.post(BASE + PRICE, json={"price": 0})

    asyncio.run(calls())


def test_async_clients_are_guarded(box: Box) -> None:
    async def calls() -> None:
        async with httpx.AsyncClient(base_url=box.url, headers=box.headers, trust_env=False) as tiki:
            guard.httpx(tiki, "tiki")
            assert (await tiki.get("/v1/orders")).status_code == 200
            with pytest.raises(ContractViolation):
                await tiki.get("/v1/orders?page=0")
            with pytest.raises(httpx.HTTPError):
                await tiki.get("http://127.0.0.1:9/")

    asyncio.run(calls())


@pytest.mark.parametrize(
    "body",
    [lambda: '{"price": 0}', lambda: io.BytesIO(b'{"price": 0}'), lambda: iter([b'{"price"', b": 0}"]), dict],
    ids=["text", "file", "pieces", "form"],
)
def test_requests_sends_what_was_judged_whatever_the_body_is(box: Box, body: Callable[[], Any]) -> None:
    box.reset()
    with requests.Session() as session:
        session.trust_env = False
        guard.requests(session, "tiki", hosts=[box.url], on_request="record")
        response = session.post(
            box.url + PRICE, data=body(), headers={**box.headers, "content-type": "application/json"}
        )
        assert response.status_code >= 400
        (entry,) = box.log()
        assert entry.request.body == (b"" if body is dict else b'{"price": 0}')


def test_sessions_are_guarded_and_released(box: Box) -> None:
    box.reset()
    with requests.Session() as session:
        session.trust_env = False
        assert guard.requests(session, "tiki", hosts=[box.url]) is session
        assert session.get(box.url + "/v1/orders", headers=box.headers).json()["paging"]
        with pytest.raises(ContractViolation):
            session.get(box.url + "/v1/orders", params={"page": 0}, headers=box.headers)
        with pytest.raises(SellerspecError, match="guarded already"):
            guard.requests(session, "tiki")
        with pytest.raises(requests.ConnectionError):
            session.get("http://127.0.0.1:9/")
        guard.release(session)
        assert guard.of(session) is None


def test_only_clients_can_be_guarded_and_only_once() -> None:
    with httpx.Client() as plain:
        guard.httpx(plain, "tiki")
        with pytest.raises(SellerspecError, match="guarded already"):
            guard.httpx(plain, "tiki")
    with pytest.raises(SellerspecError, match="a `str` is neither a client nor a transport of httpx"):
        guard.httpx("client", "tiki")
    with pytest.raises(SellerspecError, match="a `str` is no session of requests"):
        guard.requests("session", "tiki")
    guard.release("nothing")
    assert guard.of("nothing") is None


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("httpx", "requests"):
        monkeypatch.setitem(__import__("sys").modules, f"sellerspec.guard.over_{name}", None)
        monkeypatch.delattr(guard, f"over_{name}", raising=False)
        with pytest.raises(SellerspecError, match="is not installed"):
            getattr(guard, name)(object(), "tiki")


def test_calls_are_noted_in_the_coverage(box: Box) -> None:
    coverage = Coverage()
    with client(box, coverage=coverage) as tiki:
        tiki.get("/v1/orders", params={"page": 1})
        with pytest.raises(ContractViolation):
            tiki.get("/v1/orders", params={"page": 0})
    seen = coverage.seen["tiki/listOrders"]
    assert (seen.calls, seen.statuses) == ({"guard": 2}, {200})
    assert "tiki.paging-positive" in seen.violated
    assert "tiki.orders-page" in seen.satisfied
