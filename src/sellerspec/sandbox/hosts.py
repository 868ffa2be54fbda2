"""Hosts and origins that a user names, and which hosts are this machine."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from sellerspec.errors import UsageError
from sellerspec.io import hosts

_OUTSIDE = frozenset("/@?# *%\\")
"""Characters of URLs and wildcards that no host and no port has."""


def normal_host(text: str) -> str:
    """Return a host in the one form in which hosts are compared, without its port.

    >>> normal_host("[::1]:8080"), normal_host("::1"), normal_host("LocalHost.")
    ('::1', '::1', 'localhost')
    """
    text = text.strip()
    name = hosts.name(f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text)
    return str(ip_address(name)) if is_address(name) else name


def is_address(host: str) -> bool:
    """Return whether a host is an IP address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return whether a host in its normal form is this machine."""
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


def named_host(text: str) -> str:
    """Return the normal form of a host that a user names.

    Raises:
        UsageError: it is no host.
    """
    host = normal_host(text)
    if not host or not _OUTSIDE.isdisjoint(text):
        raise UsageError(f"no host: `{text[:80]}`; name it like `hooks.example` or `192.0.2.7`")
    return host


def origin(text: str) -> str:
    """Return an origin in the form that a browser sends.

    >>> origin("HTTP://LocalHost:80")
    'http://localhost'

    Raises:
        UsageError: it is no origin.
    """
    scheme, _, rest = text.strip().lower().partition("://")
    rest = rest.removesuffix("/")
    try:
        port = urlsplit(f"//{rest}").port
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https") or not rest or not _OUTSIDE.isdisjoint(rest):
        raise UsageError(f"no origin: `{text[:80]}`; name it like `http://localhost:3000`")
    host = normal_host(rest)
    shown = f"[{host}]" if ":" in host else host
    usual = port in (None, {"http": 80, "https": 443}[scheme])
    return f"{scheme}://{shown}" if usual else f"{scheme}://{shown}:{port}"
