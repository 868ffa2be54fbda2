"""No call passes a guard by another spelling of the host, another adapter, or another hook."""

import asyncio
import contextlib
import gzip
import io
import pickle
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from sellerspec import ContractViolation, Exchange, Facts, contract, guard, sandbox
from sellerspec.guard import Guard
from sellerspec.io import hosts
from sellerspec.sandbox.running import Box

PATH = "/integration/v1/products/AOTHUN-DEN-M/updateSku"
TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}
APPROVED = b'{"state": "approved"}'

SPELLINGS = (
    "https://api.tiki.vn:443",
    "https://API.Tiki.VN",
    "https://seller:FAKE-PASSWORD@api.tiki.vn",
    "https://seller@api.tiki.vn:0443",
    "https://api.tiki.vn.",
    "HTTP://api.tiki.vn:80",
    "https://seller:FAKE-PASSWORD@API.tiki.vn.:443",
)


class Packing(BaseHTTPRequestHandler):
    """Answers each call with a compressed body, or, at /redirect, with another address."""

    def answer(self) -> None:
        body = gzip.compress(b"[]" if "orders" in self.path else APPROVED, mtime=0)
        self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.endswith("redirect"):
            self.send_response(307)
            self.send_header("location", "/integration/v1/orders?page=0")
            body = b""
        else:
            self.send_response(200)
        self.send_header("content-type", "application/json")
        if body:
            self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815 - http.server names them

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def packing() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Packing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with sandbox.run("tiki") as running:
        yield running


@pytest.mark.parametrize("address", SPELLINGS)
def test_A8_a_host_is_compared_in_its_normal_form_and_its_user_is_kept_nowhere(address: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"state": "approved"}))
    with httpx.Client(transport=transport, headers=TOKEN) as tiki:
        guard.httpx(tiki, "tiki", on_request="record")
        tiki.post(address + PATH, json={"price": 0})
        client_guard = guard.of(tiki)
        assert client_guard is not None
        assert client_guard.foreign == {}
        assert client_guard.divergences[0].finding.rule == "sellerspec.divergence-accepted"
        assert "FAKE-PASSWORD" not in repr(vars(client_guard))
        assert "seller@" not in repr(vars(client_guard))


@pytest.mark.parametrize("address", SPELLINGS)
def test_A8_an_exchange_of_any_spelling_has_its_operation(address: str) -> None:
    called = contract.find(Exchange("POST", address + PATH))
    assert called.operation.key == "tiki/updateSku"


def test_A8_a_foreign_host_is_counted_once_whatever_its_spelling() -> None:
    client_guard = Guard("tiki")
    for address in ("https://u:pw@Other.example:443/a", "http://other.example./b", "https://OTHER.example"):
        assert not client_guard.concerns(address)
    assert client_guard.foreign == {"other.example": 3}


