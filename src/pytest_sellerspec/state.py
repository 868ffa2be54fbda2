"""The state of one run: the project, the contract coverage, the running sandboxes."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from pytest_sellerspec import option
from sellerspec.contract.call import Called, Requests
from sellerspec.contract.project import Project, Scope, names
from sellerspec.errors import SellerspecError
from sellerspec.io.strict import decode
from sellerspec.model import Exchange, Facts, Json, Report
from sellerspec.reporting.coverage import Coverage, limits

if TYPE_CHECKING:
    from sellerspec.guard import Guard
    from sellerspec.sandbox.running import Box


def limits_of(config: pytest.Config) -> dict[str, float]:
    """Return the limits of the coverage.

    Raises:
        pytest.UsageError: they cannot be read.
    """
    try:
        return limits(option(config, "cov_fail_under"))
    except SellerspecError as error:
        raise pytest.UsageError(f"--sellerspec-cov-fail-under: {error}") from None


class State:
    """The state of one session, in one process."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the settings of the project and call its hooks.

        Raises:
            pytest.UsageError: a setting, a house rule or an option is invalid.
        """
        self.config = config
        self.strict = bool(option(config, "strict"))
        hook = config.hook
        try:
            redacted = hook.pytest_sellerspec_redact(config=config)
            self.secret_members = tuple(name for result in redacted for name in result)
            self.project = Project.read(
                config.rootpath,
                rules=[rule for rules in hook.pytest_sellerspec_rules(config=config) for rule in rules],
                facts=self._facts,
                secret_members=self.secret_members,
            )
            self.limits = limits_of(config)
            self.covered = names(option(config, "cov"))
            for marketplace in self.covered:
                self.project.contract(marketplace)
        except SellerspecError as error:
            raise pytest.UsageError(f"sellerspec: {error}") from None
        self.coverage: Coverage | None = None if option(config, "no_cov") else Coverage()
        self.divergences: Counter[str] = Counter()
        """Divergence, in one line -> how often it occurred."""

        self.foreign: Counter[str] = Counter()
        """Host -> calls of guarded clients that were not checked."""

        self.guards: list[Guard] = []
        """The guards that the fixtures have made, until the end of the test in which their fixture ends."""

        self.released: list[Guard] = []
        """Those of `guards` whose fixture has ended."""

        self.exchanges: Counter[str] = Counter()
        """`judged` and `ignored` -> recorded exchanges that are tests."""

        self.deselected = 0
        """Tests that workers of pytest-xdist did not run."""

        self.lines: list[str] = []
        """The lines that are printed at the end."""

        self.on_box: Callable[[Box, object], None] | None = None
        """Called with each sandbox that starts, and its owner."""

        self.only_records_responses = False
        """Whether guards and `sellerspec_check` judge no response: they are changed on purpose."""

        self._boxes: dict[tuple[object, str], Box] = {}
        """Owner and settings -> running sandbox."""

        self._running: dict[object, ExitStack] = {}
        """Owner, None for the whole run -> what stops its sandboxes."""

    def _facts(self, operation: str) -> Facts | None:
        facts: Facts | None = self.config.hook.pytest_sellerspec_facts(
            config=self.config, operation=operation
        )
        return facts

    def check(
        self, operation: str, payload: Json, *, facts: Facts | None, scope: Scope, source: str
    ) -> Report:
        """Check a request body, and count it in the coverage; see `Project.check`."""
        value = decode(payload) if isinstance(payload, bytes | str) else payload
        report = self.project.check(operation, value, facts=facts, scope=scope)
        if self.coverage is not None:
            given = self.project.facts(operation, facts)
            self.coverage.payload(self.project.operation(operation), value, given, source=source)
        return report

    def check_exchange(
        self,
        exchange: Exchange,
        called: Called,
        *,
        scope: Scope,
        source: str,
        facts: Facts | None = None,
        requests: Requests = "accepted",
    ) -> Report:
        """Check an exchange, and count it in the coverage; see `Project.check_exchange`."""
        self.cover(exchange, called, source=source, facts=facts)
        return self.project.check_exchange(exchange, called, facts=facts, requests=requests, scope=scope)

    def cover(self, exchange: Exchange, called: Called, *, source: str, facts: Facts | None = None) -> None:
        """Count an exchange in the coverage."""
        if self.coverage is not None:
            operation, match = called
            given = self.project.facts(operation.key, facts)
            self.coverage.exchange(operation, exchange, match.path, match.query, given, source=source)

    def box(self, marketplace: str, settings: dict[str, Any], owner: object = None) -> "Box":
        """Return a running sandbox; the same settings and owner give the same one."""
        from sellerspec import sandbox

        key = owner, f"{marketplace} {sorted(settings.items())!r}"
        if key not in self._boxes:
            running = self._running.setdefault(owner, ExitStack())
            self._boxes[key] = running.enter_context(sandbox.run(marketplace, **settings))
            if self.on_box is not None:
                self.on_box(self._boxes[key], owner)
        return self._boxes[key]

    def stop(self, owner: object) -> None:
        """Stop the sandboxes of an owner."""
        self._boxes = {key: box for key, box in self._boxes.items() if key[0] is not owner}
        if owner in self._running:
            self._running.pop(owner).close()

    @property
    def boxes(self) -> "tuple[Box, ...]":
        """The running sandboxes."""
        return tuple(self._boxes.values())

    def hosts(self, marketplace: str | None) -> dict[str, str]:
        """Return base URL -> marketplace of the running sandboxes."""
        return {
            box.url: box.sandbox.marketplace
            for box in self._boxes.values()
            if marketplace in (None, box.sandbox.marketplace)
        }

    def to_json(self, deselected: int) -> str:
        """Return what a worker of pytest-xdist sends to the controller."""
        return json.dumps(
            {
                "coverage": self.coverage.to_dict() if self.coverage else None,
                "needed": self.project.waivers.used(),
                "divergences": self.divergences,
                "foreign": self.foreign,
                "exchanges": self.exchanges,
                "deselected": deselected,
                "lines": self.lines,
            }
        )

    def merge(self, worker: str) -> None:
        """Add what a worker has sent."""
        sent = json.loads(worker)
        if self.coverage is not None and sent["coverage"] is not None:
            self.coverage.merge(Coverage.from_dict(sent["coverage"]))
        self.project.waivers.add_used(sent["needed"])
        self.divergences.update(sent["divergences"])
        self.foreign.update(sent["foreign"])
        self.exchanges.update(sent["exchanges"])
        self.lines.extend(line for line in sent["lines"] if line not in self.lines)
        # every worker collects all tests, so each deselects the same ones
        self.deselected = max(self.deselected, sent["deselected"])

    def close(self) -> None:
        """Stop the sandboxes."""
        for owner in list(self._running):
            self.stop(owner)
