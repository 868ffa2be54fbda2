"""Hosts in the one form in which they are compared, and URLs without their user."""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

_USER = re.compile(r"((?:[a-z][a-z0-9+.-]*:)?//)[^/?#]*@", re.IGNORECASE)
_PORTS = frozenset(("", "80", "443"))
"""Ports that do not count: none, and those of http and https."""


def host(url: str) -> str:
    """Return the host of a URL, or of a text `name:port`, as it is compared: `api.tiki.vn`, `127.0.0.1:8080`.

    Case, a user, a final dot, and the ports 80 and 443 do not count. "" if there is no host, or the URL
    cannot be read.
    """
    try:
        netloc = urlsplit(url if "//" in url else f"//{url}").netloc
    except ValueError:
        return ""
    return _normal(netloc.rpartition("@")[2])


def name(url: str) -> str:
    """Return the host of a URL without its port: `127.0.0.1`, `::1`."""
    compared = host(url)
    return compared[1:].partition("]")[0] if compared.startswith("[") else compared.partition(":")[0]


def without_user(url: str) -> str:
    """Return a URL without user and password."""
    return _USER.sub(r"\1", url, count=1) if "@" in url else url


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
