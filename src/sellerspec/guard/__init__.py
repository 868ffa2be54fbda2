"""Guard the clients of a connector: check every request before it is sent, and every response.

    client = guard.httpx(httpx.Client(base_url=...), "tiki")
    session = guard.requests(requests.Session(), "tiki")
    session = guard.aiohttp(aiohttp.ClientSession(), "tiki")

A guarded client raises `sellerspec.ContractViolation` instead of sending a request that breaks the
contract, and after a response that breaks it. A violation that the code under test catches stays in
`guard.of(client).refused` until it is acknowledged.
"""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any, Literal, TypeVar

from sellerspec.errors import MissingExtra
from sellerspec.guard.method import GuardedMethod
from sellerspec.guard.watch import Divergence, Guard, OnRequest, OnResponse

__all__ = ["Divergence", "Guard", "OnRequest", "OnResponse", "aiohttp", "httpx", "of", "release", "requests"]

Client = TypeVar("Client")
Library = Literal["httpx", "requests", "aiohttp"]


def httpx(
    client_or_transport: Client,
    marketplace: str | None = None,
    *,
    hosts: Iterable[str] | Mapping[str, str] = (),
    **settings: Any,
) -> Client:
    """Guard a client or a transport of httpx, sync or async.

    A client is guarded in place and returned; its `base_url` counts as a host of the marketplace, and
    its hooks, transports and mounts may be replaced. A transport is not changed: a new one around it is
    returned. A response is read to its end before the caller receives it, and can be read as a stream.

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
    """Guard a session of requests in place and return it, whatever adapters it has or gets.

    A response is read to its end before the caller receives it, and can be read as a stream, also by
    `raw`. A copy of the session is not guarded.

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


def aiohttp(
    session: Client,
    marketplace: str | None = None,
    *,
    hosts: Iterable[str] | Mapping[str, str] = (),
    **settings: Any,
) -> Client:
    """Guard a session of aiohttp (3.12 or later) in place and return it.

    Its base URL counts as a host of the marketplace. Bodies are written before they are checked: JSON,
    forms, files and streams are sent as the bytes that were checked. A response is read to its end
    before the caller receives it, and can be read as a stream.

    Args:
        session: an `aiohttp.ClientSession`.
        marketplace: as for `httpx`.
        hosts: as for `httpx`.
        settings: as for `Guard`.

    Raises:
        MissingExtra: aiohttp is not installed.
        UnknownName: there is no such marketplace.
        UsageError: it is no session of aiohttp, or it is guarded already.
    """
    return over("aiohttp", session, Guard(marketplace, hosts=hosts, **settings))


def over(library: Library, client: Client, guard: Guard) -> Client:
    """Put an existing guard on a client of one of the libraries.

    Raises:
        MissingExtra: the library is not installed.
        UsageError: the client is not of this library, or it is guarded already.
    """
    try:
        module = import_module(f"sellerspec.guard.over_{library}")
    except ImportError as error:
        raise MissingExtra("pytest", error.name or library) from None
    guarded: Client = module.guarded(client, guard)
    return guarded


def of(client: object) -> Guard | None:
    """Return the guard of a client, session or transport; None if it has none."""
    own = getattr(client, "guard", None)
    return own if isinstance(own, Guard) else next((method.guard for method in _methods(client)), None)


def release(client: object) -> None:
    """Take the guard off a client or session; do nothing if it has none."""
    for method in _methods(client):
        method.release()


def _methods(client: object) -> list[GuardedMethod]:
    return [part for part in getattr(client, "__dict__", {}).values() if isinstance(part, GuardedMethod)]
