"""The TNSL sandbox: orders, imports, webhooks with retries."""

import sys
import time
from pathlib import Path
from typing import Any

import pytest

import sellerspec
from sellerspec.contract import xlsx_import
from sellerspec.io import xlsx
from support.sandboxes import SHEET_ROW, calling, example, receiver, running

GOOD = SHEET_ROW
BAD = ["X", "R2", *GOOD[2:]]


def registration(url: str) -> dict[str, Any]:
    payload: dict[str, Any] = example("tnsl/registerWebhooks/valid/documented")
    payload["sync_webhook"]["order"]["url"] = url
    return payload


def sheet(*rows: list[object]) -> bytes:
    columns = xlsx.read(xlsx_import.template("tnsl/importOrders"))[0].columns
    return xlsx.table("orders", columns, rows)


def test_an_order_is_quoted_made_changed_and_canceled_and_each_change_of_state_is_told() -> None:
    with receiver() as hook, running("tnsl") as (box, client):
        assert (
            client.post("/v1/fbt-quotes", json=example("tnsl/getQuotes/valid/documented")).json()["success"]
            is True
        )
        assert client.post("/v1/register-webhooks", json=registration(hook.url)).status_code == 200
        made = client.post("/business/v1/orders", json=example("tnsl/createOrder/valid/e2e")).json()["data"]
        code = made["order_code"]
        assert made["main_state"] == "new"
        box.advance(600)
        extra = client.patch(f"/v1/orders/{code}/extra", json={"delivery_partner": "A"}).json()["data"][
            "extra_info"
        ]
        merged = client.patch(f"/v1/orders/{code}/extra", json={"shipping_label_url": "https://l.example/1"})
        assert merged.json()["data"]["extra_info"] == {**extra, "shipping_label_url": "https://l.example/1"}
        assert (
            client.put(f"/v1/orders/{code}/receivable", json={"receivable": 5}).json()["data"]["receivable"]
            == 5
        )
        reason = {"cancel_reason_code": "202", "cancel_reason": "Đặt trùng"}
        assert (
            client.post(f"/v1/orders/{code}/cancel", json=reason).json()["data"]["main_state"] == "canceled"
        )
        assert client.post(f"/v1/orders/{code}/cancel", json=reason).status_code == 409
        assert client.put(f"/v1/orders/{code}/receivable", json={"receivable": 6}).status_code == 409
        assert client.get(f"/v1/orders/{code}").json()["data"]["main_state"] == "canceled"
        assert [delivery["state"] for delivery in box.deliveries()] == ["delivered", "delivered"]
        assert [notice["data"]["main_state"] for notice in hook.notices] == [
            "awaiting_confirmation",
            "canceled",
        ]
        assert hook.notices[1]["data"]["extra_info"] == reason
        for notice in hook.notices:
            assert sellerspec.check("tnsl/orderStatusSync", notice).ok


def test_a_notice_is_sent_again_until_it_is_taken_and_every_attempt_is_logged() -> None:
    with receiver() as hook, running("tnsl") as (box, client):
        hook.responses = [500, 503]
        client.post("/v1/register-webhooks", json=registration(hook.url))
        box.move("347171001", "shipping/delivery_failed_1")
        assert [attempt["status"] for attempt in box.deliveries()[0]["attempts"]] == [500]
        box.advance(1)
        assert box.deliveries()[0]["state"] == "pending"
        box.advance(5)
        delivery = box.deliveries()[0]
        assert (delivery["state"], [attempt["status"] for attempt in delivery["attempts"]]) == (
            "delivered",
            [500, 503, 200],
        )
        assert hook.notices[0]["data"]["reason_code"] == "receiver_reschedule"
        assert client.get("/__sellerspec/webhooks").json() == box.deliveries()


