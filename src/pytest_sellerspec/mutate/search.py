"""The run over all workers: which test calls what, then the search."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from pytest_sellerspec.mutate.messages import Tested
from pytest_sellerspec.mutate.process import Command
from pytest_sellerspec.mutate.suite import Workers, WorkerSuite
from sellerspec.errors import SellerspecError
from sellerspec.model import Exchange
from sellerspec.mutate.mutation import UNCHANGED, Mutation
from sellerspec.mutate.planning.plan import of_settings
from sellerspec.mutate.planning.responses import control
from sellerspec.mutate.result import Result, Weakness
from sellerspec.mutate.running.search import Calls, Search
from sellerspec.mutate.running.suite import Failure
from sellerspec.mutate.settings import Settings


@dataclass(frozen=True, slots=True)
class Searched:
    """What the workers have shown."""

    result: Result
    planned: tuple[Mutation, ...]
    calls: Calls
    shown: Mapping[str, str]
    """Test that is not green under the mutation to reproduce -> what it has printed."""


def searched(
    command: Command,
    limits: Mapping[str, float],
    settings: Settings,
    number: int,
    *,
    progress: Callable[[int, int], None] | None,
) -> Searched:
    """Start workers, run everything, and end them.

    Args:
        command: starts a worker.
        limits: test that is green -> seconds after which it hangs.
        settings: of the run.
        number: of workers.
        progress: called with the number of mutations that are judged, and of all.

    Raises:
        SellerspecError: a worker cannot collect the tests, or no test calls a sandbox.
    """
    workers = Workers(command, limits, settings.reproduce)
    suites = [WorkerSuite(workers) for _ in range(number)]
    with ThreadPoolExecutor(number) as pool, ExitStack() as stack:
        for suite in suites:  # they end before the pool waits for its threads
            stack.callback(suite.close)
        found = _searched(workers, suites, settings, pool, progress)
        list(pool.map(WorkerSuite.finish, suites))
        return found


def _searched(
    workers: Workers,
    suites: Sequence[WorkerSuite],
    settings: Settings,
    pool: ThreadPoolExecutor,
    progress: Callable[[int, int], None] | None,
) -> Searched:
    collected, *_ = pool.map(WorkerSuite.collected, suites)
    collected.sort(key=lambda item: (item["place"], item["test"]))  # plugins may have shuffled them
    known = {item["test"] for item in collected}
    missing = [
        Failure(test, "error", "a worker did not collect it") for test in workers.limits if test not in known
    ]
    tests = [item["test"] for item in collected if item["uses_sandbox"] and item["test"] in workers.limits]
    size = -(-len(tests) // len(suites)) or 1
    slices = [tests[start : start + size] for start in range(0, len(tests), size)]
    recorded = [test for part in pool.map(WorkerSuite.record, suites, slices) for test in part]
    calls = {test.test: test.calls for test in recorded if test.calls and not test.failures}
    if not calls:
        raise SellerspecError("no test calls a sandbox of the fixture `sellerspec_sandbox`")
    workers.usual.update((test.test, test.usual) for test in recorded)
    mutations = _planned(calls, settings)
    search = Search(
        mutations,
        calls,
        control=control,
        seed=settings.seed,
        max_time=settings.max_time,
        on_progress=progress,
    )
    result = _with_recorded(search.run(suites), recorded, missing)
    return Searched(result, mutations, calls, workers.shown)


def _planned(calls: Calls, settings: Settings) -> tuple[Mutation, ...]:
    exchanges: dict[str, list[Exchange]] = defaultdict(list)
    for operations in calls.values():
        for key, of_test in operations.items():
            exchanges[key].extend(of_test)
    return of_settings(exchanges, settings)


def _with_recorded(result: Result, recorded: Sequence[Tested], missing: Sequence[Failure]) -> Result:
    """Return a result with what the tests have shown without mutation."""
    observed = [Weakness(UNCHANGED, failure) for test in recorded for failure in test.observed]
    red = [failure for test in recorded for failure in test.failures]
    return replace(
        result,
        weaknesses=(*observed, *result.weaknesses),
        left_out=(*missing, *red, *result.left_out),
    )
