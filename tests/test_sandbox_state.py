"""What a sandbox takes as its state, its faults and its clock; and one owner for each state file."""

import random
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import orjson
import pytest

import sellerspec
from sellerspec import sandbox
from sellerspec.errors import UsageError
from support import tiki_v2_probe, tiki_v2_samples
from support.sandboxes import Client, calling, example, running

PRODUCT = example("tiki/createProduct/valid/documented-simple")
ORDER = example("tnsl/createOrder/valid/e2e")
WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e308, 2**53, 2**70, "", "x", "\x00", [], {}, [None], [{}], {"a": 1},
    "2026-13-01 00:00:00",
)  # fmt: skip
MISSING = object()
WINDOW = "fs_id=13004&from_date=1&to_date=200000&page=1&per_page=50"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"elapsed": 1e308}, "/elapsed: the clock ends at 9999-01-01 00:00:00"),
        ({"elapsed": -1}, "/elapsed: "),
        ({"elapsed": True}, "/elapsed: "),
        ({"marketplace": "tnsl"}, "/marketplace: not a state of a `tiki` sandbox"),
        ({"more": 1}, "/more: "),
        ({"tables": []}, "/tables: "),
        ({"tables": {"orders": []}}, "/tables/orders: "),
        ({"tables": {"orders": {"1": 5}}}, "/tables/orders/1: "),
        ({"tables": {"orders": {"1": {"seller": "1"}}}}, "/tables/orders/1/events: "),
        ({"tables": {"things": {}}}, "/tables/things: "),
        ({"tables": {"products": {"1": {"due": "soon"}}}}, "/tables/products/1/"),
        ({"tables": {"notices": {"1": {}}}}, "/tables/notices/1/attempts: "),
        ({"tables": {"notices-pending": {"1": 0}}}, "/tables/notices-pending/1: no notice has this key"),
        ({"tables": {"notices-pending": {"1": "x"}}}, "/tables/notices-pending/1: "),
        ({"tables": {"numbers": {"trace": "1"}}}, "/tables/numbers/trace: "),
        ({"tables": {"settings": {"clock": {"elapsed": "x"}}}}, "/tables/settings/clock/elapsed: "),
        ({"tables": {"skus": {"1/A": {"seller": "9"}}}}, "/tables/skus/1~1A/"),
    ],
)
def test_F2_a_state_is_refused_whole_with_the_place(change: dict[str, Any], place: str) -> None:
    with running("tiki") as (box, client):
        before = box.state()
        refused = client.put("/__sellerspec/state", json={**before, **change})
        assert refused.status_code == 422
        assert refused.json()["error"].startswith(place)
        assert box.state()["tables"] == before["tables"]
        assert client.get("/v1/orders").status_code == 200


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in items:
        yield from places(part, (*at, name))


def changed(state: Any, place: tuple[Any, ...], value: Any) -> Any:
    state = deepcopy(state)
    holder = state
    for step in place[:-1]:
        holder = holder[step]
    if value is MISSING:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return state


def use(call: Client) -> None:
    """Call each kind of operation, move documents, and let a day pass."""
    tables = call.box.snapshot()["tables"]
    keys = {kind: list(table) for kind, table in tables.items()}
    order = quote(random.Random(0).choice(keys.get("orders") or ["x"]), safe="")
    calls: dict[str, list[tuple[str, str, Any]]] = {
        "tiki": [
            ("GET", "/v1/orders?status=all", None), ("GET", f"/v1/orders/{order}", None),
            ("GET", "/v1/tracking", None), ("GET", "/v1/categories", None), ("GET", "/v1/warehouses", None),
            ("POST", "/v1/products", PRODUCT),
            ("POST", "/v1/products/DANG19951995/updateSku", {"price": 1_200_000}),
            ("POST", "/v1/orders/confirmDelivery", {"order_code": order, "status": "successful_delivery"}),
        ],
        "tiki-v2": [
            ("GET", "/integration/v2/orders?include=status_histories", None),
            ("GET", f"/integration/v2/orders/{order}", None), ("GET", "/integration/v2/tracking", None),
            ("GET", "/integration/v2/requests?include=products", None),
            ("GET", "/integration/v2.1/products?include=inventory,seller,categories,images", None),
            ("GET", "/integration/v2/categories/7566?includeParents=true", None),
            ("GET", "/integration/v2/requests/requiredDocs?category_id=8322&brand_listdata_id=18", None),
            ("GET", "/integration/v2/seller-inventories", None), ("GET", "/integration/v1/queues", None),
            ("POST", "/integration/v2.1/requests", tiki_v2_samples.sample("createProductRequest")),
            ("PUT", "/integration/v2.1/products/updateSku", tiki_v2_samples.sample("updateSku")),
        ],
        "tnsl": [
            ("GET", "/v1/orders", None), ("GET", f"/v1/orders/{order}", None), ("POST", "/v1/orders", ORDER),
            ("GET", "/v1/order-imports", None), ("GET", "/v1/order-imports/1/export", None),
            ("POST", f"/v1/orders/{order}/cancel", {"cancel_reason_code": "202"}),
        ],
        "tokopedia": [("GET", f"/v2/order/list?{WINDOW}", None)],
    }  # fmt: skip
    for method, path, body in calls[call.box.marketplace]:
        assert call(method, path, body).status != 500
    for kind, state in (
        ("orders", "complete"),
        ("orders", "shipping"),
        ("orders", "220"),
        ("products", "approved"),
    ):
        for key in keys.get(kind, [])[-2:]:
            with suppress(sellerspec.SellerspecError):
                call.box.move(key, state)
    call.box.advance(86_400)
    orjson.dumps([call.box.snapshot(), call.box.deliveries()])


