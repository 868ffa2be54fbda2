"""What a run says in the end: what became of each mutation, the two figures, the exit code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sellerspec.model import Json
from sellerspec.mutate.mutation import UNCHANGED, Mutation
from sellerspec.mutate.result import Result
from sellerspec.mutate.running.suite import Failure
from sellerspec.mutate.settings import Settings

State = Literal["survived", "weakness", "noticed", "gap", "not-applied", "not-run"]
"""What became of a mutation.

`survived`, `weakness`: the connector withstands what the contract allows and what happens, or it does
not. `noticed`, `gap`: a test fails when the contract is broken, or none does. `not-applied`: no response
or notice was changed by it. `not-run`: the time ran out before.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutation."""

    mutation: Mutation
    state: State
    failures: tuple[Failure, ...] = ()
    """Of a weakness: the tests that fail, and what was observed. Of a defect: the first test that fails."""

    tests: tuple[str, ...] = ()
    """The tests that ran under it: those that call the operation."""

    accepted: str = ""
    """Why a weakness or a gap is accepted; "" if it is not."""

    @property
    def id(self) -> str:
        """The id of the mutation; `unchanged` for the run without one."""
        return self.mutation.id

    def to_dict(self) -> dict[str, Json]:
        """Return the verdict as JSON."""
        return {
            **self.mutation.to_dict(),
            "id": self.id,
            "state": self.state,
            "failures": [
                {"test": failure.test, "how": failure.how, "line": failure.line, "at": failure.at}
                for failure in self.failures
            ],
            "tests": list(self.tests),
            "accepted": self.accepted or None,
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of the mutations with a verdict ended well, and what is required."""

    name: str
    """`survived` or `noticed`."""

    well: int
    total: int
    """All that have a verdict, without those that are accepted."""

    least: float
    """Percent."""

    @property
    def percent(self) -> float | None:
        """The share in percent; None if no mutation has a verdict."""
        return 100 * self.well / self.total if self.total else None

    @property
    def holds(self) -> bool:
        """Whether the limit holds; it does if no mutation has a verdict."""
        return self.percent is None or self.percent >= self.least

    def __str__(self) -> str:
        if self.percent is None:
            return f"{self.name}: no verdict"
        # a share below 100 % must not look like it
        shown = min(round(self.percent, 1), 99.9) if self.well < self.total else 100
        return (
            f"{self.name}: {shown:g} % ({self.well} of {self.total}), at least {self.least:g} % is required"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What one run says. Equal for the same suite, settings and seed: it has no times."""

    command: str
    """What ran, as it was typed: `pytest tests/`."""

    settings: Settings
    verdicts: tuple[Verdict, ...] = ()
    """One for each planned mutation, in the order of the plan."""

    calls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Key of an operation -> the tests that call it, without any mutation."""

    unjudged: tuple[str, ...] = ()
    """Why the run says nothing, or not enough: the suite is red without a mutation, an unknown id."""

    stale: tuple[str, ...] = ()
    """Lines on accepted mutations that have expired or that accept nothing."""

    def of(self, *states: State) -> Iterator[Verdict]:
        """Yield the verdicts of some states that are not accepted."""
        return (verdict for verdict in self.verdicts if verdict.state in states and not verdict.accepted)

    @property
    def weaknesses(self) -> tuple[Verdict, ...]:
        """What the connector does not survive, without what is accepted."""
        return tuple(self.of("weakness"))

    @property
    def gaps(self) -> tuple[Verdict, ...]:
        """What the suite does not notice, without what is accepted."""
        return tuple(self.of("gap"))

    @property
    def accepted(self) -> tuple[Verdict, ...]:
        """Weaknesses and gaps that are accepted."""
        return tuple(verdict for verdict in self.verdicts if verdict.accepted)

    @property
    def figures(self) -> tuple[Figure, Figure]:
        """The two figures."""
        return (
            self._figure("survived", "weakness", self.settings.survived),
            self._figure("noticed", "gap", self.settings.noticed),
        )

    def _figure(self, well: State, ill: State, least: float) -> Figure:
        reached = len(tuple(self.of(well)))
        return Figure(well, reached, reached + len(tuple(self.of(ill))), least)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the run is not judged, or not completely; empty if it is."""
        reasons = list(self.unjudged)
        states = {verdict.state for verdict in self.verdicts if verdict.mutation != UNCHANGED}
        if not reasons and self.settings.reproduce == UNCHANGED.id:
            reasons += [] if self.verdicts else ["nothing is weak without a mutation"]
        elif not reasons and not states:
            reasons.append(_nothing_fits(tuple(self.calls)))
        elif not reasons and states == {"not-applied"}:
            reasons.append("no mutation was applied: the suite did not call what they change")
        if any(self.of("not-run")):
            reasons.append("the time ran out before all mutations had run")
        return tuple(reasons)

    @property
    def is_of_pytest(self) -> bool:
        """Whether the plugin ran the tests; any other command has its marketplaces before `--`."""
        return self.command.startswith("-- ")

    @property
    def label(self) -> str:
        """What the reasons are about: a run that is `not judged`, or one that fails and is `not complete`."""
        return "not judged" if self.exit_code == 2 else "not complete"

    @property
    def exit_code(self) -> int:
        """0 if the limits hold, 1 if they do not, 2 if that is not known.

        A limit that is missed when the time runs out stays missed.
        """
        if self.unjudged:
            return 2
        if not all(figure.holds for figure in self.figures):
            return 1
        return 2 if self.reasons else 0

    def to_dict(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "format": "sellerspec-mutate-1",
            "command": self.command,
            "seed": self.settings.seed,
            "exit_code": self.exit_code,
            "figures": {
                figure.name: {
                    "percent": figure.percent,
                    "well": figure.well,
                    "total": figure.total,
                    "least": figure.least,
                    "holds": figure.holds,
                }
                for figure in self.figures
            },
            "calls": {key: list(tests) for key, tests in self.calls.items()},
            "not_judged": list(self.reasons),
            "stale": list(self.stale),
            "mutations": [verdict.to_dict() for verdict in self.verdicts],
        }


def _nothing_fits(called: tuple[str, ...]) -> str:
    if not called:
        return (
            "the command called no sandbox; it finds them at SELLERSPEC_URL. A command that runs pytest needs"
            " no marketplace, as in `sellerspec mutate -- pytest`"
        )
    return f"no mutation fits what the suite calls: {', '.join(called)}"


def concluded(
    result: Result,
    planned: Sequence[Mutation],
    *,
    settings: Settings,
    command: str,
    calls: Mapping[str, tuple[str, ...]],
    unjudged: Sequence[str] = (),
) -> Conclusion:
    """Return what a run says.

    Args:
        result: of the search.
        planned: the mutations in the order of the plan.
        settings: of the run.
        command: what ran, as it was typed.
        calls: key of an operation -> the tests that call it.
        unjudged: why the run says nothing, or not enough.
    """
    verdicts = {verdict.id: verdict for verdict in _verdicts(result, calls)}
    ids = [settings.reproduce] if settings.reproduce else [one.id for one in (UNCHANGED, *planned)]
    reasons = [
        f"{failure.test} fails without a mutation too when it runs once more: {failure.line}"
        for failure in result.left_out
    ]
    return Conclusion(
        command=command,
        settings=settings,
        verdicts=tuple(verdicts[id] for id in ids if id in verdicts),
        calls=calls,
        unjudged=(*unjudged, *reasons),
    )


def _verdicts(result: Result, calls: Mapping[str, tuple[str, ...]]) -> Iterator[Verdict]:
    states: tuple[tuple[State, tuple[Mutation, ...]], ...] = (
        ("survived", result.survived),
        ("noticed", result.noticed),
        ("not-applied", result.not_applied),
        ("not-run", result.not_run),
    )
    for state, mutations in states:
        for mutation in mutations:
            yield Verdict(mutation, state, tests=calls.get(mutation.key, ()))
    for gap in result.gaps:
        yield Verdict(gap.mutation, "gap", tests=gap.tests)
    failures: dict[str, tuple[Mutation, list[Failure]]] = {}
    for weakness in result.weaknesses:
        failures.setdefault(weakness.mutation.id, (weakness.mutation, []))[1].append(weakness.failure)
    for mutation, of_tests in failures.values():
        yield Verdict(mutation, "weakness", tuple(of_tests), calls.get(mutation.key, ()))
