"""A project's own view of the contracts: its settings, house rules, facts, waivers and secrets.

Guards and the pytest plugin judge through a `Project`; without one of its own, a caller gets the
plain contracts.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sellerspec import contract
from sellerspec.contract import Contract, waivers
from sellerspec.contract.call import Called, Requests, named
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.waivers import Waivers
from sellerspec.errors import UnknownName, UsageError
from sellerspec.io import settings
from sellerspec.io.strict import decode
from sellerspec.marketplaces.common import COMMON
from sellerspec.model import NO_FACTS, Exchange, Facts, Finding, Json, Report
from sellerspec.rules import Rule

FactsOf = Callable[[str], Facts | None]
"""Gives the facts of an operation, by its key; None where there are none."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for one test, or one client, beyond what holds for the project."""

    ignore: frozenset[str] = frozenset()
    """Ids of rules whose findings do not count."""

    strict: bool = False
    """Whether warnings count as errors."""

    operation: str = ""
    """Key of the operation that is meant where none is named."""


PLAIN = Scope()


class Project:
    """The contracts as one project uses them."""

    def __init__(
        self,
        given: settings.Settings | None = None,
        *,
        rules: Iterable[Rule] = (),
        facts: Facts | FactsOf | None = None,
        waivers: Waivers | None = None,
        secret_members: Collection[str] = (),
    ) -> None:
        """Make a view.

        Args:
            given: overlays, engine, strictness and the seller's facts; see `sellerspec.io.settings`.
            rules: house rules. `on` names operations by key, `tiki/createProduct`, or by their id,
                and then the rule's id begins with the name of the marketplace.
            facts: what payloads cannot know: the same for all operations, or a function of the key.
            waivers: findings that need not count.
            secret_members: names of members about whose values nothing is shown.

        Raises:
            UsageError: a house rule does not tell of which marketplace it is.
        """
        self.settings = given or settings.Settings()
        self.waivers = waivers or Waivers()
        self._rules: dict[str, list[Rule]] = {}
        self._contracts: dict[str, Contract] = {}
        self._facts = facts
        own = self.settings
        self._seller = Facts(seller=own.seller, inventory_types=own.inventory_types, suppliers=own.suppliers)
        self._bare = facts is None and not self._seller.given()
        self._secrets = frozenset(member.lower() for member in secret_members)
        for rule in rules:
            for name, mine in _housed(rule).items():
                self._rules.setdefault(name, []).append(mine)

    @classmethod
    def read(
        cls,
        start: Path | None = None,
        *,
        rules: Iterable[Rule] = (),
        facts: Facts | FactsOf | None = None,
        secret_members: Collection[str] = (),
    ) -> "Project":
        """Return the view of the project around `start`, with its settings and waivers.

        Raises:
            ParseError: `pyproject.toml` is no TOML, or a setting or waiver is wrong.
            UnknownName: a setting that there is not, or a waiver of a rule that there is not.
            UsageError: as for `Project`.
        """
        found = cls(
            settings.read(start),
            rules=rules,
            facts=facts,
            waivers=Waivers(waivers.read(start)),
            secret_members=secret_members,
        )
        for each in found.waivers.all:
            found.known_rule(each.rule)
        return found

    def contract(self, name: str) -> Contract:
        """Return a marketplace made ready, house rules included.

        Raises:
            UnknownName: there is no such marketplace.
            SpecError: an overlay does not fit.
        """
        known = self._contracts.get(name)
        if known is None:
            overlays, engine = self.settings.overlays, self.settings.engine
            known = (
                contract.contract(name, overlays, engine) if overlays or engine else contract.contract(name)
            )
            if name in self._rules:
                record = replace(known.marketplace, rules=(*known.marketplace.rules, *self._rules[name]))
                known = Contract(record, known.spec, known.engine)
            self._contracts[name] = known
        return known

    def operation(self, key: str) -> OperationContract:
        """Return an operation by its key.

        Raises:
            UnknownName: there is none; names the nearest.
        """
        name, id = contract.split_key(key)
        return self.contract(name).operation(id)

    def known_rule(self, id: str) -> None:
        """Do nothing if there is a rule of that id, house rules among them.

        Raises:
            UnknownName: there is none; names the nearest.
        """
        name = id.partition(".")[0]
        known = {each.id for each in COMMON}
        known.update(rule.id for rules in self._rules.values() for rule in rules)
        if id in known or name == "sellerspec":
            return
        known.update(rule.id for rule in self.contract(name).rules())
        if id not in known:
            raise UnknownName("rule", id, sorted(known))

    def facts(self, key: str, given: Facts | None = None) -> Facts:
        """Return the facts for an operation: those given, then the project's, then the settings'."""
        if self._bare and given is None:
            return NO_FACTS
        asked = self._facts(key) if callable(self._facts) else self._facts
        found = [each for each in (given, asked, self._seller) if each is not None and each.given()]
        if not found:
            return NO_FACTS
        merged = found[-1]
        for each in reversed(found[:-1]):
            merged = replace(merged, **{name: getattr(each, name) for name in each.given()})
        return merged

    def check(
        self, operation: str, payload: bytes | str | Json, *, facts: Facts | None = None, scope: Scope = PLAIN
    ) -> Report:
        """Check a request body, as `sellerspec.check` does, and settle the report.

        Raises:
            UnknownName: there is no such operation.
            ParseError: the payload is no JSON.
            UsageError: the operation has no JSON body.
        """
        value = decode(payload) if isinstance(payload, bytes | str) else payload
        return self.settled(self.operation(operation).check(value, self.facts(operation, facts)), scope)

    def called(
        self, exchange: Exchange, *, operation: str | None = None, marketplace: str | None = None
    ) -> Called:
        """Return the operation that an exchange calls.

        Raises:
            UnknownName: no operation has that method and URL, or two marketplaces have.
        """
        if operation is not None:
            ready = self.operation(operation)
            return named(ready, self.contract(ready.operation.marketplace).routes, exchange)
        _, match = contract.find(exchange, marketplace=marketplace, overlays=self.settings.overlays)
        return Called(self.contract(match.marketplace).operation(match.operation), match)

    def check_exchange(
        self,
        exchange: Exchange,
        called: Called,
        *,
        facts: Facts | None = None,
        requests: Requests = "accepted",
        scope: Scope = PLAIN,
    ) -> Report:
        """Check a request and its response, as `sellerspec.check_exchange` does, and settle the report."""
        known = self.facts(called.operation.key, facts)
        return self.settled(called.check(exchange, known, requests=requests), scope)

    def settled(self, report: Report, scope: Scope = PLAIN) -> Report:
        """Return a report without what is waived or ignored and without secrets, as strict as asked for."""
        if not report.findings:
            return report
        report = self.waivers.applied(report)
        if scope.ignore:
            kept = tuple(finding for finding in report.findings if finding.rule not in scope.ignore)
            report = replace(report, findings=kept)
        if self._secrets:
            report = replace(report, findings=tuple(map(self._discreet, report.findings)))
        return report.strict() if scope.strict or self.settings.strict else report

    def _discreet(self, finding: Finding) -> Finding:
        parts = finding.pointer.lower().split("/")
        if self._secrets.isdisjoint(parts):
            return finding
        return replace(finding, message="breaks its rule (the value is not shown)", server_text=None)


def _housed(rule: Rule) -> dict[str, Rule]:
    """Return a house rule for each marketplace of which it is, with plain operation ids."""
    found: dict[str, list[str]] = {}
    for each in rule.on:
        name, slash, id = each.partition("/")
        if slash:
            found.setdefault(name, []).append(id)
        else:
            found.setdefault(rule.marketplace, []).append(each)
    try:
        for name, ids in found.items():
            known = contract.contract(name).spec.ids()
            for id in ids:
                if id != "*" and id not in known:
                    raise UnknownName("operation", f"{name}/{id}", [f"{name}/{each}" for each in known])
    except UnknownName as error:
        raise UsageError(f"the house rule `{rule.id}` is on no operation: {error}") from None
    return {name: replace(rule, on=tuple(ids)) for name, ids in found.items()}


def failing(report: Report, what: str = "") -> str:
    """Return a report as lines for a person: each finding with its place, its rule and what to do."""
    return report.to_text(what or report.operation)


def names(found: Sequence[str]) -> tuple[str, ...]:
    """Return each name once, in order; a text may hold several, parted by commas."""
    return tuple(dict.fromkeys(one.strip() for each in found for one in each.split(",") if one.strip()))
