"""Cassettes of plain vcrpy with packed bodies, recorded from a real server, in every reader."""

import gzip
import json
import socket
import sys
import threading
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
import vcr
import zstandard
from click.testing import CliRunner

from sellerspec import sandbox
from sellerspec.cassettes import Replay, check_cassettes, drift, files
from sellerspec.cassettes.coverage import coverage
from sellerspec.cli import main
from sellerspec.sandbox.messages import Request
from sellerspec.sandbox.replaying import Replaying
from support.hostile_servers import server

PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("br", brotli.compress),
    ("zstd", zstandard.compress),
]
QUEUED = {"trace_id": "a1", "state": "queuing"}


def taped(folder: Path, encoding: str, body: bytes) -> Path:
    """Record GET tracking from a server whose responses are packed, with vcrpy alone."""

    def respond(connection: socket.socket, _: threading.Event) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    path = folder / "tiki" / "tracking.yaml"
    with server(respond) as (url, _), vcr.VCR().use_cassette(str(path)):
        request = urllib.request.Request(f"{url}/integration/v1/tracking/a1", headers={"tiki-api": "T"})
        urllib.request.urlopen(request).read()
    return path


def errors(path: Path) -> list[str]:
    reports = check_cassettes([path], secrets=False)
    return [f"{error.pointer} {error.message}" for _, report in reports for error in report.errors]


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_A11_check_reads_a_packed_response(
    tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    good = taped(tmp_path / "good", encoding, pack(json.dumps(QUEUED).encode()))
    assert files.read(good).exchanges[0].exchange.response_body[:1] != b"{"
    assert errors(good) == []
    wrong = taped(tmp_path / "wrong", encoding, pack(b'{"trace_id": 5, "state": "queuing"}'))
    assert errors(wrong) == ["/response/body/trace_id `trace_id` must be a string, got the number 5"]


def test_A11_what_cannot_be_unpacked_is_an_error_in_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = taped(tmp_path / "cut", "gzip", gzip.compress(b'{"trace_id": "a1", "state": "queuing"}')[:-9])
    assert errors(cut) == ["/response/body the compressed body is cut off"]
    done = CliRunner().invoke(main, ["cassettes", "check", str(cut), "--no-secrets"])
    assert done.exit_code == 1
    monkeypatch.setitem(sys.modules, "brotli", None)
    packed = taped(tmp_path / "br", "br", brotli.compress(json.dumps(QUEUED).encode()))
    assert errors(packed) == [
        "/response/body to unpack the body, `brotli` is needed; run: pip install 'sellerspec[record]'"
    ]


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_A11_drift_sees_a_change_in_packed_responses(
    tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    old = taped(tmp_path / "old", encoding, pack(json.dumps(QUEUED).encode()))
    new = taped(tmp_path / "new", encoding, pack(b'{"track_id": "a1", "state": 5}'))
    changes = drift.compare(*drift.sides(str(old), str(new))).changes
    assert [f"{change.level} {change.kind} {change.pointer}" for change in changes] == [
        "warning renamed /response/body/trace_id",
        "error type /response/body/state",
    ]


def test_A11_drift_does_not_pass_a_body_that_it_cannot_read(tmp_path: Path) -> None:
    body = gzip.compress(json.dumps(QUEUED).encode())
    old, cut = taped(tmp_path / "old", "gzip", body), taped(tmp_path / "cut", "gzip", body[:-9])
    for sides in ((old, cut), (cut, old)):
        done = CliRunner().invoke(main, ["cassettes", "drift", *map(str, sides)])
        line = f"the body at {cut}:2 cannot be read, so it is not compared: the compressed body is cut off"
        assert (done.exit_code, line in done.stdout) == (1, True)


def test_A11_coverage_counts_no_response_that_it_cannot_read(tmp_path: Path) -> None:
    body = gzip.compress(json.dumps(QUEUED).encode())
    packed = coverage([taped(tmp_path / "good", "gzip", body)])
    assert [response.shown for response in packed.responses if response.shown] == [1]
    cut = taped(tmp_path / "cut", "gzip", body[:-9])
    shown = coverage([cut])
    assert (shown.unreadable, [response for response in shown.responses if response.shown]) == (
        (f"{cut}:2: the compressed body is cut off",), [],
    )  # fmt: skip
    done = CliRunner().invoke(main, ["cassettes", "coverage", str(cut)])
    assert (done.exit_code, f"{cut}:2: the compressed body is cut off" in done.stderr) == (2, True)


PACKED = gzip.compress(json.dumps(QUEUED).encode(), mtime=0)


@pytest.mark.parametrize("body", [PACKED, json.dumps(QUEUED).encode()], ids=["packed", "plain"])
def test_A11_a_replayed_response_is_not_packed_and_does_not_claim_to_be(tmp_path: Path, body: bytes) -> None:
    path = taped(tmp_path, "gzip", body)
    box = sandbox.app("tiki").sandbox
    try:
        served = Replaying(box, Replay([path], marketplace="tiki"), fallback=False)
        reply = served.respond(Request("GET", "/v1/tracking/a1"))
        assert (json.loads(reply.content), reply.all_headers().get("content-encoding")) == (QUEUED, None)
    finally:
        box.close()


def test_A11_converting_writes_packed_bodies_as_text(tmp_path: Path) -> None:
    path, target = taped(tmp_path, "br", brotli.compress(json.dumps(QUEUED).encode())), tmp_path / "a.har"
    done = CliRunner().invoke(main, ["cassettes", "convert", str(path), str(target)])
    assert done.exit_code == 0, done.output
    response: Any = json.loads(target.read_text())["log"]["entries"][0]["response"]
    assert json.loads(response["content"]["text"]) == QUEUED
    assert "content-encoding" not in {header["name"].lower() for header in response["headers"]}
