"""The door to httpx: guards on the event hooks of clients, and around transports."""

from typing import Any, TypeVar

import httpx

from sellerspec.errors import UsageError
from sellerspec.guard.watch import Asked, Guard
from sellerspec.model import Exchange

Thing = TypeVar("Thing")

ASKED = "sellerspec.asked"
"""Extension of a request under which its judgement travels to the response."""


def guarded(thing: Thing, guard: Guard) -> Thing:
    """Return a guarded client (the same) or transport (a new one).

    Raises:
        UsageError: it is neither, or it is guarded already.
    """
    wrapped: Any
    if isinstance(thing, httpx.Client | httpx.AsyncClient):
        hooks = thing.event_hooks
        if any(isinstance(each, _Hook | _AsyncHook) for each in hooks["request"]):
            raise UsageError("this client is guarded already; `guard.release` takes the guard off")
        if thing.base_url.host and guard.marketplace:
            guard.add_hosts([str(thing.base_url)])
        kinds: tuple[type[_Hook], type[_Hook]] | tuple[type[_AsyncHook], type[_AsyncHook]]
        kinds = (_Before, _After) if isinstance(thing, httpx.Client) else (_AsyncBefore, _AsyncAfter)
        # last before the wire, first after it: what other hooks change is judged, what they do comes later
        thing.event_hooks = {
            "request": [*hooks["request"], kinds[0](guard)],
            "response": [kinds[1](guard), *hooks["response"]],
        }
        wrapped = thing
    elif isinstance(thing, httpx.BaseTransport):
        wrapped = Transport(thing, guard)
    elif isinstance(thing, httpx.AsyncBaseTransport):
        wrapped = AsyncTransport(thing, guard)
    else:
        raise UsageError(f"a `{type(thing).__name__}` is neither a client nor a transport of httpx")
    found: Thing = wrapped
    return found


class _Hook:
    def __init__(self, guard: Guard) -> None:
        self.guard = guard


class _AsyncHook(_Hook):
    pass


class _Before(_Hook):
    def __call__(self, request: httpx.Request) -> None:
        __tracebackhide__ = True
        request.extensions.pop(ASKED, None)
        host = _host(request)
        if self.guard.concerns(host):
            request.read()
            _ask(self.guard, host, request)


class _After(_Hook):
    def __call__(self, response: httpx.Response) -> None:
        __tracebackhide__ = True
        asked = response.request.extensions.get(ASKED)
        if asked is not None:
            response.read()
            _response(self.guard, asked, response)


class _AsyncBefore(_AsyncHook):
    async def __call__(self, request: httpx.Request) -> None:
        __tracebackhide__ = True
        request.extensions.pop(ASKED, None)
        host = _host(request)
        if self.guard.concerns(host):
            await request.aread()
            _ask(self.guard, host, request)


class _AsyncAfter(_AsyncHook):
    async def __call__(self, response: httpx.Response) -> None:
        __tracebackhide__ = True
        asked = response.request.extensions.get(ASKED)
        if asked is not None:
            await response.aread()
            _response(self.guard, asked, response)


class Transport(httpx.BaseTransport):
    """A guarded transport; `guard` is its guard."""

    def __init__(self, inner: httpx.BaseTransport, guard: Guard) -> None:
        self.guard = guard
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Judge, send, judge."""
        __tracebackhide__ = True
        host = _host(request)
        if not self.guard.concerns(host):
            return self._inner.handle_request(request)
        request.read()
        _ask(self.guard, host, request)
        response = self._inner.handle_request(request)
        asked = request.extensions.pop(ASKED, None)
        if asked is not None:
            response.read()
            _response(self.guard, asked, response)
        return response

    def close(self) -> None:
        """Close the transport inside."""
        self._inner.close()


class AsyncTransport(httpx.AsyncBaseTransport):
    """A guarded async transport; `guard` is its guard."""

    def __init__(self, inner: httpx.AsyncBaseTransport, guard: Guard) -> None:
        self.guard = guard
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Judge, send, judge."""
        __tracebackhide__ = True
        host = _host(request)
        if not self.guard.concerns(host):
            return await self._inner.handle_async_request(request)
        await request.aread()
        _ask(self.guard, host, request)
        response = await self._inner.handle_async_request(request)
        asked = request.extensions.pop(ASKED, None)
        if asked is not None:
            await response.aread()
            _response(self.guard, asked, response)
        return response

    async def aclose(self) -> None:
        """Close the transport inside."""
        await self._inner.aclose()


def _host(request: httpx.Request) -> str:
    return request.url.netloc.decode("ascii")


def _ask(guard: Guard, host: str, request: httpx.Request) -> None:
    __tracebackhide__ = True
    exchange = Exchange(
        request.method,
        str(request.url),
        request_headers=_headers(request.headers),
        request_body=request.content,
    )
    asked = guard.request(host, exchange)
    if asked is not None:
        request.extensions[ASKED] = asked


def _response(guard: Guard, asked: Asked, response: httpx.Response) -> None:
    __tracebackhide__ = True
    guard.response(asked, response.status_code, _headers(response.headers), response.content)


def _headers(headers: httpx.Headers) -> dict[str, str]:
    """Return headers by name in lower case; decoding them ourselves costs a third of `dict(headers)`."""
    found: dict[str, str] = {}
    for raw, value in headers.raw:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found
