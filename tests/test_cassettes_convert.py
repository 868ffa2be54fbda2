"""Converting other recordings to cassettes and back, and a spec's examples to exchanges."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sellerspec import Exchange, marketplaces, sandbox
from sellerspec.cassettes import Checker, Settings, files
from sellerspec.cassettes.convert import documented, from_har, from_schemathesis, read_any, to_har
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.errors import ParseError
from support.cassette_files import BASE, call, tape


def test_har_and_back_keeps_every_exchange(tmp_path: Path) -> None:
    exchanges = [
        Recorded(call(path="/products?a=1&b="), Origin(at="2026-01-01T00:00:00Z"), reason="OK"),
        Recorded(
            Exchange("GET", BASE + "/x", 302, response_headers={"Location": "/y"}, response_body=b"\xff"),
            reason="Found",
        ),
    ]
    har = to_har(exchanges)
    assert har["log"]["entries"][0]["request"]["queryString"] == [
        {"name": "a", "value": "1"},
        {"name": "b", "value": ""},
    ]
    assert har["log"]["entries"][1]["response"]["redirectURL"] == "/y"
    path = tmp_path / "a.har"
    path.write_text(json.dumps(har))
    back = read_any(path).exchanges
    assert [recorded.exchange for recorded in back] == [exchange.exchange for exchange in exchanges]
    assert back[0].origin.at == "2026-01-01T00:00:00Z"


def test_a_browser_s_har_is_read_with_its_oddities() -> None:
    entry: Any = {
        "request": {
            "method": "post",
            "url": BASE,
            "headers": [
                {"name": ":method", "value": "POST"},
                {"name": "A", "value": "1"},
                {"name": "A", "value": "2"},
            ],
            "postData": {"params": [{"name": "a", "value": "1 2"}, {"name": "b"}]},
        },
        "response": {"status": 200, "headers": [], "bodySize": 0},
    }
    read_entries = from_har({"log": {"entries": [entry, {**entry, "response": {"status": 0}}]}})
    (read,) = read_entries.exchanges
    assert read_entries.lines() == ["left out: 1 without a response"]
    assert (read.exchange.method, read.exchange.request_body) == ("POST", b"a=1+2&b=")
    assert read.exchange.request_headers == {"A": "1, 2"}
    with pytest.raises(ParseError, match="not HAR: there is no list of exchanges"):
        from_har({})
    with pytest.raises(ParseError, match="entry 0 is not of HAR"):
        from_har({"log": {"entries": [{}]}}, name="a.har")


@pytest.mark.no_cover
def test_a_report_of_schemathesis_becomes_exchanges(tmp_path: Path) -> None:
    spec = Path(__file__).parents[1] / "openapi" / "tiki.yaml"
    report = tmp_path / "st.yaml"
    with sandbox.run("tiki") as box:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "schemathesis.cli",
                "run",
                str(spec),
                "--url",
                box.url,
                "--include-operation-id",
                "getCategory",
                "--max-examples",
                "2",
                "--phases",
                "examples,coverage",
                "--report",
                "vcr",
                "--report-vcr-path",
                str(report),
            ],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "", "HOME": str(tmp_path), "NO_COLOR": "1"},
        )
    assert report.exists(), done.stderr + done.stdout
    exchanges = read_any(report).exchanges
    assert exchanges, done.stdout
    assert {
        exchange.exchange.url.partition("?")[0].rpartition("/")[0].rpartition("/")[2]
        for exchange in exchanges
    } >= {"categories"}
    assert all(exchange.exchange.status and exchange.origin.at for exchange in exchanges)
    files.write(tmp_path / "out.yaml", exchanges)
    assert len(files.read(tmp_path / "out.yaml").exchanges) == len(exchanges)


def test_the_forms_of_bodies_in_a_report_of_schemathesis() -> None:
    def item(body: Any, response: bool = True) -> Any:
        written = {"status": {"code": "200", "message": "OK"}, "headers": {"A": ["1", "2"]}, "body": body}
        return {"request": {"method": "GET", "uri": BASE}, "response": written if response else None}

    bodies = [{"string": "x"}, {"base64_string": "/w=="}, None, {"string": None}]
    entries = from_schemathesis({"http_interactions": [*map(item, bodies), item(None, False)]})
    read = entries.exchanges
    assert entries.lines() == ["left out: 1 without a response"]
    assert [recorded.exchange.response_body for recorded in read] == [b"x", b"\xff", b"", b""]
    assert read[0].exchange.response_headers == {"A": "1, 2"}
    wrong_reports: tuple[tuple[Any, str], ...] = (
        ({}, "not a report of schemathesis"),
        ({"http_interactions": [{}]}, "entry 0 is not of"),
    )
    for wrong, expected in wrong_reports:
        with pytest.raises(ParseError, match=expected):
            from_schemathesis(wrong)


def test_reading_anything_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.har"
    path.write_text('{"log": ')
    with pytest.raises(ParseError, match=r"a.har:1:\d+: not JSON"):
        read_any(path)
    path.write_text('{"log": {}}')
    with pytest.raises(ParseError, match=r"a\.har: not HAR"):
        read_any(path)
    assert read_any(tape(tmp_path, call())).exchanges[0].exchange == call()
    assert read_any(tape(tmp_path, call(), name="b.json")).exchanges[0].exchange == call()
    monkeypatch.setattr(files, "MAX_BYTES", 5)
    with pytest.raises(ParseError, match="11 bytes, at most 5 are read"):
        read_any(path)


def test_every_documented_example_is_an_exchange_that_its_own_spec_accepts() -> None:
    for name in marketplaces.NAMES:
        for operation, case, recorded in documented(name):
            assert recorded.origin.source == "documentation"
            checked = Checker(Settings(marketplace=name, secrets=False)).exchange(recorded)
            assert checked.ok, f"{operation}/{case}: {checked}"
