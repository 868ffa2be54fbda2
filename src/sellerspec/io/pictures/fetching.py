"""Fetch pictures: http and https, public hosts, bounded in bytes, time and redirects.

The name of a host is resolved once, and the connection goes to the very address that was looked at, so
that a name which changes between the two reaches no private host. Proxies of the environment are not used.
"""

import http.client
import ssl
import time
from urllib.parse import quote, urljoin

from sellerspec.io import urls
from sellerspec.io.connecting import PORTS, ended_at, host_header, is_public, left, resolved
from sellerspec.io.connecting import connected as _connected
from sellerspec.io.pictures import MOST_BYTES, Entry, missing, unjudged

SECONDS = 20.0
"""Seconds for one picture, with its redirects."""

LATE = f"no complete answer within {SECONDS:.0f} seconds"
"""Why there is nothing of a host that takes longer."""

MOST_REDIRECTS = 5

_GONE = (404, 410)
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 1 << 16
_SAFE = "/%?&=:;,@!$'()*+~-._[]"


class _UnjudgedError(Exception):
    """A picture cannot be fetched; says why."""


def fetch(
    address: str, *, allow_private: bool = False, context: ssl.SSLContext | None = None
) -> bytes | Entry:
    """Return the bytes at an address, or why there are none.

    Args:
        address: of a picture.
        allow_private: also from hosts of private networks and from this machine.
        context: for https; by default the authorities of the system.
    """
    until = time.monotonic() + SECONDS
    try:
        for _ in range(MOST_REDIRECTS + 1):
            found = _one(address, until, allow_private, context)
            if not isinstance(found, str):
                return found
            address = urljoin(address, found)
        return unjudged(f"more than {MOST_REDIRECTS} redirects")
    except _UnjudgedError as error:
        return unjudged(str(error))
    except TimeoutError:
        return unjudged(LATE)
    except ssl.SSLError:
        return unjudged("its certificate or encryption is not accepted")
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return unjudged(LATE if time.monotonic() >= until else "the connection failed")


def _one(
    address: str, until: float, allow_private: bool, context: ssl.SSLContext | None
) -> bytes | Entry | str:
    """Make one call; return the picture, or where it redirects to."""
    parts = urls.split(address)
    scheme, host = parts.scheme.lower(), parts.hostname
    if scheme not in PORTS or not host:
        raise _UnjudgedError("only http and https addresses are fetched")
    port = parts.port or PORTS[scheme]
    ips = resolved(host, port, until)
    if not ips:
        raise _UnjudgedError("its host is not known")
    if not allow_private and not all(map(is_public, ips)):
        raise _UnjudgedError("its host is in a private network, or this machine")
    raw = _connected(ips, port, until)
    try:
        if scheme == "https":
            raw = (context or ssl.create_default_context()).wrap_socket(raw, server_hostname=host)
        with ended_at(raw, until):
            client = http.client.HTTPConnection(host, port)
            client.sock = raw
            path = quote(parts.path or "/", safe=_SAFE)
            target = f"{path}?{quote(parts.query, safe=_SAFE)}" if parts.query else path
            headers = {"Host": host_header(host, parts.port), "User-Agent": "sellerspec"}
            headers |= {"Accept": "image/*", "Accept-Encoding": "identity", "Connection": "close"}
            client.request("GET", target, headers=headers)
            return _answer(client.getresponse(), until)
    finally:
        raw.close()


def _answer(response: http.client.HTTPResponse, until: float) -> bytes | Entry | str:
    if response.status in _REDIRECTS:
        place = response.getheader("Location")
        if not place:
            raise _UnjudgedError(f"status {response.status} without an address")
        return place
    if response.status in _GONE:
        return missing(f"status {response.status}")
    if response.status != 200:
        raise _UnjudgedError(f"status {response.status}")
    packed = response.getheader("Content-Encoding", "identity").lower() != "identity"
    if packed or response.getheader("Transfer-Encoding", "chunked").lower() != "chunked":
        raise _UnjudgedError("it is sent packed")
    data = bytearray()
    while chunk := response.read1(_CHUNK):
        data += chunk
        if len(data) > MOST_BYTES:
            raise _UnjudgedError(f"more than {MOST_BYTES // 1_000_000} MB")
        left(until)
    left(until)  # a connection that was ended then looks complete
    if response.length:  # the connection ended before the announced length
        raise _UnjudgedError("the connection ended too early")
    return bytes(data)
