"""The sandbox of Tiki's Open API: orders, the stock that they reserve, and event queues."""

from typing import Any

import pytest

from support.sandboxes import Client, calling

ORDERS = "/integration/v2/orders"
QUEUES = "/integration/v1/queues"
TWO_ITEMS = f"{ORDERS}/700000005"
"""An order of two items that the seller delivers."""

DROPSHIP = f"{ORDERS}/265589080"
WAREHOUSE, OTHER_WAREHOUSE = 384_740, 387_453
PRODUCT = 248_956_418


def stock(call: Client, warehouse: int = WAREHOUSE) -> tuple[int, int]:
    """Return what is available and what is reserved of a product."""
    known = call.box.snapshot()["tables"]["stocks"][f"{PRODUCT}/{warehouse}"]
    return known["available"], known["reserved"]


def confirm(call: Client, order: str, items: list[int], warehouse: int = WAREHOUSE) -> Any:
    body = {"available_item_ids": items, "seller_inventory_id": warehouse}
    return call("POST", f"{order}/confirm-available", body)


def subscribed(call: Client, *types: str) -> str:
    """Return the address of a new queue that takes these types of events."""
    queue = f"{QUEUES}/{call('POST', QUEUES, {'name': 'orders'}).json()['code']}"
    for type in types:
        assert call("POST", f"{queue}/subscriptions", {"event_type": type}).json()["active"] is True
    call.box.advance(5)
    return queue


def pull(call: Client, queue: str, ack_id: str | None = None) -> Any:
    return call("POST", f"{queue}/events/pull", {"ack_id": ack_id}).json()


def codes(call: Client, query: str) -> list[str]:
    return [order["code"] for order in call("GET", f"{ORDERS}?{query}").json()["data"]]


def test_pages_follow_each_other_and_hold_each_order_once() -> None:
    with calling("tiki-v2") as call:
        first = call("GET", f"{ORDERS}?limit=7").json()["paging"]
        assert (first["current_page"], first["from"], first["to"], first["per_page"]) == (1, 1, 7, 7)
        pages = [codes(call, f"limit=7&page={page}") for page in range(1, first["last_page"] + 1)]
        listed = [code for page in pages for code in page]
        assert len(listed) == len(set(listed)) == first["total"]
        assert codes(call, f"limit=7&page={first['last_page'] + 1}") == []


@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ("status=picking", lambda order: order["status"] == "picking"),
        ("status=picking,shipping", lambda order: order["status"] in ("picking", "shipping")),
        ("status=in%7Cpicking,shipping", lambda order: order["status"] in ("picking", "shipping")),
        ("status=nin%7Cqueueing", lambda order: order["status"] != "queueing"),
        ("fulfillment_type=nin%7Cdropship", lambda order: order["fulfillment_type"] != "dropship"),
        ("code=265589080,510916693", lambda order: order["code"] in ("265589080", "510916693")),
        (
            "item_confirmation_status=waiting",
            lambda order: order["items"][0]["confirmation"]["status"] == "waiting",
        ),
    ],
)
def test_a_filter_selects_exactly_the_orders_that_pass(query: str, passes: Any) -> None:
    with calling("tiki-v2") as call:
        every = call("GET", f"{ORDERS}?limit=50").json()["data"]
        expected = [order["code"] for order in every if passes(order)]
        assert 0 < len(expected) < len(every)
        assert codes(call, f"limit=50&{query}") == expected


def test_orders_are_selected_by_date_and_sorted() -> None:
    with calling("tiki-v2") as call:
        every = call("GET", f"{ORDERS}?limit=50").json()["data"]
        oldest, newest = every[-1], every[0]
        assert codes(call, "filter_date_by=last30days&limit=50")[-1] != oldest["code"]
        until = oldest["created_at"].replace(" ", "%20")
        assert codes(call, f"created_to_date={until}") == [oldest["code"]]
        assert codes(call, "order_by=created_at%7Casc&limit=1") == [oldest["code"]]
        assert codes(call, "order_by=created_at%7Cdesc&limit=1") == [newest["code"]]


def test_parts_of_an_order_are_there_only_if_they_are_included() -> None:
    with calling("tiki-v2") as call:
        assert call("GET", TWO_ITEMS).json()["items"][0]["invoice"]["fees"] == []
        for name in ("item.fees", "items.fees"):
            assert len(call("GET", f"{TWO_ITEMS}?include={name}").json()["items"][0]["invoice"]["fees"]) == 1
        assert call("GET", TWO_ITEMS).json()["status_histories"] == []
        assert call("GET", f"{TWO_ITEMS}?include=status_histories").json()["status_histories"]


