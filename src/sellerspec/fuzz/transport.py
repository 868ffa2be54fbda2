"""Send a call to an application in this process or to a server, and return the reply or the problem.

No behaviour of a server raises an exception. No redirect is followed, no reply takes longer than the timeout,
and no more of a body is kept than the limit.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import TimeoutError as Overdue
from dataclasses import replace
from typing import Any

import httpx

from sellerspec.errors import UsageError
from sellerspec.fuzz.messages import Call, Reply
from sellerspec.fuzz.options import Options

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class TooLarge(Exception):
    """A body is longer than the limit."""


class Crash(Exception):
    """The application raised an exception, which is the cause."""


def connected(options: Options, *, app: App | None, url: str | None, verify: bool = True) -> "Transport":
    """Return a transport to an ASGI application or to a server; nothing is sent yet.

    Raises:
        UsageError: neither or both are given, or the address is not one of http or https.
    """
    if app is not None and url is None:
        return Transport(
            httpx.ASGITransport(_Watched(app, options.largest)), "http://sellerspec.invalid", options
        )
    if app is not None or url is None:
        raise UsageError("give either `app` or `url`: one server to fuzz")
    with contextlib.suppress(httpx.InvalidURL, UnicodeError):
        address = httpx.URL(url)
        if address.scheme in ("http", "https") and address.host:
            # no environment: a proxy named there would take the calls elsewhere
            server = httpx.AsyncHTTPTransport(verify=verify, trust_env=False)
            return Transport(server, url.rstrip("/"), options)
    raise UsageError("the address of the server is not like http://host:port/path or https://host/path")


class _Watched:
    """An application; its exceptions become `Crash`, and a body over the limit `TooLarge`."""

    def __init__(self, app: App, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        size = 0

        async def limited(message: MutableMapping[str, Any]) -> None:
            nonlocal size
            size += len(message.get("body", b""))
            if size > self._largest:
                raise TooLarge
            await send(message)

        try:
            await self._app(scope, receive, limited)
        except Exception as error:  # an application under test may raise anything; it is a finding
            if size > self._largest:  # a framework may have wrapped the exception
                raise TooLarge from error
            raise Crash from error


class Transport:
    """Sends calls from an event loop in a thread of its own, so that a server that hangs blocks only it."""

    def __init__(self, server: httpx.AsyncBaseTransport, url: str, options: Options) -> None:
        self._server = server
        self._url = url
        self._timeout = options.timeout
        self._largest = options.largest
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sellerspec-fuzz", daemon=True)
        self._thread.start()

    def send(self, call: Call) -> Reply:
        """Send a call and return the reply, or the problem."""
        begun = time.perf_counter()
        reply = asyncio.run_coroutine_threadsafe(self._reply(call), self._loop)
        try:
            return replace(reply.result(self._timeout), seconds=time.perf_counter() - begun)
        except Overdue:
            reply.cancel()
            return Reply(
                problem="hang", detail=f"no answer within {self._timeout:g} s", seconds=self._timeout
            )

    def close(self) -> None:
        """Close the connections and end the thread; a thread that is stuck in the application is left."""
        with contextlib.suppress(Overdue):
            asyncio.run_coroutine_threadsafe(self._server.aclose(), self._loop).result(1)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(1)
        if not self._thread.is_alive():
            self._loop.close()

    async def _reply(self, call: Call) -> Reply:
        try:
            return await self._response(call)
        except TooLarge:
            return Reply(problem="too-large", detail=f"more than {self._largest} bytes")
        except Crash as crash:
            cause = crash.__cause__
            if isinstance(cause, ConnectionError):
                return Reply(problem="reset", detail=type(cause).__name__)
            return Reply(problem="crash", detail=f"{type(cause).__name__}: {str(cause)[:100]}")
        except AssertionError:  # how httpx says that an application ended its call without a response
            return Reply(problem="garbage", detail="the application sent no answer")
        except (httpx.LocalProtocolError, httpx.InvalidURL, ValueError) as error:
            return Reply(problem="unsendable", detail=f"{type(error).__name__}: {str(error)[:100]}")
        except httpx.ConnectError as error:
            return Reply(problem="unreachable", detail=str(error)[:100])
        except (httpx.RemoteProtocolError, httpx.DecodingError) as error:
            cut = "disconnected" in str(error)
            return Reply(problem="reset" if cut else "garbage", detail=str(error)[:100])
        except (httpx.TransportError, OSError) as error:
            return Reply(problem="reset", detail=f"{type(error).__name__}: {str(error)[:80]}")

    async def _response(self, call: Call) -> Reply:
        headers = [(name.encode("latin-1"), _encoded(value)) for name, value in call.headers.items()]
        request = httpx.Request(
            call.method, self._url + call.path, headers=headers, content=call.body or None
        )
        response = await self._server.handle_async_request(request)
        try:
            parts: list[bytes] = []
            size = 0
            async for part in response.aiter_bytes():
                size += len(part)
                if size > self._largest:
                    raise TooLarge
                parts.append(part)
            headers_ = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status_code, headers_, b"".join(parts))
        finally:
            await response.aclose()


def _encoded(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()
