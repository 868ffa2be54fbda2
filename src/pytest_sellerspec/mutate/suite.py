"""A `Suite` whose tests run in a worker process, which is replaced when it can no longer be trusted."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from threading import Lock

from pytest_sellerspec.mutate.messages import Order, Tested
from pytest_sellerspec.mutate.process import Answer, Command, Process, Stopped
from sellerspec.model import Json
from sellerspec.mutate.mutation import UNCHANGED, Mutation
from sellerspec.mutate.running.suite import Failure, Run


class Workers:
    """What all workers of a run share: how they start, and how long each test may take."""

    def __init__(self, command: Command, limits: Mapping[str, float], reproduced: str = "") -> None:
        self.command = command
        self.limits = limits
        self.usual: dict[str, Json] = {}
        """Test -> what it shows without mutation too, see `Tested.usual`."""

        self.reproduced = reproduced
        self.shown: dict[str, str] = {}
        """Test -> what it has printed under the mutation to reproduce, of those that showed something."""

        self.numbers = count()


class WorkerSuite:
    """Runs tests in one process at a time."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._process: Process | None = None
        self._lock = Lock()
        self._closed = False

    def collected(self) -> list[Json]:
        """Start a process and return the tests that it has collected."""
        self._process = self._started()
        return self._process.collected()

    def record(self, tests: Sequence[str]) -> list[Tested]:
        """Run tests without mutation, and return what they call; a process that dies is replaced."""
        return self._answer((), tests, records=True)[0]

    def run(self, mutations: Sequence[Mutation], tests: Sequence[str], *, until_red: bool) -> Run:
        """Run tests; a red one is believed if it is green without mutation in the same process.

        If it is not, this run or an earlier one has left something behind: the tests run again in a new
        process. Those that fail without mutation, in a new process too, are left out.
        """
        tested, applied = self._answer(mutations, tests, until_red=until_red)
        broken = self._broken(tested) if mutations else {}
        if broken:
            self._renew()
            tested, applied = self._answer(mutations, tests, until_red=until_red)
            self._renew()
            broken = self._broken(tested)
        return Run(
            tuple(f for test in tested for f in test.failures if f.test not in broken),
            applied,
            tuple(f for test in tested for f in test.observed if f.test not in broken),
            tuple(broken.values()),
        )

    def _broken(self, tested: Iterable[Tested]) -> dict[str, Failure]:
        """Return how those tests fail without mutation that have just failed with some."""
        red = [test.test for test in tested if test.failures]
        again = self._answer((), red)[0] if red else []
        return {test.test: test.failures[0] for test in again if test.failures}

    def _answer(
        self,
        mutations: Sequence[Mutation],
        tests: Sequence[str],
        *,
        until_red: bool = False,
        records: bool = False,
    ) -> tuple[list[Tested], frozenset[str]]:
        """Run all tests, in new processes after one that died."""
        tested: list[Tested] = []
        applied: frozenset[str] = frozenset()
        left = list(tests)
        while left:
            limits = {test: self._workers.limits[test] for test in left}
            usual = {test: self._workers.usual[test] for test in left if test in self._workers.usual}
            on = {mutation.id for mutation in mutations} or ({UNCHANGED.id} if records else set())
            shows = self._workers.reproduced in on
            answer = self._ordered(Order(tuple(mutations), limits, until_red, records, usual, shows))
            tested += answer.tested
            self._workers.shown |= {
                one.test: one.shown for one in answer.tested if one.shown and (one.failures or one.observed)
            }
            applied |= answer.applied
            done = {test.test for test in answer.tested}
            left = [test for test in left if test not in done] if answer.died and not until_red else []
        return tested, applied

    def _ordered(self, order: Order) -> Answer:
        if self._process is None:
            self._process = self._started()
            self._process.collected()
        process = self._process
        answer = process.run(order)
        if self._closed:
            raise Stopped("the run was stopped")
        if answer.died:
            self._process = None
        return answer

    def _started(self) -> Process:
        with self._lock:  # `close` of another thread finds the process, or none starts
            if self._closed:
                raise Stopped("the run was stopped")
            self._process = Process(self._workers.command, next(self._workers.numbers))
            return self._process

    def _renew(self) -> None:
        if self._process is not None:
            self._process.finish()
            self._process = None

    def finish(self) -> None:
        """End the process in order, with its session fixtures."""
        self._renew()

    def close(self) -> None:
        """End the process at once, also a run in another thread."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()
