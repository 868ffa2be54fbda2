"""Behaviours of a marketplace: which operations have them, and what a real client sees of each."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest

from sellerspec import contract, sandbox
from sellerspec.contract import xlsx_import
from sellerspec.io import xlsx
from sellerspec.model import Exchange
from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.planning.behaviours import DELAYS, behaviour_mutations
from sellerspec.mutate.planning.defects import defect_mutations
from sellerspec.mutate.running.batches import collide
from support import tiki_v2_probe
from support.sandboxes import SHEET_ROW, Client, example
from support.watched_sandboxes import is_exact


def probe_tiki(call: Client) -> None:
    product = example("tiki/createProduct/valid/documented-simple")
    confirm = example("tiki/confirmItems/valid/documented-seller-delivery")
    event = example("tiki/updateDeliveryStatus/valid/documented-event")
    traced = "4f3b44c7924d5975a3daf6e4a0d4b15e"  # the first request of a sandbox
    for _ in range(2):
        call("GET", "/v1/categories?name=book")
        call("GET", "/v1/categories/218")
        call("GET", "/v1/warehouses")
        call("POST", "/v1/products", product)
        call("GET", f"/v1/tracking/{traced}")
        call("GET", "/v1/tracking")
        call.box.advance(60)
        call("GET", f"/v1/tracking/{traced}")
        call.box.advance(10_000)
        call("GET", f"/v1/tracking/{traced}")
        call("GET", "/v1/tracking?limit=1")
        call("POST", "/v1/products/DANG19951995/updateSku", {"price": 120_000})
        call("GET", "/v1/orders?limit=3")
        call("GET", "/v1/orders?limit=3&page=2")
        call("GET", "/v1/orders/419060832")
        call("POST", "/v1/orders/confirmItems", confirm)
        call("GET", "/v1/orders/419060832")
        call("GET", "/v1/orders?limit=3")
        call("GET", "/v1/orders/nobody")
        call("GET", "/v1/orders/20939384/print")
        call(
            "POST", "/v1/orders/confirmDelivery", {"order_code": "419060832", "status": "successful_delivery"}
        )
        call("POST", "/v1/orders/updateDeliveryStatus", event)


@cache
def workbook() -> bytes:
    columns = xlsx.read(xlsx_import.template("tnsl/importOrders"))[0].columns
    return xlsx.table("orders", columns, [SHEET_ROW])


def probe_tnsl(call: Client) -> None:
    call("POST", "/v1/register-webhooks", example("tnsl/registerWebhooks/valid/documented"))
    made = example("tnsl/createOrder/valid/ffo")
    file = {"file": ("orders.xlsx", workbook())}
    form = httpx.Request("POST", "http://tnsl.example", files=file)
    code = "347171014"  # the first order of a sandbox
    for _ in range(2):
        call("POST", "/v1/fbt-quotes", example("tnsl/getQuotes/valid/documented"))
        call("POST", "/v1/orders", made)
        call("GET", f"/v1/orders/{code}")
        call("PUT", f"/v1/orders/{code}/receivable", {"receivable": 1})
        call("PATCH", f"/v1/orders/{code}/extra", {"delivery_partner": "Another"})
        call("GET", f"/v1/orders/{code}")
        call("GET", "/v1/orders?limit=2")
        call("GET", "/v1/orders?limit=2&offset=2")
        call.box.move("347171001", "shipping/delivery_failed_1")
        call("POST", f"/v1/orders/{code}/cancel", {})
        call("GET", f"/v1/orders/{code}")
        call("POST", "/v1/order-imports", raw=form.read(), headers={**call.box.auth(), **form.headers})
        call("POST", "/v1/order-imports", raw=form.read(), headers={**call.box.auth(), **form.headers})
        call("GET", "/v1/order-imports?limit=1")
        call("GET", "/v1/order-imports?limit=1&offset=1")
        call("GET", "/v1/order-imports/1")
        call("GET", "/v1/order-imports/1/export")


def probe_tokopedia(call: Client) -> None:
    query = "fs_id=13004&from_date=1893312000&to_date=1893484800&per_page=3"
    call.box.seed(
        {
            "webhooks": [{"url": "http://127.0.0.1:9/"}],
            "orders": [{"order_id": 7}, {"fulfill_by": 1, "warehouse_id": 19551}],
        }
    )
    for _ in range(2):
        call("GET", f"/v2/order/list?{query}&page=1")
        call("GET", f"/v2/order/list?{query}&page=2")
        call.box.move("7", "400")
        call.box.move("7", "450")


COMMON = {
    "rate-limited": "same",
    "rate-limited-bare": "same",
    "server-error-once": "same",
    "server-error": "failure",
    "unavailable-html": "failure",
    "no-answer": "failure",
    "reset-in-body": "failure",
    "slow": "same",
}
"""Kinds that every operation has -> what a correct connector gives after a read."""

PROBES = {
    "tiki": probe_tiki,
    "tiki-v2": tiki_v2_probe.probe,
    "tnsl": probe_tnsl,
    "tokopedia": probe_tokopedia,
}

MUTATIONS = [
    mutation
    for name in sandbox.NAMES
    for ready in contract.contract(name).operations()
    for mutation in behaviour_mutations(ready)
    if mutation.kind not in DELAYS
]


def with_marks() -> Iterator[Any]:
    """Yield each mutation; a kind of many operations runs with coverage for a read and a write of each."""
    seen: set[tuple[str, str, bool]] = set()
    for mutation in MUTATIONS:
        reads = contract.operation(mutation.key).operation.method == "GET"
        alike = (mutation.marketplace, mutation.kind, reads)
        yield pytest.param(mutation, id=mutation.id, marks=[pytest.mark.no_cover] if alike in seen else [])
        if mutation.kind in (*COMMON, "token-expired", "no-answer-after-change"):
            seen.add(alike)


@pytest.mark.parametrize("mutation", list(with_marks()))
def test_each_behaviour_is_applied_where_it_shows_and_keeps_the_contract(mutation: Mutation) -> None:
    assert is_exact(mutation.marketplace, PROBES[mutation.marketplace], change(mutation))


def test_the_kinds_follow_from_the_operation() -> None:
    def kinds(key: str, calls: int = 0) -> dict[str, str]:
        exchanges = [Exchange("POST", "/")] * calls
        ready = contract.operation(key)
        return {mutation.kind: mutation.outcome for mutation in behaviour_mutations(ready, exchanges)}

    assert kinds("tiki/getCategory") == COMMON
    write = {**COMMON, "server-error-once": "failure", "no-answer-after-change": "failure"}
    assert kinds("tiki/createProduct") == {**write, "token-expired": "failure"}
    assert kinds("tnsl/getQuotes") == {**COMMON, "token-expired": "failure"}
    assert kinds("tokopedia/listOrders") == {
        **COMMON,
        "token-expired": "failure",
        "token-expires": "failure",
        "buyer-cancels": "other",
        "page-shifts": "same",
        "short-page": "same",
        "one-page-more": "other",
    }
    notices = {"notice-late": "same", "notice-twice": "same"}
    assert kinds("tnsl/orderStatusSync", 1) == notices
    assert kinds("tnsl/orderStatusSync", 2) == {**notices, "notices-out-of-order": "same"}


def test_each_mutation_has_its_own_id_and_says_how_we_know() -> None:
    known = {mutation.id: mutation for mutation in MUTATIONS}
    assert len(known) == len(MUTATIONS)
    assert all(mutation.because and "{" not in mutation.sentence for mutation in MUTATIONS)
    because = known["tiki/getOrder:rate-limited"].because
    assert because == "the spec has the status 429 for this operation (tis-2019 VI.4.2)"
    assert known["tnsl/getOrder:rate-limited"].because.startswith("HTTP servers and networks do it")


def test_no_seeded_defect_is_a_behaviour_too() -> None:
    for name in sandbox.NAMES:
        for ready in contract.contract(name).operations():
            ids = {mutation.id for mutation in behaviour_mutations(ready)}
            assert ids.isdisjoint(mutation.id for mutation in defect_mutations(ready, ()))


def test_mutations_that_delay_notices_do_not_run_together() -> None:
    late = [
        mutation
        for key in ("tokopedia/orderNotification", "tokopedia/orderStatus", "tnsl/orderStatusSync")
        for mutation in behaviour_mutations(contract.operation(key))
        if mutation.kind == "notice-late"
    ]
    assert [collide(late[0], other) for other in late[1:]] == [True, False]
