"""`sellerspec mutate tiki -- npm test`: any command, judged by its exit code."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace

from sellerspec.bulk.pool import cores
from sellerspec.mutate.conclusion import Conclusion, concluded
from sellerspec.mutate.mutation import UNCHANGED
from sellerspec.mutate.planning import plan
from sellerspec.mutate.planning.responses import control
from sellerspec.mutate.result import Result, Weakness
from sellerspec.mutate.running.command import CommandSuite
from sellerspec.mutate.running.search import Search
from sellerspec.mutate.running.suite import Run, time_limit
from sellerspec.mutate.settings import Settings

Show = Callable[[str], None]


def run_command(
    command: Sequence[str],
    marketplaces: Sequence[str],
    settings: Settings,
    *,
    port: int = 0,
    typed: str = "",
    show: Show,
    on_progress: Callable[[int, int], None] | None = None,
) -> Conclusion:
    """Run a command twice without a mutation, then under each mutation of what it calls.

    With a port there is one run at a time; without one, as many as there are processors, each with
    sandboxes of its own.

    Args:
        command: the words.
        marketplaces: whose sandboxes it calls.
        settings: of the run.
        port: of the first sandbox; 0 takes free ones.
        typed: what stands behind `sellerspec mutate`, for the report.
        show: gets the output of the command if it fails without a mutation, or under the one to reproduce.
        on_progress: called with the number of mutations that have a verdict, and of all.

    Raises:
        SellerspecError: the command cannot be started, or a port cannot be used.
        UnknownName: the mutation to reproduce is not one of what the command calls.
    """
    with ExitStack() as stack:
        suite = stack.enter_context(closing(CommandSuite(command, marketplaces, port=port)))
        started = time.monotonic()
        first = suite.first()
        calls, seconds = suite.calls, time.monotonic() - started
        reason = _red(first, "without a mutation") or _red(_again(suite), "the second time")
        if reason:
            show(suite.ended.output)
            return concluded(Result(), (), settings=settings, command=typed, calls={}, unjudged=(reason,))
        suite.limit = time_limit(seconds)
        mutations = plan.of_settings(calls, settings)
        search = Search(
            mutations, {suite.name: calls}, control=control, seed=settings.seed,
            max_time=settings.max_time, on_progress=on_progress,
        )  # fmt: skip
        width = 1 if port else min(cores(), len(mutations))
        others = (CommandSuite(command, marketplaces, like=suite) for _ in range(width - 1))
        result = search.run([suite, *(stack.enter_context(closing(other)) for other in others)])
        if settings.reproduce and (result.weaknesses or result.noticed or not mutations):
            suite.run(mutations, (), until_red=False)
            show(suite.ended.output)
        result = _checked(result, first, suite)
    names = dict.fromkeys(calls, (suite.name,))
    return concluded(result, mutations, settings=settings, command=typed, calls=names)


def _again(suite: CommandSuite) -> Run:
    return suite.run((), (), until_red=False)


def _red(run: Run, when: str) -> str:
    """Return why nothing can be judged; "" if the run is green."""
    return f"the command fails {when}: {run.failures[0].line}" if run.failures else ""


def _checked(result: Result, first: Run, suite: CommandSuite) -> Result:
    """Add what the first run observed; after a weakness, see that the command is still green without it."""
    unchanged = tuple(Weakness(UNCHANGED, failure) for failure in first.observed)
    if result.weaknesses:
        result = replace(result, left_out=_again(suite).failures)
    return replace(result, weaknesses=(*unchanged, *result.weaknesses))
