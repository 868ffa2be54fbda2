"""Mutations of the family `response`: what a response may hold by the contract, and seldom does.

Everything is derived: places from the recorded bodies and the schemas, values from the types and limits of
the schemas. A candidate is kept if the contract allows the response that it makes of a recorded one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice

import orjson

from sellerspec import contract
from sellerspec.contract.operation import OperationContract
from sellerspec.io.pointers import get
from sellerspec.model import Basis, Exchange, Json
from sellerspec.mutate.changes.bodies import EXCEPTIONAL, Allowed, RecordedBody, covering, recorded_body
from sellerspec.mutate.changes.edits import edited, other, same
from sellerspec.mutate.changes.places import occurrences, words
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.planning.behaviours import behaviour_control
from sellerspec.mutate.planning.kinds import GIVEN, KINDS, UNKNOWN, Kind, new_member
from sellerspec.mutate.planning.sites import Site, sites

TRIED = 3
"""The most recorded bodies of a place to which a candidate is applied."""

VALUES = 24
"""The most values that are tried at a place."""


Effect = tuple[bytes | None, ...]
"""What becomes of each of some bodies, as JSON; None of one that stays as it is."""


def response_mutations(ready: OperationContract, exchanges: Sequence[Exchange]) -> tuple[Mutation, ...]:
    """Return the mutations of an operation's responses, or of a webhook's notices, that its contract allows.

    Args:
        ready: the operation.
        exchanges: its recorded calls; those with an error, and responses that are no JSON, give none.
    """
    mutations: dict[str, Mutation] = {}
    for alike in by_status(ready, exchanges):
        effects: set[Effect] = set()
        for site in sites(alike):
            for mutation in _of_site(site):
                effect = effect_of(mutation, alike)
                if mutation.id not in mutations and effect not in effects:
                    mutations[mutation.id] = mutation
                    effects.add(effect)
    return tuple(mutations.values())


def by_status(ready: OperationContract, exchanges: Sequence[Exchange]) -> list[list[RecordedBody]]:
    """Return the bodies from which mutations are derived, in groups of one status, successes first."""

    def order(one: RecordedBody) -> tuple[bool, int]:
        return not one.success, one.exchange.status or 0

    return [list(group) for _, group in groupby(sorted(covering(ready, exchanges), key=order), key=order)]


def effect_of(mutation: Mutation, bodies: Iterable[RecordedBody]) -> Effect:
    """Return what a mutation makes of each body."""
    changed = ((one.body, edited(one.body, mutation)) for one in bodies)
    return tuple(None if new is body else orjson.dumps(new) for body, new in changed)


def _of_site(site: Site) -> Iterator[Mutation]:
    for kind in KINDS:
        yield from _first_allowed(site, kind, site.place)
    yield from _first_allowed(site, UNKNOWN, new_member(site))


def _first_allowed(site: Site, kind: Kind, place: str) -> Iterator[Mutation]:
    """Yield the mutation of a kind with the first value that the contract allows, if there is one."""
    operation = site.recorded[0].ready.operation
    for value in islice(kind.values(site), VALUES):
        mutation = Mutation(
            operation.marketplace, operation.id, "response", kind.id, "", "", kind.outcome, place, value
        )
        changed = (one for one in site.recorded if edited(one.body, mutation) is not one.body)
        for one in islice(changed, TRIED):
            allowed = one.allowed(mutation)
            because = None if allowed is None else _because(site, kind, one, allowed, place)
            if because is not None:
                sentence = f"{subject(site)} {kind.predicate.format(value=value)}"
                yield replace(mutation, sentence=sentence, because=because)
                return


def subject(site: Site) -> str:
    """Return the place of a site as the subject of a sentence."""
    one = site.recorded[0]
    if one.success:
        return words(site.place, "the notice" if one.ready.operation.webhook else "the response")
    return f"{words(site.place)} of a refusal" if site.place else "a refusal"


def _because(site: Site, kind: Kind, one: RecordedBody, allowed: Allowed, place: str) -> str | None:
    """Return why the contract allows a mutation: its warning, else what the schema says of the member.

    None for a value outside a list of which no warning says that it is open.
    """
    changed = occurrences(allowed.body, place, adding=True)
    for finding in allowed.report.warnings if kind.id in EXCEPTIONAL else ():
        if finding not in one.report.warnings and any(one.about(finding, path) for path in changed):
            required = finding.message.partition(", got ")[0]  # what was seen may differ from run to run
            return f"the contract only warns: {required} ({finding.source}, {finding.basis})"
    if not kind.why:
        return None
    text = f": {site.text}" if site.text else ""
    source, basis = site.source
    if kind is not GIVEN and basis == Basis.DOCUMENTED:
        basis = Basis.INFERRED  # the source states the member, and not that it may be so
    return f"{kind.why}{text} ({source}, {basis})"


def control(mutation: Mutation, exchanges: Sequence[Exchange]) -> Mutation | None:
    """Return the mutation that puts another ordinary value at the same place; None if there is none.

    Lists and objects have none: of another number of items a test may say what it wants. A value that one
    of the calls has there may be the one that the test waits for, so it is none either.

    Args:
        mutation: one of the family `response` or `behaviour`.
        exchanges: the recorded calls of the test, whose values are changed.
    """
    if mutation.family == "behaviour":
        return behaviour_control(mutation)
    ready = contract.operation(mutation.key)
    bodies = [one for one in (recorded_body(ready, exchange) for exchange in exchanges) if one is not None]
    if mutation.kind == UNKNOWN.id:
        return None
    present = [get(one.body, path) for one in bodies for path in occurrences(one.body, mutation.place)]
    sentence = f"{words(mutation.place)} has another value"
    made = replace(mutation, kind="other-value", sentence=sentence, value=None)
    for one in bodies:
        for value in _ordinary(one, mutation, present):
            tried = replace(made, value=value)
            if one.allowed(tried) is not None:
                return tried
    return None


def _ordinary(one: RecordedBody, mutation: Mutation, present: Sequence[Json]) -> Iterator[Json]:
    """Yield values of a control: None for another value that is made of each recorded one."""
    if any(isinstance(value, dict | list) for value in (*present, mutation.value)):
        return
    site = next((site for site in sites([one]) if site.place == mutation.place), None)
    ordinary = islice(site.ordinary() if site is not None else (), VALUES)
    known = (*present, mutation.value, None)
    new = [value for value in ordinary if not any(same(value, old) for old in known)]
    # a value made of a listed one is as unknown as the mutation
    is_free = site is None or not site.listed
    yield from (None, *new, other(mutation.value)) if is_free else new