def test_A8_hosts_that_are_named_are_compared_in_the_same_form() -> None:
    client_guard = Guard(hosts={"https://u:pw@UAT.example.:443/x": "tiki", "Gate.example:8443": "tiki"})
    assert client_guard.concerns("http://uat.example/integration")
    assert client_guard.concerns("https://gate.example.:8443/x")
    assert not client_guard.concerns("https://gate.example/x")
    with pytest.raises(Exception, match=r"^`https:///x` has no host$"):
        client_guard.add_hosts(["https:///x"])


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("api.tiki.vn", "api.tiki.vn"),
        ("//API.tiki.vn.:443/x", "api.tiki.vn"),
        ("u:p@api.tiki.vn:80/x@y", "api.tiki.vn"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("http://u@[::1]:80", "[::1]"),
        ("https://Bücher.example/", "xn--bcher-kva.example"),
        ("https://api%2Etiki.vn", "api.tiki.vn"),
        ("https://" + "ü" * 70 + ".example", "ü" * 70 + ".example"),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_A8_the_normal_form_of_a_host(url: str, host: str) -> None:
    assert hosts.host(url) == host


def test_A8_a_url_that_cannot_be_read_has_no_operation() -> None:
    assert contract.contract("tiki").routes.find("GET", "https://[::1/v1/orders", any_host=True) is None
    assert (hosts.name("http://[::1]:1/"), hosts.name("http://X:1/")) == ("::1", "x")


def session_of(base: str, **settings: Any) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers.update(TOKEN)
    return guard.requests(session, "tiki", hosts=[base], **settings)


def test_A9_an_adapter_that_is_mounted_later_is_guarded(packing: str) -> None:
    with session_of(packing) as session:
        session.mount(packing, HTTPAdapter(max_retries=1))
        session.adapters["https://"] = HTTPAdapter()
        with pytest.raises(ContractViolation):
            session.post(packing + PATH, json={"price": 0})
        with pytest.raises(ContractViolation):
            session.post("https://api.tiki.vn" + PATH, json={"price": 0})
        assert session.post(packing + PATH, json={"price": 9000}).json() == {"state": "approved"}
        assert isinstance(session.adapters[packing], HTTPAdapter)


class Canned(BaseAdapter):
    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url
        response.raw = io.BytesIO(APPROVED)
        return response

    def close(self) -> None:
        """Nothing is open."""


def test_A9_what_another_library_answers_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def answering(session: requests.Session, request: Any, **arguments: Any) -> requests.Response:
        session.get_adapter = lambda url: Canned()  # type: ignore[method-assign]
        return plain(session, request, **arguments)

    plain = requests.Session.send
    with session_of("https://api.tiki.vn") as session:
        monkeypatch.setattr(requests.Session, "send", answering)  # as requests-mock does it
        assert session.post("https://api.tiki.vn" + PATH, json={"price": 9000}).content == APPROVED
        with pytest.raises(ContractViolation):
            session.post("https://api.tiki.vn" + PATH, json={"price": 0})
        session.mount("https://", Canned())
        stream = session.post("https://api.tiki.vn" + PATH, json={"price": 9000}, stream=True)
        assert stream.raw.read() == APPROVED


def test_A9_a_streamed_response_gives_its_raw_body(packing: str) -> None:
    with session_of(packing) as session:
        whole = session.post(packing + PATH, json={"price": 9000}, stream=True)
        raw = whole.raw.read()
        assert (raw, gzip.decompress(raw)) == (gzip.compress(APPROVED, mtime=0), APPROVED)
        plain = session.post(packing + PATH, json={"price": 9000}, stream=True)
        assert b"".join(plain.iter_content(5)) == APPROVED
        assert session.post(packing + PATH, json={"price": 9000}, stream=True).json()["state"] == "approved"


def test_A9_a_streamed_response_is_judged(packing: str) -> None:
    with session_of(packing) as session, pytest.raises(ContractViolation, match="/response/body: error"):
        session.get(packing + "/integration/v1/orders/1", stream=True)


def test_A9_each_hop_of_a_redirect_is_judged(packing: str) -> None:
    session = session_of(packing, ignore=["sellerspec.call-known"])
    with session, pytest.raises(ContractViolation, match="/request/query/page"):
        session.get(packing + "/redirect")
    with httpx.Client(trust_env=False, headers=TOKEN, follow_redirects=True) as client:
        guard.httpx(client, "tiki", hosts=[packing], ignore=["sellerspec.call-known"])
        with pytest.raises(ContractViolation, match="/request/query/page"):
            client.get(packing + "/redirect")


def test_A9_a_hook_that_sends_again_passes_the_guard(packing: str) -> None:
    def again(response: requests.Response, **arguments: Any) -> requests.Response:
        response.request.body = b'{"price": 0}'
        connection: Any = getattr(response, "connection")  # noqa: B009 - mypy does not know it
        answered: requests.Response = connection.send(response.request, **arguments)
        return answered

    with session_of(packing) as session, pytest.raises(ContractViolation):
        session.post(packing + PATH, json={"price": 9000}, hooks={"response": again})


def test_A9_a_broken_body_is_an_error_of_requests() -> None:
    class Broken(Canned):
        def __init__(self, raw: Any) -> None:
            super().__init__()
            self.raw = raw

        def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
            response = super().send(request)
            response.raw = self.raw
            return response

    class Cut(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise urllib3.exceptions.ProtocolError("cut off")

    for body, error in ((io.BytesIO(b"no gzip"), requests.exceptions.ContentDecodingError),
                        (Cut(), requests.ConnectionError)):  # fmt: skip
        raw = urllib3.HTTPResponse(body, {"content-encoding": "gzip"}, 200, preload_content=False)
        with session_of("https://api.tiki.vn") as session:
            session.mount("https://", Broken(raw))
            with pytest.raises(error):
                session.post("https://api.tiki.vn" + PATH, json={"price": 9000}, stream=True)


def test_A9_hooks_and_transports_of_httpx_may_be_replaced_after_the_guard(packing: str) -> None:
    changed: list[str] = []
    with httpx.Client(trust_env=False, headers=TOKEN) as client:
        guard.httpx(client, "tiki", hosts=[packing])
        client.event_hooks = {"response": [lambda response: changed.append(str(response.status_code))]}
        client._transport = httpx.HTTPTransport()
        with pytest.raises(ContractViolation):
            client.post(packing + PATH, json={"price": 0})
        assert client.post(packing + PATH, json={"price": 9000}).json() == {"state": "approved"}
        assert changed == ["200"]

        def spoil(request: httpx.Request) -> None:
            request.stream = httpx.ByteStream(b'{"price": 0}')
            request._content = b'{"price": 0}'

        client.event_hooks["request"].append(spoil)
        with pytest.raises(ContractViolation):
            client.post(packing + PATH, json={"price": 9000})
        client.base_url = httpx.URL("https://uat.example/integration")
        with pytest.raises(ContractViolation):
            client.post("/v1/products/A/updateSku", json={"price": 9000})
        guard.release(client)
        assert (client.event_hooks["request"], len(client.event_hooks["response"])) == ([spoil], 1)


def test_A9_a_stream_of_httpx_gives_its_raw_body(packing: str) -> None:
    packed = gzip.compress(APPROVED, mtime=0)
    with httpx.Client(trust_env=False, headers=TOKEN) as client:
        guard.httpx(client, "tiki", hosts=[packing])
        with client.stream("POST", packing + PATH, json={"price": 9000}) as response:
            assert b"".join(response.iter_raw()) == packed
        with client.stream("POST", packing + PATH, json={"price": 9000}) as response:
            assert list(response.iter_lines()) == [APPROVED.decode()]

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"price":'
        yield b" 0}"

    async def calls() -> None:
        async with httpx.AsyncClient(trust_env=False, headers=TOKEN) as client:
            guard.httpx(client, "tiki", hosts=[packing])
            client.event_hooks = {}
            async with client.stream("POST", packing + PATH, json={"price": 9000}) as response:
                assert b"".join([piece async for piece in response.aiter_raw()]) == packed
            with pytest.raises(ContractViolation):
                await client.post(packing + PATH, content=pieces())
            with pytest.raises(ContractViolation):
                async with client.stream("GET", packing + "/integration/v1/orders/1"):
                    """The body is no order."""

    asyncio.run(calls())


def test_A9_a_method_that_was_replaced_before_is_called_and_comes_back(packing: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        plain, urls = session.send, list[str | None]()

        def noting(request: Any, **arguments: Any) -> requests.Response:
            urls.append(request.url)
            return plain(request, **arguments)

        session.send = noting  # type: ignore[method-assign]
        guard.requests(session, "tiki", hosts=[packing])
        session.post(packing + PATH, json={"price": 9000}, headers=TOKEN)
        guard.release(session)
        assert (urls, session.send) == ([packing + PATH], noting)


def test_A1_outside_pytest_a_guard_says_what_was_refused(box: Box) -> None:
    with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
        guard.httpx(client, "tiki", facts=Facts(listing_price=199000))
        client_guard = guard.of(client)
        assert client_guard is not None
        with contextlib.suppress(Exception):
            client.post("/v1/products/AOTHUN-DEN-M/updateSku", json={"price": 0})
        assert [str(report.errors[0].rule) for report in client_guard.refused] == [
            "tiki.update-price-positive"
        ]
        assert len(client_guard.acknowledge()) == 1
        assert client_guard.refused == ()


def test_A1_a_refusal_can_be_sent_to_another_process() -> None:
    client_guard = Guard("tiki")
    with pytest.raises(ContractViolation) as caught:
        client_guard.request(Exchange("GET", "https://api.tiki.vn/x"))
    copied = pickle.loads(pickle.dumps(caught.value))
    assert (type(copied), str(copied)) == (ContractViolation, str(caught.value))
