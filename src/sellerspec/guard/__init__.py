"""Guard the clients of a connector: nothing that breaks the contract leaves, nothing comes in unseen.

    client = guard.httpx(httpx.Client(base_url=...), "tiki")
    session = guard.requests(requests.Session(), "tiki")

A guarded client raises `sellerspec.ContractViolation` before it sends a request that breaks the
contract, and after a response that does.
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

    A client is guarded in place and returned, its `base_url` counts as a host of the marketplace.
    A transport is not changed: a new one around it is returned. Responses are read whole before the
    caller sees them, so the raw bytes of a streamed response (`iter_raw`) are not there any more.

    Args:
        marketplace: name; None takes those whose specs name the host.
        hosts: more hosts, or base URLs, of the marketplace (a UAT host, a sandbox); a mapping
            host -> marketplace where no marketplace is named.
        settings: as for `Guard`.

    Raises:
        MissingExtra: httpx is not installed.
        UnknownName: there is no such marketplace.
        UsageError: neither a client nor a transport of httpx, or one that is guarded already.
    """
    return over("httpx", client_or_transport, Guard(marketplace, hosts=hosts, **settings))


def requests(
    session: Client,
    marketplace: str | None = None,
    *,
    hosts: Iterable[str] | Mapping[str, str] = (),
    **settings: Any,
) -> Client:
    """Guard a session of requests in place, and return it; adapters mounted later are not guarded.

    Args:
        marketplace: as for `httpx`.
        hosts: as for `httpx`.
        settings: as for `Guard`.

    Raises:
        MissingExtra: requests is not installed.
        UnknownName: there is no such marketplace.
        UsageError: not a session of requests, or one that is guarded already.
    """
    return over("requests", session, Guard(marketplace, hosts=hosts, **settings))


def over(library: Literal["httpx", "requests"], client: Client, validator: Guard) -> Client:
    """Put a guard that is made already on a client of one of the libraries.

    Raises:
        MissingExtra: the library is not installed.
        UsageError: not a client of it, or one that is guarded already.
    """
    try:
        if library == "httpx":
            from sellerspec.guard import over_httpx

            return over_httpx.guarded(client, validator)
        from sellerspec.guard import over_requests

        return over_requests.guarded(client, validator)
    except ImportError as error:
        raise MissingExtra("pytest", error.name or library) from None


def of(client: object) -> Guard | None:
    """Return the guard of a client, session or transport; None if it has none."""
    for place in ("event_hooks", "adapters"):
        found = getattr(client, place, None)
        if found is not None:
            inside = found["request"] if place == "event_hooks" else found.values()
            return next(
                (each.guard for each in inside if isinstance(getattr(each, "guard", None), Guard)), None
            )
    found = getattr(client, "guard", None)
    return found if isinstance(found, Guard) else None


def release(client: object) -> None:
    """Take the guard off a client or session again; nothing if it has none."""
    if hasattr(client, "event_hooks"):
        hooks = client.event_hooks
        client.event_hooks = {
            name: [each for each in found if not isinstance(getattr(each, "guard", None), Guard)]
            for name, found in hooks.items()
        }
    elif hasattr(client, "adapters"):
        for prefix, adapter in client.adapters.items():
            if isinstance(getattr(adapter, "guard", None), Guard):
                client.adapters[prefix] = adapter.inner