def test_a_notice_nobody_takes_fails_after_its_last_attempt_and_one_to_elsewhere_is_not_sent() -> None:
    with receiver() as hook:
        gone = hook.url
    with running("tnsl") as (box, client):
        client.post("/v1/register-webhooks", json=registration(gone))
        box.move("347171001", "processing")
        for seconds in (1, 5, 25, 125):
            box.deliveries()
            box.advance(seconds)
        delivery = box.deliveries()[0]
        assert (delivery["state"], len(delivery["attempts"])) == ("failed", 5)
        assert delivery["attempts"][0]["error"] == "no connection: nothing listens at this address"
        client.post("/v1/register-webhooks", json=registration("https://shop.example/orders"))
        box.move("347171001", "shipping")
        assert box.deliveries()[1]["attempts"][0]["error"].startswith(
            "not sent: `shop.example` is not this machine"
        )


@pytest.mark.parametrize("state", ["new", "awaiting_confirmation", "processing", "shipping", "canceled"])
def test_only_three_states_can_be_canceled(state: str) -> None:
    with calling("tnsl") as call:
        listed = call("GET", f"/v1/orders?main_state={state}").json()["data"]["results"]
        response = call("POST", f"/v1/orders/{listed[0]['order_code']}/cancel", {})
        assert response.status == (409 if state in ("shipping", "canceled") else 200)


def test_a_file_is_imported_worked_off_and_exported_with_what_became_of_each_order() -> None:
    with running("tnsl") as (box, client):
        made = client.post("/v1/order-imports", files={"file": ("orders.xlsx", sheet(GOOD, BAD))}).json()[
            "data"
        ]
        assert (made["state"], made["total_orders"], made["file_name"]) == ("processing", 2, "orders.xlsx")
        id = made["import_id"]
        box.advance(30)
        done = client.get(f"/v1/order-imports/{id}").json()["data"]
        assert (done["state"], done["created_orders"], done["failed_orders"]) == ("done", 1, 1)
        assert client.get(f"/v1/orders/{done['orders'][0]['order_code']}").json()["data"]["ref_code"] == "R1"
        exported = client.get(f"/v1/order-imports/{id}/export")
        rows = xlsx.read(exported.content)[0].rows
        assert [row.cells["state"] for row in rows] == ["created", "failed"]
        assert client.get("/v1/order-imports?state=done").json()["data"]["count"] == 1
        assert client.get("/v1/order-imports?state=processing").json()["data"]["count"] == 0


def test_an_import_can_be_ended_on_request() -> None:
    with running("tnsl") as (box, client):
        for state in ("done", "failed"):
            id = client.post("/v1/order-imports", files={"file": ("a.xlsx", sheet(GOOD))}).json()["data"][
                "import_id"
            ]
            box.move(id, state)
            assert client.get(f"/v1/order-imports/{id}").json()["data"]["state"] == state
            with pytest.raises(sellerspec.SellerspecError, match="`processing` can be moved"):
                box.move(id, "done")


def test_a_file_that_is_no_workbook_or_lacks_columns_is_refused() -> None:
    with running("tnsl") as (_, client):
        assert client.post("/v1/order-imports", files={"file": ("a.xlsx", b"PK no zip")}).status_code == 422
        bare = xlsx.table("orders", ["ref_code"], [["R1"]])
        assert client.post("/v1/order-imports", files={"file": ("a.xlsx", bare)}).status_code == 422
        assert client.post("/v1/order-imports", files={"other": ("a.xlsx", b"")}).status_code == 400
        assert client.post("/v1/order-imports", json={}).status_code == 400
        broken = {"content-type": "multipart/form-data; boundary=b"}
        assert client.post("/v1/order-imports", content=b"--x\r\nno", headers=broken).status_code == 400
        broken = {"content-type": "multipart/form-data"}
        assert client.post("/v1/order-imports", content=b"--x", headers=broken).status_code == 400
        for path in ("/v1/order-imports/99", "/v1/order-imports/99/export", "/v1/orders/99"):
            assert client.get(path).status_code == 404


