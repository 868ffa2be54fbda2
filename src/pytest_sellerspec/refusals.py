"""Refusals of guards that a test swallowed: they fail it, unless somebody looked at them."""

from collections import Counter

import pytest

from pytest_sellerspec.state import State
from sellerspec.model import Report

MOST = 100
"""How many different refusals are shown; the others are counted."""

MEANT = (
    "If that is meant, say so: `with pytest.raises(sellerspec.ContractViolation):` around the call, "
    "`guard.of(client).acknowledge()` after it, or a waiver in pyproject.toml."
)


def settle(item: pytest.Item, state: State, *, failed: bool) -> None:
    """Fail a test with what was refused and not looked at; only show it if the test has failed anyway."""
    __tracebackhide__ = True
    unseen = [report for guard in state.guards for report in guard.acknowledge()]
    state.guards = [guard for guard in state.guards if guard not in state.released]
    state.released.clear()
    if unseen and failed:
        item.add_report_section("teardown", "sellerspec", _text(unseen))
    elif unseen:
        pytest.fail(_text(unseen), pytrace=False)


def look_at(error: BaseException | None) -> None:
    """Note that an error is reported, with those which caused it: what they say is seen."""
    pending, known = [error], set[int]()
    while pending:
        error = pending.pop()
        if error is None or id(error) in known:
            continue
        known.add(id(error))
        if hasattr(error, "looked_at"):
            error.looked_at()
        pending += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]


def _text(reports: list[Report]) -> str:
    counts = Counter(report.to_text() for report in reports)
    calls = "a call was" if len(reports) == 1 else f"{len(reports)} calls were"
    lines = [f"{calls} refused by a guard, and the test went on:"]
    for text, count in counts.most_common(MOST):
        lines.append(text + (f"\n  ({count} times)" if count > 1 else ""))
    if len(counts) > MOST:
        lines.append(f"... and {len(counts) - MOST} more")
    return "\n".join([*lines, MEANT])
