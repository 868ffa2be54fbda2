"""A contract: the spec and the rules of a marketplace, each operation prepared when it is first used."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from sellerspec import marketplaces
from sellerspec.contract.call import Called, named
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.route import Match, Routes
from sellerspec.errors import OtherMarketplace, SeveralMarketplaces, SpecError, UnknownName
from sellerspec.io import urls
from sellerspec.model import Exchange
from sellerspec.openapi.rule_texts import MEMBER
from sellerspec.openapi.spec import Spec
from sellerspec.rules import Marketplace, Rule, dated
from sellerspec.schema import engine as engines

if TYPE_CHECKING:
    from sellerspec.openapi.overlay import Overlay


class Contract:
    """The spec and the rules of one marketplace."""

    def __init__(self, marketplace: Marketplace, spec: Spec, engine: str) -> None:
        self.marketplace = marketplace
        self.spec = spec
        self.engine = engine
        seen = {key: str(document.get("seen", "")) for key, document in spec.sources.items()}
        self._functions = tuple(dated(rule, seen) for rule in marketplace.rules)
        self._operations: dict[str, OperationContract] = {}
        self._rules: tuple[Rule, ...] | None = None

    @cached_property
    def routes(self) -> Routes:
        """Finds the operation of a URL."""
        return Routes(self.spec)

    @property
    def name(self) -> str:
        """The marketplace's name."""
        return self.marketplace.name

    def operation(self, id: str) -> OperationContract:
        """Return one operation.

        Raises:
            UnknownName: the spec has no operation of that id.
        """
        if id not in self._operations:
            try:
                spec = self.spec.operation(id)
            except KeyError:
                raise UnknownName(
                    "operation", f"{self.name}/{id}", [f"{self.name}/{id_}" for id_ in self.spec.ids()]
                ) from None
            self._operations[id] = OperationContract(
                self.spec, spec, self.marketplace, self._functions, self.engine
            )
        return self._operations[id]

    def operations(self) -> Iterator[OperationContract]:
        """Yield every operation in the order of the spec."""
        for id in self.spec.ids():
            yield self.operation(id)

    def rules(self) -> tuple[Rule, ...]:
        """Return every rule once: stated by schemas, then functions, then those that cannot be checked.

        Raises:
            SpecError: a rule has no text, or is written in a schema and as a function.
        """
        if self._rules is None:
            rules: dict[str, Rule] = {}
            for operation in self.operations():
                for rule in operation.stated():
                    known = rules.setdefault(rule.id, rule)
                    if rule.on[0] not in known.on:
                        rules[rule.id] = replace(known, on=(*known.on, *rule.on))
            texts = self.spec.rule_texts
            unchecked = [self.spec.rule(id, MEMBER) for id in texts if "why_not" in texts[id]]
            for rule in (*self._functions, *unchecked):
                if rule.id in rules:
                    raise SpecError(
                        f"the rule `{rule.id}` is written twice: {rules[rule.id].place} and {rule.place}"
                    )
                rules[rule.id] = rule
            self._rules = tuple(rules.values())
        return self._rules


def contract(name: str, overlays: Sequence[str] = (), engine: str | None = None) -> Contract:
    """Return the contract of a marketplace; the same one for equal arguments and overlay files.

    Args:
        name: the marketplace.
        overlays: paths of OpenAPI Overlay files, applied in this order; each names its
            marketplace and does nothing to another.
        engine: `jsonschema-rs` or `jsonschema`.

    Raises:
        UnknownName: there is no such marketplace or engine.
        ParseError: an overlay cannot be read.
        SpecError: spec, overlay and rules do not fit together.
    """
    if not overlays:
        return _plain(name, engine)
    from sellerspec.contract.documents import overlays_of  # most calls have no overlay and skip its reader

    return _corrected(name, overlays_of(name, overlays), engine)


@cache
def _plain(name: str, engine: str | None) -> Contract:
    record = marketplaces.marketplace(name)
    return Contract(record, Spec(name, marketplaces.spec_path(name)), engine or engines.default())


