"""The sandbox as an ASGI application: reads a call, asks the sandbox, sends its response."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sellerspec.sandbox.control import PREFIX, Control
from sellerspec.sandbox.messages import Call, Reply
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
        """Response one connection event of a server."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            call = await self._call(scope, receive)
            if call is not None:
                await self._send(self.response(call), call, receive, send)

    def response(self, call: Call) -> Reply:
        """Response a call to the marketplace or to the control plane."""
        return self._control.handle(call) if call.path.startswith(PREFIX) else self.sandbox.handle(call)

    async def _call(self, scope: Scope, receive: Receive) -> Call | None:
        """Read a call; None if the client went away."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        raw = scope.get("raw_path") or scope["path"].encode()
        parts: list[bytes] = []
        size, most = 0, self.sandbox.settings.max_body
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size <= most:
                parts.append(part)
            if not message.get("more_body"):
                break
        return Call(
            method=scope["method"].upper(),
            path=raw.partition(b"?")[0].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=b"".join(parts) if size <= most else b"",
            oversized=size > most,
        )

    async def _send(self, response: Reply, call: Call, receive: Receive, send: Send) -> None:
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.drops:
            await _drop(receive)
            return
        headers = {**response.all_headers(), "content-length": str(len(response.content))}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": raw})
        body = b"" if call.method == "HEAD" else response.content
        await send({"type": "http.response.body", "body": body})


async def _drop(receive: Receive) -> None:
    """Reset the connection.

    ASGI has no word for it, so the transport of uvicorn's cycle is asked; without one, as in a
    test client that calls the application itself, the error is raised.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("a connection reset that was asked for")
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
