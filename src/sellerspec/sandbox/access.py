"""Which callers may use the sandbox: no web page may, unless its origin was named.

A page of another origin sends an `Origin`, or a form that is no JSON. A page whose name was bound to
this machine afterwards (DNS rebinding) sends that name as `Host`.
"""

from collections.abc import Collection, Mapping

from sellerspec.errors import UsageError
from sellerspec.openapi.spec import is_json
from sellerspec.sandbox import hosts
from sellerspec.sandbox.control import PREFIX
from sellerspec.sandbox.messages import Reply, Request, reply

EVERYWHERE = frozenset(("", "0.0.0.0", "::"))  # noqa: S104
"""Addresses that listen on every interface."""

METHODS = "GET, POST, PUT, PATCH, DELETE"
REMEMBERED = "600"
"""Seconds for which a browser remembers a preflight."""


class Access:
    """The callers of one sandbox."""

    def __init__(self, allow_origins: Collection[str], host: str = "") -> None:
        """Allow the pages of some origins.

        Args:
            allow_origins: in their normal form. Their hosts are also names of the sandbox itself.
            host: the address that the user told the sandbox to listen on; "" if none.
        """
        self._origins = frozenset(allow_origins)
        named = {hosts.normal_host(origin.partition("://")[2]) for origin in allow_origins}
        self._hosts = named if host in EVERYWHERE else {*named, hosts.normal_host(host)}
        self._everywhere = host in EVERYWHERE - {""}

    def refusal(self, request: Request, address: str) -> Reply | None:
        """Return the response to a caller that may not send this request; None if it may.

        Args:
            request: a call of the marketplace needs no known `Host`, because connectors use many names.
            address: of this end of the connection.
        """
        controls = request.path.startswith(PREFIX)
        origin, host = request.headers.get("origin"), request.headers.get("host", "")
        if (controls or origin is not None) and not self._is_own(hosts.normal_host(host), address):
            named = f"; `--allow-origin http://{host[:80]}` allows the name" if host else ""
            return reply({"error": f"`{host[:80]}` is not the address of this server{named}"}, 403)
        if origin is not None and not (self.allows(origin) or _same(origin, host)):
            message = f"a page of `{origin[:80]}` may not call this server"
            return reply({"error": f"{message}; `--allow-origin {origin[:80]}` allows it"}, 403)
        if controls and request.method not in ("GET", "HEAD") and not _is_json(request):
            message = "send the body as JSON, with `Content-Type: application/json`"
            return reply({"error": message}, 415)
        return None

    def _is_own(self, host: str, address: str) -> bool:
        if hosts.is_loopback(host) or host in self._hosts:
            return True
        # no page can rebind an IP address
        return bool(host) and (
            host == hosts.normal_host(address) or (self._everywhere and hosts.is_address(host))
        )

    def allows(self, origin: str) -> bool:
        """Return whether the pages of an origin were allowed."""
        return origin.lower() in self._origins

    def preflight(self, request: Request) -> Reply | None:
        """Return the response to a browser that asks what an allowed page may send; None for all else."""
        origin = request.headers.get("origin", "")
        wanted = request.headers.get("access-control-request-method")
        if request.method != "OPTIONS" or wanted is None or not self.allows(origin):
            return None
        headers = {
            "access-control-allow-methods": METHODS,
            "access-control-allow-headers": request.headers.get("access-control-request-headers", ""),
            "access-control-max-age": REMEMBERED,
            "access-control-allow-private-network": "true",
        }
        return Reply(204, content_type="", headers=headers)

    def headers(self, request: Request, response: Reply) -> Mapping[str, str]:
        """Return the headers that let an allowed page read a response; none for any other caller."""
        origin = request.headers.get("origin", "")
        if not self.allows(origin):
            return {}
        return {
            "access-control-allow-origin": origin,
            "access-control-allow-credentials": "true",
            "access-control-expose-headers": ", ".join(response.all_headers()),
            "vary": "origin",
        }


def _same(origin: str, host: str) -> bool:
    """Return whether a page calls the host that it was loaded from."""
    try:
        own = {hosts.origin(f"{scheme}://{host}") for scheme in ("http", "https")}
        return hosts.origin(origin) in own
    except UsageError:
        return False


def _is_json(request: Request) -> bool:
    given = request.headers.get("content-type")
    if given is None:
        return not request.body and request.unread is None
    return given.strip().lower().startswith("application/") and is_json(given)
