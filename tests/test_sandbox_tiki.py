"""The Tiki sandbox: documented sequences, state, rules and refusals."""

from datetime import datetime
from typing import Any

import pytest
import requests

from support.sandboxes import calling, example, running

OUTSIDE = "FAKE-TOKEN-GLOBAL"

PRODUCT = example("tiki/createProduct/valid/documented-simple")


def test_a_product_goes_from_created_to_approved_with_httpx() -> None:
    with running("tiki") as (box, client):
        made = client.post(
            "/v1/products", json=example("tiki/createProduct/valid/documented-configurable")
        ).json()
        assert made["state"] == "queuing"
        seen = []
        for _ in range(6):
            seen.append(client.get(f"/v1/tracking/{made['trace_id']}").json()["state"])
            box.advance(60)
        assert seen == [
            "queuing",
            "processing",
            "md_awaiting_approve",
            "bot_awaiting_approve",
            "awaiting_approve",
            "approved",
        ]
        tracked = client.get("/v1/tracking", params={"limit": 1}).json()
        assert tracked[0]["trace_id"] == made["trace_id"]
        assert tracked[0]["tiki_sku"].isdigit()
        assert client.post("/v1/products/sku2/updateSku", json={"price": 1_000_000}).json() == {
            "state": "approved"
        }
        assert box.state()["tables"]["skus"]["1/sku2"]["price"] == 1_000_000


def test_orders_are_pulled_confirmed_delivered_and_printed_with_requests() -> None:
    with running("tiki") as (box, _), requests.Session() as session:
        session.trust_env = False
        session.headers.update(box.headers)
        base = f"{box.url}/integration/v1"
        first = session.get(f"{base}/orders", params={"limit": 1}).json()
        assert first["paging"]["per_page"] == 1
        assert first["paging"]["last_page"] == first["paging"]["total"] > 20
        order = first["data"][0]
        assert order["order_code"] == "419060832"
        assert session.get(f"{base}/warehouses?warehouse_code=hn").json()[0]["warehouse_code"] == "hn"
        confirmed = session.post(
            f"{base}/orders/confirmItems", json=example("tiki/confirmItems/valid/documented-seller-delivery")
        )
        assert confirmed.json() == {"code": 200, "data": []}
        detail = session.get(f"{base}/orders/419060832").json()
        assert {item["confirmation_status"] for item in detail["items"]} == {"seller_confirmed"}
        listed = session.get(f"{base}/orders?status=seller_confirmed").json()["data"]
        assert "419060832" in [item["order_code"] for item in listed]
        label = session.get(f"{base}/orders/419060832/print?label=invoice&format=pdf").json()
        assert list(label) == ["invoice_label_url"]
        event = {"order_code": "419060832", "status": "on_delivery", "update_time": "2019-11-23 23:59:59"}
        assert session.post(f"{base}/orders/updateDeliveryStatus", json=event).json() == {
            "message": "success"
        }
        ended = {"order_code": "419060832", "status": "successful_delivery"}
        assert session.post(f"{base}/orders/confirmDelivery", json=ended).json() == {
            "order_code": "419060832"
        }
        assert session.get(f"{base}/orders/419060832").json()["status"] == "successful_delivery"
        box.advance(86_400)
        assert session.get(f"{base}/orders/419060832").json()["status"] == "complete"


def test_the_documented_invalid_product_gets_exactly_its_two_documented_texts() -> None:
    with calling("tiki") as call:
        response = call("POST", "/v1/products", example("tiki/createProduct/invalid/documented-invalid"))
        assert response.status == 422
        assert response.json() == {
            "errors": [
                "variants don't match with option_attributes => variants option2 missing",
                "variants should have price > 0",
            ]
        }


def test_a_product_without_a_picture_is_taken_and_rejected_later_with_the_reason() -> None:
    with calling("tiki") as call:
        product = {**example("tiki/createProduct/valid/documented-simple"), "images": []}
        trace = call("POST", "/v1/products", product).json()["trace_id"]
        call.box.advance(10_000)
        assert call("GET", f"/v1/tracking/{trace}").json() == {
            "trace_id": trace, "state": "rejected", "reason": "product media is empty", "tiki_sku": None,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "url", "body", "status", "text"),
    [
        ("GET", "/v1/categories/1", None, 404, "Category not found id: 1"),
        ("GET", "/v1/tracking/nobody", None, 404, "[sellerspec] "),
        ("GET", "/v1/orders/nobody", None, 404, "[sellerspec] "),
        ("GET", "/v1/orders/800000001", None, 404, "[sellerspec] "),
        ("GET", "/v1/orders/nobody/print", None, 404, "[sellerspec] "),
        ("POST", "/v1/products/DANG19951995/updateSku", {"price": 100_000}, 422,
         "Price is not valid because less than ten percent listing price"),
        ("POST", "/v1/products/FOREIGN-1/updateSku", {"price": 100_000}, 403, "[sellerspec] "),
        ("POST", "/v1/products/nobody/updateSku", {"price": 100_000}, 404, "[sellerspec] "),
        ("POST", "/v1/orders/confirmDelivery", {"order_code": "x", "status": "canceled"}, 400,
         "[sellerspec] "),
        ("GET", "/v1/orders/20939384/print?format=pdf", None, 400, "[sellerspec] "),
        ("GET", "/v1/nothing", None, 404, "[sellerspec] "),
        ("GET", "/elsewhere/v1/orders", None, 404, "[sellerspec] "),
        ("DELETE", "/v1/products", None, 405, "[sellerspec] "),
    ],
)  # fmt: skip
def test_a_refusal_has_the_documented_status_envelope_and_words(
    method: str, url: str, body: dict[str, Any] | None, status: int, text: str
) -> None:
    with calling("tiki") as call:
        response = call(method, url, body)
        assert response.status == status
        assert list(response.json()) == ["errors"]
        assert response.json()["errors"][0].startswith(text)


