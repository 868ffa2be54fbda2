"""Which mutations run together: composed before anything runs, so that workers do not change a report."""

import random
from collections.abc import Mapping, Sequence

from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.planning.behaviours import DELAYS

MOST = 48
"""Most mutations of a batch: a red one is halved, and each half runs once more."""


def batches(
    mutations: Sequence[Mutation], tests: Mapping[str, Sequence[str]], *, seed: int
) -> list[tuple[Mutation, ...]]:
    """Return batches of mutations that do not touch the same part of a response.

    Those after which a test may fail rightly stand alone, or with others that concern other tests: they
    would hide what follows in the same test. Defects stand alone, because the first red test ends the run.

    Args:
        mutations: each is in exactly one batch.
        tests: key of an operation -> the tests that call it.
        seed: shuffles the batches, so that the slow ones are spread over the workers.
    """
    made: list[list[Mutation]] = []
    for outcome in ("same", "other"):
        alike: list[list[Mutation]] = []
        for mutation in mutations:
            if mutation.family != "defect" and mutation.outcome == outcome:
                _add(mutation, alike)
        made += alike
    failing: list[list[Mutation]] = []
    for mutation in mutations:
        if mutation.family == "defect":
            made.append([mutation])
        elif mutation.outcome == "failure":
            _add_apart(mutation, failing, tests)
    made += failing
    random.Random(seed).shuffle(made)  # noqa: S311  (no secret)
    return [tuple(batch) for batch in made]


def _add(mutation: Mutation, batches: list[list[Mutation]]) -> None:
    for batch in batches:
        if len(batch) < MOST and not any(collide(mutation, other) for other in batch):
            batch.append(mutation)
            return
    batches.append([mutation])


def _add_apart(mutation: Mutation, batches: list[list[Mutation]], tests: Mapping[str, Sequence[str]]) -> None:
    own = set(tests[mutation.key])
    for batch in batches:
        if not any(own & set(tests[other.key]) for other in batch):
            batch.append(mutation)
            return
    batches.append([mutation])


def collide(one: Mutation, other: Mutation) -> bool:
    """Return whether one place is the other, or around it; "" is the whole response.

    Two that delay notices collide too: notices that are all late keep their order.
    """
    if one.key != other.key:
        return {one.kind, other.kind} <= DELAYS and one.marketplace == other.marketplace
    shorter, longer = sorted((f"{one.place}/", f"{other.place}/"), key=len)
    return longer.startswith(shorter)
