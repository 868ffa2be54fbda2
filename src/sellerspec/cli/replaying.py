"""`sellerspec serve --cassettes`: responses from cassettes, and from the sandbox where it is asked to."""

import orjson

from sellerspec.cassettes import Replay
from sellerspec.model import Exchange
from sellerspec.sandbox.asgi import Application
from sellerspec.sandbox.control import PREFIX
from sellerspec.sandbox.messages import Call, Reply
from sellerspec.sandbox.server import Sandbox

OF_THE_WIRE = frozenset(
    ("connection", "content-length", "content-type", "date", "keep-alive", "server", "transfer-encoding")
)
"""Headers of a recorded response that belong to the connection it came over."""

NOT_RECORDED = 501
"""Status of the response to a call that no cassette has; no marketplace documents it."""


class Replaying(Application):
    """The sandbox's application, with recorded responses in front of it."""

    def __init__(self, sandbox: Sandbox, replay: Replay, *, fallback: bool) -> None:
        """Put `replay` in front of a sandbox.

        Args:
            fallback: whether the sandbox responses what no cassette has.
        """
        super().__init__(sandbox)
        self._replay = replay
        self._fallback = fallback

    def response(self, call: Call) -> Reply:
        """Response from the cassettes; the control plane stays, and its reset rewinds them."""
        if call.path.startswith(PREFIX):
            if call.path.rstrip("/").endswith("/reset"):
                self._replay.reset()
            return super().response(call)
        asked = Exchange(
            call.method,
            f"http://sandbox{call.url}",
            request_headers=call.headers,
            request_body=call.body,
        )
        found = self._replay.find(asked)
        if found is not None:
            return _reply(found.exchange)
        if self._fallback:
            return super().response(call)
        said = f"[sellerspec] no cassette has {call.method} {call.path[:80]}; `--fallback` asks the sandbox"
        return Reply(NOT_RECORDED, orjson.dumps({"errors": [said]}))


def _reply(exchange: Exchange) -> Reply:
    headers = {name.lower(): value for name, value in exchange.response_headers.items()}
    return Reply(
        exchange.status or 200,
        exchange.response_body,
        headers.get("content-type", ""),
        {name: value for name, value in headers.items() if name not in OF_THE_WIRE},
    )
