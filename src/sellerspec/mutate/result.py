"""What a run of mutations showed about a connector and its suite."""

from dataclasses import dataclass

from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.running.suite import Failure


@dataclass(frozen=True, slots=True)
class Weakness:
    """A mutation that the connector does not survive."""

    mutation: Mutation
    """`UNCHANGED` if the suite shows it without any mutation, such as a token in the log."""

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

    not_run: tuple[Mutation, ...] = ()
    """The time was over before."""

    left_out: tuple[Failure, ...] = ()
    """Tests that fail when they run once more without mutation: they show nothing."""
