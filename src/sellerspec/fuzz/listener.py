"""Receive the notices that a server sends: a small HTTP server on an address that it can reach."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from sellerspec.io.strict import readable
from sellerspec.model import Exchange, Json

MAX_BODY = 1 << 20
"""Most bytes that are read of a notice."""


class Listener:
    """Keeps the exchanges of all notices. It listens from the start, and until the block ends."""

    def __init__(self, host: str = "127.0.0.1", response: bytes = b"{}") -> None:
        exchanges: list[Exchange] = []
        kind = {"content-type": "application/json"}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(min(int(sent.get("content-length") or 0), MAX_BODY))
                exchange = Exchange(
                    "POST", url, 200, request_headers=sent, request_body=body,
                    response_headers=kind, response_body=response,
                )  # fmt: skip
                exchanges.append(exchange)
                self.send_response(200)
                for name, value in {**kind, "content-length": str(len(response))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(response)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: a library does not write to the terminal."""

        self.exchanges = exchanges
        self._server = ThreadingHTTPServer((host, 0), Handler)
        self.url = url = f"http://{host}:{self._server.server_address[1]}/notices"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def wait(self, count: int, seconds: float) -> list[Json]:
        """Return the notices a moment after there are `count`, so that one too many shows.

        None stands for a notice that is not JSON.
        """
        ends = time.monotonic() + seconds
        while len(self.exchanges) < count and time.monotonic() < ends:
            time.sleep(0.01)
        time.sleep(0.15)
        return [readable(exchange.request_body) for exchange in self.exchanges]

    def __enter__(self) -> Self:
        """Return the listener itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
