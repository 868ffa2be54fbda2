"""A server that responds as an exchange with a planted secret says."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from support.planted_secrets import Planted
from support.servers import listening

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

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def planted_server() -> Iterator[PlantedServer]:
    """Run the server while the block runs."""
    http = PlantedServer(("127.0.0.1", 0), Handler)
    with listening(http):
        yield http
