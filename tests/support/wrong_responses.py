"""Servers that response one operation with what an example of a rule responses, and honestly otherwise.

A rule about responses can only be broken by a server: these break each of them, one at a time.
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
    """What a server responses to each call of an operation."""

    operation: str
    status: int
    headers: dict[str, str]
    body: bytes


def breaking(rule: str) -> Iterator[Response]:
    """Yield responses that break a rule, and no other."""
    for negative in negatives(rule):
        if negative.is_exchange and any(
            one.rule == rule and one.pointer.startswith("/response")
            for one in negative.findings(negative.value)
        ):
            yield _response(negative.operation, negative.value)


def mended(rule: str) -> Iterator[Response]:
    """Yield the same responses mended."""
    for _, twin in pairs(rule):
        if twin is not None and twin.is_exchange and twin.value.get("status") is not None:
            yield _response(twin.operation, twin.value)


def _response(operation: str, value: Json) -> Response:
    headers = {name.lower(): each for name, each in value.get("response_headers", {}).items()}
    body = value.get("response_body")
    return Response(operation, value["status"], headers, b"" if body is None else encoded(body))


def server(response: Response) -> Any:
    """Return an ASGI application: our sandbox, but for the one operation."""
    marketplace, _, id = response.operation.partition("/")
    honest = sandbox.app(marketplace)
    routes = contract.contract(marketplace).routes
    headers = [(name.encode(), each.encode()) for name, each in response.headers.items()]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found = None
        if scope["type"] == "http" and not scope["path"].startswith("/__sandbox"):
            found = routes.find(scope["method"], scope["raw_path"].decode(), any_host=True)
        if found is None or found.operation != id or not found.method_fits:
            await honest(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    return app
