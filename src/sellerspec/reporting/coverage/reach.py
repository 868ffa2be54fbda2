"""Find the parts of an operation that an exchange exercises: parameters, body fields, rules."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from sellerspec import marketplaces
from sellerspec.contract.operation import OperationContract
from sellerspec.io import pointers
from sellerspec.model import Json
from sellerspec.schema import engine as engines
from sellerspec.schema.prepare import prepared

_ALL = ("allOf", "x-warnings")
_ALTERNATIVES = ("anyOf", "oneOf")


class Reach:
    """The parameters, body fields and rules of one operation that an exchange can exercise."""

    def __init__(self, operation: OperationContract) -> None:
        self.operation = operation
        self._formats = marketplaces.marketplace(operation.operation.marketplace).formats
        self._request = operation.spec.request_schema()
        self._responses: dict[int, Json] = {}
        self._compiled: dict[int, engines.Compiled] = {}

    @cached_property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Location and name of each parameter, credentials included: `("query", "limit")`."""
        parts = self._request["properties"]["request"]["properties"]
        return tuple(
            (where, name) for where in ("path", "query", "headers") for name in parts[where]["properties"]
        )

    @cached_property
    def known_fields(self) -> frozenset[str]:
        """The places of the request body that the spec describes."""
        body = self._request["properties"]["request"]["properties"].get("body")
        return frozenset(_places(body, ""))

    def fields(self, body: Json) -> set[str]:
        """Return the described places of a body that have a value."""
        return set(_present(body, "")) & self.known_fields

    def rules(self, value: Mapping[str, Json], status: int | None, unchecked: Collection[str]) -> set[str]:
        """Return the ids of the rules that apply to an exchange.

        A rule of a schema applies where there is a value at its place and the conditions around
        it hold. A rule function applies where the part that it reads exists.

        Args:
            value: `{"request": {...}, "response": {...}}`, either may be missing.
            status: of the response; None without one.
            unchecked: ids of the rules for which a fact was missing.
        """
        applicable: set[str] = set()
        self._collect(self._request, value, applicable)
        if status is not None and status in self.operation.spec.responses:
            if status not in self._responses:
                self._responses[status] = self.operation.spec.response_schema(
                    self.operation.spec.responses[status]
                )
            self._collect(self._responses[status], value, applicable)
        accepted = status is not None and 200 <= status < 300
        return applicable | {
            rule.id
            for rule in self.operation.functions
            if rule.check is not None
            and rule.id not in unchecked
            and _is_present(rule.reads, value, accepted)
        }

    def _collect(self, schema: Json, value: Json, applicable: set[str]) -> None:
        """Add the rules of a schema that apply to a value."""
        if not isinstance(schema, dict):
            return
        if "x-rule" in schema:
            applicable.add(schema["x-rule"])
        for subschema in self._in_force(schema, value):
            self._collect(subschema, value, applicable)
        if isinstance(value, dict):
            properties, others = schema.get("properties", {}), schema.get("additionalProperties")
            for name, member in value.items():
                self._collect(properties.get(name, others), member, applicable)
        elif isinstance(value, list):
            first, others = schema.get("prefixItems", ()), schema.get("items")
            for index, item in enumerate(value):
                self._collect(first[index] if index < len(first) else others, item, applicable)

    def _in_force(self, schema: Json, value: Json) -> Iterator[Json]:
        """Yield the subschemas that constrain the same value."""
        for key in _ALL:
            yield from schema.get(key, ())
        for key in _ALTERNATIVES:
            yield from (branch for branch in schema.get(key, ()) if self._fits(branch, value))
        if "if" in schema:
            yield schema.get("then" if self._fits(schema["if"], value) else "else")

    def _fits(self, schema: Json, value: Json) -> bool:
        compiled = self._compiled.get(id(schema))
        if compiled is None:
            ready = prepared(schema, self._formats)
            compiled = self._compiled[id(schema)] = engines.compiled(ready, self._formats, engines.default())
        return compiled.is_valid(value)


def _is_present(reads: str, value: Mapping[str, Json], accepted: bool) -> bool:
    request, response = value.get("request", {}), value.get("response", {})
    if reads == "exchange":
        return bool(response)
    if reads == "response":
        return accepted and "body" in response
    return bool(request) and (reads == "request" or reads in request)


def _places(schema: Json, place: str) -> Iterator[str]:
    """Yield the place of each member that a schema describes."""
    if not isinstance(schema, dict):
        return
    for name, member in schema.get("properties", {}).items():
        # a warning that forbids a member describes nothing that could be sent
        if member is not False:
            below = f"{place}/{pointers.escaped(name)}"
            yield below
            yield from _places(member, below)
    for item in (schema.get("items"), *schema.get("prefixItems", ())):
        yield from _places(item, f"{place}/*")
    for key in (*_ALL, *_ALTERNATIVES):
        for subschema in schema.get(key, ()):
            yield from _places(subschema, place)
    for key in ("then", "else"):
        yield from _places(schema.get(key), place)


def _present(value: Json, place: str) -> Iterator[str]:
    """Yield the place of each member of a value."""
    if isinstance(value, dict):
        for name, member in value.items():
            below = f"{place}/{pointers.escaped(name)}"
            yield below
            yield from _present(member, below)
    elif isinstance(value, list):
        for item in value:
            yield from _present(item, f"{place}/*")
