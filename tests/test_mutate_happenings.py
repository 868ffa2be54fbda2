"""What a client sees when orders and products change by themselves, pages shift and notices are late."""

from typing import Any

import httpx
import pytest

from sellerspec.mutate.changes.hooks import change
from sellerspec.mutate.planning.behaviours import behaviour_control
from sellerspec.mutate.planning.responses import control
from sellerspec.sandbox.tiki_v2.seed import WAITING
from support.mutated_sandboxes import CONFIRM, ORDER, PRODUCT, mutated, mutation, orders_query, register
from support.sandboxes import receiver, running


def test_a_buyer_cancels_before_the_confirmation() -> None:
    with mutated("tiki/confirmItems:buyer-cancels") as (_, client):
        assert client.get(ORDER).json()["status"] == "queueing"
        assert client.post("/v1/orders/confirmItems", json=CONFIRM).status_code == 400
        assert client.get(ORDER).json()["status"] == "canceled"


def test_an_order_is_canceled_before_it_is_read() -> None:
    with mutated("tiki/getOrder:buyer-cancels") as (_, client):
        assert [client.get(ORDER).json()["status"] for _ in range(2)] == ["canceled", "canceled"]
        assert client.get("/v1/orders/nobody").status_code == 404


def test_an_order_of_the_open_api_is_canceled_before_its_confirmation() -> None:
    order = "/integration/v2/orders/700000001"
    body = {"available_item_ids": [7_000_000_010], "seller_inventory_id": 384_740}
    with mutated("tiki-v2/confirmAvailable:buyer-cancels") as (_, client):
        assert client.get(order).json()["status"] == "queueing"
        assert client.post(f"{order}/confirm-available", json=body).status_code == 400
        assert client.get(order).json()["status"] == "canceled"


def test_an_order_of_tnsl_is_canceled_before_an_update() -> None:
    with mutated("tnsl/updateOrderReceivable:buyer-cancels") as (_, client):
        assert client.put("/v1/orders/347171001/receivable", json={"receivable": 5}).status_code == 409
        assert client.get("/v1/orders/347171001").json()["data"]["main_state"] == "canceled"


def test_a_buyer_of_tokopedia_cancels_and_a_notice_says_so() -> None:
    with receiver() as hook, mutated("tokopedia/listOrders:buyer-cancels") as (box, client):
        box.seed({"webhooks": [{"url": hook.url}]})
        orders = client.get(orders_query(box, size=20)).json()["data"]
        assert [order["order_status"] for order in orders].count(15) == 1
        box.deliveries()
        noticed = [notice["order_id"] for notice in hook.notices if notice["order_status"] == 15]
        assert noticed == [order["order_id"] for order in orders if order["order_status"] == 15]


def test_a_product_is_rejected_after_it_was_processed() -> None:
    with mutated("tiki/getTracking:rejected-later") as (box, client):
        trace = client.post("/v1/products", json=PRODUCT).json()["trace_id"]

        def state() -> tuple[str, Any]:
            tracked = client.get(f"/v1/tracking/{trace}").json()
            return tracked["state"], tracked["reason"]

        assert state() == ("queuing", None)
        box.advance(60)
        assert state() == ("processing", None)
        assert box.applied == set()
        box.advance(10_000)
        assert state() == ("rejected", "product media is empty")


def test_a_request_of_the_open_api_is_rejected_after_it_was_processed() -> None:
    tracking = f"/integration/v2/tracking/{WAITING}"
    with mutated("tiki-v2/getTracking:rejected-later") as (_, client):
        tracked = client.get(tracking).json()
        assert (tracked["state"], tracked["reason"]) == ("rejected", "product media is empty")


def codes(client: httpx.Client, page: int, path: str = "/v1/orders", code: str = "order_code") -> list[str]:
    listed = client.get(f"{path}?limit=3&page={page}").json()["data"]
    return [order[code] for order in listed]


@pytest.mark.parametrize(
    ("marketplace", "where"),
    [("tiki", ("/v1/orders", "order_code")), ("tiki-v2", ("/integration/v2/orders", "code"))],
)
def test_a_new_order_shifts_the_pages(marketplace: str, where: tuple[str, str]) -> None:
    with running(marketplace) as (_, client):
        usual = [codes(client, page, *where) for page in (1, 2)]
    with mutated(f"{marketplace}/listOrders:page-shifts") as (_, client):
        first, second = codes(client, 1, *where), codes(client, 2, *where)
        assert first == usual[0]
        assert second == [first[-1], *usual[1][:-1]]