@lru_cache(maxsize=64)
def _corrected(name: str, overlays: "tuple[Overlay, ...]", engine: str | None) -> Contract:
    plain = _plain(name, engine)
    if not overlays:
        return plain
    from sellerspec.openapi.overlay import applied

    # a new spec: an overlay changes what the plain one has read
    spec = applied(Spec(name, plain.spec.path), overlays)
    ready = Contract(plain.marketplace, spec, plain.engine)
    at = ""
    try:
        ready.rules()
        for operation in ready.operations():  # all now, so that the error of a schema names the overlay
            at = f"{operation.key}: "
            _ = operation.request
            for status in operation.spec.responses:
                operation.response(status)
    except SpecError as error:
        raise SpecError(f"{', '.join(overlay.name for overlay in overlays)}: {at}{error}") from None
    return ready


def split_key(key: str) -> tuple[str, str]:
    """Return marketplace and operationId of a key.

    Raises:
        UnknownName: it is not of the form `marketplace/operationId`.
    """
    name, slash, id = key.partition("/")
    if not slash:
        raise UnknownName(
            "operation",
            key,
            [f"{other}/{id}" for other in marketplaces.names() for id in contract(other).spec.ids()],
        )
    return name, id


def operation(key: str, overlays: Sequence[str] = (), engine: str | None = None) -> OperationContract:
    """Return an operation by its key `marketplace/operationId`.

    Raises:
        UnknownName: there is no such marketplace or operation; names the nearest.
        ParseError: an overlay cannot be read.
        SpecError: as `contract`.
    """
    if not overlays and engine is None:
        return _default(key)
    name, id = split_key(key)
    return contract(name, overlays, engine).operation(id)


@cache
def _default(key: str) -> OperationContract:
    name, id = split_key(key)
    return contract(name).operation(id)


def of_operation(ready: OperationContract, exchange: Exchange, overlays: Sequence[str] = ()) -> Called:
    """Return the call of an operation that is named explicitly, of this module's `contract` or of a project.

    Args:
        ready: the operation.
        exchange: the exchange.
        overlays: paths of the OpenAPI Overlay files with which the operation was read.

    Raises:
        OtherMarketplace: the path is of another marketplace of the same host.
    """
    name = ready.operation.marketplace
    called = named(ready, contract(name, overlays).routes, exchange)
    if not ready.operation.webhook:
        url = exchange.url.partition("#")[0].partition("?")[0]
        match = called.match if called.match.literals else None
        require_own(name, match, exchange.method, url, overlays)
    return called


def find(
    exchange: Exchange,
    *,
    marketplace: str | None = None,
    likely: str | None = None,
    overlays: Sequence[str] = (),
    engine: str | None = None,
) -> Called:
    """Return the operation that an exchange calls.

    A host that a spec names decides; on any other host the path alone does.

    Args:
        exchange: the exchange.
        marketplace: name; only its operations count.
        likely: name; on a host that no spec names, only its operations count.
        overlays: paths of OpenAPI Overlay files that correct the specs first.
        engine: as for `contract`.

    Raises:
        UnknownName: no operation has that method and path, or more than one marketplace has.
    """
    url, _, query = exchange.url.partition("#")[0].partition("?")
    if overlays:
        called = _find(exchange.method, url, marketplace, likely, tuple(overlays), engine)
    else:
        called = _find_cached(exchange.method, url, marketplace, likely, (), engine)
    if not query:
        return called
    operation, (name, id, path, _, fits, literals) = (
        called  # a named tuple's own `_replace` takes four times as long
    )
    return Called(operation, Match(name, id, path, query, fits, literals))


