"""What one run knows: the project's view of the contracts, its coverage, its running sandboxes."""

import json
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from pytest_sellerspec import option
from sellerspec.contract.project import Project, names
from sellerspec.errors import SellerspecError
from sellerspec.model import Facts
from sellerspec.reporting.coverage import Coverage, limits

if TYPE_CHECKING:
    from sellerspec.sandbox.running import Box


def limits_of(config: pytest.Config) -> dict[str, float]:
    """Return the limits of the coverage.

    Raises:
        pytest.UsageError: they make no sense.
    """
    try:
        return limits(option(config, "cov_fail_under"))
    except SellerspecError as error:
        raise pytest.UsageError(f"--sellerspec-cov-fail-under: {error}") from None


class State:
    """The state of one session, in one process."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the settings of the project and ask its hooks.

        Raises:
            pytest.UsageError: a setting, a house rule or an option makes no sense.
        """
        self.config = config
        self.strict = bool(option(config, "strict"))
        hook = config.hook
        try:
            self.secret_members = tuple(
                one for each in hook.pytest_sellerspec_redact(config=config) for one in each
            )
            self.project = Project.read(
                config.rootpath,
                rules=[one for rule in hook.pytest_sellerspec_rules(config=config) for one in rule],
                facts=self._facts,
                secret_members=self.secret_members,
            )
            self.limits = limits_of(config)
            self.chosen = names(option(config, "cov"))
            for each in self.chosen:
                self.project.contract(each)
        except SellerspecError as error:
            raise pytest.UsageError(f"sellerspec: {error}") from None
        self.coverage: Coverage | None = None if option(config, "no_cov") else Coverage()
        self.divergences: Counter[str] = Counter()
        """What diverged, in one line -> how often."""

        self.foreign: Counter[str] = Counter()
        """Host -> calls of guarded clients that were not judged."""

        self.deselected = 0
        """Tests that workers of pytest-xdist did not run."""

        self.lines: list[str] = []
        """What is printed at the end."""

        self._boxes: dict[str, Box] = {}
        self._running = ExitStack()

    def _facts(self, operation: str) -> Facts | None:
        found: Facts | None = self.config.hook.pytest_sellerspec_facts(
            config=self.config, operation=operation
        )
        return found

    def box(self, marketplace: str, settings: dict[str, Any]) -> "Box":
        """Return a running sandbox; the same settings give the same one."""
        from sellerspec import sandbox

        key = f"{marketplace} {sorted(settings.items())!r}"
        if key not in self._boxes:
            self._boxes[key] = self._running.enter_context(sandbox.run(marketplace, **settings))
        return self._boxes[key]

    def hosts(self, marketplace: str | None) -> dict[str, str]:
        """Return base URL -> marketplace of the sandboxes that run."""
        return {
            box.url: box.sandbox.marketplace
            for box in self._boxes.values()
            if marketplace in (None, box.sandbox.marketplace)
        }

    def handed_over(self, deselected: int) -> str:
        """Return what a worker has seen, as text for the wire of pytest-xdist."""
        return json.dumps(
            {
                "coverage": self.coverage.to_dict() if self.coverage else None,
                "needed": self.project.waivers.needed(),
                "divergences": self.divergences,
                "foreign": self.foreign,
                "deselected": deselected,
            }
        )

    def merge(self, sent: str) -> None:
        """Take in what a worker handed over."""
        found = json.loads(sent)
        if self.coverage is not None and found["coverage"] is not None:
            self.coverage.merge(Coverage.from_dict(found["coverage"]))
        self.project.waivers.also_needed(found["needed"])
        self.divergences.update(found["divergences"])
        self.foreign.update(found["foreign"])
        # every worker collects the whole suite, so each deselects the same tests
        self.deselected = max(self.deselected, found["deselected"])

    def close(self) -> None:
        """Stop the sandboxes."""
        self._running.close()
        self._boxes.clear()