@pytest.mark.parametrize("marketplace", sandbox.NAMES)
@pytest.mark.no_cover
def test_F2_no_state_that_is_taken_makes_a_later_call_fail(marketplace: str) -> None:
    chance = random.Random(16)
    with calling(marketplace, checked=False, now=datetime(1971, 1, 2, tzinfo=None)) as call:
        box = call.box
        if marketplace == "tiki":
            call("POST", "/v1/products", PRODUCT)
        elif marketplace == "tiki-v2":
            tiki_v2_probe.probe(call)
        elif marketplace == "tnsl":
            call("POST", "/v1/orders", ORDER)
            row = {"row": 2, "ref_code": "a", "payload": ORDER, "problem": None}
            done = {"import_id": "1", "file_name": "x", "state": "processing", "created_at": "", "orders": []}
            counts = {"total_orders": 1, "created_orders": 0, "failed_orders": 0}
            imported = {"seller": "1", "due": 1e9, "rows": [row], "import": {**done, **counts}}
            box.restore(changed(box.snapshot(), ("tables", "imports"), {"1": imported}))
        else:
            box.seed({"webhooks": [{"url": "http://127.0.0.1:9/x"}], "orders": [{"fulfill_by": 1}]})
        box.advance(1)
        state = orjson.loads(orjson.dumps(box.snapshot()))
        kinds = {
            kind: [place for place in places(state) if place[:2] == ("tables", kind)]
            for kind in state["tables"]
        }
        taken = 0
        for _ in range(250):
            place = chance.choice(kinds[chance.choice(list(kinds))])
            wrong = changed(state, place, chance.choice((MISSING, *WRONG)))
            problem = refused(call, wrong)
            assert problem[:1] in ("", "/"), problem
            if not problem:
                taken += 1
                use(call)
        assert 20 < taken < 230


def refused(call: Client, state: Any) -> str:
    try:
        call.box.restore(state)
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        ({"content_type": "text/html\r\nx: y"}, "/content_type: "),
        ({"content_type": "text/html\n"}, "/content_type: "),
        ({"content_type": "văn bản"}, "/content_type: "),
        ({"status": 304, "kind": "response", "body": {}}, "/body: a response with status 304 has no body"),
        ({"status": 204, "body": ""}, "/body: a response with status 204 has no body"),
        ({"status": 199}, "/status: "),
        ({"status": 200.5}, "/status: "),
        ({"seconds": 1e308, "kind": "latency"}, "/seconds: "),
        ({"seconds": -1}, "/seconds: "),
        ({"count": 0}, "/count: "),
        ({"count": 1e30}, "/count: "),
        ({"operation": 5}, "/operation: "),
        ({"code": None}, "/code: "),
        ({"kind": []}, "/kind: "),
        ([[]], "/0: "),
        ("x", "/: "),
    ],
)
def test_F2_a_fault_that_could_not_be_sent_is_refused(fault: Any, place: str) -> None:
    with running("tiki") as (_, client):
        refused = client.post("/__sellerspec/faults", json=fault)
        assert (refused.status_code, refused.json()["error"].startswith(place)) == (422, True), refused.text
        many = client.post("/__sellerspec/faults", json=[{"status": 500}, fault])
        assert many.status_code == 422
        assert many.json()["error"].startswith("/1")
        assert client.get("/__sellerspec/faults").json()["faults"] == []


