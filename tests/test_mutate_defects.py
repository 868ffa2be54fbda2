"""Mutations that break the contract: which there are, and that the contract finds an error in each."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from sellerspec import contract, sandbox
from sellerspec.mutate.changes.bodies import recorded_body
from sellerspec.mutate.changes.edits import EDITS, edited
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.planning.defects import defect_mutations
from support.recorded_calls import calls, operations
from test_mutate_responses import APPROVED, TRACE, called, changed, errors, recorded


@cache
def planned(key: str) -> tuple[Mutation, ...]:
    """Return the defects of some recorded calls of an operation."""
    return defect_mutations(contract.operation(key), recorded(key))


def ids(mutations: Sequence[Mutation]) -> list[str]:
    """Return the ids of mutations without the key."""
    return [mutation.id.removeprefix(f"{mutation.key}:") for mutation in mutations]


def test_all_defects_of_a_small_response() -> None:
    call = called(f"/tracking/{TRACE}", APPROVED)
    expected: dict[str, tuple[str, Any]] = {
        "wrong-type": ("the response is a list", [APPROVED]),
        "wrong-type/trace_id": ("`trace_id` is a number", {"trace_id": 1}),
        "renamed/trace_id": ("`trace_id` is named `traceId`", {"trace_id": ..., "traceId": TRACE}),
        "missing/trace_id": ("`trace_id` is missing, although it is required", {"trace_id": ...}),
        "wrong-type/state": ("`state` is a number", {"state": 1}),
        "renamed/state": ("`state` is named `state_value`", {"state": ..., "state_value": "approved"}),
        "missing/state": ("`state` is missing, although it is required", {"state": ...}),
        "wrong-type/reason": ("`reason` is an object", {"reason": {"value": None}}),
        "wrong-type/tiki_sku": ("`tiki_sku` is a number", {"tiki_sku": 2150725160607}),
    }
    found = defect_mutations(contract.operation("tiki/getTracking"), (call,))
    derived = [mutation for mutation in found if mutation.kind in EDITS]
    assert ids(derived) == list(expected)
    for mutation, (sentence, change) in zip(derived, expected.values(), strict=True):
        body = edited(APPROVED, mutation)
        assert mutation.sentence == sentence
        assert body == (changed(APPROVED, change) if isinstance(change, dict) else change)
        assert mutation.family == "defect"
    assert derived[1].because == "`trace_id` must be a string (tis-2019 V.4.5.2, documented)"
    seeded = {mutation.kind: mutation for mutation in found if mutation.kind not in EDITS}
    assert list(seeded) == [
        "reason-null-when-rejected", "tiki-sku-while-queuing", "state-misspelled", "other-request-shown",
        "trace-id-renamed",
    ]  # fmt: skip
    assert seeded["other-request-shown"] == Mutation(
        "tiki", "getTracking", "defect", "other-request-shown",
        "another product request than the requested one is shown",
        "the response is about the request in the path (tis-2019 V.4.5, inferred)",
    )  # fmt: skip


@pytest.mark.parametrize("key", operations())
def test_every_derived_defect_breaks_the_contract_and_none_has_the_effect_of_another(key: str) -> None:
    found = planned(key)
    assert len({mutation.id for mutation in found}) == len(found)
    bodies = [recorded_body(contract.operation(key), exchange) for exchange in recorded(key)]
    known = [body for body in bodies if body is not None]
    effects = set()
    for mutation in (mutation for mutation in found if mutation.kind in EDITS):
        news = [edited(one.body, mutation) for one in known]
        pairs = [(one, new) for one, new in zip(known, news, strict=True) if new is not one.body]
        assert any(errors(key, one.exchange, new) for one, new in pairs), mutation.id
        assert mutation.because
        effects.add(json.dumps(news))
    assert len(effects) == sum(mutation.kind in EDITS for mutation in found)
    assert defect_mutations(contract.operation(key), recorded(key)[::-1]) == found


def test_a_seeded_defect_that_a_derived_one_is_or_that_the_contract_allows_is_not_there_twice() -> None:
    of_orders = ids(planned("tiki/listOrders"))
    assert "missing/data/*/order_code" in of_orders
    assert "wrong-type/data/*/total_price_after_discount" in of_orders
    # the first two are the ones above; the contract only warns of a list without paging
    assert not {"order-code-dropped", "price-as-text", "paging-dropped"} & set(of_orders)
    assert {"foreign-orders-listed", "response-truncated", "last-page-off-by-one"} <= set(of_orders)


def test_the_seeded_defects_of_notices_are_those_that_break_the_contract() -> None:
    sent = calls()["tokopedia/orderNotification"]
    found = ids(defect_mutations(contract.operation("tokopedia/orderNotification"), sent))
    seeded = [id for id in found if "/" not in id and id != "wrong-type"]
    assert seeded == ["notice-without-invoice", "notice-lost"]
    assert "missing/order_status" in found


def test_a_marketplace_without_a_sandbox_has_no_seeded_defects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "NAMES", ())
    assert all(mutation.kind in EDITS for mutation in defect_mutations(
        contract.operation("tiki/getTracking"), (called(f"/tracking/{TRACE}", APPROVED),)
    ))  # fmt: skip
