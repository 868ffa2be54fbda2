"""The caller's side of one exchange: reads the request, sends the response, by ASGI."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping

from sellerspec.proxy.messages import Ended, Outcome, RawHeaders, joined
from sellerspec.sandbox.asgi import Receive, Scope, Send, disconnected, transport_of
from sellerspec.sandbox.messages import BODYLESS, Reply, Request

_GONE = "the request did not arrive completely, and was not sent"


class Client:
    """One request of a caller, and the way back to it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, timeout: float) -> None:
        """Take the parts of an ASGI call.

        Args:
            scope: of the call.
            receive: of the call.
            send: of the call.
            timeout: seconds that the caller may be silent within its request.
        """
        self._receive, self._send, self._timeout = receive, send, timeout
        self.method: str = scope["method"]
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        query: bytes = scope["query_string"]
        self.path = path.partition(b"?")[0]
        self.target = self.path + b"?" + query if query else self.path
        """Path and query, as in the request line."""

        self.headers: RawHeaders = list(scope["headers"])
        self.joined = joined(self.headers)
        self.address = str((scope.get("server") or ("",))[0])
        """Address of this end of the connection."""

        self.has_more = True
        """Whether there is more of the body to read."""

        self.started = False
        """Whether the status of the response was sent."""

        self.more_headers: Callable[[Collection[str]], Mapping[str, str]] = lambda _: {}
        """Returns headers to add to a response, by the names of those that it has."""

    def request(self, body: bytes = b"") -> Request:
        """Return the request as the control plane takes it."""
        query = self.target[len(self.path) + 1 :]
        return Request(
            self.method.upper(), self.path.decode("latin-1"), query.decode("latin-1"), self.joined, body
        )

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield what is left of the body.

        Raises:
            Ended: the caller left, or was silent for too long.
        """
        while self.has_more:
            try:
                async with asyncio.timeout(self._timeout):
                    message = await self._receive()
            except TimeoutError:
                problem = f"the request was not complete within {self._timeout:g} seconds of silence"
                raise Ended(Outcome.REFUSED, 408, problem, headers={"connection": "close"}) from None
            if message["type"] == "http.disconnect":
                raise Ended(Outcome.GONE, 400, _GONE)
            self.has_more = message.get("more_body", False)
            yield message.get("body", b"")

    async def body(self, most: int) -> bytes:
        """Return the body; of one with more than `most` bytes the first part, which has more.

        Raises:
            Ended: as for `chunks`.
        """
        body = bytearray()
        async for chunk in self.chunks():
            body += chunk
            if len(body) > most:
                break
        return bytes(body)

    async def left(self) -> None:
        """Return when the caller has disconnected; the request was read before."""
        await disconnected(self._receive)

    async def start(self, status: int, headers: RawHeaders) -> None:
        """Send status and headers, and those that let a web page read the response."""
        self.started = True
        names = [name.decode("latin-1").lower() for name, _ in headers]
        more = {name: value.encode("latin-1") for name, value in self.more_headers(names).items()}
        if more:
            headers = [
                (name, value) for name, value in headers
                if name.lower() == b"vary" or name.decode("latin-1").lower() not in more
            ]  # fmt: skip
        headers = [*headers, *((name.encode(), value) for name, value in more.items())]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def send(self, chunk: bytes, *, more: bool) -> None:
        """Send a part of the body."""
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})

    async def respond(self, reply: Reply) -> None:
        """Send a response of the proxy itself."""
        content = b"" if reply.status in BODYLESS else reply.content
        length = {} if reply.status in BODYLESS else {"content-length": str(len(content))}
        headers = {**reply.all_headers(), **length}.items()
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await self.start(reply.status, raw)
        await self.send(b"" if self.method == "HEAD" else content, more=False)

    async def cut(self) -> None:
        """Close the connection within a response, so that the caller sees that it is not complete."""
        transport = transport_of(self._receive)
        if transport is not None:
            transport.close()
            await self.left()
