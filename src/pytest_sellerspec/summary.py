"""Finish a run: report unused waivers, divergences, unchecked hosts and the contract coverage."""

from pathlib import Path

import pytest

from pytest_sellerspec import option
from pytest_sellerspec.state import State
from sellerspec.io.writing import NotWritten, make_folder, write
from sellerspec.reporting.coverage import Coverage, below_limits, summary, table, written

MOST = 5
"""How many divergences and hosts are printed; the others are counted."""


def finish(session: pytest.Session, state: State, deselected: int, *, lost: int) -> bool:
    """Write the reports, fill `state.lines`, and return whether the run fails because of them.

    Args:
        deselected: number of tests that this process did not run.
        lost: number of workers of pytest-xdist that have sent nothing.
    """
    partial = f"{lost} workers ended without a result" if lost else _partial(session, state, deselected)
    waivers = [f"sellerspec: {finding}" for finding in state.project.waivers.findings(complete=not partial)]
    state.lines.extend(waivers)
    _observations(state)
    coverage = state.coverage
    low = False
    if coverage is not None and (coverage.marketplaces() or state.covered or state.limits):
        low = _coverage(state, coverage, partial)
    return bool(waivers) or low or (_only_ignored(state) and not partial)


def _partial(session: pytest.Session, state: State, deselected: int) -> str:
    """Return why this is not a run of the complete suite; "" if it is."""
    config = session.config
    count = max(deselected, state.deselected)
    if count:
        return f"{count} tests were deselected"
    if any("::" in arg for arg in config.args):
        return "single tests were chosen"
    if config.getoption("lf", default=False) or config.getoption("stepwise", default=False):
        return "only tests that had failed were run"
    if session.shouldstop or session.shouldfail:
        return "the run was stopped early"
    return "" if _covers_testpaths(config) else "only some of the `testpaths` were run"


def _covers_testpaths(config: pytest.Config) -> bool:
    given = [Path(config.invocation_params.dir, arg).resolve() for arg in config.args]
    patterns = [config.rootpath / pattern for pattern in config.getini("testpaths")]
    paths = [path.resolve() for pattern in patterns for path in pattern.parent.glob(pattern.name)]
    return all(any(path.is_relative_to(folder) for folder in given) for path in paths)


def _observations(state: State) -> None:
    for counts, label in (
        (state.divergences, "divergence"),
        (state.foreign, "sellerspec: calls not checked, because no marketplace has the host"),
    ):
        for text, count in counts.most_common(MOST):
            state.lines.append(f"{label}: {text}" + (f" ({count} times)" if count > 1 else ""))
        if len(counts) > MOST:
            state.lines.append(f"... and {len(counts) - MOST} more")


def _only_ignored(state: State) -> bool:
    """Return whether recorded exchanges were tests, and none was judged; say so."""
    ignored = state.exchanges["ignored"]
    if not ignored or state.exchanges["judged"]:
        return False
    state.lines.append(
        f"sellerspec: `ignored-urls` in [tool.sellerspec] leaves out all {ignored} recorded exchanges, so"
        " none was judged"
    )
    return True


def _coverage(state: State, coverage: Coverage, partial: str) -> bool:
    """Add the table, write the files, and return whether one could not be written or is below a limit."""
    config = state.config
    if partial and not option(config, "cov_partial"):
        state.lines.append(f"sellerspec: no contract coverage, because {partial}")
        return False
    summaries = summary(coverage, state.covered, contracts=state.project.contract)
    state.lines.extend(table(summaries).splitlines())
    for name in ("cov_json", "cov_html"):
        file = option(config, name)
        if file:
            path = config.rootpath / file
            try:
                make_folder(path.parent)
                write(path, written(coverage, summaries, "html" if name == "cov_html" else "json"))
            except NotWritten as error:
                state.lines.append(f"sellerspec: {error}")
                return True
            state.lines.append(f"contract coverage written to {file}")
    low = [] if partial else below_limits(summaries, state.limits)
    state.lines.extend(f"sellerspec: contract coverage too low: {text}" for text in low)
    return bool(low)
