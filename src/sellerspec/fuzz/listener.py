"""Receive the notices that a server sends: a small HTTP server on an address that it can reach."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from sellerspec.model import Json


class Listener:
    """Keeps the decoded bodies of all notices; None for one that is not JSON."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        notices: list[Json] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = min(int(self.headers.get("content-length") or 0), 1 << 20)
                try:
                    notices.append(orjson.loads(self.rfile.read(length)))
                except orjson.JSONDecodeError:
                    notices.append(None)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: a library does not write to the terminal."""

        self.notices = notices
        self._server = ThreadingHTTPServer((host, 0), Handler)
        self.url = f"http://{host}:{self._server.server_address[1]}/notices"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def wait(self, count: int, seconds: float) -> list[Json]:
        """Return the notices a moment after there are `count`, so that one too many shows."""
        ends = time.monotonic() + seconds
        while len(self.notices) < count and time.monotonic() < ends:
            time.sleep(0.01)
        time.sleep(0.15)
        return list(self.notices)

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
