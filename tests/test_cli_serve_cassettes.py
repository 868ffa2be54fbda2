"""`sellerspec serve --cassettes`: recorded responses over a real socket, and the sandbox behind them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

import sellerspec
from sellerspec import Exchange, sandbox
from sellerspec.cassettes import Replay, files
from sellerspec.cassettes.files import Recorded
from sellerspec.cli import main
from sellerspec.sandbox.messages import Request
from sellerspec.sandbox.replaying import Replaying
from support.cassette_files import PRODUCT, call, tape

TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(sellerspec.__file__).parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-m", "sellerspec", "serve", "tiki", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


def test_serve_responds_from_cassettes_and_asks_the_sandbox_for_the_rest_only_if_told_to(
    tmp_path: Path,
) -> None:
    tape(tmp_path, call(response={"trace_id": "recorded", "state": "queuing"}))
    with serving("--cassettes", str(tmp_path)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        response = client.post("/v1/products", json=PRODUCT, headers=TOKEN)
        assert (response.status_code, response.json()["trace_id"]) == (200, "recorded")
        other = client.get("/v1/categories")
        assert (other.status_code, other.json()) == (
            501,
            {"errors": ["[sellerspec] no cassette has GET /v1/categories; `--fallback` asks the sandbox"]},
        )
    with serving("--cassettes", str(tmp_path), "--fallback") as url:
        assert httpx.get(f"{url}/v1/categories", trust_env=False).status_code == 200


def test_a_reset_rewinds_the_cassettes_and_headers_of_the_connection_are_not_repeated(tmp_path: Path) -> None:
    first = call("GET", "/orders", None, response={"data": [1]})
    headers = {"Content-Type": "text/plain", "Content-Length": "999", "Retry-After": "3", "Date": "then"}
    second = Exchange("GET", first.url, 429, response_headers=headers, response_body=b"slow")
    files.write(tmp_path / "a.yaml", [Recorded(first), Recorded(second)])
    box = sandbox.app("tiki").sandbox
    try:
        served = Replaying(box, Replay([tmp_path], marketplace="tiki"), fallback=False)
        request = Request("GET", "/v1/orders")
        assert json.loads(served.respond(request).content) == {"data": [1]}
        slow = served.respond(request)
        assert (slow.status, slow.content, slow.all_headers()) == (
            429, b"slow", {"content-type": "text/plain", "retry-after": "3"},
        )  # fmt: skip
        assert served.respond(Request("GET", "/__sellerspec/state")).status == 200
        assert served.respond(request).status == 429
        assert served.respond(Request("POST", "/__sellerspec/reset")).status < 300
        assert served.respond(request).status == 200
    finally:
        box.close()


@pytest.mark.parametrize("arguments", [["--fallback"], ["--cassettes", "nothing-there"]])
def test_serve_refuses_a_fallback_without_cassettes_and_a_folder_that_is_not_there(
    arguments: list[str],
) -> None:
    done = CliRunner().invoke(main, ["serve", "tiki", *arguments])
    assert done.exit_code == 2


def test_serve_does_not_start_on_a_broken_cassette(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("interactions: [")
    done = CliRunner().invoke(main, ["serve", "tiki", "--cassettes", str(tmp_path)])
    assert done.exit_code == 2
    assert "a.yaml:2:1: not YAML" in done.stderr
