"""A receiver of webhooks for the demo: it stores the exchanges, and responds as Tokopedia expects."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sellerspec.model import Exchange

RESPONSE = b'{"success": true}'


class Receiver(ThreadingHTTPServer):
    """Listens on a free port of this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[Exchange] = []

    @property
    def url(self) -> str:
        """Address for the notices."""
        return f"http://127.0.0.1:{self.server_port}/orders"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        kind = {"content-type": "application/json"}
        self.server.taken.append(
            Exchange(
                "POST", self.server.url, 200, request_headers=headers, request_body=body,
                response_headers=kind, response_body=RESPONSE,
            )
        )  # fmt: skip
        self.send_response(200)
        for name, value in {**kind, "content-length": str(len(RESPONSE))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(RESPONSE)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: the demo prints the notices."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver while the block runs."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