def test_lists_are_filtered_and_paged() -> None:
    with calling("tnsl") as call:

        def count(query: str) -> int:
            return int(call("GET", f"/v1/orders?{query}").json()["data"]["count"])

        assert count("") == 12
        assert len(call("GET", "/v1/orders?limit=5&offset=10").json()["data"]["results"]) == 2
        assert (count("ref_code=SEED-3"), count("warehouse_code=hn5"), count("ref_code=SEED-OTHER")) == (
            1,
            0,
            0,
        )
        assert count("created_to=2001-01-01T00:00:00%2B07:00") == 0
        assert count("created_from=2001-01-01T00:00:00%2B07:00") == 12


def test_a_call_without_a_valid_token_gets_the_documented_refusal() -> None:
    with calling("tnsl") as call:
        for headers in ({}, {"authorization": "Bearer wrong"}):
            response = call("GET", "/v1/orders", headers=headers)
            assert response.status == 401
            error = response.json()["error"]
            assert error == {"status_code": 401, "message": "Unauthorized", "message_code": "INVALID_TOKEN"}


def test_an_order_goes_its_way_by_the_clock() -> None:
    with calling("tnsl") as call:
        made = call("POST", "/v1/orders", example("tnsl/createOrder/valid/ffo")).json()["data"]
        call.box.advance(10_000)
        order = call("GET", f"/v1/orders/{made['order_code']}").json()["data"]
        assert (order["main_state"], order["main_substate"]) == ("shipping", None)


@pytest.mark.parametrize("raw", [b"", b'{"shipping": ', b"\xff\xfe", b"[]", b"null"])
@pytest.mark.parametrize(
    "path", ["/v1/orders", "/v1/fbt-quotes", "/v1/register-webhooks", "/v1/orders/347171001/cancel"]
)
def test_a_malformed_body_is_refused_in_the_envelope(path: str, raw: bytes) -> None:
    if not raw and path.endswith("/cancel"):
        return  # no document shows a body of a cancel, so none is asked for
    with calling("tnsl") as call:
        response = call("POST", path, raw=raw)
        assert response.status == 400
        assert response.json()["success"] is False


def test_a_notice_needs_httpx_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with calling("tnsl") as call:
        call("POST", "/v1/register-webhooks", registration("http://127.0.0.1:1/"))
        with pytest.raises(sellerspec.SellerspecError, match=r"sellerspec\[sandbox\]"):
            call.box.move("347171001", "shipping")


def test_an_import_needs_a_form_reader_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_multipart", None)
    with calling("tnsl") as call:
        headers = {**call.box.auth(), "content-type": "multipart/form-data; boundary=b"}
        with pytest.raises(sellerspec.SellerspecError, match=r"sellerspec\[sandbox\]"):
            call("POST", "/v1/order-imports", raw=b"--b--", headers=headers)


def test_an_address_that_is_none_is_not_called_and_its_notice_fails() -> None:
    with running("tnsl") as (box, client):
        client.post("/v1/register-webhooks", json=registration("http://[broken"))
        box.move("347171001", "processing/ready_for_pickup")
        assert box.deliveries()[0]["state"] == "failed"


def test_a_reset_while_a_notice_is_on_its_way_forgets_it() -> None:
    with receiver() as hook, running("tnsl") as (box, client):
        client.post("/v1/register-webhooks", json=registration(hook.url))
        hook.hold.set()
        box.move("347171001", "shipping")
        while not hook.notices:
            time.sleep(0.002)
        assert box.deliveries(wait=0.01)[0]["state"] == "pending"
        box.reset()
        hook.hold.clear()
        assert box.deliveries() == []


def test_pending_notices_are_sent_after_a_restart(tmp_path: Path) -> None:
    with receiver() as hook:
        hook.responses = [500]
        with running("tnsl", state=tmp_path / "state.db") as (box, client):
            client.post("/v1/register-webhooks", json=registration(hook.url))
            box.move("347171001", "shipping")
            assert box.deliveries()[0]["state"] == "pending"
        with running("tnsl", state=tmp_path / "state.db") as (box, _):
            box.advance(1)
            assert box.deliveries()[0]["state"] == "delivered"
            box.sandbox.sender.close()
            assert box.sandbox.sender.idle(0.01)


