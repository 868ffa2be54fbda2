"""The operation that an exchange calls, and the report on the exchange."""

from dataclasses import replace
from typing import Literal, NamedTuple

from sellerspec.contract.operation import OperationContract
from sellerspec.contract.route import Match, Routes
from sellerspec.io.strict import quoted
from sellerspec.marketplaces.common import METHOD_KNOWN
from sellerspec.model import NO_FACTS, Exchange, Facts, Finding, Operation, Report

Requests = Literal["accepted", "always", "never"]
"""When a request is checked: if the response accepted it (or there is none yet), always, or never."""


class Called(NamedTuple):
    """The operation that an exchange calls."""

    operation: OperationContract
    match: Match
    """Path parameters and query; `method_fits` is false for a method the path does not have."""

    @property
    def errors_only(self) -> "Called":
        """The call of the operation without what only warns about bodies."""
        return self._replace(operation=self.operation.errors_only)

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
            other = self.operation.under_another_version(exchange.method, exchange.url)
            wrong = wrong_method(exchange.method, self.operation.operation, other)
            report = replace(report, findings=(wrong, *report.findings))
        return report


def wrong_method(method: str, operation: Operation, other: Operation | None = None) -> Finding:
    """Return the finding that the path of an operation has no such method.

    Args:
        method: of the call.
        operation: one that has the path.
        other: the one that has the method, under another version.
    """
    known = f"such as `{operation.method}` ({operation.id})"
    required = f"the method must be one that the spec has for this path, {known}"
    meant = f"; `{other.path}` has it ({other.id})" if other is not None else ""
    return METHOD_KNOWN(f"{required}, got {quoted(method.upper(), 20)}{meant}")


def named(operation: OperationContract, routes: Routes, exchange: Exchange) -> Called:
    """Build the call for an explicitly named operation; path parameters only if the URL is one of its own."""
    if not operation.operation.webhook:
        match = routes.find(exchange.method, exchange.url, any_host=True)
        if match is not None and match.operation == operation.operation.id:
            return Called(operation, match)
    query = exchange.url.partition("#")[0].partition("?")[2]
    spec = operation.operation
    return Called(operation, Match(spec.marketplace, spec.id, {}, query, method_fits=True))
