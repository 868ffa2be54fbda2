"""The sandbox as an ASGI application: reads a request, passes it on, sends the reply."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sellerspec.sandbox.control import PREFIX, Control
from sellerspec.sandbox.messages import Reply, Request
from sellerspec.sandbox.server import Sandbox

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Application:
    """An ASGI 3 application; `sandbox` is the sandbox behind it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._control = Control(sandbox)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection of a server."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            request = await self._read(scope, receive)
            if request is not None:
                await _send(self.respond(request), request, receive, send)

    def respond(self, request: Request) -> Reply:
        """Return the reply of the marketplace or of the control plane."""
        if request.path.startswith(PREFIX):
            return self._control.handle(request)
        return self.sandbox.handle(request)

    async def _read(self, scope: Scope, receive: Receive) -> Request | None:
        """Read a request; None if the client disconnected."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        raw = scope.get("raw_path") or scope["path"].encode()
        chunks: list[bytes] = []
        size, max_body = 0, self.sandbox.settings.max_body
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunk = message.get("body", b"")
            size += len(chunk)
            if size <= max_body:
                chunks.append(chunk)
            if not message.get("more_body"):
                break
        return Request(
            method=scope["method"].upper(),
            path=raw.partition(b"?")[0].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=b"".join(chunks) if size <= max_body else b"",
            oversized=size > max_body,
        )


async def _send(response: Reply, request: Request, receive: Receive, send: Send) -> None:
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.drops:
        await _drop(receive)
        return
    headers = {**response.all_headers(), "content-length": str(len(response.content))}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    body = b"" if request.method == "HEAD" else response.content
    await send({"type": "http.response.body", "body": body})


async def _drop(receive: Receive) -> None:
    """Reset the connection.

    ASGI has no message for it, so this takes the transport from uvicorn's cycle.

    Raises:
        ConnectionResetError: there is no transport, as in a test client without a socket.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("a planned reset of the connection")
    # no lingering: the kernel sends RST instead of an orderly end
    transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    transport.abort()
    await asyncio.sleep(0.01)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
