"""Servers that respond to one operation as an example of a rule does, and honestly otherwise.

Only a server can violate a rule about responses. Every server here violates exactly one such rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sellerspec import contract, sandbox
from sellerspec.io.records import encoded
from sellerspec.model import Json
from sellerspec.strategies.negatives import negatives, pairs


@dataclass(frozen=True)
class Response:
    """How a server responds to each call of an operation."""

    operation: str
    status: int
    headers: dict[str, str]
    body: bytes


def violating(rule: str) -> Iterator[Response]:
    """Yield responses that violate a rule, and no other."""
    for negative in negatives(rule):
        if negative.is_exchange and any(
            finding.rule == rule and finding.pointer.startswith("/response")
            for finding in negative.findings(negative.value)
        ):
            yield _response(negative.operation, negative.value)


def valid(rule: str) -> Iterator[Response]:
    """Yield the valid twins of the same responses."""
    for _, twin in pairs(rule):
        if twin is not None and twin.is_exchange and twin.value.get("status") is not None:
            yield _response(twin.operation, twin.value)


def _response(operation: str, value: Json) -> Response:
    headers = {name.lower(): header for name, header in value.get("response_headers", {}).items()}
    body = value.get("response_body")
    return Response(operation, value["status"], headers, b"" if body is None else encoded(body))


def server(response: Response) -> Any:
    """Return an ASGI application: our sandbox, but for the one operation."""
    marketplace, _, id = response.operation.partition("/")
    honest = sandbox.app(marketplace)
    routes = contract.contract(marketplace).routes
    # the fuzzer waits after a 429 as it asks; the waiting tells nothing
    at_once = {"retry-after": "0"} if response.status == 429 else {}
    headers = [(name.encode(), value.encode()) for name, value in (at_once | response.headers).items()]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        match = None
        if scope["type"] == "http" and not scope["path"].startswith("/__sellerspec"):
            match = routes.find(scope["method"], scope["raw_path"].decode(), any_host=True)
        if match is None or match.operation != id or not match.method_fits:
            await honest(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    return app
