"""Sandboxes for tests: every response of a sandbox is checked, and none may have an error."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import httpx

import sellerspec
from sellerspec import sandbox
from sellerspec.sandbox.messages import Reply, Request
from sellerspec.sandbox.running import Box
from sellerspec.sandbox.server import Sandbox

SHEET_ROW: list[object] = [
    "E2E",
    "R1",
    "sgn",
    "VN039007006",
    "Người Bịa",
    "0000000000",
    "1 Đường Bịa",
    "",
    10,
    "",
    "",
    "9587541851263",
    1,
    5,
]
"""One order of a TNSL workbook; the person is invented."""

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def example(path: str) -> Any:
    """Return an example payload, `tiki/createProduct/valid/documented-simple`."""
    return json.loads((EXAMPLES / f"{path}.json").read_text())


def check_log(box: Sandbox) -> None:
    """Check every exchange of the log with the public `check_exchange`."""
    for entry in box.log.entries():
        if entry.operation is None or entry.response.ends != "whole":
            continue
        report = sellerspec.check_exchange(
            entry.exchange, operation=entry.operation.key, facts=entry.facts, requests="accepted"
        )
        assert report.ok, f"{entry.request.method} {entry.request.url} {entry.response.status}: {report}"


@contextmanager
def running(marketplace: str, **settings: Any) -> Iterator[tuple[Box, httpx.Client]]:
    """Run a sandbox on a socket with a client; at the end its responses are checked."""
    with sandbox.run(marketplace, **settings) as box:
        with httpx.Client(base_url=box.url, headers=box.headers, trust_env=False) as client:
            yield box, client
        check_log(box.sandbox)


class Client:
    """Calls a sandbox without a socket."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box

    def __call__(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        path, _, query = url.partition("?")
        sent = {"content-type": "application/json", **self.box.auth()} if headers is None else headers
        return self.box.handle(Request(method, path, query, sent, content))


@contextmanager
def calling(marketplace: str, *, checked: bool = True, **settings: Any) -> Iterator[Client]:
    """Make a sandbox to be called without a socket; at the end its responses are checked."""
    box = sandbox.app(marketplace, **settings).sandbox
    try:
        yield Client(box)
        if checked:
            check_log(box)
    finally:
        box.close()


class Receiver:
    """A webhook receiver on a socket: keeps the notices, responds with planned statuses."""

    def __init__(self) -> None:
        self.notices: list[Any] = []
        self.responses: list[int] = []
        """Statuses of the next responses; 200 when none is left."""

        self.hold = Event()
        """While it is set, no response is given."""

        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.notices.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                while receiver.hold.is_set():
                    sleep(0.002)
                self.send_response(receiver.responses.pop(0) if receiver.responses else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/orders"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    running = Receiver()
    try:
        yield running
    finally:
        running.close()
