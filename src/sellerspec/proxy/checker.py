"""Check the requests and responses of a proxy by a guard, with overlays that may change meanwhile."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from sellerspec.contract.project import Project
from sellerspec.errors import ContractViolation, SellerspecError, UnknownName
from sellerspec.guard.watch import Guard, Sent
from sellerspec.model import Exchange, Report
from sellerspec.proxy.settings import Settings
from sellerspec.proxy.shown import Shown
from sellerspec.reporting.coverage import Coverage


class CheckedRequest(NamedTuple):
    """The verdict on a request."""

    sent: Sent | None
    """What `Checker.response` takes; None if no response is to be checked."""

    report: Report | None
    blocked: bool = False
    """Whether it must not be sent."""


class Checker:
    """The decisions of a proxy. Its methods are called in one thread, and none of them waits."""

    def __init__(
        self, settings: Settings, project: Callable[[], Project], notice: Callable[[str], None]
    ) -> None:
        """Make the contract ready.

        Args:
            settings: of the proxy.
            project: reads the project, with its overlays as they are now.
            notice: takes one line for people, when overlays were read again.

        Raises:
            SellerspecError: the project, or an overlay, is wrong.
        """
        self.settings, self._read, self._notice = settings, project, notice
        self._shown = Shown(settings)
        self.coverage = Coverage()
        self.stale = ""
        """Why the overlays, as they are now, cannot be used; "" if the contract is of now."""

        self._seen = self._state()
        self.project = project()
        self._guard = self._new()

    def _new(self) -> Guard:
        own = self.settings
        beside = self.project.contract(own.marketplace).marketplace.beside
        for name in beside if self.project.settings.overlays else ():
            self.project.contract(name)  # now: an overlay may be wrong when a call needs it
        return Guard(
            own.marketplace, hosts=[own.upstream], facts=own.facts, project=self.project,
            on_request="refuse" if own.mode == "block" else "record", on_response="record",
            requests="always", coverage=self.coverage, source="proxy",
        )  # fmt: skip

    def _state(self) -> list[tuple[int, int, int]]:
        state = []
        for path in self.settings.overlays:
            with suppress(OSError):
                one = os.stat(path)
                state.append((one.st_mtime_ns, one.st_size, one.st_ino))
        return state

    def refresh(self) -> None:
        """Read the overlays again if one has changed; what is wrong with them is in `stale`."""
        state = self._state()
        if state == self._seen:
            return
        self._seen = state
        before = self.project
        try:
            self.project = self._read()
            self._guard = self._new()
        except SellerspecError as error:
            self.project, self.stale = before, str(error)
            self._notice(f"the overlays cannot be used, the contract stays as it was: {error}")
            return
        self.stale = ""
        self._notice("the overlays have changed and were read again")

    def request(self, exchange: Exchange) -> CheckedRequest:
        """Check a request."""
        try:
            sent = self._guard.request(exchange)
        except ContractViolation as violation:
            self._reports()
            return CheckedRequest(None, self._shown_of(violation.report, exchange), blocked=True)
        if sent is not None:
            return CheckedRequest(sent, sent.report)
        report = self._reports()
        return CheckedRequest(None, report and self._shown_of(report, exchange))

    def call(self, exchange: Exchange, operation: str) -> str:
        """Return method and path of an exchange as they may be shown.

        Args:
            exchange: the exchange.
            operation: key of the operation that it calls; "" if none.
        """
        path = ""
        with suppress(UnknownName):  # an overlay may have removed it meanwhile
            path = self.project.operation(operation).operation.path if operation else ""
        return f"{exchange.method[:20]} {path or self._shown.path(exchange)}"

    def _shown_of(self, report: Report, exchange: Exchange) -> Report:
        """Return a report; of a call of no operation with a path that may be shown."""
        return report if "/" in report.operation else self._shown.unknown(report, exchange, self.project)

    def response(self, sent: Sent, status: int, headers: Mapping[str, str], body: bytes) -> Report | None:
        """Check a response; return the report on the exchange, None if nothing was found."""
        self._guard.response(sent, status, headers, body)
        return self._reports()

    def _reports(self) -> Report | None:
        """Return the report of the last call, and keep none: a proxy may run for days."""
        reports = self._guard.reports
        last = reports[-1] if reports else None
        reports.clear()
        self._guard.divergences.clear()
        self._guard.acknowledge()
        return last
