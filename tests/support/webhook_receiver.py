"""A seller's receiver of webhooks on a real socket: checks what comes, keeps the last of each order."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

import sellerspec
from support.servers import listening


@dataclass
class Receiver:
    """The address of a receiver, and the notices that it accepted."""

    url: str = ""
    orders: dict[str, Any] = field(default_factory=dict)

    def take(self, notice: Any) -> None:
        """Keep a notice as the newest of its order."""
        body = notice.get("data", notice)
        self.orders[str(body.get("order_code", body.get("order_id")))] = notice

    def state(self) -> dict[str, Any]:
        return dict(self.orders)


@contextlib.contextmanager
def receiver(webhook: str) -> Iterator[Receiver]:
    """Yield a receiver of one webhook: 200 to a notice that satisfies its contract, else 400."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            try:
                good = sellerspec.check(webhook, body).ok
            except sellerspec.SellerspecError:
                good = False
            if good:
                kept.take(orjson.loads(body))
            self.send_response(200 if good else 400)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with listening(server) as url:
        kept.url = f"{url}/notices"
        yield kept
