"""Recording with a real vcrpy over a real socket."""

import gzip
import json
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import httpcore
import httpx
import pytest
import requests
import vcr
from vcr.errors import CannotOverwriteExistingCassetteException

import sellerspec
from sellerspec import Facts, cassettes, sandbox
from sellerspec.cassettes import check_cassettes, files, record
from sellerspec.cassettes.record.recording import NotRecordedWarning
from sellerspec.errors import MissingExtra, ParseError, UnknownName, UsageError
from sellerspec.scrubbing import NotScrubbed
from support.sandboxes import example

PRODUCT = example("tiki/createProduct/valid/documented-simple")
REFUSED = example("tiki/createProduct/invalid/documented-invalid")


class Server:
    """Responses whatever it is told, and leaves secrets everywhere."""

    def __init__(self) -> None:
        self.response: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                status, headers, body = server.response
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_PUT = do_GET  # noqa: N815 - the names that the base class looks for

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def post(
    url: str, body: Any, token: str = "FAKE-TOKEN-FOR-TESTS", path: str = "/v1/products"
) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url + path, json=body, headers={"tiki-api": token})


def test_a_sandbox_is_recorded_without_secrets_checked_and_replayed_with_another_token(
    tmp_path: Path,
) -> None:
    path = tmp_path / "tiki" / "calls.yaml"
    recorder = cassettes.vcr("tiki", cassette_library_dir=str(tmp_path))
    with sandbox.run("tiki") as box, recorder.use_cassette("tiki/calls.yaml"):
        made = post(box.url, PRODUCT)
        refused = post(box.url, REFUSED)
        orders = httpx.get(f"{box.url}/v1/orders", headers=box.headers, trust_env=False).json()
    text = path.read_text()
    assert "FAKE-TOKEN-FOR-TESTS" not in text
    assert orders["data"][0]["shipping"]["street"] not in text
    first, second, third = files.read(path).exchanges
    assert (first.origin.source, first.origin.spec, first.origin.refused_for) == ("sandbox", "tiki v1", None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first.origin.at)
    assert first.origin.types["/request/body/attributes/ram"] == "string"
    assert second.origin.refused_for == (
        "tiki.market-price-low /request/body/market_price",
        "tiki.variant-options /request/body/variants/1/option2",
        "tiki.variant-price /request/body/variants/1/price",
    )
    assert (
        third.exchange.request_headers["tiki-api"]
        == first.exchange.request_headers["tiki-api"]
        == "SCRUBBED-tiki_api-1"
    )
    assert all(report.ok for _, report in check_cassettes([tmp_path]))
    with recorder.use_cassette("tiki/calls.yaml", record_mode="none"):
        assert post("http://127.0.0.1:9", PRODUCT, "FAKE-OTHER-TOKEN").json() == made.json()
        assert post("http://127.0.0.1:9", REFUSED, "FAKE-OTHER-TOKEN").json() == refused.json()
    assert path.read_text() == text


def test_a_request_that_is_not_recorded_names_the_members_that_differ(tmp_path: Path, server: Server) -> None:
    server.response = (200, {"content-type": "application/json"}, b'{"trace_id": "a1", "state": "queuing"}')
    recorder = cassettes.vcr("tiki")
    with recorder.use_cassette(str(tmp_path / "a.yaml")):
        post(server.url, PRODUCT)
    changed = {**PRODUCT, "name": "other", "new": 1, "images": []}
    del changed["description"]
    with recorder.use_cassette(str(tmp_path / "a.yaml"), record_mode="none"):
        with pytest.raises(CannotOverwriteExistingCassetteException) as caught:
            post(server.url, changed)
        with pytest.raises(CannotOverwriteExistingCassetteException) as other:
            post(server.url, PRODUCT, path="/v1/products?page=2&a=1")
        with pytest.raises(CannotOverwriteExistingCassetteException) as host:
            httpx.post("https://api.tiki.vn/integration/v1/products", json=PRODUCT, trust_env=False)
    assert "body differs at /name, /images, /new (not recorded), /description (missing)" in str(caught.value)
    assert "query differs: `a` was not recorded, `page` was not recorded" in str(other.value)
    assert "host api.tiki.vn, recorded this machine" in str(host.value)


