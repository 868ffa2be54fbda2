"""`sellerspec facts`: from a sandbox and from servers that answer badly; `check --facts` takes the file."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sellerspec import sandbox
from sellerspec.contract import collecting
from sellerspec.io import calls, resources
from support.command_line import run
from support.servers import listening

TOKEN, SECRET = "FAKE-TOKEN-FOR-TESTS", "FAKE-CLIENT-SECRET"
CATEGORY = 7566
SELLER = {"id": 1, "name": "Shop", "active": 1, "operation_models": ["dropship"]}
WAREHOUSE = {"id": 7, "name": "Kho", "status": 1, "type": "requisition"}
PRODUCT = resources.data_dir("tests/examples") / "tiki/createProduct/valid/tiki.variant-quantity.json"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment variables that hold the secrets."""
    monkeypatch.setenv("OUR_TOKEN", TOKEN)
    monkeypatch.setenv("OUR_SECRET", SECRET)


def collected(url: str, output: Path, *words: object) -> Any:
    """Run the command; no secret is in what it writes."""
    how = words or ("--category", CATEGORY, "--token-env", "OUR_TOKEN")
    done = run("facts", "tiki-v2", "--url", url, "-o", output, *how)
    assert TOKEN not in done.output
    assert SECRET not in done.output
    return done


Reply = tuple[int, Any]
Answers = Mapping[str, Any]


