"""Find the mutations that a connector does not survive, and the defects that its suite does not notice.

Batches run on several workers, each of which is a `Suite`. What runs after a batch depends on that
batch alone, so that the verdicts are the same on any number of workers.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from queue import SimpleQueue

from sellerspec.model import Exchange
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.result import Gap, Result, Weakness
from sellerspec.mutate.running.batches import batches
from sellerspec.mutate.running.suite import Failure, Run, Suite
from sellerspec.mutate.running.verdict import controlled, counts, is_asked_for

Calls = Mapping[str, Mapping[str, Sequence[Exchange]]]
"""Test -> key of an operation -> its exchanges in the run without mutation."""

Control = Callable[[Mutation, Sequence[Exchange]], Mutation | None]
"""Gives another ordinary value at the same place of the responses of a test; None if there is none."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One run: some mutations, and the tests that run under them."""

    mutations: tuple[Mutation, ...]
    tests: tuple[str, ...]
    of: Mutation | None = None
    """The mutation of which this run is a control."""

    @property
    def about(self) -> tuple[Mutation, ...]:
        """The mutations that wait for this run."""
        return (self.of,) if self.of is not None else self.mutations


@dataclass(slots=True)
class _Seen:
    """What is known of one mutation so far."""

    applied: bool = False
    is_open: bool = False
    """Whether the time was over before its last run."""

    failures: list[Failure] = field(default_factory=list)
    """What counts against the connector; of a defect: what noticed it."""

    pending: dict[str, Failure] = field(default_factory=dict)
    """Test -> its failure, about which the control decides."""


