"""Which rules a call and its reply exercised: of all rules of the operation, those that apply."""

from sellerspec import contract
from sellerspec.contract import parts
from sellerspec.fuzz.messages import Call, Reply, exchange_of
from sellerspec.model import Facts, Json
from sellerspec.reporting.coverage.reach import Reach


class ReachedRules:
    """Finds the rules that exchanges of one marketplace exercise; keeps what it knows of an operation."""

    def __init__(self, marketplace: str) -> None:
        self._routes = contract.contract(marketplace).routes
        self._reach: dict[str, Reach] = {}

    def rules(self, call: Call, reply: Reply, facts: Facts) -> set[str]:
        """Return the ids of the rules that apply to something in an exchange.

        The request of a refused call does not count: a refusal does not show which other rules the
        server enforces. Its response counts.
        """
        if call.operation not in self._reach:
            self._reach[call.operation] = Reach(contract.operation(call.operation))
        reach = self._reach[call.operation]
        exchange = exchange_of(call, reply)
        value: dict[str, Json] = {"response": _readable(parts.response_value(exchange))}
        if reply.success:
            match = self._routes.find(call.method, call.path, any_host=True)
            path = match.path if match is not None else {}
            parameters = parts.parameter_values(reach.operation.spec, path, call.path.partition("?")[2])
            value["request"] = _readable(parts.request_value(reach.operation.spec, exchange, parameters))
        rules = reach.rules(value, reply.status, reach.operation.unchecked(value, reply.status, facts))
        if not reply.success:
            rules -= {function.id for function in reach.operation.functions if function.reads == "exchange"}
        return rules


def _readable(part: dict[str, Json]) -> dict[str, Json]:
    """Return a request or a response without a body that is not JSON."""
    body = part.get("body")
    if body is None or parts.unread(body):
        part.pop("body", None)
    return part
