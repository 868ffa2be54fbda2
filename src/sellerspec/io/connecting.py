"""Connections with a time limit: a name is resolved once, and nothing waits longer than a moment allows."""

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

PORTS = {"http": 80, "https": 443}

_Result = TypeVar("_Result")


def in_thread(function: Callable[[], _Result]) -> Future[_Result]:
    """Call a function in a thread of its own, for which an interrupted run does not wait."""
    future: Future[_Result] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # also what ends a thread: `result` would wait for it without end
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def connected(ips: list[str], port: int, until: float) -> socket.socket:
    """Return a connection to the first address that takes one."""
    for ip in ips[:-1]:
        with contextlib.suppress(OSError):
            return socket.create_connection((ip, port), timeout=left(until) / 2)
    return socket.create_connection((ips[-1], port), timeout=left(until))


def host_header(host: str, port: int | None) -> str:
    """Return the value of the header `Host`; `port` is None for the one of the scheme."""
    name = f"[{host}]" if ":" in host else host.encode("idna").decode()
    return f"{name}:{port}" if port else name


def left(until: float) -> float:
    """Return the seconds that are left.

    Raises:
        TimeoutError: none is.
    """
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


@contextlib.contextmanager
def ended_at(connection: socket.socket, until: float) -> Any:
    """End the connection at a moment: a host that sends a byte now and then never runs into a timeout."""

    def end() -> None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(left(until), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def resolved(host: str, port: int, until: float) -> list[str]:
    """Return the addresses of a host; none if it is not known.

    The system's resolver knows no time limit, so a thread waits for it.
    """

    def resolve() -> list[str]:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []
        return [str(info[4][0]) for info in infos]

    return in_thread(resolve).result(timeout=left(until))


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
"""The only IPv6 addresses of the public internet."""

_SPECIAL = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "3fff::/20"))
)
"""What not every version of Python knows as special: clouds tell secrets of a machine at two of these."""


def is_public(ip: str) -> bool:
    """Return whether an IP address is one of the public internet; an IPv4 address within IPv6 counts."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and (address in _NAT64 or int(address) < 1 << 32):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if address not in _UNICAST:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
