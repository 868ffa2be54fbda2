"""Which mutations a run applies: those of the operations that the suite calls, in a stable order."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice, zip_longest
from random import Random

from sellerspec import contract
from sellerspec.contract.operation import OperationContract
from sellerspec.errors import UnknownName
from sellerspec.model import Exchange
from sellerspec.mutate.mutation import FAMILIES, UNCHANGED, Family, Mutation
from sellerspec.mutate.planning.behaviours import behaviour_mutations
from sellerspec.mutate.planning.defects import defect_mutations
from sellerspec.mutate.planning.responses import response_mutations
from sellerspec.mutate.settings import Settings

QUICK: Mapping[Family, int] = {"response": 60, "behaviour": 20, "defect": 20}
"""How many mutations of a family the sample of `quick` has."""

Source = Callable[[OperationContract, Sequence[Exchange]], tuple[Mutation, ...]]


SOURCES: Mapping[Family, Source] = {
    "response": response_mutations,
    "behaviour": behaviour_mutations,
    "defect": defect_mutations,
}
"""Family -> the function that makes the mutations of one operation."""


def planned(
    calls: Mapping[str, Sequence[Exchange]],
    *,
    only: Collection[Family] = FAMILIES,
    operations: Collection[str] = (),
    seed: int = 0,
    quick: bool = False,
) -> tuple[Mutation, ...]:
    """Return the mutations of a run: by family, then by operation; no id twice.

    Args:
        calls: key of each operation that the suite calls -> its exchanges without mutations.
        only: the families.
        operations: keys of the operations; empty is all that are called.
        seed: decides the sample of `quick`.
        quick: return only a fixed sample, spread over families, operations and kinds.
    """
    chosen = {key: calls[key] for key in sorted(calls) if key in operations or not operations}
    mutations: dict[str, Mutation] = {}
    for family in FAMILIES:
        if family in only:
            for key, exchanges in chosen.items():
                for mutation in SOURCES[family](contract.operation(key), exchanges):
                    mutations.setdefault(mutation.id, mutation)
    return _sample(tuple(mutations.values()), seed) if quick else tuple(mutations.values())


def _sample(mutations: Sequence[Mutation], seed: int) -> tuple[Mutation, ...]:
    """Return a sample in the order of the plan: kinds and operations take turns in each family."""
    random = Random(f"{seed}")  # noqa: S311 - a text gives the same numbers on every machine
    kept: set[str] = set()
    for family in FAMILIES:
        groups: dict[tuple[str, str], list[str]] = {}
        for mutation in mutations:
            if mutation.family == family:
                groups.setdefault((mutation.kind, mutation.key), []).append(mutation.id)
        queues = list(groups.values())
        random.shuffle(queues)
        for ids in queues:
            random.shuffle(ids)
        turns = (id for turn in zip_longest(*queues) for id in turn if id is not None)
        kept.update(islice(turns, QUICK[family]))
    return tuple(mutation for mutation in mutations if mutation.id in kept)


def of_settings(calls: Mapping[str, Sequence[Exchange]], settings: Settings) -> tuple[Mutation, ...]:
    """Return the mutations of a run with these settings.

    Raises:
        UnknownName: the mutation to reproduce is not planned.
    """
    if settings.reproduce:
        return one(planned(calls), settings.reproduce)
    return planned(
        calls, only=settings.only, operations=settings.operations, seed=settings.seed, quick=settings.quick
    )


def one(mutations: Sequence[Mutation], id: str) -> tuple[Mutation, ...]:
    """Return the mutation of an id alone; none for the run without a mutation.

    Raises:
        UnknownName: no such mutation is planned, or its operation is not called; names the nearest.
    """
    if id == UNCHANGED.id:
        return ()
    by_id = {mutation.id: mutation for mutation in mutations}
    if id not in by_id:
        key, keys = id.partition(":")[0], {mutation.key for mutation in mutations}
        if key not in keys:
            raise UnknownName("operation that the suite calls", key, keys)
        raise UnknownName("mutation", id, [known for known in by_id if known.startswith(f"{key}:")])
    return (by_id[id],)
