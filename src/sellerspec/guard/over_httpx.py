"""The door to httpx: guards on the event hooks of clients, and around transports."""

from typing import Any, TypeVar

import httpx

from sellerspec.errors import UsageError
from sellerspec.guard.watch import Guard
from sellerspec.model import Exchange

Target = TypeVar("Target")

SENT = "sellerspec.sent"
"""Extension of a request that carries the checked request to the check of the response."""


def guarded(target: Target, guard: Guard) -> Target:
    """Return a guarded client (the same) or transport (a new one).

    Raises:
        UsageError: it is neither, or it is guarded already.
    """
    wrapped: Any = target
    if isinstance(target, httpx.Client | httpx.AsyncClient):
        _add_hooks(target, guard)
    elif isinstance(target, httpx.BaseTransport):
        wrapped = Transport(target, guard)
    elif isinstance(target, httpx.AsyncBaseTransport):
        wrapped = AsyncTransport(target, guard)
    else:
        raise UsageError(f"a `{type(target).__name__}` is neither a client nor a transport of httpx")
    result: Target = wrapped
    return result


def _add_hooks(client: httpx.Client | httpx.AsyncClient, guard: Guard) -> None:
    hooks = client.event_hooks
    if any(isinstance(hook, _Hook) for hook in hooks["request"]):
        raise UsageError("this client is guarded already; `guard.release` takes the guard off")
    if client.base_url.host and guard.marketplace:
        guard.add_hosts([str(client.base_url)])
    before, after = (_Before, _After) if isinstance(client, httpx.Client) else (_AsyncBefore, _AsyncAfter)
    # the guard checks the request after other hooks changed it, and the response before they change it
    client.event_hooks = {
        "request": [*hooks["request"], before(guard)],
        "response": [after(guard), *hooks["response"]],
    }


class _Hook:
    """An event hook; `guard` is its guard."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def concerns(self, request: httpx.Request) -> bool:
        """Return whether the guard checks calls to the request's host."""
        request.extensions.pop(SENT, None)
        return self.guard.concerns(_host(request))

    def check_request(self, request: httpx.Request) -> None:
        """Check a request whose body was read."""
        __tracebackhide__ = True
        exchange = Exchange(
            request.method,
            str(request.url),
            request_headers=_headers(request.headers),
            request_body=request.content,
        )
        sent = self.guard.request(_host(request), exchange)
        if sent is not None:
            request.extensions[SENT] = sent

    def check_response(self, response: httpx.Response) -> None:
        """Check a response whose body was read."""
        __tracebackhide__ = True
        sent = response.request.extensions.pop(SENT)
        self.guard.response(sent, response.status_code, _headers(response.headers), response.content)


class _Before(_Hook):
    """Checks requests."""

    def __call__(self, request: httpx.Request) -> None:
        __tracebackhide__ = True
        if self.concerns(request):
            request.read()
            self.check_request(request)


class _After(_Hook):
    """Checks responses."""

    def __call__(self, response: httpx.Response) -> None:
        __tracebackhide__ = True
        if SENT in response.request.extensions:
            response.read()
            self.check_response(response)


class _AsyncBefore(_Hook):
    """Checks requests of an async client."""

    async def __call__(self, request: httpx.Request) -> None:
        __tracebackhide__ = True
        if self.concerns(request):
            await request.aread()
            self.check_request(request)


class _AsyncAfter(_Hook):
    """Checks responses of an async client."""

    async def __call__(self, response: httpx.Response) -> None:
        __tracebackhide__ = True
        if SENT in response.request.extensions:
            await response.aread()
            self.check_response(response)


class Transport(httpx.BaseTransport):
    """A guarded transport; `guard` is its guard."""

    def __init__(self, inner: httpx.BaseTransport, guard: Guard) -> None:
        self.guard = guard
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check, send, check."""
        __tracebackhide__ = True
        _Before(self.guard)(request)
        response = self._inner.handle_request(request)
        response.request = request
        _After(self.guard)(response)
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
        """Check, send, check."""
        __tracebackhide__ = True
        await _AsyncBefore(self.guard)(request)
        response = await self._inner.handle_async_request(request)
        response.request = request
        await _AsyncAfter(self.guard)(response)
        return response

    async def aclose(self) -> None:
        """Close the transport inside."""
        await self._inner.aclose()


def _host(request: httpx.Request) -> str:
    return request.url.netloc.decode("ascii")


def _headers(headers: httpx.Headers) -> dict[str, str]:
    """Return headers by name in lower case; this takes a third less time than `dict(headers)`."""
    decoded: dict[str, str] = {}
    for raw_name, raw_value in headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        decoded[name] = f"{decoded[name]}, {value}" if name in decoded else value
    return decoded
