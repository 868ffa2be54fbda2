"""Mutations of a sandbox: what they change, when they count as applied, and what a reset does to them."""

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest

from sellerspec import sandbox
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.change import Change, Notice
from sellerspec.sandbox.log import Entry
from sellerspec.sandbox.messages import Reply
from sellerspec.sandbox.server import Sandbox
from support.sandboxes import Client, calling
from test_sandbox_defects import ALL, NOW, PROBES, content, without_moments

Seen = list[tuple[str, bool]]
"""After each call: what it was answered with the state that it left, and whether a mutation was applied."""


def watched(marketplace: str, *changes: Change) -> Seen:
    """Return what each call of the probe of a marketplace saw under changes."""
    with calling(marketplace, checked=False, now=NOW) as call:
        seen: Seen = []

        def see(news: Entry | Notice) -> None:
            if isinstance(news, Entry):
                response = (news.response.status, news.response.content_type, content(news))
                seen.append((_without_moments((response, state(call.box))), bool(call.box.applied)))

        call.box.mutate(changes)
        call.box.listeners.append(see)
        PROBES[marketplace](call)
        call("GET", "/nothing")
        assert call.box.applied <= {change.id for change in changes}
        return seen


def state(box: Sandbox) -> bytes:
    tables = box.snapshot()["tables"]
    tables = {kind: table for kind, table in tables.items() if kind not in ("settings", "notices-pending")}
    tables["notices"] = [notice["body"] for notice in tables.get("notices", {}).values()]
    return re.sub(rb"\d+\.\d+", b"", orjson.dumps(tables))


def _without_moments(value: Any) -> str:
    return without_moments([value])[0]


USUAL: dict[str, Seen] = {}


def usual(marketplace: str) -> Seen:
    if marketplace not in USUAL:
        USUAL[marketplace] = watched(marketplace)
    return USUAL[marketplace]


@pytest.mark.parametrize(("marketplace", "id"), ALL, ids=["/".join(item) for item in ALL])
def test_a_change_is_applied_from_the_first_call_on_that_it_changed(marketplace: str, id: str) -> None:
    changed = watched(marketplace, sandbox.defects(marketplace)[id])
    differs = False
    for (one, applied), (other, _) in zip(changed, usual(marketplace), strict=False):
        differs = differs or one != other
        assert applied == differs
    assert differs


@pytest.mark.parametrize("marketplace", sandbox.NAMES)
def test_without_mutations_nothing_is_applied(marketplace: str) -> None:
    assert not any(applied for _, applied in usual(marketplace))


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


def test_a_listener_gets_each_entry() -> None:
    with calling("tiki") as call:
        told: list[Entry | Notice] = []
        call.box.listeners.append(told.append)
        first_order(call)
        call("GET", "/nothing")
        assert told == list(call.box.log.entries())
