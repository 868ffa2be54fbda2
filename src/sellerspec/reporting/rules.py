"""What the rules of some findings ask, for formats that describe each rule once."""

from collections.abc import Iterable

from sellerspec import contract, marketplaces
from sellerspec.marketplaces.common import COMMON
from sellerspec.model import Finding, Report


def described(reports: Iterable[Report]) -> dict[str, tuple[Finding, str]]:
    """Return rule id -> a finding of it and what the rule asks ("" where nobody says), sorted by id."""
    found = {finding.rule: finding for report in reports for finding in report.findings}
    asked = requirement({id.partition(".")[0] for id in found})
    return {id: (found[id], asked.get(id, "")) for id in sorted(found)}


def requirement(names: Iterable[str]) -> dict[str, str]:
    """Return rule id -> what it asks, for the rules of some marketplaces and those of every exchange."""
    known = {each.id: each.requirement for each in COMMON}
    for name in sorted(set(names) & set(marketplaces.names())):
        known |= {rule.id: rule.requirement for rule in contract.contract(name).rules()}
    return known
