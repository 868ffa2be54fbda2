"""The operation that an exchange calls, and the report on the exchange."""

from dataclasses import replace
from typing import Literal, NamedTuple

from sellerspec.contract.operation import OperationContract
from sellerspec.contract.route import Match, Routes
from sellerspec.marketplaces.common import METHOD_KNOWN
from sellerspec.model import NO_FACTS, Exchange, Facts, Finding, Report

Requests = Literal["accepted", "always", "never"]
"""When a request is checked: if the response accepted it (or there is none yet), always, or never."""


class Called(NamedTuple):
    """The operation that an exchange calls."""

    operation: OperationContract
    match: Match
    """Path parameters and query; `method_fits` is false for a method the path does not have."""

    def check(
        self, exchange: Exchange, facts: Facts = NO_FACTS, *, requests: Requests = "accepted"
    ) -> Report:
        """Return the report on the exchange. Of a request with a wrong method only the method is reported."""
        match = self.match
        accepted = exchange.status is None or exchange.status < 400
        checked = requests == "always" or (requests == "accepted" and accepted)
        report = self.operation.check_exchange(
            exchange, match.path, match.query, facts, request=checked and match.method_fits
        )
        if checked and not match.method_fits:
            report = replace(report, findings=(wrong_method(exchange.method), *report.findings))
        return report


def wrong_method(method: str) -> Finding:
    """Return the finding that a path has no such method."""
    return METHOD_KNOWN(f"`{method.upper()[:20]}` is not a method of this path")


def named(operation: OperationContract, routes: Routes, exchange: Exchange) -> Called:
    """Build the call for an explicitly named operation; path parameters only if the URL is one of its own."""
    if not operation.operation.webhook:
        match = routes.find(exchange.method, exchange.url, any_host=True)
        if match is not None and match.operation == operation.operation.id:
            return Called(operation, match)
    query = exchange.url.partition("#")[0].partition("?")[2]
    spec = operation.operation
    return Called(operation, Match(spec.marketplace, spec.id, {}, query, method_fits=True))
