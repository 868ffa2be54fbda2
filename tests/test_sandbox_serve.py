"""`sellerspec serve`: readiness, a state that survives kill -9, and refusals to start."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

import sellerspec
from sellerspec import sandbox
from sellerspec.cli import main
from sellerspec.sandbox.running import address, listening
from support.sandboxes import check_log, example

TOKEN = {"tiki-api": "FAKE-TOKEN-FOR-TESTS"}


def started(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    root = Path(sellerspec.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "sellerspec", "serve", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def ended(process: subprocess.Popen[str], how: int = signal.SIGINT) -> str:
    process.send_signal(how)
    _, output = process.communicate(timeout=10)
    return output


def test_serve_prints_its_address_once_it_answers() -> None:
    # how soon that is, benchmarks/sandbox_load.py measures
    process, url = started("tiki", "--port", "0")
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as transport:
        transport.sendall(b"GET /v1/categories HTTP/1.1\r\nhost: box\r\nconnection: close\r\n\r\n")
        assert transport.recv(15) == b"HTTP/1.1 200 OK"
    output = ended(process)
    assert "tiki-api: FAKE-TOKEN-FOR-TESTS" in output


@pytest.mark.no_cover
def test_a_kill_in_the_middle_of_writes_loses_no_acknowledged_change(tmp_path: Path) -> None:
    file = str(tmp_path / "tiki.db")
    product = example("tiki/createProduct/valid/documented-simple")
    acknowledged: list[str] = []
    for _ in range(3):
        process, url = started("tiki", "--state", file)

        def write(url: str = url) -> None:
            # a long timeout: on a busy machine the first response may take its time
            with httpx.Client(base_url=url, headers=TOKEN, trust_env=False, timeout=60) as client:
                try:
                    while True:
                        acknowledged.append(client.post("/v1/products", json=product).json()["trace_id"])
                except httpx.HTTPError:
                    pass

        writers = [threading.Thread(target=write) for _ in range(4)]
        for writer in writers:
            writer.start()
        known = len(acknowledged)
        while len(acknowledged) < known + 30 and any(writer.is_alive() for writer in writers):
            time.sleep(0.005)
        ended(process, signal.SIGKILL)
        for writer in writers:
            writer.join()
    process, url = started("tiki", "--state", file)
    with httpx.Client(base_url=url, headers=TOKEN, trust_env=False) as client:
        kept = {product["trace_id"] for product in client.get("/v1/tracking?limit=100000").json()}
    ended(process)
    assert len(set(acknowledged)) == len(acknowledged) >= 90
    assert set(acknowledged) <= kept


def test_a_state_file_keeps_changes_the_clock_and_their_order(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    product = example("tiki/createProduct/valid/documented-simple")
    with sandbox.run("tiki", state=file) as box:
        client = httpx.Client(base_url=box.url, headers=box.headers, trust_env=False)
        traces = [client.post("/v1/products", json=product).json()["trace_id"] for _ in range(3)]
        box.advance(120)
        states = [product["state"] for product in client.get("/v1/tracking?limit=3").json()]
        with box.sandbox.changing():
            box.sandbox.state.drop("orders", "20939384")
        check_log(box.sandbox)
        client.close()
    with sandbox.run("tiki", state=file) as box:
        client = httpx.Client(base_url=box.url, headers=box.headers, trust_env=False)
        with client:
            tracked = client.get("/v1/tracking?limit=3").json()
            assert [product["trace_id"] for product in tracked] == traces[::-1]
            assert [product["state"] for product in tracked] == states
            assert client.get("/v1/orders/20939384").status_code == 404
            assert box.sandbox.clock.elapsed() >= 120
            box.reset()
            assert len(client.get("/v1/tracking").json()) == 1
            check_log(box.sandbox)
    with sandbox.run("tiki", state=file) as box:
        assert "20939384" in box.state()["tables"]["orders"]


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (("tiki", "--defect", "no-such"), "no defect named `no-such`"),
        (("tiki", "--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
    ],
)
def test_serve_says_in_one_line_why_it_cannot_start(arguments: tuple[str, ...], output: str) -> None:
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert result.exit_code == 2
    assert output in result.stderr


def test_serve_refuses_a_file_that_is_no_state(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.db"
    wrong.write_text("not a database, but long enough to be taken for one by its size " * 40)
    for path in (wrong, tmp_path / "no folder" / "state.db"):
        result = CliRunner().invoke(main, ["serve", "tiki", "--state", str(path)])
        assert (result.exit_code, "no state of a sandbox" in result.stderr) == (2, True)


def test_list_defects_names_at_least_forty_over_all_marketplaces() -> None:
    listed = CliRunner().invoke(main, ["list", "defects", "--format", "json"]).stdout
    rows: list[dict[str, Any]] = json.loads(listed)
    assert len(rows) >= 40
    assert {row["marketplace"] for row in rows} == {"tiki", "tiki-v2", "tnsl", "tokopedia"}
    assert all(row["description"] for row in rows)
    one = CliRunner().invoke(main, ["list", "defects", "tnsl"]).stdout
    assert "cancel-shipping-accepted" in one
    assert "date-range-ignored" not in one


def test_an_address_of_the_newer_kind_is_written_in_brackets() -> None:
    with listening("::1", 0) as transport:
        assert address(transport).startswith("http://[::1]:")


def test_a_missing_library_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(sellerspec.SellerspecError, match=r"sellerspec\[sandbox\]"), sandbox.run("tiki"):
        pass
