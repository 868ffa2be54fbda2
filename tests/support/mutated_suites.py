"""Suites of small connectors in this process, against a sandbox without a socket."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any

from sellerspec import sandbox
from sellerspec.errors import SellerspecError
from sellerspec.model import Exchange
from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.running.calls import calls_of
from sellerspec.mutate.running.suite import Failure, How, Run
from support.sandboxes import Client

Test = Callable[[Client], Any]


class Refused(Exception):
    """What the connectors of these suites raise on purpose."""


def _note(events: list[Any], one: Any) -> None:
    events.append(("tiki", one))


class InProcess:
    """Runs the tests of a connector; each one begins with the seeded state of Tiki."""

    def __init__(self, tests: Mapping[str, Test]) -> None:
        self.tests = tests
        self.runs: list[tuple[list[str], list[str]]] = []
        """Ids of the mutations, and the tests, of each run."""

        self.closed = False
        self._box = sandbox.app("tiki").sandbox
        self._lock = Lock()

    def run(self, mutations: Sequence[Mutation], tests: Sequence[str], *, until_red: bool) -> Run:
        assert self._lock.acquire(blocking=False), "two runs at the same time"
        try:
            self.runs.append(([mutation.id for mutation in mutations], list(tests)))
            self._box.mutate([change(mutation) for mutation in mutations])
            failures: list[Failure] = []
            for test in tests:
                failures += self._failures(test)
                if until_red and failures:
                    break
            return Run(tuple(failures), frozenset(self._box.applied))
        finally:
            self._lock.release()

    def _failures(self, test: str) -> list[Failure]:
        self._box.reset()
        try:
            self.tests[test](Client(self._box))
        except Exception as error:
            how: How = "crash"
            if isinstance(error, AssertionError):
                how = "assertion"
            elif isinstance(error, Refused | SellerspecError):
                how = "error"
            return [Failure(test, how, f"{type(error).__name__}: {error}".splitlines()[0])]
        return []

    def calls(self) -> dict[str, dict[str, tuple[Exchange, ...]]]:
        """Return what each test calls without a mutation."""
        news: dict[str, list[Any]] = defaultdict(list)
        self._box.mutate([])
        for test in self.tests:
            heard = news[test]
            self._box.listeners[:] = [partial(_note, heard)]
            assert self._failures(test) == []
        self._box.listeners.clear()
        return {test: dict(calls_of(news[test])) for test in self.tests}

    def close(self) -> None:
        self.closed = True
        self._box.close()
