"""Settings of hypothesis, no deadlines, and in CI the same examples in every run; one tracer of coverage."""

import importlib
import os
import pkgutil
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "local", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def tracer() -> Any:
    """Return the running tracer of coverage; None without one: the environment of Spark has no coverage."""
    coverage = sys.modules.get("coverage")
    return coverage.Coverage.current() if coverage else None


def pytest_configure(config: pytest.Config) -> None:
    """Stop the tracer that pytest-cov starts early in a worker of xdist; it starts another one later.

    The marker `no_cover` stops only the later one, and the early one would go on, for nothing: what it
    measures is never saved.
    """
    early = tracer()
    if early is not None and hasattr(config, "workerinput"):
        early.stop()


def pytest_collection_finish() -> None:
    """Import all modules where coverage is measured, or one that a test without it imports first is lost."""
    for package in ("sellerspec", "pytest_sellerspec") if tracer() else ():
        path = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(path, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return pytest's own fixture, with the output of a terminal: where CI is set, pytest prints more."""
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    return pytester
