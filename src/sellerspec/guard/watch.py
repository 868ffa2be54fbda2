"""The decisions of a guard, free of any HTTP library: send a request, accept a response."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from sellerspec import contract, marketplaces
from sellerspec.contract import Contract
from sellerspec.contract.call import Called, Requests
from sellerspec.contract.project import PLAIN, Project, Scope
from sellerspec.errors import UsageError
from sellerspec.guard.refusal import ContractViolation
from sellerspec.io import hosts as normal
from sellerspec.io import urls
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import Common
from sellerspec.model import Exchange, Facts, Finding, Phase, Report, Severity
from sellerspec.reporting.coverage import Coverage

OnRequest = Literal["refuse", "record"]
OnResponse = Literal["raise", "record"]

CALL_KNOWN = Common(
    "sellerspec.call-known",
    "a call to a marketplace is an operation of its spec",
    Severity.ERROR,
    pointer="/request/url",
)
REFUSED = Common(
    "sellerspec.divergence-refused",
    "what the marketplace refuses, pre-flight refuses too",
    Severity.WARNING,
    pointer="/response/status",
)
ACCEPTED = Common(
    "sellerspec.divergence-accepted",
    "what pre-flight refuses, the marketplace does not accept",
    Severity.WARNING,
    pointer="/response/status",
)
RULES = (CALL_KNOWN, REFUSED, ACCEPTED)

REFUSING = frozenset((400, 422))
"""Statuses that reject the content of a request; others reject its credentials or its timing."""

CALLS = 1024
"""Most URLs whose operation is cached."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """A call that the marketplace accepts and pre-flight refuses, or the other way round."""

    finding: Finding
    report: Report
    """The pre-flight report on the request."""

    exchange: Exchange


class Sent(NamedTuple):
    """A request that was checked and may be sent."""

    exchange: Exchange
    called: Called
    facts: Facts
    report: Report
    """On the request alone, settled."""


class Guard:
    """Checks the calls of one client and keeps the reports."""

    def __init__(
        self,
        marketplace: str | None = None,
        *,
        hosts: Iterable[str] | Mapping[str, str] = (),
        on_request: OnRequest = "refuse",
        on_response: OnResponse = "raise",
        on_divergence: OnResponse = "record",
        requests: Requests = "accepted",
        facts: Facts | None = None,
        ignore: Iterable[str] = (),
        strict: bool = False,
        project: Project | None = None,
        coverage: Coverage | None = None,
        source: str = "guard",
    ) -> None:
        """Make a guard.

        Args:
            marketplace: name; None checks calls to every marketplace, recognised by the hosts of its spec.
            hosts: further hosts or base URLs; a mapping host -> marketplace if none is named.
            on_request: `refuse` raises instead of sending a request that has an error; `record`
                sends it.
            on_response: `raise` raises after a response that has an error; `record` only records it.
            on_divergence: the same for a divergence between the marketplace and pre-flight.
            requests: when the findings of a request are recorded that was sent with `record`: if the
                response accepted it (`accepted`), or `always`. `never` checks no request.
            facts: facts that the payload does not contain.
            ignore: ids of rules whose findings do not count.
            strict: whether warnings count as errors.
            project: house rules, waivers and overlays; by default none.
            coverage: counts the calls.
            source: name of these calls in the coverage.

        Raises:
            UnknownName: there is no such marketplace.
            UsageError: a setting has an invalid value, or a host has no marketplace.
        """
        _require("on_request", on_request, ("refuse", "record"))
        _require("on_response", on_response, ("raise", "record"))
        _require("on_divergence", on_divergence, ("raise", "record"))
        _require("requests", requests, ("accepted", "always", "never"))
        self.marketplace = marketplace
        self.reports: list[Report] = []
        """Every report with a finding, in the order of the calls."""

        self.divergences: list[Divergence] = []
        self.foreign: Counter[str] = Counter()
        """Host -> calls that were not checked, because no marketplace is known for it."""

        self.only_records_responses = False
        """Whether no response raises, whatever the settings are: a run of mutations changes responses."""

        self._refused: dict[int, Report] = {}
        self._on_request, self._on_response, self._on_divergence = on_request, on_response, on_divergence
        self._requests = requests
        self._given = facts
        self._scope = Scope(frozenset(ignore), strict) if ignore or strict else PLAIN
        self._project = project or Project()
        self._coverage = coverage
        self._source = source
        self._hosts: dict[str, tuple[Contract, ...]] = {}
        self._calls: dict[tuple[str, str], Called | None] = {}
        for name in (marketplace,) if marketplace else marketplaces.names():
            ready = self._project.contract(name)
            for host in ready.routes.hosts:
                self._hosts[host] = (*self._hosts.get(host, ()), ready)
        self.add_hosts(hosts)

    @property
    def refused(self) -> tuple[Report, ...]:
        """The reports of refused requests and responses that were not acknowledged.

        `pytest.raises(ContractViolation)`, reading `report` of the error, and `acknowledge` acknowledge them.
        """
        return tuple(self._refused.values())

    def acknowledge(self) -> tuple[Report, ...]:
        """Acknowledge all refusals so far, and return their reports."""
        reports = self.refused
        for report in reports:
            self._refused.pop(id(report), None)
        return reports

    def add_hosts(self, hosts: Iterable[str] | Mapping[str, str]) -> None:
        """Also check calls to these hosts or base URLs.

        Raises:
            UsageError: neither the guard nor a mapping names the marketplace.
            UnknownName: there is no such marketplace.
        """
        by_host = hosts if isinstance(hosts, Mapping) else dict.fromkeys(hosts, self.marketplace)
        for host, name in by_host.items():
            compared = normal.host(host)
            if not compared:
                raise UsageError(f"`{urls.without_user(host)[:80]}` has no host")
            if name is None:
                raise UsageError(f"no marketplace is named for the host `{compared[:80]}`")
            self._hosts[compared] = (self._project.contract(name),)

    def concerns(self, url: str) -> bool:
        """Return whether calls to the host of a URL are checked; count the call if not."""
        host = normal.host(url)
        if host in self._hosts:
            return True
        self.foreign[host] += 1
        return False

    def request(self, exchange: Exchange) -> Sent | None:
        """Check a request to a host of a marketplace before it is sent.

        Returns:
            The checked request, for `response`; None if the request calls no operation and may be sent.

        Raises:
            ContractViolation: it breaks the contract and must not be sent.
        """
        __tracebackhide__ = True
        host = normal.host(exchange.url)
        if "@" in exchange.url:  # a user and its password are kept nowhere
            exchange = replace(exchange, url=urls.without_user(exchange.url))
        known = self._hosts[host]
        called = self._called(known, host, exchange)
        if called is None:
            self._unknown(known, exchange)
            return None
        key = called.operation.key
        facts = self._project.facts(key, self._given)
        if self._requests == "never":
            return Sent(exchange, called, facts, Report(key))
        report = self._project.settled(called.check(exchange, facts), self._scope)
        if self._on_request == "refuse" and report.findings and not report.ok:
            self._note(report, exchange, called, facts)
            raise ContractViolation(report, self._refused)
        return Sent(exchange, called, facts, report)

    def _called(self, known: tuple[Contract, ...], host: str, exchange: Exchange) -> Called | None:
        """Return the operation of a request, cached: a test suite calls few URLs often."""
        key = (exchange.method, exchange.url)
        if key not in self._calls:
            if len(self._calls) >= CALLS:
                self._calls.clear()
            any_host = host not in known[0].routes.hosts
            matches = contract.routed(known, exchange.method, exchange.url, any_host=any_host)
            match = matches[0] if matches else None
            if match and len(known) == 1 and contract.owner(known[0], match, *key, self._project.contract):
                match = None
            ready = next((ready for ready in known if match and ready.name == match.marketplace), None)
            self._calls[key] = Called(ready.operation(match.operation), match) if ready and match else None
        return self._calls[key]

    def _unknown(self, known: tuple[Contract, ...], exchange: Exchange) -> None:
        __tracebackhide__ = True
        if self._requests == "never":
            return
        path = urls.address(urls.split(exchange.url).path or exchange.url)
        finding = unknown_call(f"{exchange.method} {path}", known, exchange, self._project.contract)
        report = self._project.settled(Report(known[0].name, (finding,)), self._scope)
        if report.findings:
            self.reports.append(report)
            if self._on_request == "refuse" and not report.ok:
                raise ContractViolation(report, self._refused)

    def response(self, sent: Sent, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Check the response to a request.

        Raises:
            ContractViolation: it breaks the contract and `on_response` is `raise`, or it diverges from
                pre-flight and `on_divergence` is `raise`.
        """
        __tracebackhide__ = True
        called, facts, before = sent.called, sent.facts, sent.report
        exchange = replace(sent.exchange, status=status, response_headers=headers, response_body=body)
        match = called.match
        report = called.operation.check_exchange(exchange, match.path, match.query, facts, request=False)
        diverged = self._divergence(status, before)
        if not report.findings and diverged is None and not before.findings:  # the usual call, quickly
            self._note(report, exchange, called, facts)
            return
        if diverged is not None:
            report = replace(report, findings=(*report.findings, diverged))
        report = self._project.settled(report, self._scope)
        request_counts = before.findings and (status < 400 or self._requests == "always")
        complete = report
        if request_counts:
            complete = replace(report, findings=(*before.findings, *report.findings))
        self._note(complete, exchange, called, facts)
        if not self.only_records_responses:
            self._enforce(report, complete, before, exchange)

    def _enforce(self, report: Report, complete: Report, before: Report, exchange: Exchange) -> None:
        __tracebackhide__ = True
        for finding in report.findings:
            if finding.rule in (REFUSED.id, ACCEPTED.id):
                self.divergences.append(Divergence(finding, before, exchange))
                if self._on_divergence == "raise":
                    raise ContractViolation(complete.strict(), self._refused)
            elif finding.severity is Severity.ERROR and self._on_response == "raise":
                raise ContractViolation(report, self._refused)

    def _divergence(self, status: int, before: Report) -> Finding | None:
        if self._requests == "never" or (status < 400 and not before.findings):
            return None
        refusing = [
            finding
            for finding in before.findings
            if finding.severity is Severity.ERROR and finding.phase is Phase.SYNC
        ]
        if status < 400 and refusing:
            why = f"pre-flight refuses it: `{refusing[0].rule}`"
            return ACCEPTED(f"the marketplace accepted the request with {status}, but {why}")
        if status in REFUSING and not refusing:
            why = "pre-flight finds nothing wrong with it"
            message = f"the marketplace refused the request with {status}, but {why}"
            if before.unchecked:
                message += f"; for lack of facts, {len(before.unchecked)} rules were not checked"
            return REFUSED(message)
        return None

    def _note(self, report: Report, exchange: Exchange, called: Called, facts: Facts) -> None:
        if report.findings:
            self.reports.append(report)
        if self._coverage is not None:
            match = called.match
            self._coverage.exchange(
                called.operation, exchange, match.path, match.query, facts, source=self._source
            )


def unknown_call(
    shown: str, known: Sequence[Contract], exchange: Exchange, contract_of: Callable[[str], Contract]
) -> Finding:
    """Return the finding on a call of no operation.

    Args:
        shown: method and path as they may be shown.
        known: the marketplaces of its host, or the one that was named.
        exchange: the call.
        contract_of: reads the contract of another marketplace by its name.
    """
    call = (exchange.method, exchange.url)
    elsewhere = contract.elsewhere(known[0], None, *call, contract_of) if len(known) == 1 else ""
    if elsewhere:
        return CALL_KNOWN(f"`{shown}` {elsewhere}")
    ids = ((ready, ready.routes.under_another_version(*call)) for ready in known)
    meant = (ready.operation(id).operation for ready, id in ids if id)
    others = "".join(f"; `{one.method} {one.path}` is {one.id}" for one in meant)
    names = messages.listed([ready.name for ready in known])
    return CALL_KNOWN(f"`{shown}` must be an operation of {names}, but is none{others}")


def _require(setting: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"`{setting}` of a guard is one of {', '.join(allowed)}")
