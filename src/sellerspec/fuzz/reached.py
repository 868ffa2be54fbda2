"""Which rules an exchange was asked to keep: not all that its operation has, only those that it reaches."""

from collections.abc import Mapping

from sellerspec import contract
from sellerspec.contract import parts
from sellerspec.fuzz.transport import Call, Got
from sellerspec.model import Exchange, Facts, Json
from sellerspec.reporting.coverage.reach import Reach


class Asked:
    """Looks at exchanges of one marketplace; knows each operation's schemas once."""

    def __init__(self, marketplace: str) -> None:
        self._marketplace = marketplace
        self._reach: dict[str, Reach] = {}

    def rules(self, call: Call, got: Got, facts: Facts, *, accepted: bool) -> set[str]:
        """Return the ids of the rules that spoke of something in an exchange.

        The request of a refused call does not count: what the server thinks of the rules that it
        keeps, nobody knows. The response does.
        """
        reach = self._reaching(call.operation)
        path, query = self._address(call)
        exchange = Exchange(
            call.method,
            call.path,
            got.status,
            request_headers=call.headers,
            request_body=call.body,
            response_headers=got.headers,
            response_body=got.body,
        )
        value: dict[str, Json] = {"response": _readable(parts.response_value(exchange))}
        if accepted:
            placed = parts.placed(reach.operation.spec, path, query)
            value["request"] = _readable(parts.request_value(exchange, placed))
        found = reach.rules(value, got.status, facts)
        if not accepted:
            found -= {function.id for function in reach.operation.functions if function.reads == "exchange"}
        return found

    def _address(self, call: Call) -> tuple[Mapping[str, str], str]:
        found = contract.contract(self._marketplace).routes.find(call.method, call.path, any_host=True)
        path = dict(found.path) if found is not None else {}
        return path, call.path.partition("?")[2]

    def _reaching(self, operation: str) -> Reach:
        found = self._reach.get(operation)
        if found is None:
            found = self._reach[operation] = Reach(contract.operation(operation))
        return found


def _readable(part: dict[str, Json]) -> dict[str, Json]:
    """Return a half of an exchange without a body that is no JSON."""
    body = part.get("body")
    if body is None or (isinstance(body, dict) and parts.UNREAD in body):
        part.pop("body", None)
    return part
