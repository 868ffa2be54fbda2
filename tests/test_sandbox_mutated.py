"""Mutations of a sandbox: what they change, when they count as applied, and what a reset does to them."""

from dataclasses import replace

import pytest

from sellerspec import sandbox
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.change import Change, Notice
from sellerspec.sandbox.log import Entry
from sellerspec.sandbox.messages import Reply
from support.sandboxes import Client, calling
from support.watched_sandboxes import is_exact, usual
from test_sandbox_defects import ALL, PROBES


@pytest.mark.parametrize(
    ("marketplace", "id"),  # coverage is measured for every twentieth: all of them run the same lines
    [
        pytest.param(*item, id="/".join(item), marks=[pytest.mark.no_cover] if at % 20 else [])
        for at, item in enumerate(ALL)
    ],
)
def test_a_change_is_applied_from_the_first_call_on_that_it_changed(marketplace: str, id: str) -> None:
    assert is_exact(marketplace, PROBES[marketplace], sandbox.defects(marketplace)[id])


@pytest.mark.parametrize("marketplace", sandbox.NAMES)
def test_without_mutations_nothing_is_applied(marketplace: str) -> None:
    assert not any(applied for _, applied in usual(marketplace, PROBES[marketplace]))


def first_order(call: Client) -> Reply:
    return call("GET", "/v1/orders/419060832")


def test_mutations_survive_a_reset_and_their_counters_start_anew() -> None:
    calls: list[str] = []

    def instead(call: Call) -> Reply | None:
        calls.append(call.id)
        return Reply(500, b"{}") if len(calls) == 1 else None

    once = Change("once", ("getOrder",), instead=instead, anew=calls.clear)
    with calling("tiki", checked=False) as call:
        honest = first_order(call)
        call.box.mutate([once])
        assert [first_order(call).status, first_order(call)] == [500, honest]
        call.box.reset()
        assert [first_order(call).status, first_order(call)] == [500, honest]
        assert call.box.applied == {"once"}
        call.box.restore(call.box.snapshot())
        assert [first_order(call).status, first_order(call)] == [500, honest]
        call.box.mutate([])
        assert (first_order(call), call.box.applied) == (honest, set())


def test_a_mutation_that_keeps_the_contract_is_not_applied_where_it_would_break_it() -> None:
    def broken(_: Call, response: Reply) -> Reply:
        return response.with_json({**response.json(), "status": 7})

    def kept(_: Call, response: Reply) -> Reply:
        return response.with_json({**response.json(), "unknown": 7})

    changes = [
        Change("broken", ("getOrder",), after=broken, keeps_contract=True),
        Change("instead", ("getOrder",), instead=lambda _: Reply(200, b"[]"), keeps_contract=True),
        Change("before", ("getOrder",), before=lambda _: Reply(200, b"[]"), keeps_contract=True),
        Change("kept", ("getOrder",), after=kept, keeps_contract=True),
    ]
    with calling("tiki") as call:
        honest = first_order(call).json()
        call.box.mutate(changes)
        assert first_order(call).json() == {**honest, "unknown": 7}
        assert call.box.applied == {"kept"}


def test_a_notice_is_changed_only_if_it_keeps_the_contract() -> None:
    def without(name: str) -> Change:
        def notices(notice: Notice) -> list[Notice]:
            data = {key: value for key, value in notice.body["data"].items() if key != name}
            return [replace(notice, body={"data": data})]

        return Change(f"without-{name}", ("orderStatusSync",), notices=notices, keeps_contract=True)

    with calling("tnsl") as call:
        told: list[Entry | Notice] = []
        call.box.listeners.append(told.append)
        call.box.mutate([without("main_state"), without("main_substate")])
        with call.box.changing():
            call.box.state.put("webhooks", "1", {"order": "http://127.0.0.1:9/"})
        call.box.move("347171001", "shipping/delivery_failed_1")
        (notice,) = told
        assert isinstance(notice, Notice)
        assert notice.operation == "orderStatusSync"
        assert "main_state" in notice.body["data"]
        assert call.box.applied == {
            id for id in ("without-main_substate",) if "main_substate" not in notice.body["data"]
        }


def test_notices_of_a_seeded_defect_are_no_mutation() -> None:
    with calling("tnsl", checked=False, defects=["notice-twice"]) as call:
        told: list[Entry | Notice] = []
        call.box.listeners.append(told.append)
        call.box.mutate([])
        with call.box.changing():
            call.box.state.put("webhooks", "1", {"order": "http://127.0.0.1:9/"})
        call.box.move("347171001", "awaiting_confirmation")
        assert len(told) == 2
        assert call.box.applied == set()


def test_a_listener_gets_each_entry() -> None:
    with calling("tiki") as call:
        told: list[Entry | Notice] = []
        call.box.listeners.append(told.append)
        first_order(call)
        call("GET", "/nothing")
        assert told == list(call.box.log.entries())
