"""The objects that the fixtures give to a test."""

import json
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from pytest_sellerspec.faults import reports_faults
from pytest_sellerspec.marks import scope
from sellerspec import guard
from sellerspec.errors import UsageError
from sellerspec.io.urls import address
from sellerspec.model import Exchange, Facts, Json, Report
from sellerspec.reporting.discreetly import discreetly

if TYPE_CHECKING:
    from pytest_sellerspec.state import State
    from sellerspec.sandbox.running import Box

Client = TypeVar("Client")
SHOWN = 300
"""Bytes of a refusal that a failed test shows."""

_SESSIONS: tuple[guard.Library, ...] = ("aiohttp", "requests")
_CLIENTS: guard.Library = "httpx"
_NOT_GIVEN: Any = object()


class _OfTest:
    """Base of the objects that belong to one test, or to a class, a module or the session."""

    def __init__(self, state: "State", item: "pytest.Item | pytest.Collector") -> None:
        self._state = state
        self._item = item


class Preflight(_OfTest):
    """Checks payloads; see the fixture `preflight`."""

    @reports_faults
    def __call__(self, operation: Any, payload: Json = _NOT_GIVEN, *, facts: Facts | None = None) -> Report:
        """Check a request body; fail the test with every finding if the marketplace would refuse it.

        Args:
            operation: key, `tiki/createProduct`; may be left out if the marker names it.
            payload: as for `sellerspec.check`.
            facts: facts that the payload does not contain; by default the result of the hook.

        Returns:
            The report, with its warnings.

        Raises:
            UnknownName: there is no such operation.
            ParseError: the payload is not JSON.
            UsageError: no operation is named, or it takes no JSON body.
        """
        __tracebackhide__ = True
        test = scope(self._item, self._state)
        if payload is _NOT_GIVEN:
            operation, payload = test.operation, operation
        if not operation:
            raise UsageError("name the operation, or mark the test: @pytest.mark.sellerspec(operation=...)")
        report = self._state.check(operation, payload, facts=facts, scope=test, source="preflight")
        if not report.ok:
            pytest.fail(discreetly(report).to_text(), pytrace=False)
        return report


class Check(_OfTest):
    """Checks exchanges; see the fixture `sellerspec_check`."""

    @reports_faults
    def __call__(
        self,
        exchange: Any,
        *,
        operation: str | None = None,
        marketplace: str | None = None,
        facts: Facts | None = None,
        requests: Any = "accepted",
    ) -> Report:
        """Check an exchange; fail the test with every finding if it breaks the contract.

        Args:
            exchange: a `sellerspec.Exchange`, or a response of httpx, of requests, or of the test
                client of werkzeug or starlette.
            operation: key of the operation, if the URL does not show it (a webhook).
            marketplace: name, if the spec does not name the host and several marketplaces have the path.
            facts: as for `sellerspec.check_exchange`.
            requests: whether the request is checked only if it was accepted, `always`, or `never`.

        Raises:
            UnknownName: no operation has that method and URL.
            UsageError: `exchange` is neither an exchange nor such a response.
        """
        from pytest_sellerspec.responses import exchange_of

        __tracebackhide__ = True
        test = scope(self._item, self._state)
        checked = exchange_of(exchange)
        key = operation or test.operation or None
        called = self._state.project.called(checked, operation=key, marketplace=marketplace)
        report = self._state.check_exchange(
            checked, called, scope=test, source="check", facts=facts, requests=requests
        )
        counting = report.errors
        if self._state.only_records_responses:
            counting = tuple(finding for finding in counting if not finding.pointer.startswith("/response"))
        if counting:
            pytest.fail(discreetly(report).to_text(), pytrace=False)
        return report