class Search:
    """One search; `run` may be called once."""

    def __init__(
        self,
        mutations: Sequence[Mutation],
        calls: Calls,
        *,
        control: Control,
        seed: int = 0,
        max_time: float | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Compose the batches.

        Args:
            mutations: the plan; no id twice.
            calls: what each test calls; tests run in this order.
            control: makes the control of a mutation after which an assertion has failed.
            seed: of the order of the batches.
            max_time: seconds after which no further run starts.
            on_progress: called with the number of mutations that have a verdict, and of all.
        """
        self._calls = calls
        self._tests: dict[str, list[str]] = defaultdict(list)
        for test, operations in calls.items():
            for key in operations:
                self._tests[key].append(test)
        self._mutations = tuple(mutations)
        self._control = control
        self._max_time = max_time
        self._progress = on_progress
        self._seen = {mutation.id: _Seen() for mutation in mutations}
        self._left_out: dict[str, Failure] = {}
        self._tasks = [
            _Task(batch, self._tests_of(batch)) for batch in batches(mutations, self._tests, seed=seed)
        ]

    def run(self, suites: Sequence[Suite]) -> Result:
        """Run everything, each suite one run at a time; the suites are closed if it is interrupted."""
        free: SimpleQueue[Suite] = SimpleQueue()
        for suite in suites:
            free.put(suite)

        def run(task: _Task) -> Run:
            suite = free.get()
            try:
                until_red = task.mutations[0].family == "defect"
                return suite.run(task.mutations, task.tests, until_red=until_red)
            finally:
                free.put(suite)

        with ThreadPoolExecutor(len(suites)) as pool:
            try:
                self._drain(pool, run, len(suites))
            except BaseException:  # Ctrl+C too: a worker that goes on would be waited for
                for suite in suites:
                    suite.close()
                raise
        return self._result()

    def _drain(self, pool: ThreadPoolExecutor, run: Callable[[_Task], Run], width: int) -> None:
        ends = None if self._max_time is None else time.monotonic() + self._max_time
        waiting = self._tasks[::-1]
        running: dict[Future[Run], _Task] = {}
        while waiting or running:
            while waiting and len(running) < width:
                if ends is not None and time.monotonic() >= ends:
                    self._stop(waiting)
                    break
                task = waiting.pop()
                running[pool.submit(run, task)] = task
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                waiting += reversed(self._next(task, future.result()))
            if self._progress is not None:
                left = {mutation.id for task in (*waiting, *running.values()) for mutation in task.about}
                self._progress(len(self._seen) - len(left), len(self._seen))

    def _stop(self, waiting: list[_Task]) -> None:
        for task in waiting:
            for mutation in task.about:
                self._seen[mutation.id].is_open = True
        waiting.clear()

    def _next(self, task: _Task, run: Run) -> list[_Task]:
        """Note what a run has shown, and return the runs that it asks for."""
        self._left_out.update((failure.test, failure) for failure in run.left_out)
        if task.of is not None:
            self._controlled(task, task.of, run)
            return []
        for mutation in task.mutations:
            seen = self._seen[mutation.id]
            seen.applied = seen.applied or mutation.id in run.applied
        if task.mutations[0].family == "defect":
            self._seen[task.mutations[0].id].failures += run.failures
            return []
        if len(task.mutations) == 1:
            return self._judge(task, run)
        return self._halves(task, run)

    def _halves(self, task: _Task, run: Run) -> list[_Task]:
        """Return two runs of what may have made a test red, and one of what the others have hidden."""
        red = {failure.test for failure in (*run.failures, *run.observed)}
        suspects = tuple(m for m in task.mutations if red.intersection(self._tests[m.key]))
        half = (len(suspects) + 1) // 2
        parts = [part for part in (suspects[:half], suspects[half:]) if part]
        tasks = [_Task(part, tuple(t for t in self._tests_of(part) if t in red)) for part in parts]
        hidden = tuple(m for m in task.mutations if m not in suspects and not self._seen[m.id].applied)
        if hidden and len(hidden) < len(task.mutations):
            tasks.append(_Task(hidden, self._tests_of(hidden)))
        return tasks

    def _judge(self, task: _Task, run: Run) -> list[_Task]:
        """Judge one mutation that ran alone; return the runs of its control."""
        (mutation,) = task.mutations
        seen = self._seen[mutation.id]
        complete = _Task(task.mutations, self._tests_of(task.mutations))
        if not seen.applied and task != complete:  # others hid it, and it ran with the red tests only
            return [complete]
        seen.failures += (one for one in run.observed if not is_asked_for(mutation, one))
        tasks = []
        for failure in run.failures:
            verdict = counts(mutation, failure)
            if verdict == "yes":
                seen.failures.append(failure)
            elif verdict == "control":
                other = self._control_of(mutation, failure.test)
                if other is not None:
                    seen.pending[failure.test] = failure
                    tasks.append(_Task((other,), (failure.test,), of=mutation))
                elif controlled(mutation, failure, None):
                    seen.failures.append(failure)
        return tasks

    def _control_of(self, mutation: Mutation, test: str) -> Mutation | None:
        return self._control(mutation, self._calls[test].get(mutation.key, ()))

    def _controlled(self, task: _Task, mutation: Mutation, run: Run) -> None:
        """Count the failure of a test, or not, by what another ordinary value at the same place shows."""
        seen = self._seen[mutation.id]
        failure = seen.pending.pop(task.tests[0])
        applied = task.mutations[0].id in run.applied
        if controlled(mutation, failure, run if applied else None):
            seen.failures.append(failure)

    def _tests_of(self, mutations: Sequence[Mutation]) -> tuple[str, ...]:
        keys = {mutation.key for mutation in mutations}
        return tuple(test for test, operations in self._calls.items() if keys.intersection(operations))

    def _result(self) -> Result:
        lists: dict[str, list[Mutation]] = defaultdict(list)
        for mutation in self._mutations:
            lists[self._state(mutation)].append(mutation)
        order = {test: index for index, test in enumerate(self._calls)}
        return Result(
            survived=tuple(lists["survived"]),
            weaknesses=tuple(Weakness(m, self._worst(m, order)) for m in lists["weak"]),
            noticed=tuple(lists["noticed"]),
            gaps=tuple(Gap(m, self._tests_of((m,))) for m in lists["gap"]),
            not_applied=tuple(lists["not applied"]),
            not_run=tuple(lists["not run"]),
            left_out=tuple(self._left_out[test] for test in order if test in self._left_out),
        )

    def _worst(self, mutation: Mutation, order: Mapping[str, int]) -> Failure:
        """Return the failure that shows most: a crash before all others, then by the order of the tests."""
        return min(self._seen[mutation.id].failures, key=lambda f: (f.how != "crash", order[f.test]))

    def _state(self, mutation: Mutation) -> str:
        seen = self._seen[mutation.id]
        if seen.failures and seen.applied:
            return "noticed" if mutation.family == "defect" else "weak"
        if seen.is_open:
            return "not run"
        if not seen.applied:
            return "not applied"
        return "gap" if mutation.family == "defect" else "survived"
