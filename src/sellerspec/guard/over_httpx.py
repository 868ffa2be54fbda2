"""The door to httpx: guards on the event hooks of clients, and around transports."""

from typing import Any, TypeVar

import httpx

from sellerspec.errors import UsageError
from sellerspec.guard.method import GuardedMethod
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
        _Send(target, "send", guard).hook()
    elif isinstance(target, httpx.BaseTransport):
        wrapped = Transport(target, guard)
    elif isinstance(target, httpx.AsyncBaseTransport):
        wrapped = AsyncTransport(target, guard)
    else:
        raise UsageError(f"a `{type(target).__name__}` is neither a client nor a transport of httpx")
    result: Target = wrapped
    return result


class _Send(GuardedMethod):
    """`send`: puts the hooks in place before each call, also after somebody has replaced or added hooks."""

    def __init__(self, client: httpx.Client | httpx.AsyncClient, method: str, guard: Guard) -> None:
        super().__init__(client, method, guard)
        self._hooks: tuple[_Hook, _Hook] = (
            (_Before(guard), _After(guard))
            if isinstance(client, httpx.Client)
            else (_AsyncBefore(guard), _AsyncAfter(guard))
        )
        self._base_url: httpx.URL | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        self.hook()
        return self.original(*args, **kwargs)

    def hook(self) -> None:
        """Check the request after other hooks changed it, and the response before they change it."""
        client = self.client
        if client.base_url is not self._base_url:
            self._base_url = client.base_url
            if client.base_url.host and self.guard.marketplace:
                self.guard.add_hosts([str(client.base_url)])
        (before, after), hooks = self._hooks, client.event_hooks
        if hooks["request"][-1:] != [before] or hooks["response"][:1] != [after]:
            others = self._others()
            client.event_hooks = {
                "request": [*others["request"], before],
                "response": [after, *others["response"]],
            }

    def _others(self) -> dict[str, list[Any]]:
        hooks: dict[str, list[Any]] = self.client.event_hooks
        return {event: [hook for hook in of if not isinstance(hook, _Hook)] for event, of in hooks.items()}

    def release(self) -> None:
        super().release()
        self.client.event_hooks = self._others()


class _Hook:
    """An event hook; `guard` is its guard."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def concerns(self, request: httpx.Request) -> str:
        """Return the URL of a request if the guard checks calls to its host, else an empty text."""
        request.extensions.pop(SENT, None)
        url = str(request.url)
        return url if self.guard.concerns(url) else ""

    def check_request(self, request: httpx.Request, url: str) -> None:
        """Check a request whose body was read."""
        __tracebackhide__ = True
        exchange = Exchange(
            request.method,
            url,
            request_headers=_headers(request.headers),
            request_body=request.content,
        )
        sent = self.guard.request(exchange)
        if sent is not None:
            request.extensions[SENT] = sent

    def check_response(self, response: httpx.Response, raw: bytes | None) -> None:
        """Check a response.

        Args:
            response: the response.
            raw: its body as it came, which the caller can then read again; None if it was read before.
        """
        __tracebackhide__ = True
        headers = _headers(response.headers)
        content = response.content if raw is None else raw
        if raw is not None:
            response.stream = httpx.ByteStream(raw)
            response.is_stream_consumed = response.is_closed = False
            if "content-encoding" in headers:
                request = response.request
                content = httpx.Response(200, headers=response.headers, content=raw, request=request).content
        headers.pop("content-encoding", None)
        self.guard.response(response.request.extensions.pop(SENT), response.status_code, headers, content)


class _Before(_Hook):
    """Checks requests."""

    def __call__(self, request: httpx.Request) -> None:
        __tracebackhide__ = True
        if url := self.concerns(request):
            request.read()
            self.check_request(request, url)


class _After(_Hook):
    """Checks responses."""

    def __call__(self, response: httpx.Response) -> None:
        __tracebackhide__ = True
        if SENT in response.request.extensions:
            raw = None if response.is_stream_consumed else b"".join(response.iter_raw())
            self.check_response(response, raw)


class _AsyncBefore(_Hook):
    """Checks requests of an async client."""

    async def __call__(self, request: httpx.Request) -> None:
        __tracebackhide__ = True
        if url := self.concerns(request):
            await request.aread()
            self.check_request(request, url)


class _AsyncAfter(_Hook):
    """Checks responses of an async client."""

    async def __call__(self, response: httpx.Response) -> None:
        __tracebackhide__ = True
        if SENT in response.request.extensions:
            raw = None
            if not response.is_stream_consumed:
                raw = b"".join([piece async for piece in response.aiter_raw()])
            self.check_response(response, raw)


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


def _headers(headers: httpx.Headers) -> dict[str, str]:
    """Return headers by name in lower case; this takes a third less time than `dict(headers)`."""
    decoded: dict[str, str] = {}
    for raw_name, raw_value in headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        decoded[name] = f"{decoded[name]}, {value}" if name in decoded else value
    return decoded
