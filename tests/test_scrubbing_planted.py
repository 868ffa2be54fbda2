"""Three hundred planted secrets, and every way in which sellerspec writes: none reaches a file."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from sellerspec import Exchange, Severity, cassettes, check, sandbox
from sellerspec.cassettes import files
from sellerspec.cassettes.check import check_cassettes
from sellerspec.cassettes.cleaning import scrub_files
from sellerspec.cassettes.convert import to_har
from sellerspec.cassettes.files import Origin, Recorded
from sellerspec.errors import ParseError
from sellerspec.fuzz.as_tests import tests_of as as_tests
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.reproduce import curl, masked
from sellerspec.io import strict
from sellerspec.marketplaces import marketplace
from sellerspec.reporting import FORMATS, Checked, located, render
from sellerspec.scrubbing import scrubber
from support.cassette_files import call
from support.command_line import run
from support.planted_kinds import EVERY as PLANTED
from support.planted_kinds import PACKED
from support.planted_secrets import among, reached, readings
from support.planted_server import REASON, PlantedServer, planted_server

HOST = re.compile(r"https://(?P<user>(?:[^/@?#]+@)?)[^/?#;]+(?:/integration)?")


def is_json(body: bytes) -> bool:
    try:
        strict.decode(body)
    except ParseError:
        return False
    return True


JSON_SENT = {
    kind: planted
    for kind, planted in PLANTED.items()
    if planted.exchange.request_headers.get("content-type") == "application/json"
    and len(planted.exchange.request_body) > 2
    and is_json(planted.exchange.request_body)
}
"""Those in a JSON body that is sent."""


def leaking(written: dict[str, str]) -> dict[str, list[str]]:
    """Return what reached the written texts, by kind; empty if nothing did."""
    return {kind: found for kind, text in written.items() if (found := reached(text, PLANTED[kind]))}


def test_there_are_two_hundred_secrets_of_a_hundred_and_twenty_kinds() -> None:
    assert len(PLANTED) >= 200
    assert (
        len(
            {
                kind.replace("request-", "").replace("response-", "").replace("text-", "line-")
                for kind in PLANTED
            }
        )
        >= 120
    )
    unseen = {
        kind for kind in PLANTED if not reached(files.dump([Recorded(PLANTED[kind].exchange)]), PLANTED[kind])
    }
    assert unseen == PACKED


@pytest.fixture
def server() -> Iterator[PlantedServer]:
    with planted_server() as running:
        yield running


@pytest.mark.no_cover
def test_G1_no_planted_secret_is_recorded(tmp_path: Path, server: PlantedServer) -> None:
    recorder = cassettes.vcr("tiki", keep=["violations", "5xx"], refused="warn")
    written: dict[str, str] = {}
    with httpx.Client(trust_env=False) as client:
        for kind, planted in PLANTED.items():
            server.planted = planted
            path = tmp_path / f"{len(written)}.yaml"
            exchange = planted.exchange
            url = HOST.sub(rf"http://\g<user>127.0.0.1:{server.server_port}", exchange.url)
            with recorder.use_cassette(str(path)), suppress(httpx.InvalidURL):  # a `Location` that is no URL
                client.request(
                    exchange.method,
                    url,
                    headers=dict(exchange.request_headers),
                    content=exchange.request_body,
                )
            written[kind] = path.read_text()
    assert len(written) == len(PLANTED)
    assert leaking(written) == {}
    assert not any(REASON in text for text in written.values())


@pytest.mark.no_cover
def test_G2_no_planted_secret_stays_after_scrubbing_and_the_check_sees_each(tmp_path: Path) -> None:
    paths = {kind: tmp_path / f"{index}.yaml" for index, kind in enumerate(PLANTED)}
    for kind, path in paths.items():
        metadata = {"operator": REASON}
        files.write(path, [Recorded(PLANTED[kind].exchange, reason=REASON)], metadata=metadata)
    seen = {
        path
        for path, report in check_cassettes([tmp_path], marketplace="tiki")
        if any(finding.rule in SEEN for finding in report.findings)
    }
    assert {str(path) for path in paths.values()} <= {place.partition(":")[0] for place in seen}
    assert len(list(scrub_files([tmp_path], marketplace="tiki"))) == len(PLANTED)
    written = {kind: path.read_text() for kind, path in paths.items()}
    assert leaking(written) == {}
    assert not any(REASON in text for text in written.values())
    left = {
        place: str(report)
        for place, report in check_cassettes([tmp_path], marketplace="tiki")
        if any(finding.rule in SEEN - {"sellerspec.cassette-body"} for finding in report.findings)
    }
    assert left == {}


SEEN = {"sellerspec.cassette-secret", "sellerspec.cassette-header", "sellerspec.cassette-body"}


def test_G2_the_check_is_silent_only_about_exchanges_without_secrets() -> None:
    machine = scrubber(marketplace("tiki"))
    assert [kind for kind, planted in PLANTED.items() if not machine.leaks(planted.exchange)] == []


@pytest.mark.no_cover
def test_G4_no_planted_secret_passes_a_conversion(tmp_path: Path) -> None:
    har = tmp_path / "session.har"
    har.write_text(json.dumps(to_har([Recorded(planted.exchange) for planted in PLANTED.values()])))
    done = run("cassettes", "convert", har, tmp_path / "session.yaml", "-m", "tiki")
    assert done.exit_code == 0, done.output
    again = run("cassettes", "convert", tmp_path / "session.yaml", tmp_path / "again.har", "-m", "tiki")
    assert again.exit_code == 0, again.output
    text = (tmp_path / "session.yaml").read_text() + (tmp_path / "again.har").read_text()
    shown = readings(text)
    assert {kind: found for kind, planted in PLANTED.items() if (found := among(shown, planted))} == {}


@pytest.mark.no_cover
def test_G5_no_planted_secret_stands_in_the_log_of_the_sandbox() -> None:
    with sandbox.run("tiki") as box, httpx.Client(trust_env=False) as client:
        for planted in PLANTED.values():
            exchange = planted.exchange
            split = urlsplit(exchange.url)
            url = (
                box.url + split.path.removeprefix("/integration") + (f"?{split.query}" if split.query else "")
            )
            client.request(
                exchange.method, url, headers=dict(exchange.request_headers), content=exchange.request_body
            )
        text = "".join(client.get(f"{box.url}/__sellerspec/log{query}").text for query in ("", "?format=har"))
    assert text.count('"number"') >= 100
    shown = readings(text)
    assert {kind: found for kind, planted in PLANTED.items() if (found := among(shown, planted))} == {}


@pytest.mark.no_cover
@pytest.mark.parametrize("form", FORMATS)
def test_G7_no_planted_secret_stands_in_a_report(form: str) -> None:
    written: dict[str, str] = {}
    for kind, planted in JSON_SENT.items():
        text = planted.exchange.request_body.decode()
        for operation in ("tiki/createProduct", "tiki/updateSku"):
            report = located(check(operation, text), text)
            shown = render(form, [Checked("payload.json", report, text)])
            written[kind] = written.get(kind, "") + shown
    for kind, planted in PLANTED.items():
        if planted.exchange.response_headers == {"content-type": "application/json"} and is_json(
            planted.exchange.response_body
        ):
            text = planted.exchange.response_body.decode()
            report = located(check("tiki/createProduct", text), text)
            written[kind] = render(form, [Checked("payload.json", report, text)])
    assert len(written) > 100
    assert leaking(written) == {}


def test_G7_no_planted_secret_stands_in_the_output_of_the_fuzzer() -> None:
    written = {}
    for kind, planted in PLANTED.items():
        exchange = planted.exchange
        split = urlsplit(exchange.url)
        path = split.path.removeprefix("/integration") + (f"?{split.query}" if split.query else "")
        call = Call("tiki/createProduct", "POST", path, exchange.request_headers, exchange.request_body)
        finding = FuzzFinding(
            "accepted-invalid", "tiki/createProduct", Severity.ERROR, "a message", call=call
        )
        secret = quote(planted.secrets[0], safe="")
        url = f"https://me:{secret}@server.example/api?key={secret}"
        written[kind] = curl(call, url) + json.dumps(masked(call)) + as_tests([finding], "tiki")
    assert leaking(written) == {}


def test_G7_the_representation_of_an_exchange_shows_no_secret() -> None:
    assert leaking({kind: repr(planted.exchange) for kind, planted in PLANTED.items()}) == {}
    assert repr(Exchange("POST", "https://me:pw@a.example/v1/orders?token=x", 200, response_body=b"abc")) == (
        "<Exchange POST https://a.example 200, request body of 0 bytes, response body of 3 bytes>"
    )


TOKEN, PHONE = "Sup3rSecretTok3nValue9981", "0912345678"


@pytest.fixture
def named_by_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cassette with tokens and phones for names of members and parameters, and in its notes."""
    monkeypatch.chdir(tmp_path)
    recorded = call("GET", f"/categories/8?{TOKEN}=1", None, response={"id": 8, TOKEN: 1, PHONE: {"a": 1}})
    notes = {"/response/body/id": TOKEN}
    for name, response in (("old", {"id": 8}), ("new", {"id": 8, TOKEN: 1, PHONE: {"a": 1}})):
        body = json.dumps(response).encode()
        origin = Origin(refused_for=(f"{TOKEN} /{PHONE}",), types=notes)
        files.write(tmp_path / name / "a.yaml", [Recorded(replace(recorded, response_body=body), origin)])
    return tmp_path / "new/a.yaml"


