"""Refusals of guards that nobody acknowledged: they fail the test."""

from collections import Counter

import pytest

from pytest_sellerspec.state import State
from sellerspec.errors import ContractViolation
from sellerspec.model import Report
from sellerspec.reporting.discreetly import discreetly

MOST = 100
"""How many different refusals are shown; the others are counted."""

MEANT = (
    "If that is meant, say so: `with pytest.raises(sellerspec.ContractViolation):` around the call, "
    "`guard.of(client).acknowledge()` after it, or a waiver in pyproject.toml."
)


def fail(item: pytest.Item, state: State, *, failed: bool) -> None:
    """Fail a test with the refusals that were not acknowledged; only show them if it has failed already."""
    __tracebackhide__ = True
    refused = [report for guard in state.guards for report in guard.acknowledge()]
    state.guards = [guard for guard in state.guards if guard not in state.released]
    state.released.clear()
    if refused and failed:
        item.add_report_section("teardown", "sellerspec", _text(refused))
    elif refused:
        pytest.fail(_text(refused), pytrace=False)


def acknowledge(error: BaseException | None) -> None:
    """Acknowledge the violations in an error that pytest reports: itself, its causes, members of a group."""
    pending, known = [error], set[int]()
    while pending:
        error = pending.pop()
        if error is None or id(error) in known:
            continue
        known.add(id(error))
        if isinstance(error, ContractViolation):
            error.acknowledge()
        pending += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]


def _text(reports: list[Report]) -> str:
    counts = Counter(discreetly(report).to_text() for report in reports)
    calls = "a call was" if len(reports) == 1 else f"{len(reports)} calls were"
    lines = [f"{calls} refused by a guard, and the test went on:"]
    for text, count in counts.most_common(MOST):
        lines.append(text + (f"\n  ({count} times)" if count > 1 else ""))
    if len(counts) > MOST:
        lines.append(f"... and {len(counts) - MOST} more")
    return "\n".join([*lines, MEANT])
