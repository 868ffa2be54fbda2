"""What a run of mutations showed about a connector and its suite."""

from dataclasses import dataclass

from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.running.suite import Failure


@dataclass(frozen=True, slots=True)
class Weakness:
    """A mutation that the connector does not survive."""

    mutation: Mutation | None
    """None: the suite shows it without any mutation, such as a token in the log."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Gap:
    """A broken contract that the suite does not notice."""

    mutation: Mutation
    tests: tuple[str, ...]
    """The tests that call the operation, and were green."""


@dataclass(frozen=True, slots=True)
class Result:
    """The verdicts; each mutation stands in exactly one of the lists, in the order of the plan."""

    survived: tuple[Mutation, ...] = ()
    weaknesses: tuple[Weakness, ...] = ()
    noticed: tuple[Mutation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    not_applied: tuple[Mutation, ...] = ()
    """No response, notice or call was one that they change."""

    unjudged: tuple[Mutation, ...] = ()
    """Their time was over before."""

    left_out: tuple[Failure, ...] = ()
    """Tests that fail when they run once more without mutation: nothing is judged by them."""

    @property
    def survived_percent(self) -> float:
        """Part of the mutations of families `response` and `behaviour` that the connector survives."""
        return _percent(len(self.survived), len(self.weaknesses))

    @property
    def noticed_percent(self) -> float:
        """Part of the defects that the suite notices."""
        return _percent(len(self.noticed), len(self.gaps))

    @property
    def judged(self) -> int:
        """Number of mutations with a verdict."""
        weak = sum(weakness.mutation is not None for weakness in self.weaknesses)
        return len(self.survived) + weak + len(self.noticed) + len(self.gaps)


def _percent(good: int, bad: int) -> float:
    return 100 * good / (good + bad) if good + bad else 100.0
