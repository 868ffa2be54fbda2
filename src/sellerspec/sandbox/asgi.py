"""The sandbox as an ASGI application: reads a request, passes it on, sends the reply."""

import asyncio
import logging
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

from sellerspec.reporting import unforeseen
from sellerspec.sandbox.access import Access
from sellerspec.sandbox.control import PREFIX, Control
from sellerspec.sandbox.messages import BODYLESS, Reply, Request, reply
from sellerspec.sandbox.reading import oversized, readable
from sellerspec.sandbox.server import Sandbox

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATIENCE = 64 << 20
"""Bytes of a body that is too large which are still received, so that the client reads why it is refused."""

LONGEST_HOLD = 60.0
"""Seconds for which a connection without a response is held at most, for clients without a timeout."""

_LOG = logging.getLogger("sellerspec.sandbox")


class Application:
    """An ASGI 3 application; `sandbox` is the sandbox behind it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._control = Control(sandbox)
        self._access = Access(sandbox.settings.allow_origins)

    def listens_on(self, host: str, base: str) -> None:
        """Note the address that the user chose, and the one that the server has."""
        self.sandbox.base = base
        self._access = Access(self.sandbox.settings.allow_origins, host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection of a server."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            request = await self._read(scope, receive)
            if request is not None:
                address = str((scope.get("server") or ("",))[0])
                response = await self._allowed(request, address)
                headers = self._access.headers(request, response)
                await _send(response, headers, request, receive, send)

    async def _allowed(self, request: Request, address: str) -> Reply:
        """Return the reply, or the refusal of a caller that may not send the request."""
        refused = self._access.refusal(request, address) or self._access.preflight(request)
        if refused is not None:
            return refused
        if request.path.startswith(PREFIX):
            # a log of thousands of exchanges takes long, and the marketplace goes on meanwhile
            return await asyncio.to_thread(self._responded, request)
        return self._responded(request)

    def _responded(self, request: Request) -> Reply:
        try:
            return self.respond(request)
        except Exception as error:  # one request must not end others, nor show a traceback
            message = unforeseen.failed("sandbox", error)
            _LOG.error(message)
            return reply({"error": message}, 500)

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
        max_body = self.sandbox.settings.max_body
        body, size = bytearray(), 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunk = message.get("body", b"")
            size += len(chunk)
            if size <= max_body:
                body += chunk
            if not message.get("more_body") or size > max_body + PATIENCE:
                break
        request = Request(
            method=scope["method"].upper(),
            path=raw.partition(b"?")[0].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=bytes(body) if size <= max_body else b"",
            unread=oversized(max_body) if size > max_body else None,
        )
        return readable(request, max_body)


async def _send(
    response: Reply, more: Mapping[str, str], request: Request, receive: Receive, send: Send
) -> None:
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.ends == "held":
        await _hold(receive)
    if response.ends in ("held", "reset"):
        await _reset(receive)
        return
    bodyless = response.status in BODYLESS
    length = {} if bodyless else {"content-length": str(len(response.content))}
    headers = {**response.all_headers(), **more, **length}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    body = b"" if bodyless or request.method == "HEAD" else response.content
    if response.ends == "cut":
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await _reset(receive)
        return
    await send({"type": "http.response.body", "body": body})


async def _hold(receive: Receive) -> None:
    """Wait until the client disconnects, at most `LONGEST_HOLD` seconds.

    Raises:
        TimeoutError: there is no socket, so that no client can disconnect.
    """
    if transport_of(receive) is None:
        raise TimeoutError("a planned response that never comes")
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_HOLD):
            await disconnected(receive)


async def disconnected(receive: Receive) -> None:
    """Return when the client has disconnected; its request was read before."""
    while (await receive())["type"] != "http.disconnect":
        pass


def transport_of(receive: Receive) -> Any:
    """Return the transport of uvicorn's cycle; None behind another server, or without a socket.

    ASGI has no message that ends a connection within a response.
    """
    return getattr(getattr(receive, "__self__", None), "transport", None)


async def _reset(receive: Receive) -> None:
    """Reset the connection, if the client did not end it.

    Raises:
        ConnectionResetError: there is no transport, as in a test client without a socket.
    """
    transport = transport_of(receive)
    if transport is None:
        raise ConnectionResetError("a planned reset of the connection")
    if transport.is_closing():
        return
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
