"""Hosts in the one form in which they are compared."""

from functools import lru_cache
from urllib.parse import unquote

from sellerspec.io import urls

_PORTS = frozenset(("", "80", "443"))
"""Ports that do not count: none, and those of http and https."""


def host(url: str) -> str:
    """Return the host of a URL, or of a text `name:port`, as it is compared: `api.tiki.vn`, `127.0.0.1:8080`.

    Case, a user, a final dot, and the ports 80 and 443 do not count. "" if there is no host, or the URL
    cannot be read.
    """
    netloc = urls.split(url if "//" in url else f"//{url}").netloc
    return _normal(netloc.rpartition("@")[2]) if netloc else ""


def name(url: str) -> str:
    """Return the host of a URL without its port: `127.0.0.1`, `::1`."""
    compared = host(url)
    return compared[1:].partition("]")[0] if compared.startswith("[") else compared.partition(":")[0]


@lru_cache(maxsize=1024)
def _normal(netloc: str) -> str:
    bracketed, bracket, rest = netloc.partition("]")
    bare, _, port = (bracketed + bracket, "", rest.removeprefix(":")) if bracket else netloc.partition(":")
    bare = unquote(bare).lower().rstrip(".")
    if not bare.isascii():
        bare = _ascii(bare)
    port = port.lstrip("0")
    return bare if port in _PORTS else f"{bare}:{port}"


def _ascii(bare: str) -> str:
    try:
        return bare.encode("idna").decode().rstrip(".")
    except UnicodeError:
        return bare
