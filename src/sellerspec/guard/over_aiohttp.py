"""Guards on the sessions of aiohttp."""

import io
from typing import Any, TypeVar

from sellerspec.errors import UsageError
from sellerspec.guard.method import GuardedMethod
from sellerspec.guard.watch import Guard, Sent
from sellerspec.io import aiohttp_bodies
from sellerspec.model import Exchange

Session = TypeVar("Session")


def guarded(session: Session, guard: Guard) -> Session:
    """Return the session, guarded.

    Raises:
        UsageError: it is not a session, or it is guarded already.
    """
    if not isinstance(session, aiohttp_bodies.ClientSession):
        raise UsageError(f"a `{type(session).__name__}` is no session of aiohttp")
    if not hasattr(session, "_middlewares"):
        raise UsageError("a guard needs aiohttp 3.12 or later")
    _Request(session, "_request", guard)
    return session


class _Request(GuardedMethod):
    """`_request`, through which every call of a session goes: adds a middleware as the last one."""

    async def __call__(self, method: str, url: Any, **arguments: Any) -> Any:
        __tracebackhide__ = True
        session: Any = self.client
        if session._base_url is not None and self.guard.marketplace:
            self.guard.add_hosts([str(session._base_url)])
        url, arguments = await aiohttp_bodies.written(session, url, arguments)
        others = arguments.get("middlewares")
        decompress = arguments.get("auto_decompress")
        middleware = _Middleware(self.guard, session.auto_decompress if decompress is None else decompress)
        arguments["middlewares"] = (*(session._middlewares if others is None else others), middleware)
        response = await self.original(method, url, **arguments)
        if not middleware.passed:  # vcrpy or another library has answered
            data = arguments.get("data")
            body = data.getvalue() if isinstance(data, io.BytesIO) else data
            await middleware.answered(response.history[0] if response.history else response, body or b"")
        return response


class _Middleware:
    """Checks the requests and responses of one call, with its redirects."""

    def __init__(self, guard: Guard, decompressed: bool) -> None:
        self.passed = False
        """Whether a request has passed the middleware."""

        self._guard = guard
        self._decompressed = decompressed

    async def __call__(self, request: Any, handler: Any) -> Any:
        __tracebackhide__ = True
        self.passed = True
        url = str(request.url)
        if not self._guard.concerns(url):
            return await handler(request)
        body = await aiohttp_bodies.body_of(request.body)
        if getattr(request.body, "consumed", False):  # a stream, set by another middleware, is read now
            await request.update_body(body)
        headers = _headers(request.headers, without_encoding=bool(request.compress))
        sent = self._guard.request(Exchange(request.method, url, request_headers=headers, request_body=body))
        response = await handler(request)
        await self._check(sent, response)
        return response

    async def answered(self, response: Any, body: bytes) -> None:
        """Check an exchange whose request did not pass the middleware, because a library has answered."""
        __tracebackhide__ = True
        request = response.request_info
        url = str(request.url)
        if self._guard.concerns(url):
            headers = _headers(request.headers)
            exchange = Exchange(request.method, url, request_headers=headers, request_body=body)
            await self._check(self._guard.request(exchange), response)

    async def _check(self, sent: Sent | None, response: Any) -> None:
        """Check a response; the caller can read its stream again."""
        __tracebackhide__ = True
        if sent is None:
            return
        content = await response.read()
        response.content = aiohttp_bodies.stream(content)
        headers = _headers(response.headers, without_encoding=self._decompressed)
        self._guard.response(sent, response.status, headers, content)


def _headers(headers: Any, *, without_encoding: bool = False) -> dict[str, str]:
    """Return headers by name in lower case, without the compression that aiohttp has undone or will do."""
    joined: dict[str, str] = {}
    for given, value in headers.items():
        name = given.lower()
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    if without_encoding:
        joined.pop("content-encoding", None)
    return joined
