"""Find the operation of a call by its method and URL."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from sellerspec.openapi.spec import Spec


class Route(NamedTuple):
    """One operation that a URL may mean."""

    marketplace: str
    operation: str
    method: str
    pattern: re.Pattern[str]
    literals: int
    """How many parts of the path are fixed; the route with the most wins."""

    without_version: re.Pattern[str] | None
    """The same path with its version left out, where it has one."""


class Match(NamedTuple):
    """What a URL means."""

    marketplace: str
    operation: str
    path: Mapping[str, str]
    """Path parameters as they stand in the URL, still encoded."""

    query: str
    method_fits: bool


class Routes:
    """The routes of one marketplace, below any of its servers and below unknown hosts."""

    def __init__(self, spec: Spec) -> None:
        self.marketplace = spec.marketplace
        servers = [urlsplit(server) for server in spec.servers]
        self.hosts = frozenset(server.netloc for server in servers)
        self._bases = sorted({server.path for server in servers}, key=len, reverse=True)
        self._routes = sorted(
            (
                _route(spec.marketplace, id, method, path)
                for id, kind, path, method in spec.places()
                if kind == "paths"
            ),
            key=lambda each: -each.literals,
        )

    def find(self, method: str, url: str, *, any_host: bool = False) -> Match | None:
        """Return what a call means, or None.

        The path is read below the base path of a server; with `any_host` also below any
        other prefix, so that a gateway or a UAT host in front of the API is understood. A
        method that no route of the path has gives a match whose `method_fits` is false. On a
        host of the spec a path may lack its version: then `path` has none, which the schema
        of the path reports.
        """
        split = urlsplit(url)
        if not any_host and split.netloc not in self.hosts:
            return None
        paths = [split.path.removeprefix(base) for base in self._bases if split.path.startswith(base + "/")]
        if any_host:
            paths.extend(suffix for suffix in _suffixes(split.path) if suffix not in paths)
        found = self._match([(route, route.pattern) for route in self._routes], paths, method, split.query)
        if found is None and split.netloc in self.hosts:
            lax = [(route, route.without_version) for route in self._routes if route.without_version]
            found = self._match(lax, paths, method, split.query)
        return found

    def _match(
        self, patterns: Iterable[tuple[Route, re.Pattern[str]]], paths: Iterable[str], method: str, query: str
    ) -> Match | None:
        near: Match | None = None
        for path in paths:
            template = None
            for each, pattern in patterns:
                found = pattern.fullmatch(path)
                # as OpenAPI has it: the path with more literal parts is meant, whatever its methods
                if found and template in (None, pattern):
                    template = pattern
                    fits = each.method == method.upper()
                    match = Match(self.marketplace, each.operation, found.groupdict(), query, fits)
                    if fits:
                        return match
                    near = near or match
        return near


def address(url: str) -> str:
    """Return what a message may say of a URL: no user, no query, no more than 120 characters."""
    split = urlsplit(url)
    host = split.netloc.rpartition("@")[2]
    said = f"{split.scheme}://{host}{split.path}" if host else split.path
    return said if len(said) <= 120 else said[:119] + "…"


def _suffixes(path: str) -> Iterable[str]:
    at = 0
    while at >= 0:
        yield path[at:]
        at = path.find("/", at + 1)


def _route(marketplace: str, operation: str, method: str, template: str) -> Route:
    literals = 0
    pattern = ""
    for part in template.split("/")[1:]:
        if part.startswith("{") and part.endswith("}"):
            name = part[1:-1]
            # a version is told apart from any other part of a path, so that a prefix is not taken for it
            pattern += f"/(?P<{name}>" + ("v[0-9]+(?:[.][0-9]+)?" if name == "version" else "[^/]+") + ")"
        else:
            literals += 1
            pattern += "/" + re.escape(part)
    version, _, rest = template.removeprefix("/").partition("/")
    lax = re.compile(pattern[pattern.index(")/") + 1 :]) if version == "{version}" and rest else None
    return Route(marketplace, operation, method.upper(), re.compile(pattern), literals, lax)