@contextmanager
def answering(answer: Callable[[str, Mapping[str, list[str]]], Reply]) -> Iterator[tuple[str, list[str]]]:
    """Run a server that answers by path and query; yield its address, and the calls that it gets."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            seen.append(f"{self.command} {self.path}")
            status, value = answer(parts.path, parse_qs(parts.query))
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        yield url, seen


def test_a_sandbox_returns_all_facts_and_check_takes_them(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    with sandbox.run("tiki-v2") as box:
        done = collected(box.url, facts)
        methods = {entry.request.method for entry in box.sandbox.log.entries()}
    assert (done.exit_code, done.stderr.strip()) == (
        0, "collected: category, attributes, option_labels, required_docs, inventory_types, warehouses"
    )  # fmt: skip
    assert methods == {"GET"}
    origin = next(one for one in json.loads(facts.read_text())["attributes"] if one["code"] == "origin")
    assert origin["values"]
    checked = run("check", "--as", "tiki-v2/createProductRequest", "--facts", facts, PRODUCT)
    assert checked.exit_code == 1
    assert "tiki-v2.attribute-required" in checked.stdout
    assert "need --images" in checked.stderr


def test_an_app_gets_a_token_first(tmp_path: Path) -> None:
    def answer(path: str, _: object) -> Reply:
        if path == "/sc/oauth2/token":
            return 200, {"access_token": TOKEN, "expires_in": 1, "scope": "", "token_type": "bearer"}
        return 200, SELLER if path.endswith("/me") else {"data": [WAREHOUSE]}

    app = ("--client-id", "app", "--client-secret-env", "OUR_SECRET")
    for more in ((), ("--secret-in-form", "--scope", "inventory")):
        with answering(answer) as (url, seen):
            assert collected(url, tmp_path / "facts.json", *app, *more).exit_code == 0
        assert seen[0] == "POST /sc/oauth2/token"
        assert {call.partition(" ")[0] for call in seen[1:]} == {"GET"}


def test_an_app_that_is_not_known_gets_nothing(tmp_path: Path) -> None:
    with answering(lambda *_: (401, {"error": SECRET})) as (url, seen):
        done = collected(url, tmp_path / "f.json", "--client-id", "app", "--client-secret-env", "OUR_SECRET")
    assert (done.exit_code, len(seen)) == (2, 1)
    assert "`createToken` has status 401: the token, or the app, is not accepted" in done.stderr


def test_all_pages_are_collected(tmp_path: Path) -> None:
    def answer(path: str, query: Mapping[str, list[str]]) -> Reply:
        page = int(query.get("page", ["1"])[0])
        data = [{**WAREHOUSE, "id": page}]
        return 200, SELLER if path.endswith("/me") else {"data": data, "paging": {"last_page": 3}}

    with answering(answer) as (url, _):
        done = collected(url, tmp_path / "facts.json", "--token-env", "OUR_TOKEN")
    facts = json.loads((tmp_path / "facts.json").read_text())
    assert [item["id"] for item in facts["warehouses"]] == [1, 2, 3]
    assert (done.exit_code, facts["inventory_types"]) == (0, ["dropship"])


def test_pages_without_an_end_are_no_fact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST_PAGES", 4)

    def answer(path: str, _: object) -> Reply:
        return 200, SELLER if path.endswith("/me") else {"data": [WAREHOUSE], "paging": {"last_page": 10**9}}

    with answering(answer) as (url, seen):
        done = collected(url, tmp_path / "facts.json", "--token-env", "OUR_TOKEN")
    assert (done.exit_code, len(seen)) == (1, 5)
    assert "warehouses: `listSellerWarehouses` has more than 4 pages" in done.stderr
    assert set(json.loads((tmp_path / "facts.json").read_text())) == {"inventory_types"}


def test_no_token_and_nothing_personal_reaches_the_file(tmp_path: Path) -> None:
    person = {"contact_name": "An", "contact_phone": "0912000111", "address": {"street": "1 Lê Lợi"}}

    def answer(path: str, _: object) -> Reply:
        if path.endswith("/me"):
            return 200, {**SELLER, "name": f"Bearer {TOKEN}"}
        return 200, {"data": [{**WAREHOUSE, **person}]}

    with answering(answer) as (url, _):
        done = collected(url, tmp_path / "facts.json", "--token-env", "OUR_TOKEN")
    assert (done.exit_code, "`getSeller` returned holds the token" in done.stderr) == (1, True)
    assert json.loads((tmp_path / "facts.json").read_text()) == {"warehouses": [WAREHOUSE]}


@pytest.mark.parametrize("paging", [{"total": 2, "last_page": 1}, {"total": 2}])
def test_a_list_with_fewer_entries_than_its_total_is_no_fact(paging: dict[str, int], tmp_path: Path) -> None:
    page = {"data": [WAREHOUSE], "paging": paging}
    with answering(lambda path, _: (200, SELLER if path.endswith("/me") else page)) as (url, _):
        done = collected(url, tmp_path / "facts.json", "--token-env", "OUR_TOKEN")
    assert (done.exit_code, "`listSellerWarehouses` returned 1 of 2 entries" in done.stderr) == (1, True)


def test_all_answers_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST_BYTES", 1 << 20)
    page = {"data": [{**WAREHOUSE, "name": "k" * 10_000}] * 50, "paging": {"last_page": 9}}
    with answering(lambda path, _: (200, SELLER if path.endswith("/me") else page)) as (url, seen):
        done = collected(url, tmp_path / "facts.json", "--token-env", "OUR_TOKEN")
    assert (done.exit_code, len(seen)) == (1, 4)
    assert "warehouses: more than 1 MiB would be read" in done.stderr


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (302, {}, "`getSeller` has status 302: no redirect is followed"),
        (404, {}, "or `--url` is not its address"),
        (200, b"<html>", "`getSeller` returned cannot be read: line 1 column 1: not JSON"),
        (200, b'{"id":1,"id":2}', "cannot be read: line 1 column 9: the member `id` is given twice"),
    ],
)
def test_a_message_says_why_a_fact_is_missing(status: int, body: Any, message: str, tmp_path: Path) -> None:
    with answering(lambda *_: (status, body)) as (url, _):
        done = collected(url, tmp_path / "facts.json", "--token-env", "OUR_TOKEN")
    assert (done.exit_code, message in done.stderr) == (2, True)


@pytest.mark.parametrize("token", ["a\r\nX-More: 1", "ổ"])
def test_a_token_that_no_header_can_hold_is_none(token: str, tmp_path: Path) -> None:
    with answering(lambda *_: (200, {"access_token": token})) as (url, seen):
        done = collected(url, tmp_path / "f.json", "--client-id", "app", "--client-secret-env", "OUR_SECRET")
    assert (done.exit_code, len(seen)) == (2, 1)
    assert "that cannot be sent in a header" in done.stderr


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"errors": [TOKEN]}), (403, {}), (404, {}), (500, b""), (302, {}), (200, b"{"), (200, []),
        (200, {"data": 1}), (200, {"data": [None]}), (200, None), (200, {"id": "x"}), (200, b"[" * 9000),
    ],
)  # fmt: skip
def test_an_existing_file_is_kept_if_nothing_was_collected(status: int, body: Any, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text("{}")
    answers = body == []  # a list without entries is a fact
    with answering(lambda *_: (status, body)) as (url, seen):
        done = collected(url, facts)
    assert done.exit_code == (1 if answers else 2)
    assert answers or facts.read_text() == "{}"
    assert not any("elsewhere" in call for call in seen)


@pytest.mark.parametrize("wait", ["-5", "-1e400", "nan", "9" * 5000, "", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_any_wait_that_a_server_asks_for_is_bounded(
    wait: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(calls, "call", lambda *_: calls.Answer(429, b"", wait=wait))
    done = collected("http://127.0.0.1:9", tmp_path / "facts.json")
    assert done.exit_code == 2
    assert "status 429: too many calls" in done.stderr


def test_a_server_that_is_silent_is_called_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def silent(_: str, url: str, *__: object) -> calls.Answer:
        tries.append(url)
        return calls.Answer(None, b"", "no complete answer within 20 seconds")

    monkeypatch.setattr(calls, "call", silent)
    assert collected("http://127.0.0.1:9", tmp_path / "facts.json").exit_code == 2
    assert len(tries) == 1


def test_a_large_answer_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST_BYTES", 1 << 20)
    with answering(lambda *_: (200, b" " * (2 << 20))) as (url, _):
        assert calls.call("GET", url, {}).problem == "its answer has more than 1 MiB"


def test_no_secret_goes_to_a_public_host_without_encryption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("8.8.8.8", 80))])
    done = collected("http://api.example", tmp_path / "facts.json")
    assert (done.exit_code, "without encryption; use https" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--url", "api.tiki.vn", "--token-env", "OUR_TOKEN"), "the address of the server must be like"),
        (("--url", "http://a:b@c.example", "--token-env", "OUR_TOKEN"), "the address of the server"),
        (("--url", "http://a.example:99999", "--token-env", "OUR_TOKEN"), "the address of the server"),
        (("--url", "http://127.0.0.1:9/a b", "--token-env", "OUR_TOKEN"), "the address of the server"),
        (("--url", "http://127.0.0.1:9/ổ", "--token-env", "OUR_TOKEN"), "the address of the server"),
        (("--url", "http://127.0.0.1:9"), "give either"),
        (("--url", "http://127.0.0.1:9", "--client-id", "a"), "needs `--client-secret-env`"),
        (
            ("--url", "http://127.0.0.1:9", "--token-env", "OUR_TOKEN", "--scope", "a"),
            "leave out the options",
        ),
        (("--url", "http://127.0.0.1:9", "--token-env", "a-real-secret"), "`--token-env` names is not set"),
    ],
)
def test_wrong_use(words: tuple[str, ...], message: str) -> None:
    done = run("facts", "tiki-v2", *words)
    assert (done.exit_code, message in done.stderr) == (2, True)
    assert "a-real-secret" not in done.output


def test_a_marketplace_without_reading_calls() -> None:
    done = run("facts", "tnsl", "--url", "http://127.0.0.1:9", "--token-env", "OUR_TOKEN")
    assert (done.exit_code, "no reading calls of `tnsl`" in done.stderr) == (2, True)


def test_an_option_counts_before_the_file(tmp_path: Path) -> None:
    facts, product = tmp_path / "facts.json", tmp_path / "product.json"
    facts.write_text('{"inventory_types": ["instock"]}')
    product.write_text(PRODUCT.read_text())
    words = ("check", "--as", "tiki-v2/createProductRequest", "--facts", facts, product)
    rule = "tiki-v2.variant-inventory-type-registered"
    assert rule in run(*words).stdout
    assert rule not in run(*words, "--inventory-types", "drop_ship").stdout


def test_a_file_with_an_unknown_fact_is_an_error(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"warehouse": []}')
    done = run("check", "--facts", facts, "--as", "tiki-v2/createProductRequest", PRODUCT)
    assert (done.exit_code, "did you mean `warehouses`" in done.stderr) == (2, True)
