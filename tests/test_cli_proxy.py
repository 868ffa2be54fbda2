"""`sellerspec proxy` as a process: its address, its report in every format, its files, its exit codes."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sellerspec import sandbox
from sellerspec.reporting import FORMATS
from sellerspec.sandbox.running import Box
from support.command_line import run

ORDER = "/integration/v1/orders/419060832"
UPDATE = "/integration/v1/products/DANG19951995/updateSku"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with sandbox.run("tiki") as running:
        yield running


@contextmanager
def process(upstream: str, *options: object) -> Iterator[tuple[str, Any]]:
    """Run the command; yield its address, and a function that stops it and returns what it has written."""
    command = [
        sys.executable,
        "-m",
        "sellerspec",
        "proxy",
        "tiki",
        "--upstream",
        upstream,
        *map(str, options),
    ]
    done = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    assert done.stderr is not None
    first = done.stderr.readline()

    def stopped(how: int = signal.SIGTERM) -> tuple[int, str, str]:
        done.send_signal(how)
        out, err = done.communicate(timeout=60)
        return done.returncode, out, err

    try:
        yield first.split()[0], stopped
    finally:
        done.kill()
        done.wait()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_clean_run_is_green_and_reports_the_coverage(box: Box, tmp_path: Path, how: int) -> None:
    page = tmp_path / "coverage.html"
    with process(box.url, "--coverage", page) as (url, stopped):
        assert httpx.get(url + ORDER, headers=box.headers).status_code == 200
        code, out, err = stopped(how)
    assert code == 0, err
    assert out.startswith("0 errors, 0 warnings")
    assert err.splitlines()[-1] == "exchanges: 1 passed"
    assert "1/13" in err
    assert "getOrder" in page.read_text()


def stop_after(url: str, calls: Callable[[str], None]) -> threading.Thread:
    """Call a proxy of this process as soon as it listens, then stop it."""

    def work() -> None:
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport) as client:
            client.get(f"{url}/__sellerspec/")
        calls(url)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize("coverage", ["coverage.html", "coverage.json"])
def test_the_command_in_this_process(box: Box, tmp_path: Path, coverage: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    def calls(url: str) -> None:
        for _ in range(2):
            httpx.post(url + UPDATE, headers=box.headers, json={"price": 0})
        httpx.get(url + ORDER, headers={**box.headers, "origin": "https://shop.example"})

    handler = signal.getsignal(signal.SIGTERM)
    thread = stop_after(f"http://127.0.0.1:{port}", calls)
    options = ("--upstream", box.url, "--port", port, "--coverage", tmp_path / coverage)
    output = ("--format", "markdown", "--output", tmp_path / "report.md") if "html" in coverage else ()
    done = run("proxy", "tiki", *options, *output)
    thread.join()
    assert signal.getsignal(signal.SIGTERM) is handler
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (2, "exchanges: 2 blocked, 1 refused")
    assert "refused: a page of another origin, or a name of another server" in done.stderr
    report = (tmp_path / "report.md").read_text() if output else done.stdout
    assert "tiki.update-price-positive" in report
    assert "updateSku" in (tmp_path / coverage).read_text()


@pytest.mark.no_cover
@pytest.mark.parametrize("form", FORMATS)
def test_findings_are_reported_in_every_format(box: Box, tmp_path: Path, form: str) -> None:
    coverage, output = tmp_path / "coverage.json", tmp_path / "report"
    with process(box.url, "--format", form, "--output", output, "--coverage", coverage) as (url, stopped):
        assert httpx.post(url + UPDATE, headers=box.headers, json={"price": 0}).status_code == 422
        code, out, _ = stopped()
    assert (code, out) == (1, "")
    assert "tiki.update-price-positive" in output.read_text()
    assert "Contract coverage" in output.read_text() or form not in ("html", "markdown")
    seen = json.loads(coverage.read_text())["seen"]
    assert seen["tiki/updateSku"]["violated"] == ["tiki.update-price-positive"]


def test_a_warning_fails_only_if_it_is_asked_for(box: Box) -> None:
    codes = []
    for severity in ("error", "warning"):
        with process(box.url, "--fail-on", severity) as (url, stopped):
            httpx.get(f"{url}/integration/v1/orders?limit=2&nothing=1", headers=box.headers)
            codes.append(stopped()[0])
    assert codes == [0, 1]


def test_what_is_not_judged_is_exit_code_2(box: Box) -> None:
    with process(box.url) as (_, stopped):
        code, _, err = stopped()
    assert (code, "error: proxy: no exchange was judged" in err) == (2, True)
    assert err.splitlines()[-1] == "exchanges: none"
    with process("http://127.0.0.1:9") as (url, stopped):
        answer = httpx.get(url + ORDER, headers=box.headers)
        assert (answer.status_code, answer.headers["x-sellerspec-outcome"]) == (502, "unreachable")
        code, _, err = stopped()
    assert (code, "unreachable: the marketplace cannot be reached" in err) == (2, True)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("shopee", "--upstream", "https://a.example"), "no marketplace named `shopee`"),
        (("tiki", "--upstream", "api.tiki.vn"), "no address of a server"),
        (("tiki", "--upstream", "ftp://api.tiki.vn"), "no address of a server"),
        (("tiki", "--upstream", "https://api.tiki.vn:x"), "no address of a server"),
        (("tiki", "--upstream", "https://me:pw@api.tiki.vn"), "without user, query and fragment"),
        (("tiki", "--upstream", "https://a.example", "--ca-file", __file__), "no certificates in PEM"),
        (("tiki", "--upstream", "https://a.example", "--overlay", "none.yaml"), "none.yaml"),
        (("tiki", "--upstream", "https://a.example", "--facts", "none.json"), "none.json"),
        (("tiki", "--upstream", "https://a.example", "--record", "/dev/null/x"), "cannot be written"),
        (("tiki", "--upstream", "https://a.example", "--log", "/dev/null/x"), "there is no folder"),
        (("tiki", "--upstream", "https://a.example", "--allow-origin", "x"), "no origin: `x`"),
        (("tiki", "--upstream", "https://a.example", "--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
    ],
)
def test_a_wrong_call_ends_before_anything_is_sent(options: tuple[str, ...], problem: str) -> None:
    done = run("proxy", *options)
    assert (done.exit_code, problem in done.stderr) == (2, True), done.stderr
    assert "pw@" not in done.stderr
