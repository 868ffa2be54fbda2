"""Make one call to a server that the user names: bounded in bytes and time, without redirects.

Proxies of the environment are not used, and a secret goes over an encrypted connection, or stays in a
private network.
"""

import http.client
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple

from sellerspec.errors import UsageError
from sellerspec.io import urls
from sellerspec.io.connecting import PORTS, connected, ended_at, host_header, is_public, left, resolved

SECONDS = 20.0
"""Seconds for one call."""

MOST_BYTES = 16 << 20

_CHUNK = 1 << 16


class Answer(NamedTuple):
    """What came back: a status and a body, or the reason why there is none."""

    status: int | None
    body: bytes
    problem: str = ""
    wait: str = ""
    """The header `Retry-After`."""


def require_server(url: str) -> None:
    """Check the address of a server.

    Raises:
        UsageError: it is none of http or https, has a user, a query or a fragment, or what no call can have.
    """
    parts = urls.split(url)
    try:
        readable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        readable = readable and url.isprintable() and " " not in url and parts.path.isascii()
    except ValueError:
        readable = False
    if not readable or parts.scheme not in PORTS or parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(
            "the address of the server must be like `https://host` or `http://127.0.0.1:8000`, "
            "without user and query"
        )


def call(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """Make a call and return what came back; no behaviour of a server raises an exception.

    Raises:
        UsageError: a secret would go to a public host without encryption.
    """
    until = time.monotonic() + SECONDS
    try:
        return _answer(method, url, headers, body, until)
    except TimeoutError:
        return Answer(None, b"", f"no complete answer within {SECONDS:.0f} seconds")
    except ssl.SSLError:
        return Answer(None, b"", "its certificate or encryption is not accepted")
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return Answer(None, b"", "the connection failed")


def _answer(method: str, url: str, headers: Mapping[str, str], body: bytes | None, until: float) -> Answer:
    parts = urls.split(url)
    host = parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    ips = resolved(host, port, until)
    if not ips:
        return Answer(None, b"", "its host is not known")
    if parts.scheme == "http" and any(map(is_public, ips)):
        raise UsageError("the secrets would go to a public host without encryption; use https")
    connection = connected(ips, port, until)
    try:
        if parts.scheme == "https":
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        with ended_at(connection, until):
            client = http.client.HTTPConnection(host, port)
            client.sock = connection
            own = {"Host": host_header(host, parts.port), "User-Agent": "sellerspec"}
            own |= {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            client.request(method, target, body, {**own, **headers})
            return _read(client.getresponse(), until)
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse, until: float) -> Answer:
    data = bytearray()
    while chunk := response.read1(_CHUNK):
        data += chunk
        if len(data) > MOST_BYTES:
            return Answer(None, b"", f"its answer has more than {MOST_BYTES >> 20} MiB")
        left(until)
    left(until)  # a connection that was ended then looks complete
    if response.length:
        return Answer(None, b"", "the connection ended too early")
    return Answer(response.status, bytes(data), wait=response.getheader("Retry-After", ""))