def _find(
    method: str,
    url: str,
    marketplace: str | None,
    likely: str | None,
    overlays: tuple[str, ...],
    engine: str | None,
) -> Called:
    names = (marketplace,) if marketplace else marketplaces.names()
    contracts = {name: contract(name, overlays, engine) for name in names}
    elsewhere = {likely: contract(likely, overlays, engine)} if likely else contracts
    for any_host, asked in ((False, contracts), (True, elsewhere)):
        matches = routed(list(asked.values()), method, url, any_host=any_host)
        if len(matches) > 1:
            fitting = sorted(match.marketplace for match in matches)
            raise SeveralMarketplaces(f"{method} {urls.address(url)}", fitting)
        if matches:
            if name := marketplace or (likely if any_host else None):
                require_own(name, matches[0], method, url, overlays)
            return Called(contracts[matches[0].marketplace].operation(matches[0].operation), matches[0])
    if name := marketplace or likely:
        require_own(name, None, method, url, overlays)
    raise UnknownName("operation", f"{method} {urls.address(url)}", ())


def routed(asked: Sequence[Contract], method: str, url: str, *, any_host: bool) -> list[Match]:
    """Return the operations of a call: of the contracts of one host, only that whose path fits best.

    Args:
        asked: contracts.
        method: of the call.
        url: of the call, without its query.
        any_host: as for `Routes.find`.
    """
    matches = [match for ready in asked if (match := ready.routes.find(method, url, any_host=any_host))]
    matches = [match for match in matches if match.method_fits] or matches
    beside = {ready.name: ready.marketplace.beside for ready in asked}
    return [
        match
        for match in matches
        if all(
            match.literals >= other.literals
            for other in matches
            if other.marketplace in beside[match.marketplace]
        )
    ]


def require_own(
    marketplace: str, match: Match | None, method: str, url: str, overlays: Sequence[str] = ()
) -> None:
    """Refuse a call of another marketplace of the same host.

    Args:
        marketplace: the one that was named.
        match: its operation of the call, if it has one.
        method: of the call.
        url: of the call, without its query.
        overlays: paths of OpenAPI Overlay files that correct the specs first.

    Raises:
        OtherMarketplace: the path is of another marketplace.
    """
    own, other = contract(marketplace, overlays), partial(contract, overlays=overlays)
    if name := owner(own, match, method, url, other):
        raise OtherMarketplace(urls.split(url).path, marketplace, name)


def owner(
    own: Contract, match: Match | None, method: str, url: str, contract_of: Callable[[str], Contract]
) -> str:
    """Return the other marketplace of the same host that a call is of; "" if there is none.

    Args:
        own: the marketplace that was named.
        match: its operation of the call, if it has one.
        method: of the call.
        url: of the call.
        contract_of: reads the contract of another marketplace by its name.
    """
    if match is not None and match.path.get("version", own.spec.version) == own.spec.version:
        return ""  # spares reading the other specs
    for name in own.marketplace.beside:
        routes = contract_of(name).routes
        other = routes.find(method, url) or routes.find(method, url, any_host=True)
        # a path that takes every version is no sign of its marketplace under a version of another one
        if other is None or not routes.versions.issuperset(other.path.get("version", "").split()):
            continue
        if match is None or other.literals > match.literals:
            return name
    return ""


def elsewhere(
    own: Contract, match: Match | None, method: str, url: str, contract_of: Callable[[str], Contract]
) -> str:
    """Say of which other marketplace of the same host a call is, and which operation stands for it here.

    The arguments are those of `owner`; "" if the call is of no other marketplace.
    """
    name = owner(own, match, method, url, contract_of)
    if not name:
        return ""
    said = f"is of `{name}`, not of `{own.name}`"
    other = contract_of(name)
    found = other.routes.find(method, url, any_host=True)
    if found is None or not found.method_fits:
        return said
    here = [
        f"`{one.operation.method} {one.operation.path}` ({one.operation.id})"
        for one in counterparts(own, other, found.operation)
    ]
    return f"{said}, which has {' and '.join(here)} instead" if here else said


def counterparts(own: Contract, other: Contract, id: str) -> list[OperationContract]:
    """Return the operations of one generation of an API that stand for an operation of another one."""
    replaced = other.spec.operation(id).replaces
    return [one for one in own.operations() if one.spec.replaces == id or replaced == one.operation.id]


_find_cached = lru_cache(maxsize=256)(_find)
"""For calls without overlays, whose files may change. Recorded calls have few URLs besides their queries."""