def test_an_unknown_category_is_refused_in_tikis_words() -> None:
    with calling("tiki") as call:
        product = {**example("tiki/createProduct/valid/documented-simple"), "category_id": 10469}
        response = call("POST", "/v1/products", product)
        assert (response.status, response.json()) == (
            404,
            {"errors": ["Attributes not found for category_id: 10469"]},
        )


def test_a_seller_with_one_inventory_type_is_told_which_one() -> None:
    with calling("tiki") as call:
        headers = {**call.box.auth("FAKE-TOKEN-VIETNAM"), "content-type": "application/json"}
        response = call(
            "POST", "/v1/products", example("tiki/createProduct/valid/documented-simple"), headers=headers
        )
        assert response.status == 422
        assert any(
            error.endswith("please choose 1 over here : [backorder]") for error in response.json()["errors"]
        )


def test_tokens_are_missing_wrong_or_locked() -> None:
    with calling("tiki") as call:
        assert call("GET", "/v1/orders", headers={}).status == 400
        assert call("GET", "/v1/orders", headers={"tiki-api": "FAKE-UNKNOWN"}).status == 401
        assert call("GET", "/v1/orders", headers={"tiki-api": "FAKE-TOKEN-LOCKED"}).status == 403
        assert call("GET", "/v1/categories", headers={}).status == 200


def test_categories_are_filtered_by_name_parent_primary_and_language() -> None:
    with calling("tiki") as call:

        def ids(query: str) -> list[int]:
            return [item["id"] for item in call("GET", f"/v1/categories?{query}").json()]

        assert ids("name=book&primary=1") == [218, 275, 2458, 6225, 8780, 8781, 9295]
        assert ids("parent=8095&primary=1") == [1846, 2458]
        assert ids("primary=0") == [8, 320, 8095]
        assert ids("lang=vi&name=thi%E1%BA%BFu") == [218]
        codes = [attribute["code"] for attribute in call("GET", "/v1/categories/218").json()["attributes"]]
        assert codes == ["author", "book_cover", "bulky"]


def test_items_left_out_are_not_available_and_an_empty_list_rejects_all() -> None:
    with calling("tiki") as call:
        confirm = {**example("tiki/confirmItems/valid/documented-seller-delivery"), "item_ids": [94792486]}
        assert call("POST", "/v1/orders/confirmItems", confirm).status == 200
        items = call("GET", "/v1/orders/419060832").json()["items"]
        assert [item["confirmation_status"] for item in items] == ["seller_confirmed", "seller_canceled"]
        reject = {**confirm, "order_code": "20939384", "item_ids": []}
        assert call("POST", "/v1/orders/confirmItems", reject).status == 200
        assert call("GET", "/v1/orders/20939384").json()["status"] == "canceled"
        assert call("POST", "/v1/orders/confirmItems", reject).status == 400
        canceled = call("GET", "/v1/orders?status=seller_canceled").json()["data"]
        assert "20939384" in [item["order_code"] for item in canceled]


def test_what_an_order_needs_depends_on_its_fulfillment() -> None:
    with calling("tiki") as call:
        ware = {"warehouse_code": "sgn", "seller_inventory_id": 903}
        abroad = {"order_code": "327965376-5vHl1b", "item_ids": [90965700], **ware}
        assert call("POST", "/v1/orders/confirmItems", abroad).status == 400
        assert call("POST", "/v1/orders/confirmItems", {**abroad, "tracking_number": "T1"}).status == 200
        late = {"order_code": "20939384", "item_ids": [90965636], **ware}
        assert call("POST", "/v1/orders/confirmItems", late).status == 400
        wrong = {**late, "delivery_commitment_time": "2099-01-01 00:00:00", "seller_inventory_id": 701}
        assert call("POST", "/v1/orders/confirmItems", wrong).status == 400


