"""A connector's suite, as the search for weaknesses runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sellerspec.mutate.mutation import Mutation
from sellerspec.scrubbing.display import searched

How = Literal["crash", "assertion", "error", "hang", "exit", "repeat"]
"""How a test failed.

`crash`: an exception that shows a mistake of the code (KeyError, TypeError, a JSON error). `assertion`:
an assertion of the test itself. `error`: any other exception, such as one of the HTTP client or of the
connector. `hang`: it did not end in time. `exit`: a command ended with an exit code that is not 0, and its
output shows no mistake of the code. `repeat`: a write was taken more often than without a mutation.
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """One test that failed under mutations."""

    test: str
    """The id of the test: `tests/test_orders.py::test_a_page`; of a command, the command."""

    how: How
    line: str
    """The last line of its traceback, scrubbed and bounded: `KeyError: 'price'`."""

    at: str = ""
    """The deepest place in the project: `connector/tiki.py:112`."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of some tests under some mutations showed."""

    failures: tuple[Failure, ...] = ()
    applied: frozenset[str] = frozenset()
    """Ids of the mutations that changed at least one response, notice or call."""

    observed: tuple[Failure, ...] = ()
    """What a green test shows too: a write that was repeated, a token in a log or in the output."""

    left_out: tuple[Failure, ...] = ()
    """Failures of tests that fail without the mutations too, when they run once more; not in `failures`."""


LONGEST = 200
"""Most characters of a line that is shown."""

LEAST, TIMES = 5.0, 10.0
"""A test, or a command, may take so many seconds, and so many times what it takes without a mutation."""


def time_limit(usual: float) -> float:
    """Return the seconds after which a test hangs that usually takes `usual` seconds."""
    return max(LEAST, TIMES * usual)


def scrubbed(text: str) -> str:
    """Return a text without what looks like a secret or a person's, and not longer than `LONGEST`."""
    clean = searched(text[: 4 * LONGEST])
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"


class Suite(Protocol):
    """Runs tests of a connector under mutations; one run at a time."""

    def run(self, mutations: Sequence[Mutation], tests: Sequence[str], *, until_red: bool) -> Run:
        """Run tests, in the given order; with `until_red` stop at the first failure."""

    def close(self) -> None:
        """Stop at once, also a run in another thread; may be called twice."""
