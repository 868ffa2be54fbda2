"""HAR as browsers and proxies write it: encodings, what was not captured, and calls to other hosts."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sellerspec import Exchange
from sellerspec.cassettes import check_cassettes, files
from sellerspec.cassettes.convert import from_har, read_any, to_har
from sellerspec.cassettes.files import Recorded
from sellerspec.cli import main
from sellerspec.errors import ParseError
from support.cassette_files import BASE, PRODUCT

QUEUED = {"trace_id": "a1", "state": "queuing"}
JSON = [{"name": "Content-Type", "value": "application/json"}]

TOKEN = [{"name": "tiki-api", "value": "FAKE-TOKEN"}]


def entry(
    url: str = BASE + "/products",
    method: str = "POST",
    request: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
) -> dict[str, Any]:
    sent = {"postData": {"mimeType": "application/json", "text": json.dumps(PRODUCT)}}
    content = {"content": {"size": 36, "mimeType": "application/json", "text": json.dumps(QUEUED)}}
    return {
        "startedDateTime": "2026-01-31T12:00:00Z",
        "request": {
            "method": method,
            "url": url,
            "headers": [*JSON, *TOKEN],
            **(sent if request is None else request),
        },
        "response": {"status": 200, "statusText": "OK", "headers": JSON, **(response or content)},
    }


def har(folder: Path, *entries: dict[str, Any], mark: bytes = b"") -> Path:
    path = folder / "session.har"
    path.write_bytes(mark + json.dumps({"log": {"version": "1.2", "entries": entries}}).encode())
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["cassettes", "convert", *map(str, arguments)])


def test_D1_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    path = har(tmp_path, entry(), mark=b"\xef\xbb\xbf")
    done = run(path, tmp_path / "a.yaml")
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{tmp_path / 'a.yaml'}: 1 exchange\n", "")
    assert all(report.ok for _, report in check_cassettes([tmp_path / "a.yaml"]))


def test_D1_a_base64_request_body_is_decoded(tmp_path: Path) -> None:
    text = base64.b64encode(json.dumps(PRODUCT).encode()).decode()
    path = har(tmp_path, entry(request={"postData": {"encoding": "base64", "text": text}}))
    assert json.loads(read_any(path).exchanges[0].exchange.request_body) == PRODUCT


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"encoding": "base64", "text": "%%"}, "`/request/postData/text` is not base64"),
        ({"encoding": "hex", "text": "00"}, "`/request/postData/encoding` is `hex`, not `base64`"),
        ({"text": 5}, "`/request/postData/text` must be a text, got an integer"),
        ({"params": [{"value": "x"}]}, "`/request/postData/params/name` is missing"),
        ({"params": 5}, "`/request/postData/params` must be a list, got an integer"),
    ],
)
def test_D1_a_body_that_cannot_be_decoded_is_an_error(data: Any, problem: str) -> None:
    with pytest.raises(ParseError) as caught:
        from_har({"log": {"entries": [entry(), entry(request={"postData": data})]}}, name="a.har")
    assert str(caught.value) == f"a.har: entry 1 is not of HAR: {problem}"


@pytest.mark.parametrize("method", ["\x1b[3m", "", "G T", "G" * 40, "5"])
def test_D1_what_is_no_method_is_an_error_and_not_written(tmp_path: Path, method: str) -> None:
    with pytest.raises(
        ParseError, match="entry 0 is not of HAR: `/request/method` is not the name of a method"
    ):
        from_har({"log": {"entries": [entry(method=method)]}}, name="a.har")


NOT_CAPTURED = [
    entry(response={"content": {"size": 36, "mimeType": "application/json"}}),
    entry(response={"content": {"mimeType": "application/json"}, "bodySize": 36}),
    entry(response={"content": {"size": -1}}),
    entry(response={"content": {"size": 36, "_file": "resources/1.json"}}),
    entry(response={"bodySize": -1}),
    entry(request={"bodySize": 900}),
    entry(request={"bodySize": 900, "postData": {"mimeType": "application/json", "text": ""}}),
    entry(request={"postData": {"mimeType": "multipart/form-data", "params": [{"name": "file"}]}}),
]


def test_D1_a_body_that_was_not_captured_is_no_empty_body(tmp_path: Path) -> None:
    for left_out in NOT_CAPTURED:
        entries = read_any(har(tmp_path, entry(), left_out))
        assert len(entries.exchanges) == 1, left_out
        assert entries.lines() == ["left out: 1 whose body was not captured"]


@pytest.mark.parametrize(
    "empty",
    [
        entry(method="GET", request={}, response={"content": {"size": 0, "mimeType": "text/plain"}}),
        entry(method="GET", request={}, response={"content": {"size": 5, "text": ""}}),
        entry(method="HEAD", request={}, response={"content": {"size": 36}}),
        entry(request={"bodySize": 0}, response={"status": 204, "content": {"size": -1}}),
        entry(request={"bodySize": -1}, response={"status": 304, "content": {"size": 36}}),
    ],
)
def test_an_empty_body_stays_empty(tmp_path: Path, empty: dict[str, Any]) -> None:
    (recorded,) = read_any(har(tmp_path, empty)).exchanges
    assert (recorded.exchange.request_body, recorded.exchange.response_body) == (b"", b"")


def test_D1_preflights_and_other_hosts_are_left_out_and_counted(tmp_path: Path) -> None:
    path = har(
        tmp_path,
        entry(method="OPTIONS"),
        entry(),
        entry("https://www.analytics.example/collect"),
        entry("https://www.analytics.example/collect?x"),
        entry("https://fonts.example/a.woff", "GET"),
        entry("https://copy.example/integration/v1/products"),
        entry("http://["),
        {**entry(), "response": None},
    )
    done = run(path, tmp_path / "a.yaml")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'a.yaml'}: 1 exchange\n")
    assert done.stderr.splitlines() == [
        "left out: 1 preflights of a browser (OPTIONS)",
        "left out: 1 without a response",
        "left out: 5 to other hosts (www.analytics.example, fonts.example, copy.example, no host); "
        "--host keeps a host",
    ]


def test_D1_host_filters(tmp_path: Path) -> None:
    path = har(tmp_path, entry(), entry("https://Copy.example:443/integration/v1/products"))
    done = run(path, tmp_path / "a.yaml", "--host", "copy.example", "--host", "none.example")
    assert done.stderr == "left out: 1 to other hosts (api.tiki.vn); --host keeps a host\n"
    (recorded,) = files.read(tmp_path / "a.yaml").exchanges
    assert recorded.exchange.url == "https://Copy.example:443/integration/v1/products"
    done = run(tmp_path / "a.yaml", tmp_path / "b.yaml", "--host", "none.example")
    assert (done.exit_code, (tmp_path / "b.yaml").exists()) == (2, False)
    assert f"{tmp_path / 'a.yaml'}: no exchange is left to convert" in done.stderr


def test_D1_without_a_host_of_a_spec_the_paths_of_operations_count(tmp_path: Path) -> None:
    path = har(
        tmp_path,
        entry("https://gateway.example/tiki/v1/products"),
        entry("http://127.0.0.1:8080/v1/products"),
        entry("https://gateway.example/health", "GET"),
    )
    entries = read_any(path)
    assert [recorded.index for recorded in entries.exchanges] == [0, 1]
    assert entries.lines() == ["left out: 1 to other hosts (gateway.example); --host keeps a host"]


def test_A11_a_browser_s_headers_of_a_packed_body_do_not_stay_with_the_unpacked_one(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps(QUEUED).encode())
    headers = [*JSON, {"name": "content-encoding", "value": "gzip"}, {"name": "Content-Length", "value": "9"}]
    for content in (
        {"text": json.dumps(QUEUED)},
        {"text": base64.b64encode(packed).decode(), "encoding": "base64"},
    ):
        (recorded,) = read_any(
            har(tmp_path, entry(response={"headers": headers, "content": content}))
        ).exchanges
        assert json.loads(recorded.exchange.response_body) == QUEUED
        assert recorded.exchange.response_headers == {
            "Content-Type": "application/json",
            "Content-Length": str(len(json.dumps(QUEUED))),
        }


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"log": []}, "not HAR: there is no list of exchanges"),
        ({"log": {"entries": [5]}}, "entry 0 is not of HAR: `/` must be an object, got an integer"),
        ({"log": {"entries": [{"response": {"status": "x"}, "request": {"method": "GET"}}]}},
         "entry 0 is not of HAR: `/response/status` must be an integer, got a text"),
        ({"log": {"entries": [{**entry(), "request": {**entry()["request"], "headers": [5]}}]}},
         "entry 0 is not of HAR: `/request/headers/0` must be an object, got an integer"),
        ({"log": {"entries": [{**entry(), "startedDateTime": 5}]}},
         "entry 0 is not of HAR: `/startedDateTime` must be a text, got an integer"),
    ],
)  # fmt: skip
def test_E1_what_is_no_har_is_named_with_its_place(value: Any, problem: str) -> None:
    with pytest.raises(ParseError) as caught:
        from_har(value, name="a.har")
    assert str(caught.value) == f"a.har: {problem}"


def test_D1_a_file_that_the_browser_has_unpacked_is_read_as_it_is() -> None:
    pdf = b"%PDF-1.4\x00\xff"
    headers = {"content-encoding": "gzip"}
    binary = b"\x00\xff"
    exchange = Exchange(
        "GET",
        "https://a.example/label",
        200,
        request_body=binary,
        response_headers=headers,
        response_body=pdf,
    )
    (read,) = from_har(to_har([Recorded(exchange)])).exchanges
    assert (read.exchange.request_body, read.exchange.response_body) == (binary, pdf)
    assert read.exchange.response_headers == {}
