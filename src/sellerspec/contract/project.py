"""The contracts with a project's settings, house rules, facts, waivers and secret members.

Guards and the pytest plugin check with a `Project`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sellerspec import contract
from sellerspec.contract import Contract, settings, waivers
from sellerspec.contract.call import Called, Requests
from sellerspec.contract.operation import OperationContract
from sellerspec.contract.waivers import Waivers
from sellerspec.errors import UnknownName, UsageError
from sellerspec.io.strict import decode
from sellerspec.marketplaces.common import COMMON
from sellerspec.model import NO_FACTS, Exchange, Facts, Finding, Json, Report, no_fixes
from sellerspec.rules import Rule

FactsOf = Callable[[str], Facts | None]
"""Returns the facts for an operation, given by its key; None if there are none."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Settings of one test, or one client, besides those of the project."""

    ignore: frozenset[str] = frozenset()
    """Ids of rules whose findings are left out."""

    strict: bool = False
    """Whether warnings count as errors."""

    operation: str = ""
    """Key of the operation where a call names none."""


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
        """Combine the contracts with what a project sets.

        Args:
            given: overlays, engine, strictness and the seller's facts; see `sellerspec.contract.settings`.
            rules: house rules. `on` names operations by key, `tiki/createProduct`, or by id; with an id,
                the rule's own id begins with the name of the marketplace.
            facts: facts for all operations, or a function from the key of an operation to its facts.
            waivers: findings that are accepted.
            secret_members: names of members whose values no finding shows.

        Raises:
            UsageError: a house rule is on an operation that does not exist.
        """
        self.settings = given or settings.Settings()
        self.waivers = waivers or Waivers()
        self._facts = facts
        own = self.settings
        self._seller = Facts(seller=own.seller, inventory_types=own.inventory_types, suppliers=own.suppliers)
        self._has_facts = facts is not None or bool(self._seller.given())
        self._secrets = frozenset(member.lower() for member in secret_members)
        self._contracts: dict[str, Contract] = {}
        self._rules: dict[str, list[Rule]] = {}
        for rule in rules:
            for name, own_rule in _by_marketplace(rule).items():
                self._rules.setdefault(name, []).append(own_rule)

    @classmethod
    def read(
        cls,
        start: Path | None = None,
        *,
        rules: Iterable[Rule] = (),
        facts: Facts | FactsOf | None = None,
        secret_members: Collection[str] = (),
        overlays: Iterable[str] = (),
    ) -> "Project":
        """Return the project around `start`, with its settings and waivers, and with further overlays.

        Raises:
            ParseError: `pyproject.toml` is not TOML, or a setting or waiver is unknown or invalid.
            UnknownName: the rule of a waiver does not exist.
            UsageError: as for `Project`.
        """
        own = settings.read(start)
        project = cls(
            replace(own, overlays=(*own.overlays, *overlays)),
            rules=rules,
            facts=facts,
            waivers=Waivers(waivers.read(start)),
            secret_members=secret_members,
        )
        for waiver in project.waivers.all:
            project.require_rule(waiver.rule)
        return project

    def contract(self, name: str) -> Contract:
        """Return the contract of a marketplace, house rules included.

        Raises:
            UnknownName: there is no such marketplace.
            SpecError: an overlay does not fit.
        """
        if name not in self._contracts:
            ready = contract.contract(name, self.settings.overlays, self.settings.engine)
            if name in self._rules:
                record = replace(ready.marketplace, rules=(*ready.marketplace.rules, *self._rules[name]))
                ready = Contract(record, ready.spec, ready.engine)
            self._contracts[name] = ready
        return self._contracts[name]

    def operation(self, key: str) -> OperationContract:
        """Return an operation by its key.

        Raises:
            UnknownName: there is none; names the nearest.
        """
        name, id = contract.split_key(key)
        return self.contract(name).operation(id)

    def require_rule(self, id: str) -> None:
        """Check that a rule of that id exists, house rules included.

        Raises:
            UnknownName: it does not; names the nearest.
        """
        name = id.partition(".")[0]
        house = (rule.id for rules in self._rules.values() for rule in rules)
        known = {*house, *(rule.id for rule in COMMON)}
        if id in known or name == "sellerspec":
            return
        known.update(rule.id for rule in self.contract(name).rules())
        if id not in known:
            raise UnknownName("rule", id, sorted(known))

    def facts(self, key: str, given: Facts | None = None) -> Facts:
        """Return the facts for an operation; `given` overrides the project's, these the settings'."""
        if not self._has_facts:
            return given or NO_FACTS
        own = self._facts(key) if callable(self._facts) else self._facts
        facts = self._seller if own is None else own.over(self._seller)
        return facts if given is None else given.over(facts)

    def check(
        self, operation: str, payload: bytes | str | Json, *, facts: Facts | None = None, scope: Scope = PLAIN
    ) -> Report:
        """Check a request body, as `sellerspec.check` does, and apply waivers and scope.

        Raises:
            UnknownName: there is no such operation.
            ParseError: the payload is not JSON.
            UsageError: the operation has no JSON body.
        """
        value = decode(payload) if isinstance(payload, bytes | str) else payload
        return self.settled(self.operation(operation).check(value, self.facts(operation, facts)), scope)

    def called(
        self,
        exchange: Exchange,
        *,
        operation: str | None = None,
        marketplace: str | None = None,
        likely: str | None = None,
    ) -> Called:
        """Return the operation that an exchange calls; `marketplace` and `likely` as for `contract.find`.

        Raises:
            UnknownName: no operation has that method and URL, or those of two marketplaces have.
        """
        if operation is not None:
            ready = self.operation(operation)
            return contract.of_operation(ready, exchange, self.settings.overlays)
        _, match = contract.find(
            exchange, marketplace=marketplace, likely=likely, overlays=self.settings.overlays
        )
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
        """Check a request and its response, as `sellerspec.check_exchange` does; apply waivers and scope."""
        known = self.facts(called.operation.key, facts)
        return self.settled(called.check(exchange, known, requests=requests), scope)

    def settled(self, report: Report, scope: Scope = PLAIN) -> Report:
        """Return a report without waived and ignored findings and secrets; strict if that is set."""
        if not report.findings:
            return report
        report = self.waivers.applied(report)
        if scope.ignore:
            kept = tuple(finding for finding in report.findings if finding.rule not in scope.ignore)
            report = replace(report, findings=kept)
        if self._secrets:
            report = replace(report, findings=tuple(map(self._without_secrets, report.findings)))
        return report.strict() if scope.strict or self.settings.strict else report

    def _without_secrets(self, finding: Finding) -> Finding:
        named = re.findall("`([^`]+)`", finding.message.lower())  # also what made the requirement apply
        if self._secrets.isdisjoint((*finding.pointer.lower().split("/"), *named)):
            return finding
        message = "breaks its rule (the value is not shown)"
        return replace(finding, message=message, server_text=None, suggest=no_fixes)


def _by_marketplace(rule: Rule) -> dict[str, Rule]:
    """Return a house rule for each of its marketplaces, with plain operation ids."""
    ids: dict[str, list[str]] = {}
    for on in rule.on:
        name, slash, id = on.partition("/")
        ids.setdefault(name if slash else rule.marketplace, []).append(id if slash else on)
    for name, own_ids in ids.items():
        try:
            known = contract.contract(name).spec.ids()
            for id in own_ids:
                if id != "*" and id not in known:
                    raise UnknownName("operation", f"{name}/{id}", [f"{name}/{other}" for other in known])
        except UnknownName as error:
            raise UsageError(f"the house rule `{rule.id}` is on no operation: {error}") from None
    return {name: replace(rule, on=tuple(own_ids)) for name, own_ids in ids.items()}


def names(texts: Sequence[str]) -> tuple[str, ...]:
    """Return each name once, in order; a text may hold several, separated by commas."""
    return tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",") if name.strip()))
