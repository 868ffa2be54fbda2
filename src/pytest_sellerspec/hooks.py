"""The hooks that a conftest.py may implement."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sellerspec.model import Facts
    from sellerspec.rules import Rule


@pytest.hookspec
def pytest_sellerspec_rules(config: pytest.Config) -> "Iterable[Rule] | None":
    """Return house rules, made with `sellerspec.rules.rule`; they hold beside the marketplace's rules."""


@pytest.hookspec(firstresult=True)
def pytest_sellerspec_facts(config: pytest.Config, operation: str) -> "Facts | None":
    """Return the facts for an operation; the first result that is not None counts."""


@pytest.hookspec
def pytest_sellerspec_redact(config: pytest.Config) -> Iterable[str] | None:
    """Return names of members whose values are never shown and never written to a cassette."""