def test_a_new_order_can_be_read_and_comes_again_after_a_reset() -> None:
    with running("tiki") as (_, client):
        usual = [codes(client, page) for page in (1, 2)]
    with mutated("tiki/listOrders:page-shifts") as (box, client):
        first, second = codes(client, 1), codes(client, 2)
        new = codes(client, 1)[0]
        assert client.get(f"/v1/orders/{new}").json()["order_code"] == new
        box.reset()
        assert codes(client, 2) == usual[1]
        assert [codes(client, 1), codes(client, 2)] == [first, second]


@pytest.mark.parametrize(
    ("marketplace", "code", "url"),
    [("tnsl", "order_code", "/v1/orders?limit=3&offset={}"), ("tokopedia", "order_id", "")],
)
def test_a_new_order_shifts_the_pages_of_the_others(marketplace: str, code: str, url: str) -> None:
    with mutated(f"{marketplace}/listOrders:page-shifts") as (box, client):

        def page(number: int) -> list[Any]:
            called = url.format(3 * number - 3) if url else orders_query(box, number)
            data = client.get(called).json()["data"]
            return [order[code] for order in (data["results"] if url else data)]

        first = page(1)
        assert page(2)[0] == first[-1]


def test_a_page_is_shorter_although_others_follow() -> None:
    with running("tiki") as (_, client):
        usual = [codes(client, page) for page in (1, 2)]
    with mutated("tiki/listOrders:short-page") as (_, client):
        assert codes(client, 1) == usual[0][:2]
        assert codes(client, 2) == [usual[0][2], *usual[1][:2]]
        assert codes(client, 1) == usual[0][:2]
        assert client.get("/v1/orders?page=0").status_code == 400


def test_a_page_of_new_orders_comes_first_and_one_as_the_control() -> None:
    more = mutation("tiki/listOrders:one-page-more")
    with running("tiki") as (_, client):
        usual = [codes(client, page) for page in (1, 2)]
    with mutated(more.id) as (_, client):
        new = codes(client, 1)
        assert set(new).isdisjoint(usual[0])
        assert [codes(client, page) for page in (2, 3)] == usual
    other = behaviour_control(more)
    assert other is not None
    assert control(more, ()) == other
    with running("tiki") as (box, client):
        box.mutate([change(other)])
        everything = client.get("/v1/orders?limit=100").json()["data"]
        assert usual[0][0] == everything[1]["order_code"]
        assert box.applied == {other.id}
        box.reset()
        assert codes(client, 1) == usual[0]
    assert control(mutation("tiki/listOrders:page-shifts"), ()) is None


def test_a_notice_comes_later_than_the_next_call() -> None:
    with receiver() as hook, mutated("tnsl/orderStatusSync:notice-late") as (box, client):
        register(box, hook.url)
        with box.sandbox.clock.stopped():
            box.move("347171001", "awaiting_confirmation")
            state = client.get("/v1/orders/347171001").json()["data"]["main_state"]
            assert (state, hook.notices) == ("awaiting_confirmation", [])
        assert [delivery["state"] for delivery in box.deliveries()] == ["delivered"]
        assert [notice["data"]["main_state"] for notice in hook.notices] == ["awaiting_confirmation"]


def test_a_notice_comes_twice() -> None:
    with receiver() as hook, mutated("tokopedia/orderNotification:notice-twice") as (box, _):
        box.seed({"webhooks": [{"url": hook.url}], "orders": [{"order_id": 7}]})
        box.deliveries()
        assert [notice["order_id"] for notice in hook.notices] == [7, 7]


def test_notices_come_out_of_order() -> None:
    with receiver() as hook, mutated("tnsl/orderStatusSync:notices-out-of-order") as (box, _):
        register(box, hook.url)
        with box.sandbox.clock.stopped():
            box.move("347171001", "awaiting_confirmation")
            box.move("347171001", "processing")
            box.move("347171001", "shipping/delivery_failed_1")
        box.deliveries()
        noticed = [notice["data"]["main_state"] for notice in hook.notices]
        assert noticed == ["shipping", "processing", "awaiting_confirmation"]
