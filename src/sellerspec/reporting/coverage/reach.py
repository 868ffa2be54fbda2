"""What an exchange reaches of an operation: the fields it has, and the rules that were asked of it."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from sellerspec import marketplaces
from sellerspec.contract.operation import OperationContract
from sellerspec.io import pointers
from sellerspec.model import Facts, Json
from sellerspec.schema import engine as engines
from sellerspec.schema.prepare import prepared

_EACH = ("allOf", "x-warnings")
_SOME = ("anyOf", "oneOf")


class Reach:
    """One operation, seen from the side of what is sent to it."""

    def __init__(self, operation: OperationContract) -> None:
        self.operation = operation
        self._formats = marketplaces.marketplace(operation.operation.marketplace).formats
        self._request = operation.spec.request_schema()
        self._responses: dict[int, Json] = {}
        self._holds: dict[int, engines.Compiled] = {}

    @cached_property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Place and name of each parameter, credentials among them: `("query", "limit")`."""
        parts = self._request["properties"]["request"]["properties"]
        return tuple(
            (where, name) for where in ("path", "query", "headers") for name in parts[where]["properties"]
        )

    @cached_property
    def known_fields(self) -> frozenset[str]:
        """The places of the request's body that the spec knows."""
        body = self._request["properties"]["request"]["properties"].get("body")
        return frozenset(_places(body, ""))

    def fields(self, body: Json) -> set[str]:
        """Return the known places of a body that have a value."""
        return {each for each in _present(body, "") if each in self.known_fields}

    def rules(self, value: Mapping[str, Json], status: int | None, facts: Facts) -> set[str]:
        """Return the ids of the rules that an exchange is asked to keep.

        A rule of a schema is asked where there is a value at its place and the conditions
        around it hold; a rule function where what it reads is there, and the facts it needs.

        Args:
            value: `{"request": {...}, "response": {...}}`, either may be missing.
        """
        found: set[str] = set()
        self._asked(self._request, value, found)
        if status is not None and status in self.operation.spec.responses:
            if status not in self._responses:
                self._responses[status] = self.operation.spec.response_schema(status)
            self._asked(self._responses[status], value, found)
        given = facts.given()
        accepted = status is not None and 200 <= status < 300
        for rule in self.operation.functions:
            if (
                rule.check is not None
                and given.issuperset(rule.needs)
                and _there(rule.reads, value, accepted)
            ):
                found.add(rule.id)
        return found

    def _asked(self, schema: Json, value: Json, found: set[str]) -> None:
        if not isinstance(schema, dict):
            return
        if "x-rule" in schema:
            found.add(schema["x-rule"])
        for key in _EACH:
            for each in schema.get(key, ()):
                self._asked(each, value, found)
        for key in _SOME:
            for each in schema.get(key, ()):
                if self._fits(each, value):
                    self._asked(each, value, found)
        if "if" in schema:
            self._asked(schema.get("then" if self._fits(schema["if"], value) else "else"), value, found)
        if isinstance(value, dict):
            for name, each in value.items():
                self._asked(
                    schema.get("properties", {}).get(name, schema.get("additionalProperties")), each, found
                )
        elif isinstance(value, list):
            first = schema.get("prefixItems", ())
            for index, each in enumerate(value):
                self._asked(first[index] if index < len(first) else schema.get("items"), each, found)

    def _fits(self, schema: Json, value: Json) -> bool:
        compiled = self._holds.get(id(schema))
        if compiled is None:
            ready = prepared(schema, self._formats)
            compiled = self._holds[id(schema)] = engines.compiled(ready, self._formats, engines.default())
        return compiled.is_valid(value)


def _there(reads: str, value: Mapping[str, Json], accepted: bool) -> bool:
    request, response = value.get("request", {}), value.get("response", {})
    if reads == "exchange":
        return bool(response)
    if reads == "response":
        return accepted and "body" in response
    return bool(request) and (reads == "request" or reads in request)


def _places(schema: Json, at: str) -> Iterator[str]:
    """Yield the place of each member that a schema describes."""
    if not isinstance(schema, dict):
        return
    for name, each in schema.get("properties", {}).items():
        # an advice that forbids a member describes nothing that could be sent
        if each is not False:
            place = f"{at}/{pointers.escaped(name)}"
            yield place
            yield from _places(each, place)
    for prefixitem in (schema.get("items"), *schema.get("prefixItems", ())):
        yield from _places(prefixitem, f"{at}/*")
    for key in (*_EACH, *_SOME):
        for each in schema.get(key, ()):
            yield from _places(each, at)
    for key in ("then", "else"):
        yield from _places(schema.get(key), at)


def _present(value: Json, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            place = f"{at}/{pointers.escaped(name)}"
            yield place
            yield from _present(each, place)
    elif isinstance(value, list):
        for each in value:
            yield from _present(each, f"{at}/*")
