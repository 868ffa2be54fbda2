"""Find the operation of a call by its method and URL."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sellerspec.io import hosts, urls
from sellerspec.openapi.spec import Spec

_VERSION = re.compile(r"(?<=/)v[0-9]+(?:\.[0-9]+)?(?=/)")


class Route(NamedTuple):
    """The URLs of one operation."""

    marketplace: str
    operation: str
    method: str
    pattern: re.Pattern[str]
    literals: int
    """How many parts of the path are fixed; the route with the most wins."""

    without_version: re.Pattern[str] | None
    """The same path with its version left out, where it has one."""


class Match(NamedTuple):
    """The operation of a URL."""

    marketplace: str
    operation: str
    path: Mapping[str, str]
    """Path parameters as they stand in the URL, still encoded."""

    query: str
    method_fits: bool
    literals: int = 0
    """How many parts of the path are fixed; of the marketplaces of one host the one with the most wins."""


class Routes:
    """The routes of one marketplace, below any of its servers and below unknown hosts."""

    def __init__(self, spec: Spec) -> None:
        self.marketplace = spec.marketplace
        self.hosts = frozenset(map(hosts.host, spec.servers))
        """The hosts of the servers, in the form of `io.hosts`."""

        places = [(path, method) for _, kind, path, method in spec.places() if kind == "paths"]
        self.versions = frozenset(
            (spec.version, *(one for place in places for one in spec.path_versions(*place)))
        )
        """The versions in its paths that are its own."""

        literal = (version for path, _ in places for version in _VERSION.findall(path))
        self._any_version = sorted(self.versions.union(literal))
        self._bases = sorted({urls.split(server).path for server in spec.servers}, key=len, reverse=True)
        self._routes = sorted(
            (
                _route(spec.marketplace, id, method, path, spec.path_versions(path, method))
                for id, kind, path, method in spec.places()
                if kind == "paths"
            ),
            key=lambda route: -route.literals,
        )
        self._depth = max((path.count("/") for _, _, path, _ in spec.places()), default=0)

    def find(self, method: str, url: str, *, any_host: bool = False) -> Match | None:
        """Return the operation of a call, or None.

        The path is matched below the base path of a server. With `any_host` it is also matched
        below any other prefix, so that a gateway or a UAT host in front of the API may be called.
        If no route of the path has the method, `method_fits` of the match is false. On a host of
        the spec the path may come without its version; the schema of the path reports that.
        """
        split = urls.split(url)
        of_spec = split.netloc in self.hosts or hosts.host(url) in self.hosts
        if not any_host and not of_spec:
            return None
        paths = [split.path.removeprefix(base) for base in self._bases if split.path.startswith(base + "/")]
        if any_host:
            paths.extend(suffix for suffix in _suffixes(split.path, self._depth) if suffix not in paths)
        match = self._match([(route, route.pattern) for route in self._routes], paths, method, split.query)
        if match is None and of_spec:
            lax = [(route, route.without_version) for route in self._routes if route.without_version]
            match = self._match(lax, paths, method, split.query)
        return match

    def under_another_version(self, method: str, url: str) -> str:
        """Return the id of the operation of a call with another version in its path; "" if there is none."""
        for version in self._any_version:
            match = self.find(method, _VERSION.sub(version, url, count=1), any_host=True)
            if match is not None and match.method_fits:
                return match.operation
        return ""

    def _match(
        self, patterns: Iterable[tuple[Route, re.Pattern[str]]], paths: Iterable[str], method: str, query: str
    ) -> Match | None:
        wrong_method: Match | None = None
        for path in paths:
            template = None
            for route, pattern in patterns:
                parameters = pattern.fullmatch(path)
                # in OpenAPI the path with more literal parts wins, whatever its methods
                if parameters and template in (None, pattern):
                    template = pattern
                    fits = route.method == method.upper()
                    match = Match(
                        self.marketplace, route.operation, parameters.groupdict(), query, fits, route.literals
                    )
                    if fits:
                        return match
                    wrong_method = wrong_method or match
        return wrong_method


def _suffixes(path: str, most: int) -> Iterator[str]:
    """Yield the ends of a path that begin with a slash and have at most `most`, the longest first."""
    starts: list[int] = []
    at = len(path)
    while len(starts) < most and (at := path.rfind("/", 0, at)) >= 0:
        starts.append(at)
    for start in reversed(starts):
        yield path[start:]


def _route(marketplace: str, operation: str, method: str, template: str, versions: tuple[str, ...]) -> Route:
    literals = 0
    pattern = ""
    for part in template.split("/")[1:]:
        if part.startswith("{") and part.endswith("}"):
            name = part[1:-1]
            # a version has a form of its own, so that no other prefix is taken for it
            known = "|".join(map(re.escape, versions)) or "v[0-9]+(?:[.][0-9]+)?"
            pattern += f"/(?P<{name}>" + (known if name == "version" else "[^/]+") + ")"
        else:
            literals += 1
            pattern += "/" + re.escape(part)
    version, _, rest = template.removeprefix("/").partition("/")
    lax = re.compile(pattern[pattern.index(")/") + 1 :]) if version == "{version}" and rest else None
    return Route(marketplace, operation, method.upper(), re.compile(pattern), literals, lax)