@pytest.mark.parametrize(
    ("response", "keep", "reason"),
    [
        ((503, b"{}"), "5xx", "the response is 503 (keep=['5xx'] writes it)"),
        (
            (200, b'{"state": "queuing"}'),
            "violations",
            "/response/body/trace_id: error tiki.created-answer neither `trace_id` nor `track_id` is given"
            " (documented)"
            " (keep=['violations'] writes it)",
        ),
    ],
)
def test_a_5xx_and_a_violation_are_not_written_unless_asked_for(
    tmp_path: Path,
    server: Server,
    response: tuple[int, bytes],
    keep: Literal["violations", "5xx"],
    reason: str,
) -> None:
    status, body = response
    server.response = (status, {"content-type": "application/json"}, body)
    path = tmp_path / "a.yaml"
    with pytest.raises(cassettes.NotRecorded) as caught, cassettes.vcr("tiki").use_cassette(str(path)):
        post(server.url, PRODUCT)
    assert caught.value.reasons == (f"POST {server.url}/v1/products: {reason}",)
    assert not path.exists()
    with (
        pytest.warns(NotRecordedWarning, match="not recorded: POST"),
        cassettes.vcr("tiki", refused="warn").use_cassette(str(path)),
    ):
        post(server.url, PRODUCT)
    with cassettes.vcr("tiki", keep=[keep]).use_cassette(str(path)):
        post(server.url, PRODUCT)
    assert files.read(path).exchanges[0].exchange.status == status
    assert requests.Session.request.__module__ == "requests.sessions"


