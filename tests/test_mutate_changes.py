"""What a mutation does to a running sandbox: to its responses, and to its notices."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest

from sellerspec import Exchange, contract
from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.mutation import Family, Mutation
from sellerspec.mutate.planning.responses import response_mutations
from sellerspec.mutate.running.batches import batches
from support.sandboxes import Client, calling
from test_sandbox_defects import PROBES

NOW = datetime(2030, 1, 1, 8)


def mutation(
    kind: str, place: str, value: Any = None, *, operation: str, family: Family = "response"
) -> Mutation:
    """Return a mutation of Tiki."""
    return Mutation("tiki", operation, family, kind, "", "", place=place, value=value)


def test_each_occurrence_of_a_place_is_changed_and_the_mutation_counts_as_applied() -> None:
    prices = mutation("null", "/data/*/items/*/price", operation="listOrders")
    status = mutation("unknown-value", "/data/*/status", "new_value", operation="listOrders")
    with calling("tiki", now=NOW) as call:
        call.box.mutate([change(prices), change(status)])
        listed = call("GET", "/v1/orders?limit=3").json()["data"]
        assert len(listed) == 3
        assert {order["status"] for order in listed} == {"new_value"}
        assert [item["price"] for order in listed for item in order["items"]] == [None] * 4
        assert call.box.applied == {prices.id, status.id}
        call.box.mutate(())
        assert call("GET", "/v1/orders?limit=3").json()["data"][0]["status"] == "queueing"


def test_a_response_without_the_place_or_that_would_break_the_contract_stays_as_it_is() -> None:
    mutations = [
        mutation("absent", "/order_code", operation="getOrder"),  # it is required
        mutation("null", "/payment/payment_method/code", operation="getOrder"),  # no object there
        mutation("long-text", "/order_code", "long", operation="getOrder"),  # not the requested order
        mutation("absent", "/errors", operation="getOrder"),  # only a refusal has it
    ]
    with calling("tiki", now=NOW) as call:
        usual = call("GET", "/v1/orders/20939384").json()
        call.box.mutate(map(change, mutations))
        assert call("GET", "/v1/orders/20939384").json() == usual
        assert call.box.applied == set()
        assert call("GET", "/v1/orders/nobody").json() == {}
        assert call.box.applied == {mutations[-1].id}


def test_of_several_occurrences_those_change_that_the_contract_lets_change() -> None:
    reason = mutation("other-value", "/*/reason", "because", operation="listTracking")
    with calling("tiki", now=NOW) as call:
        PROBES["tiki"](call)
        call.box.mutate([change(reason)])
        reasons = [(item["state"], item["reason"]) for item in call("GET", "/v1/tracking").json()]
        # an approved request has no reason
        assert reasons == [("rejected", "because"), ("approved", None), ("rejected", "because")]
        assert call.box.applied == {reason.id}


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (mutation("wrong-type", "/order_code", "integer", operation="getOrder", family="defect"), 20939384),
        (mutation("missing", "/order_code", operation="getOrder", family="defect"), None),
        (mutation("other-order-shown", "", operation="getOrder", family="defect"), "419060832"),
    ],
)
def test_a_defect_breaks_the_contract(broken: Mutation, code: Any) -> None:
    with calling("tiki", checked=False, now=NOW) as call:
        call.box.mutate([change(broken)])
        assert call("GET", "/v1/orders/20939384").json().get("order_code") == code
        assert call.box.applied == {broken.id}


def test_a_seeded_defect_concerns_the_operation_of_the_mutation_alone() -> None:
    text = mutation("price-as-text", "", operation="getOrder", family="defect")
    with calling("tiki", checked=False, now=NOW) as call:
        call.box.mutate([change(text)])
        order = call("GET", "/v1/orders/20939384").json()
        assert isinstance(order["total_price_after_discount"], str)
        (listed, *_) = call("GET", "/v1/orders?limit=1").json()["data"]
        assert isinstance(listed["total_price_after_discount"], int)


def test_a_notice_is_changed_if_the_contract_allows_it() -> None:
    text = Mutation("tokopedia", "orderStatus", "response", "number-as-text", "", "", "same", "/fs_id")
    never = Mutation("tokopedia", "orderStatus", "response", "absent", "", "", "other", "/order_status")
    lost = Mutation("tokopedia", "orderStatus", "defect", "missing", "", "", "other", "/order_id")
    with calling("tokopedia", now=NOW) as call:
        call.box.seed({"webhooks": [{"url": "https://receiver.example"}], "orders": [{"order_id": 7}]})
        call.box.mutate(map(change, (text, never, lost)))
        call.box.move("7", "400")
        (sent,) = [item["body"] for item in call.box.deliveries() if item["operation"] == "orderStatus"]
        assert (sent["fs_id"], sent["order_status"], "order_id" in sent) == ("13004", 400, False)
        assert call.box.applied == {text.id, lost.id}


def recorded(call: Client, marketplace: str) -> dict[str, list[Exchange]]:
    """Return key of each operation that a probe calls -> its exchanges."""
    PROBES[marketplace](call)
    exchanges: dict[str, list[Exchange]] = defaultdict(list)
    for entry in call.box.log.entries():
        if entry.operation is not None:
            exchanges[entry.operation.key].append(entry.exchange)
    return exchanges


@pytest.mark.parametrize(
    "marketplace",
    ["tnsl", *(pytest.param(name, marks=pytest.mark.no_cover) for name in ("tiki", "tokopedia"))],
)
def test_every_planned_mutation_is_applied_and_no_response_breaks_the_contract(marketplace: str) -> None:
    with calling(marketplace, now=NOW) as call:
        applied, planned = set(), set()
        for key, exchanges in recorded(call, marketplace).items():
            mutations = response_mutations(contract.operation(key), exchanges)
            planned |= {mutation.id for mutation in mutations}
            for batch in batches(mutations, {key: ["a test"]}, seed=0):
                call.box.reset()
                call.box.mutate(map(change, batch))
                _probed(call, marketplace)
                applied |= call.box.applied
        hidden = {id for id in planned - applied if "/extra_info/" not in id}
        assert hidden == set()  # what an update has stored may not lack: several at once are too much


def _probed(call: Client, marketplace: str) -> None:
    """Probe a sandbox; a probe reads responses too, and gives up where a mutation removes what it reads."""
    try:
        PROBES[marketplace](call)
    except (KeyError, TypeError):
        assert call.box.applied
    for entry in call.box.log.entries():
        report = entry.report()
        if report is not None and entry.response.status < 400:
            assert report.ok, str(report)