def test_an_order_of_another_seller_is_unknown() -> None:
    with calling("tiki-v2") as call:
        assert call("GET", f"{ORDERS}/800000001").status == 404
        assert codes(call, "code=800000001") == []


def test_a_confirmation_reserves_in_its_warehouse_and_releases_what_is_left_out() -> None:
    with calling("tiki-v2") as call:
        available, reserved = stock(call)
        first, second = (item["id"] for item in call("GET", TWO_ITEMS).json()["items"])
        assert confirm(call, TWO_ITEMS, [first], OTHER_WAREHOUSE).status == 200
        order = call("GET", TWO_ITEMS).json()
        assert order["status"] == "picking"
        assert {item["id"]: item["confirmation"]["status"] for item in order["items"]} == {
            first: "seller_confirmed",
            second: "seller_canceled",
        }
        assert stock(call) == (available, reserved - 1)
        assert stock(call, OTHER_WAREHOUSE) == (available, 1)
        assert confirm(call, TWO_ITEMS, [first]).status == 400


def test_no_item_available_cancels_the_order_and_its_labels() -> None:
    with calling("tiki-v2") as call:
        available, reserved = stock(call)
        assert confirm(call, TWO_ITEMS, []).status == 200
        assert call("GET", TWO_ITEMS).json()["status"] == "canceled"
        assert stock(call) == (available, reserved - 1)
        assert call("GET", f"{TWO_ITEMS}/seller-delivery/labels").status == 400


def test_the_seller_delivers_at_the_second_appointment() -> None:
    with calling("tiki-v2") as call:
        available, reserved = stock(call)
        items = [item["id"] for item in call("GET", TWO_ITEMS).json()["items"]]
        assert confirm(call, TWO_ITEMS, items).status == 200
        label = call("GET", f"{TWO_ITEMS}/seller-delivery/labels").json()
        assert list(label) == ["invoice_label_url"]
        deliver = f"{TWO_ITEMS}/seller-delivery/update-delivery"
        again = {
            "status": "failed_delivery",
            "failure_cause": "redelivery_appointment",
            "appointment_date": "2099-01-01 10:00:00",
        }
        assert call("POST", deliver, again).status == 200
        assert call("GET", TWO_ITEMS).json()["status"] == "picking"
        assert call("POST", deliver, {"status": "successful_delivery"}).status == 200
        assert stock(call) == (available - 1, reserved - 1)
        call.box.advance(86_400)
        assert call("GET", TWO_ITEMS).json()["status"] == "complete"


def test_a_customer_who_wants_it_no_more_gives_the_stock_back() -> None:
    with calling("tiki-v2") as call:
        available, reserved = stock(call)
        items = [item["id"] for item in call("GET", TWO_ITEMS).json()["items"]]
        confirm(call, TWO_ITEMS, items)
        failed = {"status": "failed_delivery", "failure_cause": "out_of_needs"}
        assert call("POST", f"{TWO_ITEMS}/seller-delivery/update-delivery", failed).status == 200
        assert call("GET", TWO_ITEMS).json()["status"] == "canceled"
        assert stock(call) == (available, reserved - 1)


def test_a_dropship_order_is_picked_up_at_an_offered_time_and_delivered_by_tiki() -> None:
    with calling("tiki-v2") as call:
        available, reserved = stock(call)
        slots = call("GET", f"{ORDERS}/dropship/expected-pickup-slots").json()["pickup_slots"]
        body = {
            "confirmation_status": "seller_confirmed",
            "seller_inventory_id": WAREHOUSE,
            "expected_pickup_time": slots[0]["expected_pickup_time"],
        }
        assert call("POST", f"{DROPSHIP}/dropship/confirm-available", body).status == 200
        order = call("GET", DROPSHIP).json()
        assert (order["status"], order["items"][0]["confirmation"]["status"]) == (
            "picking",
            "seller_confirmed",
        )
        assert list(call("GET", f"{DROPSHIP}/dropship/labels").json()) == ["shipping_label_url"]
        call.box.advance(14_400)
        assert call("GET", DROPSHIP).json()["status"] == "handover_to_partner"
        assert stock(call) == (available - 1, reserved - 1)
        call.box.advance(2 * 14_400 + 86_400)
        assert call("GET", DROPSHIP).json()["status"] == "complete"