def test_a_failing_test_keeps_its_own_error_and_hears_what_was_not_recorded(
    tmp_path: Path, server: Server
) -> None:
    server.response = (500, {}, b"")
    recorder = cassettes.vcr("tiki")

    def failing() -> None:
        with recorder.use_cassette(str(tmp_path / "a.yaml")):
            post(server.url, PRODUCT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        failing()
    assert caught.value.__notes__[0].startswith("not recorded: POST")


def test_a_function_can_be_decorated_and_a_refusal_is_raised_after_the_patches_are_gone(
    tmp_path: Path, server: Server
) -> None:
    server.response = (500, {}, b"")
    recorder = cassettes.vcr("tiki")

    def call() -> int:
        return post(server.url, PRODUCT).status_code

    calls: Callable[[], int] = recorder.use_cassette(str(tmp_path / "a.yaml"))(call)

    with pytest.raises(cassettes.NotRecorded):
        calls()
    assert post(server.url, PRODUCT).status_code == 500
    server.response = (404, {"content-type": "application/json"}, b'{"errors": ["none"]}')
    assert calls() == 404
    assert len(files.read(tmp_path / "a.yaml").exchanges) == 1


def test_what_cannot_be_scrubbed_is_not_written_and_says_so(tmp_path: Path, server: Server) -> None:
    server.response = (200, {"content-encoding": "compress", "content-type": "application/json"}, b"\xff\x00")
    path = tmp_path / "a.yaml"
    with (
        pytest.raises(NotScrubbed, match="unknown compression `compress`"),
        cassettes.vcr("tiki").use_cassette(str(path)),
    ):
        post(server.url, PRODUCT)
    assert not path.exists()


def test_new_exchanges_join_a_cassette_and_the_old_ones_stay_as_they_were(
    tmp_path: Path, server: Server
) -> None:
    path = tmp_path / "a.yaml"
    server.response = (401, {"content-type": "application/json"}, b'{"errors": ["FAKE-TOKEN-ONE is wrong"]}')
    with cassettes.vcr("tiki").use_cassette(str(path)):
        post(server.url, PRODUCT, "FAKE-TOKEN-ONE")
    plain = tmp_path / "plain.yaml"
    with vcr.use_cassette(str(plain)):
        post(server.url, PRODUCT, "FAKE-TOKEN-ONE")
    before = files.read(path).exchanges[0]
    server.response = (401, {"content-type": "application/json"}, b'{"errors": ["FAKE-TOKEN-TWO is wrong"]}')
    for cassette in (path, plain):
        with cassettes.vcr("tiki", record_mode="new_episodes").use_cassette(str(cassette)):
            post(server.url, REFUSED, "FAKE-TOKEN-TWO")
        text = cassette.read_text()
        assert "FAKE-TOKEN" not in text
    old, new = files.read(path).exchanges
    assert (old.exchange, old.origin) == (before.exchange, before.origin)
    assert new.exchange.request_headers["tiki-api"] == "SCRUBBED-tiki_api-2"
    assert [exchange.origin.source for exchange in files.read(plain).exchanges] == ["", "sandbox"]


def test_a_broken_or_empty_cassette_is_an_error_and_stays(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "a.yaml"
    for text, reason in ((b"interactions: [", "not YAML"), (b"", "empty"), (b"\xff", "not UTF-8")):
        path.write_bytes(text)
        with (
            pytest.raises(ParseError, match=rf"a.yaml:\d+:\d+: {reason}"),
            cassettes.vcr("tiki").use_cassette(str(path)),
        ):
            pass
        assert path.read_bytes() == text


def test_json_cassettes_metadata_hooks_and_a_call_that_no_spec_has(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "a.json"
    body = gzip.compress(b'{"access_token": "FAKE-LOGIN-TOKEN"}')
    server.response = (200, {"content-encoding": "gzip", "content-type": "application/json"}, body)
    seen: list[int] = []

    def hook(response: Any) -> Any:
        seen.append(response["status"]["code"])
        return response

    recorder = cassettes.vcr("tokopedia", serializer="json", source="live", before_record_response=hook)
    with recorder.use_cassette(str(path)) as tape:
        tape.get_metadata("note", "kept")
        httpx.post(
            f"{server.url}/token?grant_type=client_credentials", auth=("me", "FAKE-PASSWORD"), trust_env=False
        )
    text = path.read_text()
    assert "FAKE-" not in text
    assert json.loads(text)["metadata"] == {"note": "SCRUBBED-note-1"}
    recorded = files.read(path).exchanges[0]
    assert (recorded.origin.source, recorded.exchange.response_body) == (
        "live",
        b'{"access_token":"SCRUBBED-access_token-4"}',
    )
    with recorder.use_cassette(str(path), record_mode="none") as tape:
        assert tape.get_metadata("note", "") == "SCRUBBED-note-1"
    assert seen


def test_bodies_in_pieces_files_and_multipart_with_another_boundary_are_recorded_and_matched(
    tmp_path: Path, server: Server
) -> None:
    server.response = (401, {"content-type": "application/json"}, b'{"errors": ["no"]}')
    path = str(tmp_path / "a.yaml")
    recorder = cassettes.vcr("tiki")

    def calls() -> None:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            client.post("/v1/products", content=iter([b'{"name"', b': "a"}']))
            client.post("/v1/products", data={"token": "FAKE"}, files={"file": ("a.txt", b"not valid")})
        with requests.Session() as session, open(__file__, "rb") as file:
            session.trust_env = False
            session.put(server.url + "/v1/products", data=file)

    with recorder.use_cassette(path):
        calls()
    bodies = [exchange.exchange.request_body for exchange in files.read(path).exchanges]
    assert bodies[0] == b'{"name": "a"}'
    assert b"FAKE" not in bodies[1]
    assert b"not valid" in bodies[1]
    with recorder.use_cassette(path, record_mode="none"):
        calls()


def test_a_body_of_an_unknown_kind_is_not_written(tmp_path: Path) -> None:
    from vcr.request import Request

    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b"{}"}}
    request = Request("POST", "https://api.tiki.vn/integration/v1/products", bytearray(b"{}"), {b"A": "1"})
    with cassettes.vcr("tiki", keep=["violations"]).use_cassette(str(tmp_path / "a.yaml")) as tape:
        tape.append(request, response)
    assert files.read(tmp_path / "a.yaml").exchanges[0].exchange.request_body == b"{}"
    request.body = 5
    clean = httpcore.ConnectionPool.handle_request, httpx.HTTPTransport.handle_request
    context = cassettes.vcr("tiki").use_cassette(str(tmp_path / "b.yaml"))
    tape = context.__enter__()
    assert clean != (httpcore.ConnectionPool.handle_request, httpx.HTTPTransport.handle_request)
    tape.append(request, response)
    with pytest.raises(UsageError, match="how a `int` is sent in a body is unknown: send bytes or a text"):
        context.__exit__(None, None, None)
    # whoever still holds the context does not go on recording
    assert clean == (httpcore.ConnectionPool.handle_request, httpx.HTTPTransport.handle_request)


def test_a_recorder_of_another_plugin_can_be_equipped(tmp_path: Path, server: Server) -> None:
    server.response = (503, {}, b"")
    foreign = vcr.VCR()
    cassettes.configure(foreign, "tiki", keep=["5xx"])
    with foreign.use_cassette(str(tmp_path / "a.yaml")):
        post(server.url, PRODUCT)
    assert "FAKE-TOKEN" not in (tmp_path / "a.yaml").read_text()
    with foreign.use_cassette(str(tmp_path / "a.yaml"), record_mode="none"):
        assert post(server.url, PRODUCT, "FAKE-OTHER").status_code == 503
    cassettes.configure(foreign, "tiki")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with foreign.use_cassette(str(tmp_path / "b.yaml")):
            post(server.url, PRODUCT)
    assert "interactions: []" in (tmp_path / "b.yaml").read_text()


def test_a_webhook_is_recorded_as_the_operation_that_it_is_told_to_be(tmp_path: Path, server: Server) -> None:
    server.response = (200, {}, b"")
    notice = example("tnsl/orderStatusSync/valid/documented-ready-for-pickup")
    recorder = cassettes.vcr("tnsl", operation="tnsl/orderStatusSync")

    def send(body: Any) -> None:
        httpx.post(f"{server.url}/hook", json=body, trust_env=False)

    with recorder.use_cassette(str(tmp_path / "a.yaml")):
        send(notice)
    (recorded,) = files.read(tmp_path / "a.yaml").exchanges
    assert recorded.origin.operation == "tnsl/orderStatusSync"
    assert [report.operation for _, report in check_cassettes([tmp_path])] == ["tnsl/orderStatusSync"]
    with pytest.raises(cassettes.NotRecorded, match="tnsl"), recorder.use_cassette(str(tmp_path / "b.yaml")):
        send({"data": 5})
    with pytest.raises(UnknownName, match="did you mean `tnsl/orderStatusSync`"):
        cassettes.vcr("tnsl", operation="tnsl/orderStatusSink")


def test_what_a_refusal_notes_was_found_without_facts(tmp_path: Path, server: Server) -> None:
    server.response = (422, {"content-type": "application/json"}, b'{"errors": ["no"]}')
    facts = Facts(listing_price=1_000_000)
    with cassettes.vcr("tiki", facts=facts).use_cassette(str(tmp_path / "a.yaml")):
        post(server.url, {"price": 5}, path="/v1/products/A1/updateSku")
    (recorded,) = files.read(tmp_path / "a.yaml").exchanges
    assert recorded.origin.refused_for == ()
    assert all(report.ok for _, report in check_cassettes([tmp_path]))
    assert all(report.ok for _, report in check_cassettes([tmp_path], facts=facts))


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    with pytest.raises(UnknownName, match="no marketplace named `tikki`; did you mean `tiki`"):
        cassettes.vcr("tikki")
    with pytest.raises(UnknownName, match="did you mean `violations`"):
        cassettes.vcr("tiki", keep=["violation"])  # type: ignore[list-item]
    monkeypatch.delitem(sys.modules, "sellerspec.cassettes.record.vcrpy")
    monkeypatch.delattr(record, "vcrpy")
    monkeypatch.setitem(sys.modules, "vcr", None)
    with pytest.raises(MissingExtra, match="sellerspec\\[record\\]"):
        cassettes.vcr("tiki")
    with pytest.raises(MissingExtra, match="sellerspec\\[record\\]"):
        cassettes.configure(object(), "tiki")


def test_the_exchange_of_a_recording_is_a_public_exchange(tmp_path: Path, server: Server) -> None:
    server.response = (200, {"content-type": "application/json"}, b'{"trace_id": "a1", "state": "queuing"}')
    with cassettes.vcr("tiki").use_cassette(str(tmp_path / "a.yaml")):
        post(server.url, PRODUCT)
    exchange = files.read(tmp_path / "a.yaml").exchanges[0].exchange
    assert sellerspec.check_exchange(exchange, marketplace="tiki").ok