@pytest.mark.parametrize(
    ("responses", "place"),
    [
        (["text"], "/responses/0: "),
        ([200, None], "/responses/1: "),
        ([{"pass": False}], "/responses/0/pass: "),
        ([{"pass": True, "status": 5}], "/responses/0/status: "),
        ([99], "/responses/0: "),
        ([{"status": 304, "body": "x"}], "/responses/0/body: "),
        ("200", "/responses: "),
        ([200] * 10_001, "/responses: "),
    ],
)
def test_F2_a_scenario_is_refused_whole(responses: Any, place: str) -> None:
    with running("tiki") as (_, client):
        asked = {"operation": "getOrder", "responses": responses}
        refused = client.post("/__sellerspec/scenarios", json=asked)
        assert (refused.status_code >= 400, refused.json()["error"].startswith(place)) == (True, True), (
            refused.text
        )
        assert client.get("/__sellerspec/scenarios").json()["scenarios"] == {}


def test_F2_a_state_with_a_date_that_tiki_does_not_write_is_refused() -> None:
    with running("tiki") as (box, _):
        state = orjson.loads(orjson.dumps(box.state()))
        request = next(iter(state["tables"]["products"]))
        wrong = changed(state, ("tables", "products", request, "created"), "2026-1-2 3:4:5")
        with pytest.raises(sellerspec.SellerspecError, match=f"^/tables/products/{request}/created: "):
            box.sandbox.restore(wrong)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_F2_a_planned_response_without_a_body_keeps_the_connection(status: int) -> None:
    with running("tiki") as (_, client):
        for plan in ({"status": status}, {"status": status, "kind": "response"}):
            client.post("/__sellerspec/faults", json=plan)
            planned = client.get("/v1/orders")
            assert (planned.status_code, planned.content) == (status, b"")
            assert client.get("/v1/orders").status_code == 200
        client.delete("/__sellerspec/log")


NO_BODIES = (b"", b"{", b"[]", b"null", b"5", b'"x"', b'{"a":1,"a":2}', b"NaN", b"[" * 2000, b"\xff")


@pytest.mark.parametrize("path", ["clock", "move", "defects", "scenarios", "seed", "faults", "state"])
def test_F2_each_control_call_refuses_what_is_no_body_of_it(path: str) -> None:
    with running("tiki") as (box, client):
        before = box.state()["tables"]
        method = "PUT" if path in ("defects", "state") else "POST"
        headers = {"content-type": "application/json"}
        for body in NO_BODIES:
            refused = client.request(method, f"/__sellerspec/{path}", content=body, headers=headers)
            if (path, body) != ("faults", b"[]"):
                assert refused.status_code in (400, 422), body
                assert refused.json()["error"]
            assert (box.state()["tables"], box.sandbox.defects) == (before, ())


def test_F2_the_clock_has_an_end_that_is_said() -> None:
    with running("tiki", now=datetime(2026, 11, 28)) as (_, client):
        moved = [client.post("/__sellerspec/clock", json={"advance": 1e9}) for _ in range(260)]
        assert [response.status_code for response in moved[:251]] == [200] * 251
        refused = moved[-1]
        assert refused.status_code == 422
        said = "the clock ends at 9999-01-01 00:00:00: at most 251,574,940,800 seconds after its start"
        assert refused.json()["error"].startswith(said)
        assert client.get("/v1/orders?status=all").status_code == 200
        assert client.get("/__sellerspec/clock").json()["now"].startswith("99")
        traced = client.post("/v1/products", json=PRODUCT).json()["trace_id"]
        assert client.get(f"/v1/tracking/{traced}").json()["state"] == "queuing"
        client.post("/__sellerspec/reset")


@pytest.mark.parametrize("now", [datetime.min, datetime.max, datetime(2026, 1, 1, tzinfo=UTC)])
def test_F2_a_clock_starts_where_it_can_run(now: datetime) -> None:
    with pytest.raises(sellerspec.SellerspecError, match="`now` is a moment without an offset from 1971"):
        sandbox.app("tiki", now=now)


@pytest.mark.parametrize("value", [object(), {1: 2}, "\ud800", {"a": {5}}, timedelta(1)])
def test_F2_what_is_no_json_is_refused_from_python_too(value: Any) -> None:
    with calling("tokopedia") as call:
        attempts = (
            lambda: call.box.restore(value), lambda: call.box.seed({"orders": [value]}),
            lambda: call.box.plan({"body": value}), lambda: call.box.script("listOrders", [value]),
        )  # fmt: skip
        for attempt in attempts:
            with pytest.raises(UsageError, match=r"^/"):
                attempt()
