"""Send one call and take one response, whatever the server does: in process or over a socket.

A wire never raises for what a server does, never follows a redirect, never waits longer than its
limit and never keeps more of a response than its limit.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Overdue
from dataclasses import dataclass, field
from typing import Any, Protocol

from sellerspec.errors import MissingExtra, UsageError

LARGEST = 16 << 20
"""Bytes of a response that are read; a longer one is a finding."""

App = Callable[
    [MutableMapping[str, Any], Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]]], Awaitable[None]
]


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    operation: str
    """Key of the operation it is meant for."""

    method: str
    path: str
    """Encoded path below the server's address, with the query: `/v2/orders?page=1`."""

    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def weight(self) -> int:
        """How large it is: the smaller of two calls that show the same is the one to report."""
        return len(self.body) + len(self.path) + sum(len(header) for header in self.headers.values())


@dataclass(frozen=True, slots=True)
class Got:
    """What came back: a response, or what went wrong instead."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""

    body: bytes = b""
    problem: str = ""
    """`hang`, `reset`, `garbage`, `too-large`, `unreachable` or `crash`; "" where there is a response."""

    detail: str = ""
    seconds: float = 0.0

    @property
    def code(self) -> int:
        """The status; 0 where there is none."""
        return self.status or 0


class Transport(Protocol):
    """The way to a server."""

    def send(self, call: Call) -> Got:
        """Send a call and return what came of it."""

    def close(self) -> None:
        """Let go of what the wire holds."""


class _TooLarge(Exception):
    pass


class AppTransport:
    """An ASGI application in this process; it runs in a thread of its own, so that a hang is only its own."""

    def __init__(self, app: App, *, timeout: float, largest: int = LARGEST) -> None:
        self._app = app
        self._timeout = timeout
        self._largest = largest
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sellerspec-fuzz", daemon=True)
        self._thread.start()
        self._life: asyncio.Queue[str] | None = None

    def send(self, call: Call) -> Got:
        """Call the application."""
        begun = time.perf_counter()
        response: Future[Got] = asyncio.run_coroutine_threadsafe(self._response(call), self._loop)
        try:
            found = response.result(self._timeout)
        except Overdue:
            response.cancel()
            return Got(problem="hang", detail=f"no answer within {self._timeout:g} s", seconds=self._timeout)
        return _timed(found, begun)

    def close(self) -> None:
        """End the thread; one that is stuck in the application is left alone."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(1)
        if not self._thread.is_alive():
            self._loop.close()

    async def _response(self, call: Call) -> Got:
        path, _, query = call.path.partition("?")
        body = call.body
        given = {name.lower(): value for name, value in call.headers.items()}
        raw = [
            (b"host", b"sellerspec.invalid"),
            *((n.encode("latin-1"), _latin(v)) for n, v in given.items()),
        ]
        if body or call.method in ("POST", "PUT", "PATCH"):
            raw.append((b"content-length", str(len(body)).encode()))
        from urllib.parse import unquote

        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": call.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("ascii", "replace"),
            "query_string": query.encode("ascii", "replace"),
            "root_path": "",
            "headers": raw,
            "client": ("127.0.0.1", 1),
            "server": ("sellerspec.invalid", 80),
        }
        sent = False
        status: int | None = None
        headers: dict[str, str] = {}
        parts: list[bytes] = []
        size = 0

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await asyncio.sleep(3600)
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.update(
                    (n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in message.get("headers", ())
                )
            elif message["type"] == "http.response.body":
                part = message.get("body", b"")
                size += len(part)
                if size > self._largest:
                    raise _TooLarge
                parts.append(part)

        try:
            await self._app(scope, receive, send)
        except _TooLarge:
            return Got(status, headers, problem="too-large", detail=f"more than {self._largest} bytes")
        except ConnectionError as error:
            return Got(problem="reset", detail=type(error).__name__)
        except Exception as error:  # whatever an application raises is the finding
            if size > self._largest:
                return Got(status, headers, problem="too-large", detail=f"more than {self._largest} bytes")
            return Got(status, problem="crash", detail=f"{type(error).__name__}: {str(error)[:100]}")
        if status is None:
            return Got(problem="garbage", detail="the application sent no answer")
        return Got(status, headers, b"".join(parts))


class UrlTransport:
    """A server on a socket."""

    def __init__(self, url: str, *, timeout: float, largest: int = LARGEST, verify: bool = True) -> None:
        """Make ready; nothing is sent yet.

        Raises:
            UsageError: the URL is none of http or https.
            MissingExtra: httpx is not installed.
        """
        try:
            import httpx
        except ModuleNotFoundError:
            raise MissingExtra("fuzz", "httpx") from None
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"`{url[:60]}` is no address of a server; it starts with http:// or https://")
        self._httpx = httpx
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._largest = largest
        self._verify = verify
        self._client = self._fresh()

    def _fresh(self) -> Any:
        # no environment: a proxy there would take calls elsewhere; no redirects: neither would a server
        return self._httpx.Client(
            timeout=self._timeout, trust_env=False, follow_redirects=False, verify=self._verify
        )

    def send(self, call: Call) -> Got:
        """Send over the socket."""
        begun = time.perf_counter()
        response: Future[Got] = Future()
        client = self._client
        threading.Thread(target=self._settle, args=(response, client, call), daemon=True).start()
        try:
            # the limits of the library are for each read; a server that drips would never reach them
            found = response.result(self._timeout * 1.5)
        except Overdue:
            self._client = self._fresh()
            threading.Thread(target=client.close, daemon=True).start()
            return Got(
                problem="hang",
                detail=f"no answer within {self._timeout * 1.5:g} s",
                seconds=self._timeout * 1.5,
            )
        return _timed(found, begun)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _settle(self, response: "Future[Got]", client: Any, call: Call) -> None:
        try:
            response.set_result(self._response(client, call))
        except (
            Exception
        ) as error:  # whatever it is belongs to who waits; left to the thread, it would look like a hang
            response.set_exception(error)

    def _response(self, client: Any, call: Call) -> Got:
        library = self._httpx
        status: int | None = None
        try:
            headers = [(name.encode("latin-1"), _latin(value)) for name, value in call.headers.items()]
            request = client.build_request(
                call.method, self._url + call.path, headers=headers, content=call.body or None
            )
            response = client.send(request, stream=True)
            try:
                status = response.status_code
                found = {name.lower(): value for name, value in response.headers.items()}
                parts: list[bytes] = []
                size, ends = 0, time.perf_counter() + self._timeout
                for part in response.iter_bytes(65536):
                    size += len(part)
                    parts.append(part)
                    if size > self._largest:
                        return Got(
                            status, found, problem="too-large", detail=f"more than {self._largest} bytes"
                        )
                    if time.perf_counter() > ends:
                        return Got(
                            status,
                            found,
                            problem="hang",
                            detail=f"the answer does not end within {self._timeout:g} s",
                        )
                return Got(status, found, b"".join(parts))
            finally:
                response.close()
        except library.TimeoutException:
            return Got(status, problem="hang", detail=f"no answer within {self._timeout:g} s")
        except (library.LocalProtocolError, library.InvalidURL, UnicodeError, ValueError) as error:
            return Got(problem="unsendable", detail=f"{type(error).__name__}: {str(error)[:100]}")
        except library.ConnectError as error:
            return Got(problem="unreachable", detail=str(error)[:100])
        except (library.RemoteProtocolError, library.DecodingError) as error:
            gone = "disconnected" in str(error)
            return Got(status, problem="reset" if gone else "garbage", detail=str(error)[:100])
        except (library.TransportError, OSError) as error:
            return Got(status, problem="reset", detail=f"{type(error).__name__}: {str(error)[:80]}")


def _latin(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _timed(got: Got, begun: float) -> Got:
    from dataclasses import replace

    return replace(got, seconds=time.perf_counter() - begun)
