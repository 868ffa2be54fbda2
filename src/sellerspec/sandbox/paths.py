"""Which operation a request calls, with and without the prefix of the marketplace's base URL."""

from collections.abc import Callable, Sequence

from sellerspec import contract
from sellerspec.contract import Contract
from sellerspec.contract.route import Match
from sellerspec.sandbox.messages import Request

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Paths:
    """The paths of one marketplace."""

    def __init__(self, own: Contract, overlays: Sequence[str] = ()) -> None:
        self._own = own
        self._contract_of: Callable[[str], Contract] = contract.contract
        if overlays:  # read now: an overlay may change while the sandbox runs
            beside = {name: contract.contract(name, overlays) for name in own.marketplace.beside}
            self._contract_of = beside.__getitem__
        scheme, _, rest = own.spec.servers[0].partition("://")
        host, slash, prefix = rest.partition("/")
        self._origin, self._prefix = f"{scheme}://{host}", slash + prefix

    def match(self, request: Request, method: str = "") -> Match | None:
        """Return the operation of a request, or of one by another method; None if no path fits."""
        return self._own.routes.find(method or request.method, self.url(request))

    def elsewhere(self, request: Request, match: Match | None) -> str:
        """Say of which other marketplace of the same host a request is; "" if it is of none."""
        return contract.elsewhere(self._own, match, request.method, self.url(request), self._contract_of)

    def url(self, request: Request) -> str:
        """Return the address at the marketplace for which a request stands."""
        below = request.path.startswith(f"{self._prefix}/")
        return self._origin + (request.path if below else self._prefix + request.path)

    def methods(self, request: Request) -> list[str]:
        """Return the methods that the path of a request has."""
        matches = ((method, self.match(request, method)) for method in METHODS)
        return sorted(method for method, match in matches if match is not None and match.method_fits)
