"""Guard the clients of a connector: check every request before it is sent, and every response.

    client = guard.httpx(httpx.Client(base_url=...), "tiki")
    session = guard.requests(requests.Session(), "tiki")

A guarded client raises `sellerspec.ContractViolation` instead of sending a request that breaks the
contract, and after a response that breaks it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

from sellerspec.errors import MissingExtra
from sellerspec.guard.watch import Divergence, Guard, OnRequest, OnResponse

__all__ = ["Divergence", "Guard", "OnRequest", "OnResponse", "httpx", "of", "release", "requests"]

Client = TypeVar("Client")


def httpx(
    client_or_transport: Client,
    marketplace: str | None = None,
    *,
    hosts: Iterable[str] | Mapping[str, str] = (),
    **settings: Any,
) -> Client:
    """Guard a client or a transport of httpx, sync or async.

    A client is guarded in place and returned; its `base_url` counts as a host of the marketplace.
    A transport is not changed: a new one around it is returned. A response is read to its end before
    the caller receives it, so `iter_raw` of a streamed response does not work.

    Args:
        marketplace: name; None takes the marketplace whose spec names the host.
        hosts: further hosts, or base URLs, of the marketplace (a UAT host, a sandbox); a mapping
            host -> marketplace if no marketplace is named.
        settings: as for `Guard`.

    Raises:
        MissingExtra: httpx is not installed.
        UnknownName: there is no such marketplace.
        UsageError: it is neither a client nor a transport of httpx, or it is guarded already.
    """
    return over("httpx", client_or_transport, Guard(marketplace, hosts=hosts, **settings))


def requests(
    session: Client,
    marketplace: str | None = None,
    *,
    hosts: Iterable[str] | Mapping[str, str] = (),
    **settings: Any,
) -> Client:
    """Guard a session of requests in place and return it; adapters mounted later are not guarded.

    Args:
        marketplace: as for `httpx`.
        hosts: as for `httpx`.
        settings: as for `Guard`.

    Raises:
        MissingExtra: requests is not installed.
        UnknownName: there is no such marketplace.
        UsageError: it is no session of requests, or it is guarded already.
    """
    return over("requests", session, Guard(marketplace, hosts=hosts, **settings))


def over(library: Literal["httpx", "requests"], client: Client, guard: Guard) -> Client:
    """Put an existing guard on a client of one of the libraries.

    Raises:
        MissingExtra: the library is not installed.
        UsageError: the client is not of this library, or it is guarded already.
    """
    try:
        if library == "httpx":
            from sellerspec.guard import over_httpx

            return over_httpx.guarded(client, guard)
        from sellerspec.guard import over_requests

        return over_requests.guarded(client, guard)
    except ImportError as error:
        raise MissingExtra("pytest", error.name or library) from None


def of(client: object) -> Guard | None:
    """Return the guard of a client, session or transport; None if it has none."""
    parts: Iterable[object] = (client,)
    if hasattr(client, "event_hooks"):
        parts = client.event_hooks["request"]
    elif hasattr(client, "adapters"):
        parts = client.adapters.values()
    return next(filter(None, map(_guard_of, parts)), None)


def release(client: object) -> None:
    """Take the guard off a client or session; do nothing if it has none."""
    if hasattr(client, "event_hooks"):
        client.event_hooks = {
            event: [hook for hook in hooks if _guard_of(hook) is None]
            for event, hooks in client.event_hooks.items()
        }
    elif hasattr(client, "adapters"):
        for prefix, adapter in client.adapters.items():
            if _guard_of(adapter) is not None:
                client.adapters[prefix] = adapter.inner


def _guard_of(part: object) -> Guard | None:
    guard = getattr(part, "guard", None)
    return guard if isinstance(guard, Guard) else None