@pytest.mark.parametrize("form", FORMATS)
def test_G7_a_report_on_cassettes_names_no_member_that_is_data(form: str, named_by_data: Path) -> None:
    done = run("cassettes", "check", named_by_data, "--format", form)
    assert done.exit_code == 1
    assert (TOKEN in done.output, PHONE in done.output) == (False, False)


def test_G7_drift_and_errors_name_no_member_that_is_data(named_by_data: Path) -> None:
    for options in ((), ("--format", "json")):
        done = run("cassettes", "drift", "old", "new", "--fail-on", "info", *options)
        assert done.exit_code == 1
        assert "`***` is new" in done.output
        assert (TOKEN in done.output, PHONE in done.output) == (False, False)
    twice = named_by_data.with_name("twice.json")
    twice.write_text(f'{{"{TOKEN}": 1, "{TOKEN}": 2}}')
    done = run("check", twice, "--as", "tiki/updateSku")
    assert (done.exit_code, "the member `***` is given twice" in done.stderr, TOKEN in done.output) == (
        2,
        True,
        False,
    )
    text = named_by_data.read_text()
    named_by_data.write_text(text.replace("interactions:", f"? {TOKEN}\n: 1\n? {TOKEN}\n: 1\ninteractions:"))
    done = run("cassettes", "check", named_by_data)
    assert (done.exit_code, "the member `***` is given twice" in done.stderr, TOKEN in done.output) == (
        2,
        True,
        False,
    )
