"""Draw values from Hypothesis strategies."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Draw values as hypothesis does, without keeping any."""
    values: list[Any] = []

    @settings(
        max_examples=count, database=None, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def take(value: Any) -> None:
        values.append(value)

    take()
    return values
