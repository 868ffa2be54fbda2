"""`sellerspec serve --cassettes`: recorded responses, and with `--fallback` those of the sandbox."""

from contextlib import suppress
from dataclasses import replace

import orjson

from sellerspec.cassettes import Replay
from sellerspec.errors import ParseError
from sellerspec.io.compression import decompressed
from sellerspec.model import Exchange
from sellerspec.sandbox.asgi import Application
from sellerspec.sandbox.control import PREFIX
from sellerspec.sandbox.messages import Reply, Request
from sellerspec.sandbox.server import Sandbox

OF_THE_CONNECTION = frozenset(
    ("connection", "content-length", "content-type", "date", "keep-alive", "server", "transfer-encoding")
)
"""Headers of a recorded response that belong to its connection."""

NOT_RECORDED = 501
"""Status of the response to a request that no cassette has; no marketplace documents it."""


class Replaying(Application):
    """The sandbox's application, with recorded responses in front of it."""

    def __init__(self, sandbox: Sandbox, replay: Replay, *, fallback: bool) -> None:
        """Put `replay` in front of a sandbox.

        Args:
            fallback: whether the sandbox answers requests that no cassette has.
        """
        super().__init__(sandbox)
        self._replay = replay
        self._fallback = fallback

    def respond(self, request: Request) -> Reply:
        """Return a recorded response; the control plane stays, and its reset rewinds the cassettes."""
        if request.path.startswith(PREFIX):
            response = super().respond(request)
            if request.path.rstrip("/").endswith("/reset") and response.status == 200:
                self._replay.reset()
            return response
        exchange = request.exchange
        recorded = self._replay.find(replace(exchange, url=f"http://sandbox{exchange.url}"))
        if recorded is not None:
            return _reply(recorded.exchange)
        if self._fallback:
            return super().respond(request)
        call = f"{request.method} {request.path[:80]}"
        message = f"[sellerspec] no cassette has {call}; `--fallback` asks the sandbox"
        return Reply(NOT_RECORDED, orjson.dumps({"errors": [message]}))


def _reply(exchange: Exchange) -> Reply:
    headers = {name.lower(): value for name, value in exchange.response_headers.items()}
    body, dropped = exchange.response_body, OF_THE_CONNECTION
    with suppress(ParseError):  # the client gets a body that nothing can unpack as it was
        body = decompressed(body, headers.get("content-encoding", ""))
        # recorders may unpack a body and keep the header of the packed one
        dropped = OF_THE_CONNECTION | {"content-encoding"}
    return Reply(
        exchange.status or 200,
        body,
        headers.get("content-type", ""),
        {name: value for name, value in headers.items() if name not in dropped},
    )
