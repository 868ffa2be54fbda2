"""Which mutations a run applies."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

import pytest

from sellerspec import Exchange, sandbox
from sellerspec.errors import UnknownName
from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.mutation import FAMILIES, Family, Mutation
from sellerspec.mutate.planning import plan
from sellerspec.mutate.running.calls import calls_of
from sellerspec.mutate.settings import settings_of
from sellerspec.sandbox.log import Entry
from sellerspec.sandbox.messages import Request

NOW = datetime(2026, 11, 28, 12)
PRICE = json.dumps({"price": 200_000}).encode()
REQUESTS: tuple[tuple[str, str, str, bytes], ...] = 2 * (
    ("GET", "/v1/orders", "status=queueing&page=1&limit=3", b""),
    ("GET", "/v1/orders", "status=queueing&page=2&limit=3", b""),
    ("GET", "/v1/orders/419060832", "", b""),
    ("POST", "/v1/products/AOTHUN-DEN-M/updateSku", "", PRICE),
)
BEHAVIOUR: tuple[Family, ...] = ("behaviour",)
KEYS = ("tiki/getOrder", "tiki/listOrders", "tiki/updateSku")


def answered(*mutations: Mutation) -> tuple[list[Entry], set[str]]:
    """Send the requests to a sandbox; return its log, and the ids of what was applied."""
    box = sandbox.app("tiki", now=NOW).sandbox
    box.mutate([change(mutation) for mutation in mutations])
    headers = {**box.auth(), "content-type": "application/json"}
    for method, path, query, body in REQUESTS:
        box.handle(Request(method, path, query, headers, body))
    box.close()
    return list(box.log.entries()), box.applied


def effect(entries: Sequence[Entry]) -> str:
    """Return what a client sees, and which calls changed the state."""
    replies = [(entry.response, entry.changed) for entry in entries]
    return repr([(r.status, r.all_headers(), r.delay, r.ends, r.content, changed) for r, changed in replies])


@cache
def calls() -> Mapping[str, Sequence[Exchange]]:
    return calls_of(("tiki", entry) for entry in answered()[0])


@cache
def everything() -> tuple[Mutation, ...]:
    return plan.planned(calls())


def test_a_plan_has_every_family_of_every_called_operation_in_a_stable_order() -> None:
    mutations = everything()
    assert plan.planned({key: calls()[key] for key in reversed(KEYS)}) == mutations
    assert len({mutation.id for mutation in mutations}) == len(mutations)
    order = [(FAMILIES.index(mutation.family), mutation.key) for mutation in mutations]
    assert order == sorted(order)
    assert {(mutation.family, mutation.key) for mutation in mutations} == {
        (family, key) for family in FAMILIES for key in KEYS
    }


def test_no_two_mutations_that_a_connector_must_survive_have_the_same_effect() -> None:
    effects = {effect(answered()[0]): "no mutation at all"}
    for mutation in plan.planned(calls(), only=("response", "behaviour")):
        entries, applied = answered(mutation)
        if applied:
            seen = effect(entries)
            assert seen not in effects, f"{mutation.id} is {effects[seen]}"
            effects[seen] = mutation.id
    assert len(effects) > 150


def test_a_plan_is_narrowed_by_family_and_operation() -> None:
    behaviours = plan.planned(calls(), only=BEHAVIOUR, operations=("tiki/getOrder",))
    assert {(mutation.family, mutation.key) for mutation in behaviours} == {("behaviour", "tiki/getOrder")}
    assert plan.planned(calls(), operations=("tiki/getCategory",)) == ()
    assert plan.planned({}) == ()


def test_a_quick_plan_is_a_spread_sample_that_its_seed_decides() -> None:
    quick = plan.planned(calls(), quick=True)
    assert plan.planned(calls(), quick=True) == quick
    assert plan.planned(calls(), quick=True, seed=1) != quick
    in_order = [mutation for mutation in everything() if mutation in quick]
    assert list(quick) == in_order
    available = Counter(mutation.family for mutation in everything())
    assert Counter(mutation.family for mutation in quick) == {
        family: min(plan.QUICK[family], available[family]) for family in FAMILIES
    }
    for family in FAMILIES:
        every = {(m.kind, m.key) for m in everything() if m.family == family}
        kept = Counter((m.kind, m.key) for m in quick if m.family == family)
        assert len(kept) == min(len(every), plan.QUICK[family])


def test_one_mutation_is_found_by_its_id_whatever_else_is_asked_for() -> None:
    settings = settings_of(only=["defect"], quick=True, reproduce="tiki/getOrder:null/note")
    (mutation,) = plan.of_settings(calls(), settings)
    assert (mutation.id, mutation.sentence) == ("tiki/getOrder:null/note", "`note` is null")
    assert plan.of_settings(calls(), settings_of(quick=True)) == plan.planned(calls(), quick=True)
    with pytest.raises(UnknownName) as error:
        plan.of_settings(calls(), settings_of(reproduce="tiki/getOrder:nul/note"))
    assert str(error.value) == (
        "no mutation named `tiki/getOrder:nul/note`; did you mean `tiki/getOrder:null/note`?"
    )
    with pytest.raises(UnknownName) as error:
        plan.of_settings({"tiki/getOrder": calls()["tiki/getOrder"]}, settings_of(reproduce="null/note"))
    assert str(error.value) == "no operation that the suite calls named `null/note`; known: tiki/getOrder"
    assert plan.of_settings(calls(), settings_of(reproduce="unchanged")) == ()