def test_an_order_from_abroad_goes_through_its_steps() -> None:
    with calling("tiki-v2") as call:
        order = f"{ORDERS}/{codes(call, 'fulfillment_type=cross_border&status=queueing')[0]}"
        items = [item["id"] for item in call("GET", order).json()["items"]]
        assert confirm(call, order, items).status == 200
        for step, status in (
            ("customs_clearance", "picking"),
            ("on_delivery", "shipping"),
            ("successful_delivery", "successful_delivery"),
        ):
            body = {"status": step, "update_time": "2026-10-01 10:00:00"}
            assert call("POST", f"{order}/cross-border/update-shipment", body).status == 200
            assert call("GET", order).json()["status"] == status


def test_events_come_in_order_and_again_until_they_are_acknowledged() -> None:
    with calling("tiki-v2") as call:
        queue = subscribed(call, "ORDER_STATUS_UPDATED", "PRODUCT_INVENTORY_UPDATED")
        items = [item["id"] for item in call("GET", TWO_ITEMS).json()["items"]]
        confirm(call, TWO_ITEMS, items[:1])
        batch = pull(call, queue)
        assert [event["type"] for event in batch["events"]] == [
            "PRODUCT_INVENTORY_UPDATED",
            "ORDER_STATUS_UPDATED",
        ]
        assert batch["events"][1]["payload"] == {
            "order_code": "700000005",
            "orderCode": "700000005",
            "status": "picking",
        }
        assert pull(call, queue) == batch
        assert pull(call, queue, "an-unknown-ack") == batch
        assert pull(call, queue, batch["ack_id"])["events"] == []
        assert pull(call, queue)["events"] == []


def test_a_pull_returns_twenty_events_at_most() -> None:
    with calling("tiki-v2") as call:
        queue = subscribed(call, "ORDER_STATUS_UPDATED")
        for status in ("picking", "shipping") * 11:
            call.box.move("700000005", status)
        batch = pull(call, queue)
        assert len(batch["events"]) == 20
        rest = pull(call, queue, batch["ack_id"])
        assert len(rest["events"]) == 2
        ids = [event["id"] for event in (*batch["events"], *rest["events"])]
        assert len(set(ids)) == 22


def test_a_subscription_starts_late_and_is_switched_off_and_on() -> None:
    with calling("tiki-v2") as call:
        queue = f"{QUEUES}/{call('POST', QUEUES, {'name': 'orders'}).json()['code']}"
        made = call("POST", f"{queue}/subscriptions", {"event_type": "ORDER_STATUS_UPDATED"}).json()
        call.box.move("700000005", "picking")
        call.box.advance(5)
        assert pull(call, queue)["events"] == []
        subscription = f"{queue}/subscriptions/{made['code']}"
        assert call("PUT", subscription, {"active": False}).json()["active"] is False
        call.box.move("700000005", "shipping")
        assert pull(call, queue)["events"] == []
        call("PUT", subscription, {"active": True})
        call.box.move("700000005", "delivered")
        assert [event["payload"]["status"] for event in pull(call, queue)["events"]] == ["delivered"]


def test_a_seeded_order_reserves_stock_and_is_announced() -> None:
    with calling("tiki-v2") as call:
        queue = subscribed(call, "ORDER_CREATED_SUCCESSFULLY", "PRODUCT_INVENTORY_UPDATED")
        available, reserved = stock(call)
        order = {**call("GET", DROPSHIP).json(), "code": "900000001", "id": 900_000_001}
        call.box.seed({"orders": [order]})
        assert stock(call) == (available, reserved + 1)
        inventory, created = pull(call, queue)["events"]
        payload = inventory["payload"]
        assert payload["quantity_available_to"] == available
        assert payload["quantity_sellable_to"] == available - reserved - 1
        assert payload["quantity_reserved_to"] == reserved + 1
        assert created["payload"] == {"order_code": "900000001"}
        call.box.seed({"orders": [order]})  # in the place of the first
        assert stock(call) == (available, reserved + 1)
        call.box.seed({"orders": [{**order, "status": "canceled"}]})
        assert stock(call) == (available, reserved)
