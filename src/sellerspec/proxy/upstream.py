"""The way to the marketplace: one request, one response as it comes, by a transport of httpx.

A transport follows no redirect, keeps no cookie, adds no header and reads no proxy from the environment.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from sellerspec.errors import ParseError
from sellerspec.proxy.messages import Ended, Outcome, RawHeaders

CONNECTIONS = 100
"""Idle connections to the marketplace that are kept."""


class Body(httpx.AsyncByteStream):
    """The body of a request: what was read of it, then what is left."""

    def __init__(self, first: bytes, rest: AsyncIterator[bytes] | None = None) -> None:
        self.first, self._rest = first, rest

    @property
    def has_more(self) -> bool:
        """Whether more comes after what was read."""
        return self._rest is not None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.first:
            yield self.first
        if self._rest is not None:
            async for chunk in self._rest:
                yield chunk


class Upstream:
    """The server of a marketplace; nothing else is called."""

    def __init__(self, url: str, *, timeout: float, ca_file: Path | None = None) -> None:
        """Make the way to a server; nothing is sent yet.

        Args:
            url: `https://host:port/path`, without a slash at the end.
            timeout: seconds to wait for a connection, for the headers of a response, for each part of a body.
            ca_file: certificates in PEM that are trusted besides those of this machine.

        Raises:
            ParseError: the file holds no certificates.
        """
        self._url = httpx.URL(url)
        self._prefix = self._url.raw_path.rstrip(b"/")
        self._host = self._url.netloc
        self._seconds = timeout
        self._timeout = httpx.Timeout(timeout, pool=None).as_dict()
        self._transport = httpx.AsyncHTTPTransport(
            verify=_trusting(ca_file), trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=CONNECTIONS),
        )  # fmt: skip

    def address(self, target: bytes) -> str:
        """Return the URL of a target at the server."""
        return f"{self._url.scheme}://{self._host.decode()}{(self._prefix + target).decode('latin-1')}"

    async def send(self, method: str, target: bytes, headers: RawHeaders, body: Body) -> httpx.Response:
        """Send a request, and return the response as soon as its headers are there.

        Args:
            method: the method.
            target: path and query, sent as they are, below the path of the server.
            headers: without `Host`; they say how long the body is.
            body: the body.

        Raises:
            Ended: there is no response.
        """
        request = httpx.Request(
            method, self._url, headers=[(b"Host", self._host), *headers], stream=body,
            extensions={"target": self._prefix + target, "timeout": self._timeout},
        )  # fmt: skip
        # each part may be in time, and all of them never be there
        most = None if body.has_more else self._seconds
        try:
            async with asyncio.timeout(most):
                return await self._transport.handle_async_request(request)
        except (httpx.TransportError, TimeoutError) as error:
            raise ended(error) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()


def ended(error: Exception) -> Ended:
    """Return how an exchange ends by an error of the way to the marketplace."""
    why = str(error).rstrip(".") or type(error).__name__
    match error:
        case httpx.ConnectTimeout() | httpx.ConnectError():
            return Ended(Outcome.UNREACHABLE, 502, f"the marketplace cannot be reached: {why}")
        case httpx.TimeoutException() | TimeoutError():
            return Ended(
                Outcome.TIMEOUT, 504, "the marketplace was silent for too long; it may have taken the request"
            )
    return Ended(Outcome.BROKEN, 502, f"the marketplace sent no complete response: {why}")


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError):
            raise ParseError("no certificates in PEM", name=str(ca_file)) from None
    return context
