"""Servers that answer one operation with what an example of a rule answers, and honestly otherwise.

A rule about answers can only be broken by a server: these break each of them, one at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sellerspec import contract, sandbox
from sellerspec.model import Json
from sellerspec.strategies.breaking import starts, variants
from sellerspec.strategies.corpus import Example, encoded


@dataclass(frozen=True)
class Answer:
    """What a server answers to each call of an operation."""

    operation: str
    status: int
    headers: dict[str, str]
    body: bytes


def breaking(rule: str) -> Iterator[Answer]:
    """Yield answers that break a rule, and no other."""
    for each in variants(rule):
        if each.is_call and any(
            one.rule == rule and one.pointer.startswith("/answer") for one in each.findings(each.value)
        ):
            yield _answer(each.operation, each.value)


def mended(rule: str) -> Iterator[Answer]:
    """Yield the same answers mended."""
    for _, twin in starts(rule):
        if isinstance(twin, Example) and twin.is_call and twin.value.get("status") is not None:
            yield _answer(twin.operation, twin.value)


def _answer(operation: str, value: Json) -> Answer:
    headers = {name.lower(): each for name, each in value.get("answer_headers", {}).items()}
    body = value.get("answer_body")
    return Answer(operation, value["status"], headers, b"" if body is None else encoded(body))


def server(answer: Answer) -> Any:
    """Return an ASGI application: our sandbox, but for the one operation."""
    marketplace, _, id = answer.operation.partition("/")
    honest = sandbox.app(marketplace)
    routes = contract.contract(marketplace).routes
    headers = [(name.encode(), each.encode()) for name, each in answer.headers.items()]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found = None
        if scope["type"] == "http" and not scope["path"].startswith("/__sandbox"):
            found = routes.find(scope["method"], scope["raw_path"].decode(), any_host=True)
        if found is None or found.operation != id or not found.method_fits:
            await honest(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return app
