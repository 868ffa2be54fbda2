"""Recording in several threads and processes, over real sockets: every call is kept, or an error says so."""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from sellerspec import cassettes
from sellerspec.cassettes import files

CALLS = 24


class Server:
    """Answers each call with its number; `/slow` when `released` is set."""

    def __init__(self) -> None:
        numbers = count()
        arrived = self.arrived = threading.Event()
        released = self.released = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if "slow" in self.path:
                    arrived.set()
                    released.wait(30)
                time.sleep(0.001)
                body = json.dumps({"number": next(numbers)}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def url(server: Server) -> str:
    return server.url


def by_requests(url: str) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url).json()["number"]


def by_httpx(url: str) -> Any:
    return httpx.get(url, trust_env=False).json()["number"]


def by_urllib(url: str) -> Any:
    with urllib.request.urlopen(url) as response:
        return json.loads(response.read())["number"]


def by_both(url: str) -> Any:
    return (by_requests if int(url[-1]) % 2 else by_httpx)(url)


def in_threads(get: Callable[[str], Any], url: str) -> list[Any]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(get, [f"{url}/{number}" for number in range(CALLS)]))


@pytest.mark.parametrize("get", [by_requests, by_httpx, by_both])
def test_A13_all_calls_of_several_threads_are_recorded(
    tmp_path: Path, url: str, get: Callable[[str], Any]
) -> None:
    path = tmp_path / "a.yaml"
    recorder = cassettes.vcr("tiki", keep=["violations"])
    with recorder.use_cassette(str(path)):
        numbers = in_threads(get, url)
    assert sorted(numbers) == list(range(CALLS))
    urls = [recorded.exchange.url for recorded in files.read(path).exchanges]
    assert sorted(urls) == sorted(f"{url}/{number}" for number in range(CALLS))
    with recorder.use_cassette(str(path), record_mode="none"):
        assert in_threads(get, "http://127.0.0.1:9") == numbers


def test_A13_each_thread_gets_a_recorded_response_of_its_own(tmp_path: Path, url: str) -> None:
    path = tmp_path / "a.yaml"
    recorder = cassettes.vcr("tiki")
    with recorder.use_cassette(str(path)):
        for _ in range(CALLS):
            by_requests(f"{url}/same")
    with recorder.use_cassette(str(path), record_mode="none"), ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(by_requests, [f"{url}/same"] * CALLS)) == list(range(CALLS))


def test_A13_a_library_that_cannot_be_recorded_in_threads_loses_no_call_in_silence(
    tmp_path: Path, url: str
) -> None:
    path = tmp_path / "a.yaml"
    reasons: tuple[str, ...] = ()
    try:
        with cassettes.vcr("tiki").use_cassette(str(path)):
            in_threads(by_urllib, url)
    except cassettes.NotRecorded as error:
        reasons = error.reasons
    assert len(files.read(path).exchanges) + len(reasons) == CALLS
    assert all(reason.startswith("a call to 127.0.0.1: vcrpy cannot record it") for reason in reasons)


def test_A13_one_thread_of_any_library_is_recorded(tmp_path: Path, url: str) -> None:
    path = tmp_path / "a.yaml"
    with cassettes.vcr("tiki").use_cassette(str(path)):
        assert [by_urllib(url), by_urllib(url)] == [0, 1]
    assert len(files.read(path).exchanges) == 2


def test_A13_a_call_that_ends_after_its_cassette_was_closed_is_an_error_of_its_thread(
    tmp_path: Path, server: Server
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with cassettes.vcr("tiki").use_cassette(str(tmp_path / "a.yaml")):
            late = pool.submit(by_httpx, f"{server.url}/slow")
            assert server.arrived.wait(30)
        server.released.set()
        with pytest.raises(cassettes.NotRecorded) as caught:
            late.result()
    assert caught.value.reasons == (
        f"GET {server.url}/slow: it ended after its cassette was closed; wait for its thread first",
    )


RECORD = """
import sys, requests
from sellerspec import cassettes
path, url, name = sys.argv[1:]
for number in range(3):
    with cassettes.vcr("tiki", record_mode="new_episodes").use_cassette(path):
        requests.get(f"{url}/{name}/{number}")
"""


def test_H1_processes_that_record_into_one_cassette_keep_every_exchange(tmp_path: Path, url: str) -> None:
    path = tmp_path / "shared" / "a.yaml"
    arguments = [sys.executable, "-c", RECORD, str(path), url]
    running = [subprocess.Popen([*arguments, str(number)]) for number in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    urls = [recorded.exchange.url for recorded in files.read(path).exchanges]
    assert sorted(urls) == sorted(f"{url}/{name}/{number}" for name in range(4) for number in range(3))
    assert [file.name for file in path.parent.iterdir()] == ["a.yaml"]


def test_H1_a_cassette_that_is_opened_twice_keeps_the_exchanges_of_both(tmp_path: Path, url: str) -> None:
    recorder = cassettes.vcr("tiki", record_mode="new_episodes")
    path = tmp_path / "a.yaml"
    with recorder.use_cassette(str(path)):
        by_requests(f"{url}/first")
    with recorder.use_cassette(str(path)):
        by_requests(f"{url}/outer")
        with recorder.use_cassette(str(path)):
            by_requests(f"{url}/inner")
    parts = [recorded.exchange.url.rpartition("/")[2] for recorded in files.read(path).exchanges]
    assert parts == ["first", "outer", "inner"]


def test_H1_what_another_process_recorded_anew_takes_the_place_of_the_old(tmp_path: Path, url: str) -> None:
    path = tmp_path / "a.yaml"
    recorder = cassettes.vcr("tiki")
    with recorder.use_cassette(str(path)):
        by_requests(f"{url}/a"), by_requests(f"{url}/b")
    with recorder.use_cassette(str(path), record_mode="all"):
        by_requests(f"{url}/b")
        with recorder.use_cassette(str(path), record_mode="all"):
            by_requests(f"{url}/a")
    kept = {
        recorded.exchange.url.rpartition("/")[2]: json.loads(recorded.exchange.response_body)["number"]
        for recorded in files.read(path).exchanges
    }
    assert (kept, len(files.read(path).exchanges)) == ({"a": 3, "b": 2}, 2)
