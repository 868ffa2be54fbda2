"""Every seeded defect shows: a fixed probe gets another transcript than from the honest sandbox."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from itertools import combinations
from typing import Any

import pytest

from sellerspec import sandbox
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.log import Entry
from support import tiki_v2_probe
from support.sandboxes import Client, calling, example

NOW = datetime(2030, 1, 1, 8)


def probe_tiki(call: Client) -> None:
    simple, pair = (
        example(f"tiki/createProduct/valid/documented-{item}") for item in ("simple", "configurable")
    )
    call("POST", "/v1/products", simple)
    call("POST", "/v1/products", {**simple, "images": []})
    variant = simple["variants"][0]
    call("POST", "/v1/products", {**simple, "variants": [{**variant, "price": 0}]})
    call("POST", "/v1/products", {**pair, "option_attributes": ["color", "storage"]})
    call("POST", "/v1/products", {**simple, "option_attributes": ["a", "b", "c"]})
    call("POST", "/v1/products", {**pair, "variants": [{**item, "sku": "same"} for item in pair["variants"]]})
    call("POST", "/v1/products", raw=b"")
    call("GET", "/v1/categories?name=book")
    call("GET", "/v1/categories/218")
    call.box.advance(10_000)
    tracked = call("GET", "/v1/tracking?limit=1")
    for item in tracked.json():
        call("GET", f"/v1/tracking/{item.get('trace_id') or item['track_id']}")
    call("GET", "/v1/tracking")
    for price in (100_000, 120_000, 1_100_000):
        call("POST", "/v1/products/DANG19951995/updateSku", {"price": price})
    call("POST", "/v1/products/NO-SUCH-SKU/updateSku", {"quantity": 7})
    call("GET", "/v1/orders", headers={})
    call("GET", "/v1/orders?limit=3")
    call("GET", "/v1/orders?limit=3&page=2")
    for code in ("419060832", "800000001", "nobody"):
        call("GET", f"/v1/orders/{code}")
    call("GET", "/v1/warehouses?warehouse_code=hn")
    call("GET", "/v1/orders/20939384/print")
    call("GET", "/v1/orders/20939384/print?format=pdf")
    confirm = example("tiki/confirmItems/valid/documented-seller-delivery")
    call("POST", "/v1/orders/confirmItems", {**confirm, "warehouse_code": "hn"})
    call(
        "POST",
        "/v1/orders/confirmItems",
        {key: value for key, value in confirm.items() if not key.startswith("delivery_")},
    )
    call("POST", "/v1/orders/confirmItems", confirm)
    call("GET", "/v1/orders/419060832")
    call("POST", "/v1/orders/confirmItems", {**confirm, "order_code": "20939384", "item_ids": []})
    call("GET", "/v1/orders/20939384")
    four = example("tiki/confirmDelivery/invalid/tiki.confirm-delivery-documents-count")
    call("POST", "/v1/orders/confirmDelivery", {**four, "order_code": "419060832"})
    call("POST", "/v1/orders/confirmDelivery", {"order_code": "419060832", "status": "successful_delivery"})
    event = example("tiki/updateDeliveryStatus/valid/documented-event")
    call("POST", "/v1/orders/updateDeliveryStatus", event)


def probe_tnsl(call: Client) -> None:
    hook = example("tnsl/registerWebhooks/valid/documented")
    call("POST", "/v1/register-webhooks", hook)
    call(
        "POST",
        "/v1/register-webhooks",
        {**hook, "sync_webhook": {"order": {"url": "https://a.example", "secret_key": "short"}}},
    )
    call("POST", "/v1/fbt-quotes", raw=b"")
    call(
        "POST", "/v1/fbt-quotes", {**example("tnsl/getQuotes/valid/documented"), "is_fulfillment_only": True}
    )
    call("GET", "/v1/orders?main_state=new&limit=1")
    call("GET", "/v1/orders", headers={})
    made = call("POST", "/v1/orders", example("tnsl/createOrder/valid/ffo"))
    code = "347171014"  # what the honest sandbox calls it; a defect may hide it
    call("GET", f"/v1/orders/{code}")
    call("PUT", "/v1/orders/347171001/receivable", {"receivable": 1})
    call("PATCH", f"/v1/orders/{code}/extra", {"delivery_partner": "Another"})
    call("GET", f"/v1/orders/{code}")
    other = next(key for key, item in call.box.state.all("orders").items() if item["seller"] == "2")
    call("GET", f"/v1/orders/{other}")
    call("GET", "/v1/orders/nobody")
    call("POST", f"/v1/orders/{code}/cancel", {})
    call("GET", f"/v1/orders/{code}")
    call("POST", "/v1/orders/347171005/cancel", {})
    with call.box.changing():
        rows = [{"row": 2, "ref_code": "R", "payload": {}, "problem": "no"}]
        summary = {
            "import_id": "5",
            "state": "processing",
            "total_orders": 1,
            "created_orders": 0,
            "failed_orders": 0,
        }
        call.box.state.put("imports", "5", {"seller": "1", "rows": rows, "import": {**summary, "orders": []}})
    call.box.move("5", "done")
    call("GET", "/v1/order-imports/5")
    call("GET", "/v1/order-imports/6")
    call("GET", "/v1/order-imports/5/export")
    call("PATCH", "/v1/orders/nobody/extra", {"delivery_partner": "A"})
    assert made.status in (200, 400)


def probe_tokopedia(call: Client) -> None:
    now = int(stamp(NOW))

    def ask(**changes: Any) -> None:
        query = {
            "fs_id": 13004,
            "from_date": now - 2 * 86_400,
            "to_date": now,
            "page": 1,
            "per_page": 3,
            **changes,
        }
        call("GET", "/v2/order/list?" + "&".join(f"{name}={value}" for name, value in query.items()))

    ask()
    ask(page=2)
    ask(status=700)
    ask(from_date=1)
    ask(shop_id=479573, warehouse_id=0)
    ask(shop_id=1)
    ask(from_date=now - 3 * 86_400 + 60, per_page=50)
    call.box.seed(
        {
            "webhooks": [{"url": "https://receiver.example"}],
            "orders": [{"fulfill_by": 1, "warehouse_id": 19551}, {"order_id": 7}],
        }
    )
    call.box.move("7", "400")


PROBES: dict[str, Callable[[Client], None]] = {
    "tiki": probe_tiki,
    "tiki-v2": tiki_v2_probe.probe,
    "tnsl": probe_tnsl,
    "tokopedia": probe_tokopedia,
}


def transcript(marketplace: str, *defects: str) -> list[Any]:
    """Return what a probe gets: every response, then every notice."""
    with calling(marketplace, checked=False, now=NOW, defects=defects) as call:
        PROBES[marketplace](call)
        responses = [
            (entry.response.status, entry.response.content_type, content(entry))
            for entry in call.box.log.entries()
        ]
        notices = [
            (delivery["operation"], delivery["url"], delivery["body"]) for delivery in call.box.deliveries()
        ]
        return [*responses, *notices]


def content(entry: Entry) -> bytes:
    """Return the body of a response; a workbook holds the moment at which it was written."""
    return b"a workbook" if entry.response.content.startswith(b"PK") else entry.response.content


@cache
def honest(marketplace: str) -> list[Any]:
    return without_moments(transcript(marketplace))


MOMENTS = (
    (r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d|\"create_time\":\d+", ""),
    (r"\"created_at\":\d{13}", '"created_at":"milliseconds"'),
    (r"\"created_at\":\d{10}", '"created_at":"seconds"'),
)
"""Patterns of moments, and what stands in their place."""


def without_moments(lines: list[Any]) -> list[str]:
    """Leave out the seconds that pass between two runs."""
    texts = [str(item) for item in lines]
    for pattern, instead in MOMENTS:
        texts = [re.sub(pattern, instead, text) for text in texts]
    return texts


ALL = [(name, id) for name in sandbox.NAMES for id in sandbox.defects(name)]


def test_there_are_at_least_forty_defects() -> None:
    assert len(ALL) >= 40


@pytest.mark.parametrize("marketplace", sandbox.NAMES)
def test_two_honest_runs_give_the_same_transcript(marketplace: str) -> None:
    assert without_moments(transcript(marketplace)) == honest(marketplace)


@pytest.mark.parametrize(("marketplace", "id"), ALL, ids=["/".join(item) for item in ALL])
def test_a_defect_shows(marketplace: str, id: str) -> None:
    assert without_moments(transcript(marketplace, id)) != honest(marketplace)


def pairs_at_once(marketplace: str) -> list[tuple[str, ...]]:
    """Return pairs of defects that change one response: in each group those of different operations."""
    changing = [defect for defect in sandbox.defects(marketplace).values() if defect.after is not None]
    groups: list[tuple[set[str], tuple[str, ...]]] = []
    for one, other in combinations(changing, 2):
        on = {*one.on, *other.on}
        if set(one.on) & set(other.on):
            at = next((index for index, (taken, _) in enumerate(groups) if not taken & on), len(groups))
            taken, ids = groups[at] if at < len(groups) else (set(), ())
            groups[at : at + 1] = [(taken | on, (*ids, one.id, other.id))]
    return [ids for _, ids in groups]


@pytest.mark.no_cover
@pytest.mark.parametrize("marketplace", sandbox.NAMES)
def test_two_defects_that_change_one_answer_go_together_in_either_order(marketplace: str) -> None:
    groups = pairs_at_once(marketplace)
    assert groups
    with calling(marketplace, checked=False, now=NOW) as call:
        for ids in groups:
            seen = []
            for ordered in (ids, ids[::-1]):
                call.box.reset()
                call.box.switch(ordered)
                PROBES[marketplace](call)
                seen.append(without_moments([content(entry) for entry in call.box.log.entries()]))
            assert seen[0] == seen[1], ids


@pytest.mark.parametrize(("marketplace", "id"), ALL, ids=["/".join(item) for item in ALL])
def test_the_rules_that_a_defect_names_exist(marketplace: str, id: str) -> None:
    from sellerspec import contract

    known = {rule.id for rule in contract.contract(marketplace).rules()}
    defect = sandbox.defects(marketplace)[id]
    assert set(defect.rules) <= known
    operations = {*contract.contract(marketplace).spec.ids(), "*"}
    assert set(defect.on) <= operations
