"""What the contract knows of an exchange: the places of its parts, by the operation that it calls."""

from typing import NamedTuple

from sellerspec import contract, marketplaces
from sellerspec.contract import Contract
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import UnknownName
from sellerspec.io.secret_names import Names
from sellerspec.model import Exchange, Json
from sellerspec.rules import Marketplace
from sellerspec.scrubbing.places import Place
from sellerspec.scrubbing.vocabulary import Vocabulary, vocabulary

PARTS = ("path", "query", "body", "response")


class Known(NamedTuple):
    """The places of the parts of an exchange."""

    path: Place
    query: Place
    body: Place
    response: Place
    """Of the response body, whatever its status."""

    template: str
    """The path of the operation; "" if none is known."""

    contract: Contract | None

    @property
    def words(self) -> Vocabulary:
        """The words that the contract knows."""
        return vocabulary(self.contract)


class Contracts:
    """Finds what is known of an exchange, and remembers it for each operation."""

    def __init__(
        self,
        marketplace: Marketplace | None,
        *,
        secret_members: tuple[str, ...] = (),
        keep: tuple[str, ...] = (),
        overlays: tuple[str, ...] = (),
        fallback: str = "",
    ) -> None:
        self._marketplace = marketplace
        self._fallback = fallback
        self._secret = secret_members
        self._keep = keep
        self._overlays = overlays
        self._known: dict[str, Known] = {}
        own = marketplaces.names()
        self._name = marketplace.name if marketplace is not None and marketplace.name in own else None
        self.names = self._names(marketplace)

    def _names(self, marketplace: Marketplace | None) -> Names:
        if marketplace is None:
            return Names(self._secret, (), self._keep)
        secret = (*marketplace.secret_members, *self._secret)
        return Names(secret, marketplace.public_members, self._keep)

    def of(self, exchange: Exchange, key: str = "") -> Known:
        """Return what is known of an exchange; `key` names its operation where the URL does not."""
        if not key:
            if self._marketplace is not None and self._name is None:
                return self._unknown("")
            try:
                called = contract.find(exchange, marketplace=self._name, overlays=self._overlays)
            except (UnknownName, ValueError):  # a URL that is none
                return self._unknown(self._name or "")
            known = self._of_key(called.operation.key)
            if "version" in called.match.path or not known.template.startswith("/{version}/"):
                return known
            return known._replace(template=known.template.removeprefix("/{version}"))
        return self._of_key(key)

    def nothing(self) -> Known:
        """Return what is known of a call of no marketplace."""
        return self._of_operations([])

    def _of_key(self, key: str) -> Known:
        if key not in self._known:
            try:
                operation = contract.operation(key, self._overlays)
            except UnknownName:
                return self._unknown(self._name or "")
            self._known[key] = self._of_operations([operation])
        return self._known[key]

    def _unknown(self, name: str) -> Known:
        """Return what is known of a call that no URL determines: it may be a webhook."""
        if self._fallback:
            return self._of_key(self._fallback)
        if name not in self._known:
            hooks = []
            if name:
                ready = contract.contract(name, self._overlays)
                hooks = [operation for operation in ready.operations() if operation.operation.webhook]
            self._known[name] = self._of_operations(hooks, name)
        return self._known[name]

    def _of_operations(self, operations: list[OperationContract], name: str = "") -> Known:
        name = operations[0].operation.marketplace if operations else name
        ready = contract.contract(name, self._overlays) if name else None
        record = ready.marketplace if ready is not None else self._marketplace
        names = self.names if record is self._marketplace else self._names(record)
        formats = record.formats if record is not None else {}
        schemas = [pair for operation in operations for pair in _schemas(operation)]
        places = {
            part: Place(names, "", tuple(schema for own, schema in schemas if own == part), formats=formats)
            for part in PARTS
        }
        template = operations[0].operation.path if len(operations) == 1 else ""
        return Known(**places, template=template, contract=ready)


def _schemas(operation: OperationContract) -> list[tuple[str, Json]]:
    """Return the schemas of an operation, each with the part of the exchange that it describes."""
    spec = operation.spec
    found: list[tuple[str, Json]] = [
        (parameter.where, {"properties": {parameter.name: parameter.schema}})
        for parameter in spec.parameters
        if parameter.where in ("path", "query")
    ]
    bodies = [("body", spec.request), *(("response", body) for body in spec.responses.values())]
    found += [
        (part, schema)
        for part, body in bodies
        if body is not None
        for schema in body.contents.values()
        if schema is not None
    ]
    return found