def test_an_order_that_was_moved_off_the_documented_way_stays_there() -> None:
    with calling("tnsl") as call:
        for state in ("processing/invented", "shipping/delivery_failed_2", "new"):
            call.box.move("347171001", state)
        call.box.advance(300)
        call.box.move("347171001", "processing")
        call.box.advance(300)
        order = call("GET", "/v1/orders/347171001").json()["data"]
        assert (order["main_state"], order["main_substate"]) == ("processing", None)
        assert not call("GET", "/v1/orders/347171001").json()["data"]["main_substate"]


@pytest.mark.parametrize(
    ("state", "place"),
    [
        ("processing/delivery_failed_1", "`main_state` must be `shipping` because"),
        ("new/delivery_failed_3", "`main_state` must be `shipping` because"),
        ("canceled/delivery_failed_2", "`main_state` must be `shipping` because"),
        ("shipping/ready_for_pickup", "`main_state` must be `processing` because"),
    ],
)
def test_C9_a_move_whose_notice_breaks_the_webhook_is_refused(state: str, place: str) -> None:
    with running("tnsl") as (box, client):
        before = box.state()["tables"]
        response = client.post("/__sellerspec/move", json={"name": "347171001", "state": state})
        message = f"the notice of `{state}` would break `tnsl.substate-of-state`: {place}"
        assert response.status_code == 422
        assert response.json()["error"].startswith(message)
        assert box.state()["tables"] == before


@pytest.mark.parametrize(
    "state", ["processing/ready_for_pickup", "shipping/delivery_failed_3", "canceled", "processing/invented"]
)
def test_C9_a_move_whose_notice_keeps_the_webhook_is_made(state: str) -> None:
    with receiver() as hook, running("tnsl") as (box, client):
        client.post("/v1/register-webhooks", json=registration(hook.url))
        box.move("347171001", state)
        box.deliveries()
        assert sellerspec.check("tnsl/orderStatusSync", hook.notices[0]).ok


def test_C8_what_an_import_says_of_an_order_is_marked_as_ours() -> None:
    with running("tnsl") as (box, client):
        for state, rows in (("done", [GOOD, BAD]), ("failed", [GOOD])):
            files = {"file": ("orders.xlsx", sheet(*rows))}
            id = client.post("/v1/order-imports", files=files).json()["data"]["import_id"]
            box.move(id, state)
            read = client.get(f"/v1/order-imports/{id}").json()["data"]["orders"]
            told = [order["message"] for order in read if order["message"] is not None]
            exported = xlsx.read(client.get(f"/v1/order-imports/{id}/export").content)[0]
            assert exported.name == "sellerspec result"
            assert [row.cells["message"] for row in exported.rows if "message" in row.cells] == told
            assert len(told) == 1
            assert told[0].startswith("[sellerspec] ")


def test_C8_only_the_code_of_a_400_is_the_documented_one() -> None:
    with running("tnsl") as (box, client):
        locked = client.get("/v1/orders", headers={"authorization": "Bearer not-a-real-token-locked"})
        box.faults({"operation": "getOrder", "status": 429})
        responses = [
            (400, client.post("/v1/orders", json=[])),
            (403, locked),
            (404, client.get("/v1/no-such-path")),
            (404, client.get("/v1/orders/999999999/")),
            (405, client.delete("/v1/orders")),
            (409, client.post("/v1/orders/347171005/cancel", json={})),
            (422, client.post("/v1/order-imports", files={"file": ("a.xlsx", b"PK no zip")})),
            (429, client.get("/v1/orders/347171001")),
        ]
        for status, response in responses:
            code = "BAD_REQUEST" if status == 400 else f"[sellerspec] {status}"
            assert response.status_code == status
            errors = response.json()["errors"]
            assert {error["code"] for error in errors} == {code}
            assert all(error["message"].startswith("[sellerspec] ") for error in errors)
