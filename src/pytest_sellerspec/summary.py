"""The end of a run: is it whole, what has it covered, which waivers are left over."""

from pathlib import Path

import pytest

from pytest_sellerspec import option
from pytest_sellerspec.state import State
from sellerspec.reporting.coverage import Coverage, Summary, below_limits, page, summary, table

MOST = 5
"""Divergences, hosts and findings that are printed; the others are counted."""


def finish(session: pytest.Session, state: State, deselected: int, *, lost: int) -> bool:
    """Write the reports, fill `state.lines`, and say whether the run fails for what they say."""
    partial = f"{lost} workers ended without a word" if lost else _partial(session, state, deselected)
    failed = _waivers(state, partial)
    _observed(state)
    seen = state.coverage
    if seen is not None and (seen.marketplaces() or state.chosen or state.limits):
        failed = _coverage(state, seen, partial) or failed
    return failed


def _partial(session: pytest.Session, state: State, deselected: int) -> str:
    """Return why this run is not the whole suite; "" if it is."""
    config = session.config
    left_out = max(deselected, state.deselected)
    if left_out:
        return f"{left_out} tests were deselected"
    if any("::" in arg for arg in config.args):
        return "single tests were chosen"
    if config.getoption("lf", default=False) or config.getoption("stepwise", default=False):
        return "only tests that had failed were run"
    if session.shouldstop or session.shouldfail:
        return "the run was stopped early"
    return "" if _covers_testpaths(config) else "only some of the `testpaths` were run"


def _covers_testpaths(config: pytest.Config) -> bool:
    wanted = [config.rootpath / each for each in config.getini("testpaths")]
    given = [Path(config.invocation_params.dir, arg).resolve() for arg in config.args]
    found = [each.resolve() for one in wanted for each in one.parent.glob(one.name)]
    return all(any(path.is_relative_to(each) for each in given) for path in found)


def _waivers(state: State, partial: str) -> bool:
    failed = False
    for finding in state.project.waivers.findings(complete=not partial):
        state.lines.append(f"sellerspec: {finding}")
        failed = True
    return failed


def _observed(state: State) -> None:
    for found, says in (
        (state.divergences, "divergence"),
        (state.foreign, "not below_limits, no marketplace is known for"),
    ):
        for what, count in found.most_common(MOST):
            state.lines.append(f"{says}: {what}" + (f" ({count} times)" if count > 1 else ""))
        if len(found) > MOST:
            state.lines.append(f"... and {len(found) - MOST} more")


def _coverage(state: State, seen: Coverage, partial: str) -> bool:
    """Add the table, write the files, and say whether a limit is not met."""
    config = state.config
    if partial and not option(config, "cov_partial"):
        state.lines.append(f"sellerspec: no contract coverage, because {partial}")
        return False
    found = summary(seen, state.chosen, contracts=state.project.contract)
    state.lines.extend(table(found).splitlines())
    for name in ("cov_json", "cov_html"):
        target = option(config, name)
        if target:
            path = config.rootpath / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_written(name, seen, found), encoding="utf-8")
            state.lines.append(f"contract coverage written to {target}")
    short = [] if partial else below_limits(found, state.limits)
    state.lines.extend(f"sellerspec: contract coverage too low: {each}" for each in short)
    return bool(short)


def _written(name: str, seen: Coverage, found: tuple[Summary, ...]) -> str:
    if name == "cov_html":
        return page(found)
    import json

    totals = {each.name: each.to_dict() for each in found}
    return json.dumps({**seen.to_dict(), "marketplaces": totals}, indent=1) + "\n"
