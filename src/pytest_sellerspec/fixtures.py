"""What the fixtures hand to a test."""

from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from pytest_sellerspec.marks import scope
from sellerspec import guard
from sellerspec.contract.project import failing
from sellerspec.errors import UsageError
from sellerspec.model import Exchange, Facts, Json, Report

if TYPE_CHECKING:
    from pytest_sellerspec.state import State
    from sellerspec.sandbox.running import Box

Client = TypeVar("Client")
SHOWN = 300
"""Bytes of a refusal that a failed test shows."""

_NOT_GIVEN: Any = object()


class Preflight:
    """Checks payloads; see the fixture `preflight`."""

    def __init__(self, state: "State", item: pytest.Item) -> None:
        self._state = state
        self._item = item

    def __call__(self, operation: Any, payload: Json = _NOT_GIVEN, *, facts: Facts | None = None) -> Report:
        """Check a request body; fail the test with every finding if the marketplace would refuse it.

        Args:
            operation: key, `tiki/createProduct`; may be left out where the marker names it.
            payload: as for `sellerspec.check`.
            facts: what the payload cannot know; otherwise the hook is asked.

        Returns:
            The report, with its warnings.

        Raises:
            UnknownName: there is no such operation.
            ParseError: the payload is no JSON.
            UsageError: no operation is named, or it has no JSON body.
        """
        __tracebackhide__ = True
        lens = scope(self._item, self._state)
        if payload is _NOT_GIVEN:
            operation, payload = lens.operation, operation
        if not operation:
            raise UsageError("name the operation, or mark the test: @pytest.mark.sellerspec(operation=...)")
        project = self._state.project
        report = project.check(operation, payload, facts=facts, scope=lens)
        if self._state.coverage is not None and not isinstance(payload, bytes | str):
            self._state.coverage.payload(
                project.operation(operation), payload, project.facts(operation, facts), source="preflight"
            )
        if not report.ok:
            pytest.fail(failing(report), pytrace=False)
        return report


class Check:
    """Checks exchanges; see the fixture `sellerspec_check`."""

    def __init__(self, state: "State", item: pytest.Item) -> None:
        self._state = state
        self._item = item

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
            operation: key of the operation, where the URL cannot tell (a webhook).
            marketplace: name, where the host is not one of the spec's and paths are ambiguous.
            facts: as for `sellerspec.check_exchange`.
            requests: whether the request is judged only if it was accepted, `always`, or `never`.

        Raises:
            UnknownName: no operation has that method and URL.
            UsageError: not an exchange, nor such a response.
        """
        from pytest_sellerspec.responses import exchange_of

        __tracebackhide__ = True
        lens = scope(self._item, self._state)
        project = self._state.project
        found: Exchange = exchange_of(exchange)
        called = project.called(found, operation=operation or lens.operation or None, marketplace=marketplace)
        report = project.check_exchange(found, called, facts=facts, requests=requests, scope=lens)
        if self._state.coverage is not None:
            key = called.operation.key
            self._state.coverage.exchange(
                called.operation, found, called.match.path, called.match.query, project.facts(key, facts),
                source="check",
            )  # fmt: skip
        if not report.ok:
            pytest.fail(failing(report), pytrace=False)
        return report


class Guarded:
    """Guards clients; see the fixture `sellerspec_guard`."""

    def __init__(self, state: "State", item: pytest.Item) -> None:
        self._state = state
        self._item = item
        self._clients: list[object] = []
        self._guards: list[guard.Guard] = []

    def __call__(self, client: Client, marketplace: str | None = None, **settings: Any) -> Client:
        """Return a client of httpx or a session of requests, guarded until the test ends.

        The running sandboxes of the marketplace count as its hosts, and the marker of the test holds.

        Args:
            client: an httpx client or transport, sync or async, or a session of requests.
            marketplace: name; None takes those whose specs name the host.
            settings: as for `sellerspec.guard.httpx`.
        """
        lens = scope(self._item, self._state)
        own: dict[str, Any] = {
            "ignore": {*lens.ignore, *settings.pop("ignore", ())},
            "strict": settings.pop("strict", lens.strict),
            "project": self._state.project,
            "coverage": self._state.coverage,
        }
        kind = type(client)
        of_requests = any(each.__module__.partition(".")[0] == "requests" for each in kind.__mro__)
        validator = guard.Guard(marketplace, **{**own, **settings})
        validator.add_hosts(self._state.hosts(marketplace))
        guarded = guard.over("requests" if of_requests else "httpx", client, validator)
        self._clients.append(guarded)
        self._guards.append(validator)
        return guarded

    def release(self) -> None:
        """Take the guards off; keep what they found for the end of the run."""
        for client in self._clients:
            guard.release(client)
        for each in self._guards:
            self._state.foreign.update(each.foreign)
            self._state.divergences.update(
                f"{one.report.operation}: {one.finding.message}" for one in each.divergences
            )


class Sandboxes:
    """Gives running sandboxes; see the fixture `sellerspec_sandbox`."""

    def __init__(self, state: "State") -> None:
        self._state = state
        self._given: dict[int, Box] = {}

    def __call__(self, marketplace: str, **settings: Any) -> "Box":
        """Return a running sandbox, in its seeded state when a test first asks for it.

        Args:
            marketplace: name.
            settings: as for `sellerspec.sandbox.run`; each set of them has a sandbox of its own.

        Raises:
            UnknownName: there is no such marketplace.
            UsageError: a setting that there is not.
            MissingExtra: uvicorn is not installed.
        """
        box = self._state.box(marketplace, settings)
        if id(box) not in self._given:
            self._given[id(box)] = box
            box.reset()
            box.defects(*settings.get("defects", ()))
        return box

    def finish(self) -> None:
        """Note what the calls of the test have covered."""
        coverage = self._state.coverage
        if coverage is None:
            return
        for box in self._given.values():
            for each in box.log():
                if each.operation is not None and not each.response.drops:
                    coverage.exchange(
                        self._state.project.operation(each.operation.key), each.exchange, each.path,
                        each.request.query, each.facts, source="sandbox",
                    )  # fmt: skip
            for notice in box.sandbox.deliveries():
                self._notice(box.sandbox.marketplace, notice)

    def refused(self) -> str:
        """Return the last calls of the test that a sandbox refused, one a line, and its words."""
        lines = [
            f"{each.request.method} {each.request.path} was answered {each.response.status}: "
            + each.response.content[:SHOWN].decode(errors="replace")
            for box in self._given.values()
            for each in box.log()
            if each.response.status >= 400
        ]
        return "\n".join(lines[-10:])

    def _notice(self, marketplace: str, notice: Json) -> None:
        """Note a notice that a receiver has answered."""
        coverage, project = self._state.coverage, self._state.project
        import json

        answered = [attempt["status"] for attempt in notice["attempts"] if "status" in attempt]
        if coverage is None or not answered:
            return
        body = json.dumps(notice["body"]).encode()
        exchange = Exchange(
            "POST", notice["url"], answered[-1],
            request_headers={"content-type": "application/json"}, request_body=body,
        )  # fmt: skip
        operation = project.operation(f"{marketplace}/{notice['operation']}")
        coverage.exchange(operation, exchange, {}, "", project.facts(operation.key), source="sandbox")