def test_the_list_serves_every_kind_of_order_page_by_page_and_only_the_last_30_days() -> None:
    with calling("tiki") as call:
        seen, page = [], 1
        while data := call("GET", f"/v1/orders?status=all&limit=7&page={page}").json()["data"]:
            seen.extend(data)
            page += 1
        kinds = {(item["fulfillment_type"], item["items"][0]["inventory_type"]) for item in seen}
        assert len(kinds) == 20
        assert len({item["order_code"] for item in seen}) == len(seen)
        assert not [item for item in seen if item["order_code"] == "700000024"]
        done = call("GET", "/v1/orders?status=complete").json()["data"]
        assert [item["status"] for item in done] == ["complete"]
        call.box.advance(31 * 86_400)
        assert call("GET", "/v1/orders?status=all").json()["data"] == []
        assert call("GET", "/v1/orders?status=seller_confirmed").json()["data"] == []
        assert call("GET", "/v1/orders?status=complete").json()["paging"]["from"] is None


def test_tracking_is_filtered_by_time_and_seller() -> None:
    with calling("tiki", now=datetime(2030, 1, 1, 8)) as call:
        product = example("tiki/createProduct/valid/documented-simple")
        first = call("POST", "/v1/products", product).json()["trace_id"]
        call.box.advance(3600)
        second = call("POST", "/v1/products", product).json()["trace_id"]
        moment = call.box.clock.now().replace(microsecond=0).isoformat(sep=" ")
        requests = call("GET", f"/v1/tracking?created_at_max={moment.replace(' ', '%20')}").json()
        assert [item["trace_id"] for item in requests][:2] == [second, first]
        later = call("GET", "/v1/tracking?created_at_min=2030-01-01%2008:30:00").json()
        assert [item["trace_id"] for item in later] == [second]
        other = call("GET", "/v1/tracking", headers=call.box.auth(OUTSIDE)).json()
        assert other == []
        assert call("GET", f"/v1/tracking/{first}", headers=call.box.auth(OUTSIDE)).status == 404


@pytest.mark.parametrize(
    "raw",
    [b"", b'{"order_code": ', b"\xff\xfe{\x00}", b"[]", b"null", b'{"a":1,"a":2}', b"\x00", b"[" * 5000],
)
@pytest.mark.parametrize(
    "path", ["/v1/products", "/v1/orders/confirmItems", "/v1/products/DANG19951995/updateSku"]
)
def test_a_malformed_body_is_refused_in_the_envelope_and_never_a_500(path: str, raw: bytes) -> None:
    with calling("tiki") as call:
        response = call("POST", path, raw=raw)
        assert response.status in (400, 422)
        assert response.json()["errors"]


def test_another_content_type_is_refused_in_tikis_words() -> None:
    with calling("tiki") as call:
        headers = {**call.box.auth(), "content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
        response = call("POST", "/v1/products/DANG19951995/updateSku", raw=b"price=1", headers=headers)
        assert response.status == 400
        assert (
            "Content type 'application/x-www-form-urlencoded;charset=UTF-8' not supported"
            in response.json()["errors"]
        )


def test_a_body_of_50_megabytes_over_a_real_socket_is_refused_and_the_server_lives_on() -> None:
    with running("tiki") as (_, client):
        response = client.post(
            "/v1/products", content=b"x" * 50_000_000, headers={"content-type": "application/json"}
        )
        assert response.status_code == 400
        assert response.json()["errors"][0].startswith("[sellerspec] ")
        assert client.get("/v1/orders").status_code == 200


def test_D11_a_sku_that_the_seller_has_already_is_rejected_in_the_review() -> None:
    with calling("tiki") as call:
        first = call("POST", "/v1/products", PRODUCT).json()["trace_id"]
        sku = PRODUCT["variants"][0]["sku"]

        def state(trace: str) -> tuple[str, str | None]:
            tracked = call("GET", f"/v1/tracking/{trace}").json()
            return tracked["state"], tracked["reason"]

        again = call("POST", "/v1/products", PRODUCT)
        assert (again.status, again.json()["state"]) == (200, "queuing")
        call.box.advance(600)
        not_unique = ("rejected", f"Product code {sku} is not unique")
        assert (state(first), state(again.json()["trace_id"])) == (("approved", None), not_unique)
        known = call.box.snapshot()["tables"]["skus"][f"1/{sku}"]
        assert known["trace_id"] == first
        third = call("POST", "/v1/products", PRODUCT).json()["trace_id"]
        seeded = {**PRODUCT, "variants": [{**PRODUCT["variants"][0], "sku": "DANG19951995"}]}
        on_sale = call("POST", "/v1/products", seeded).json()["trace_id"]
        call.box.advance(600)
        assert state(third) == not_unique
        assert state(on_sale) == ("rejected", "Product code DANG19951995 is not unique")


def test_D11_a_rejected_request_or_another_seller_leaves_the_sku_free() -> None:
    with calling("tiki") as call:
        first = call("POST", "/v1/products", PRODUCT).json()["trace_id"]
        call.box.move(first, "rejected")
        second = call("POST", "/v1/products", PRODUCT).json()["trace_id"]
        call.box.advance(600)
        assert call("GET", f"/v1/tracking/{second}").json()["state"] == "approved"
        foreign = {**PRODUCT, "variants": [{**PRODUCT["variants"][0], "sku": "FOREIGN-1"}]}
        trace = call("POST", "/v1/products", foreign).json()["trace_id"]
        call.box.advance(600)
        assert call("GET", f"/v1/tracking/{trace}").json()["state"] == "approved"
