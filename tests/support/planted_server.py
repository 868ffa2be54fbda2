"""A server that responds as an exchange with a planted secret says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from support.planted_secrets import Planted

REASON = "FAKE900REASON"


class PlantedServer(ThreadingHTTPServer):
    """A server that responds with the response of `planted`."""

    planted: Planted


class Handler(BaseHTTPRequestHandler):
    server: PlantedServer

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        exchange = self.server.planted.exchange
        self.send_response(exchange.status or 200, REASON)
        headers = {"content-length": str(len(exchange.response_body)), **exchange.response_headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(exchange.response_body)

    do_POST = do_GET  # noqa: N815 - the name that the base class looks for

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def planted_server() -> Iterator[PlantedServer]:
    """Run the server while the block runs."""
    http = PlantedServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield http
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