class Guarded(_OfTest):
    """Guards clients; see the fixture `sellerspec_guard`."""

    def __init__(self, state: "State", item: "pytest.Item | pytest.Collector") -> None:
        super().__init__(state, item)
        self._guarded: list[tuple[object, guard.Guard]] = []

    @reports_faults
    def __call__(self, client: Client, marketplace: str | None = None, **settings: Any) -> Client:
        """Return a client of httpx, or a session of requests or aiohttp, guarded until the test ends.

        The running sandboxes of the marketplace count as its hosts, and the markers of the test apply.
        A refusal that is not acknowledged when the test ends fails it; see `sellerspec.guard.Guard.refused`.

        Args:
            client: an httpx client or transport, sync or async, or a session of requests or aiohttp.
            marketplace: name; None takes the marketplace whose spec names the host.
            settings: as for `sellerspec.guard.httpx`.
        """
        test = scope(self._item, self._state)
        own: dict[str, Any] = {
            "ignore": {*test.ignore, *settings.pop("ignore", ())},
            "strict": settings.pop("strict", test.strict),
            "project": self._state.project,
            "coverage": self._state.coverage,
        }
        made = guard.Guard(marketplace, **{**own, **settings})
        made.add_hosts(self._state.hosts(marketplace))
        made.only_records_responses = self._state.only_records_responses
        packages = {base.__module__.partition(".")[0] for base in type(client).__mro__}
        library = next((name for name in _SESSIONS if name in packages), _CLIENTS)
        guarded = guard.over(library, client, made)
        self._guarded.append((guarded, made))
        self._state.guards.append(made)
        return guarded

    @reports_faults
    def release(self) -> None:
        """Take the guards off; keep their divergences and unknown hosts for the end of the run."""
        for client, made in self._guarded:
            guard.release(client)
            self._state.released.append(made)
            self._state.foreign.update(made.foreign)
            for divergence in made.divergences:
                finding = divergence.finding
                line = f"{divergence.report.operation}: {finding.message} ({finding.basis})"
                self._state.divergences[line] += 1


class Sandboxes:
    """Provides running sandboxes; see the fixture `sellerspec_sandbox`."""

    def __init__(self, state: "State", *, shared: bool = True) -> None:
        """Provide sandboxes.

        Args:
            state: of the run.
            shared: whether they go on running for the next test, which resets them; others are stopped
                at the end.
        """
        self._state = state
        self._owner = None if shared else self
        self._boxes: list[Box] = []

    @reports_faults
    def __call__(self, marketplace: str, **settings: Any) -> "Box":
        """Return a running sandbox; the first call brings it to its seeded state.

        Args:
            marketplace: name.
            settings: as for `sellerspec.sandbox.run`; other settings give another sandbox.

        Raises:
            UnknownName: there is no such marketplace.
            UsageError: a setting does not exist.
            MissingExtra: uvicorn is not installed.
        """
        box = self._state.box(marketplace, settings, self._owner)
        if box not in self._boxes:
            self._boxes.append(box)
            box.reset()
            box.defects(*settings.get("defects", ()))
        return box

    @reports_faults
    def finish(self) -> str:
        """Count the calls and notices in the coverage, stop what is not shared, and return `refused`."""
        try:
            self._count()
            return self.refused()
        finally:
            if self._owner is not None:
                self._state.stop(self._owner)

    def _count(self) -> None:
        coverage, project = self._state.coverage, self._state.project
        if coverage is None:
            return
        for box in self._boxes:
            for entry in box.log():
                if entry.operation is not None and entry.response.ends == "whole":
                    operation, query = project.operation(entry.operation.key), entry.request.query
                    coverage.exchange(
                        operation, entry.exchange, entry.path, query, entry.facts, source="sandbox"
                    )
            for notice in box.sandbox.deliveries():
                exchange = _exchange_of(notice)
                if exchange is not None:
                    operation = project.operation(f"{box.sandbox.marketplace}/{notice['operation']}")
                    facts = project.facts(operation.key)
                    coverage.exchange(operation, exchange, {}, "", facts, source="sandbox")

    def refused(self) -> str:
        """Return the last ten calls of the test that a sandbox refused, one a line, with its text."""
        lines = [
            f"{entry.request.method} {address(entry.request.path)} was answered {entry.response.status}: "
            + entry.response.content[:SHOWN].decode(errors="replace")
            for box in self._boxes
            for entry in box.log()
            if entry.response.status >= 400
        ]
        return "\n".join(lines[-10:])


def _exchange_of(notice: Json) -> Exchange | None:
    """Return the exchange of a notice with its last response; None if there was none."""
    statuses = [attempt["status"] for attempt in notice["attempts"] if "status" in attempt]
    if not statuses:
        return None
    body, headers = json.dumps(notice["body"]).encode(), {"content-type": "application/json"}
    return Exchange("POST", notice["url"], statuses[-1], request_headers=headers, request_body=body)
