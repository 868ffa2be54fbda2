"""Settings of hypothesis, no deadlines, and in CI the same examples in every run; one tracer of coverage."""

import os

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

settings.register_profile(
    "local", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure(config: pytest.Config) -> None:
    """Stop the tracer that pytest-cov starts early in a worker of xdist; it starts another one later.

    The marker `no_cover` stops only the later one, and the early one would go on, for nothing: what it
    measures is never saved.
    """
    early = Coverage.current()
    if early is not None and hasattr(config, "workerinput"):
        early.stop()
