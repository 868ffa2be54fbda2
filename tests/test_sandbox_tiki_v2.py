"""The sandbox of Tiki's Open API: information, products with their stock, and product requests."""

from datetime import datetime
from typing import Any

import pytest

from sellerspec.errors import UsageError
from sellerspec.sandbox.tiki_v2 import seed
from support.sandboxes import Client, calling
from support.tiki_v2_samples import V2, V21, sample

REQUESTS, TRACKING = f"{V21}/requests", f"{V2}/tracking"
UPDATE = f"{V21}/products/updateSku"
PRODUCT, FOREIGN = 2_166_152, 71_925_546


def errors(response: Any) -> list[str]:
    texts: list[str] = response.json()["errors"]
    return texts


def test_information_is_listed_filtered_and_named() -> None:
    with calling("tiki-v2") as call:

        def get(url: str) -> Any:
            return call("GET", f"{V2}{url}").json()

        def ids(url: str) -> list[int]:
            return [entry["id"] for entry in get(url)["data"]]

        assert ids("/categories?isPrimary=true&parent=2") == [1685, 8322]
        assert ids("/categories?isCrossBorder=false&isPrimary=true") == [7566]
        assert ids("/categories?name=creams&lang=en") == [8322]
        detail = get("/categories/7566?includeParents=true")
        assert [parent["id"] for parent in detail["parents"]] == [1846, 2]
        assert get("/categories/1") == {"errors": ["Category not found id: 1"]}
        required = {one["code"] for one in get("/categories/7566/attributes")["data"] if one["is_required"]}
        assert {"brand", "origin", "product_weight_kg"} <= required
        assert [one["value"] for one in get("/attributes/498/values?q=vi")["data"]] == ["Việt Nam"]
        assert get("/attributes/499/values")["data"] == []
        assert call("GET", f"{V2}/attributes/1/values").status == 404
        assert len(get("/categories/7566/optionLabels")["data"]) == 4
        needed = get("/requests/requiredDocs?category_id=8322")["data"]
        assert [one["document_id"] for one in needed] == [18, 19]
        of_brand = get("/requests/requiredDocs?category_id=7566&brand_listdata_id=18")["data"]
        assert [one["type"] for one in of_brand] == ["brand"]
        assert call("GET", f"{V2}/requests/requiredDocs?category_id=1").status == 404
        assert ids("/brands?name=brand&limit=1") == [11]
        assert {"name": "Ha Noi 5", "code": "hn5"} in get("/warehouses/tiki")


def test_the_seller_and_the_warehouses_are_those_of_the_token() -> None:
    with calling("tiki-v2") as call:

        def get(url: str, token: str = "FAKE-TOKEN-FOR-TESTS") -> Any:
            return call("GET", f"{V2}{url}", headers={"authorization": f"Bearer {token}"}).json()

        assert get("/sellers/me")["id"] == 328_784
        assert get("/sellers/me", "FAKE-TOKEN-OTHER")["operation_models"] == ["backorder"]
        returns = get("/sellers/me/warehouses?type=0&status=1")["data"]
        assert [one["id"] for one in returns] == [384_741]
        assert [one["id"] for one in get("/sellers/me/warehouses?status=0")["data"]] == [384_742]
        found = get("/seller-inventories?tiki_warehouse_codes=hn4")
        assert found["mappings"] == [{"tiki_warehouse_code": "hn4", "seller_inventory_ids": [384_740]}]
        assert [one["id"] for one in found["seller_inventories"]] == [384_740]
        assert len(get("/seller-inventories")["mappings"]) == 2


def test_products_are_listed_with_the_parts_that_are_asked_for() -> None:
    with calling("tiki-v2", now=datetime(2026, 11, 29, 9)) as call:

        def ids(query: str) -> list[int]:
            listed = call("GET", f"{V21}/products?{query}").json()["data"]
            return [product["product_id"] for product in listed]

        assert ids("category_id=7566") == [PRODUCT, 248_705_051]
        assert ids("name=ao-thun-L") == [71_925_545]
        assert ids("active=0") == []
        assert ids("limit=2&page=2") == [PRODUCT, 248_705_051]
        assert ids("created_from_date=2026-11-08%2000:00:00") == [248_956_418, 71_925_545]
        assert ids("updated_to_date=2026-11-07%2000:00:00") == [248_705_051]
        listed = call("GET", f"{V2}/products?include=inventory,seller&limit=1").json()["data"][0]
        assert {"inventory", "seller"} <= listed.keys()
        assert not {"images", "attributes", "categories"} & listed.keys()
        one = call("GET", f"{V21}/products/{PRODUCT}?includes=images,categories,attributes").json()
        assert one["categories"][0]["id"] == 7566
        assert "inventory" not in one
        found = call("GET", f"{V2}/products/findBy?original_sku=xxx-yyy-123").json()
        assert found["inventory"]["warehouse_stocks"][0]["quantity_sellable"] == seed.AVAILABLE
        assert call("GET", f"{V21}/products/{FOREIGN}").status == 404
        assert call("GET", f"{V2}/products/findBy?original_sku=x").status == 404


def stocks(call: Client, id: int) -> dict[int, tuple[int, int, int]]:
    """Return what is available, reserved and sellable of a product in each warehouse."""
    product = call("GET", f"{V21}/products/{id}?includes=inventory").json()
    return {
        one["warehouse_id"]: (one["quantity_available"], one["quantity_reserved"], one["quantity_sellable"])
        for one in product["inventory"]["warehouse_stocks"]
    }


def test_an_update_sets_price_status_and_the_stock_of_each_warehouse() -> None:
    with calling("tiki-v2") as call:
        assert call("PUT", UPDATE, sample("updateSku")).json() == {"state": "approved"}
        assert stocks(call, PRODUCT) == {1034: (17, 0, 17), 1015: (18, 0, 18)}
        assert call("GET", f"{V21}/products/{PRODUCT}").json()["price"] == 100_000
        by_code = {"original_sku": "xxx-yyy-123", "active": 0}
        assert call("PUT", f"{V2}/products/updateSku", by_code).status == 200
        assert call("GET", f"{V21}/products/{PRODUCT}").json()["active"] == 0


def test_what_orders_have_reserved_cannot_be_sold() -> None:
    id, warehouse = 248_956_418, 384_740
    with calling("tiki-v2") as call:
        reserved = stocks(call, id)[warehouse][1]
        assert reserved > 0
        body = {
            "product_id": id,
            "seller_warehouse": str(warehouse),
            "warehouse_quantities": [{"warehouse_id": warehouse, "qty_available": reserved + 5}],
        }
        assert call("PUT", UPDATE, body).status == 200
        assert stocks(call, id)[warehouse] == (reserved + 5, reserved, 5)


def test_updates_of_others_and_of_nothing_are_refused() -> None:
    unknown = {
        "product_id": PRODUCT,
        "seller_warehouse": "15936811",
        "warehouse_quantities": [{"warehouse_id": 15_936_811, "qty_available": 1}],
    }
    with calling("tiki-v2") as call:
        refused = call("PUT", UPDATE, unknown)
        assert (refused.status, errors(refused)) == (
            422,
            ["update error [Warehouse '[15936811]' are not found]"],
        )
        assert call("PUT", UPDATE, {"product_id": FOREIGN, "price": 5000}).status == 403
        assert call("PUT", UPDATE, {"product_id": 5, "price": 5000}).status == 404
        assert call("PUT", UPDATE, {"original_sku": "tui-trong", "price": 5000}).status == 404
        info = {"product_id": FOREIGN, "attributes": {"origin": "Anh"}}
        refused = call("POST", f"{V2}/requests/updateProductInfo", info)
        assert errors(refused) == ["you do not have permission to update this product"]


def test_several_updates_are_taken_together_or_not_at_all() -> None:
    good = {"product_id": PRODUCT, "price": 77_000}
    url = f"{V21}/products/updateSkus"
    with calling("tiki-v2") as call:
        assert call("PUT", url, {"data": [good, {"product_id": 5, "price": 1000}]}).status == 404
        assert call("GET", f"{V21}/products/{PRODUCT}").json()["price"] != 77_000
        off = {"original_sku": "xxx-yyy-123", "status": 2}
        assert call("PUT", url, {"data": [good, off]}).json() == {"state": "approved"}
        product = call("GET", f"{V21}/products/{PRODUCT}").json()
        assert (product["price"], product["active"]) == (77_000, 0)


def test_a_code_is_changed_unless_another_product_has_it() -> None:
    url = f"{V2}/products/updateOriginalSku"
    with calling("tiki-v2") as call:
        assert call("POST", url, sample("updateOriginalSku")).json() == {"state": "approved"}
        found = call("GET", f"{V2}/products/findBy?original_sku=xxx-yyy-124").json()
        assert found["product_id"] == PRODUCT
        assert call("POST", url, {"product_id": PRODUCT, "original_sku": "ao-thun-m"}).status == 400


def test_prices_and_stock_are_published() -> None:
    queues = "/integration/v1/queues"
    with calling("tiki-v2") as call:
        queue = f"{queues}/{call('POST', queues, {'name': 'products'}).json()['code']}"
        for type in ("PRODUCT_PRICE_UPDATED", "PRODUCT_INVENTORY_UPDATED"):
            call("POST", f"{queue}/subscriptions", {"event_type": type})
        call.box.advance(5)
        call("PUT", UPDATE, sample("updateSku"))
        events = call("POST", f"{queue}/events/pull", {"ack_id": None}).json()["events"]
        assert [event["type"] for event in events] == [
            "PRODUCT_PRICE_UPDATED", "PRODUCT_INVENTORY_UPDATED", "PRODUCT_INVENTORY_UPDATED",
        ]  # fmt: skip
        assert events[0]["payload"] == {
            "product_id": PRODUCT,
            "original_sku": "xxx-yyy-123",
            "price_from": 120_000,
            "price_to": 100_000,
        }
        assert events[1]["payload"]["quantity_sellable_to"] == 17


def states(call: Client, track_id: str, steps: int) -> list[str]:
    """Return the states that a request goes through, one each minute."""
    seen = []
    for _ in range(steps):
        seen.append(call("GET", f"{TRACKING}/{track_id}").json()["state"])
        call.box.advance(60)
    return seen


def test_a_request_goes_through_its_states_and_its_product_is_on_sale() -> None:
    with calling("tiki-v2") as call:
        made = call("POST", REQUESTS, sample("createProductRequest")).json()
        assert {**made, "track_id": ""} == {
            "track_id": "", "state": "queuing", "request_id": None, "reason": None,
        }  # fmt: skip
        find = f"{V2}/requests/findBy?track_id={made['track_id']}"
        assert call("GET", find).status == 404
        assert states(call, made["track_id"], 6) == [
            "queuing", "processing", "md_awaiting_approve", "bot_awaiting_approve", "awaiting_approve",
            "approved",
        ]  # fmt: skip
        request = call("GET", find).json()
        assert (request["kind"], request["state"]) == ("create_product", "approved")
        assert call("GET", f"{V2}/requests/{request['request_id']}").json() == request
        (product,) = request["products"]
        assert (product["original_sku"], product["active"]) == ("abcs4", 1)
        assert stocks(call, product["product_id"]) == {371_835: (3, 0, 3)}
        listed = call("GET", f"{V2}/requests?state=approved").json()["data"]
        assert [one["products"] for one in listed] == [[], []]
        listed = call("GET", f"{V2}/requests?include=products&limit=1").json()
        assert listed["paging"]["total"] == 3
        assert listed["data"][0]["products"] == [product]
        assert call("GET", TRACKING).json()["data"][0]["track_id"] == made["track_id"]


def test_a_product_stays_off_unless_it_is_turned_on_by_itself() -> None:
    body = {**sample("createProductRequest"), "meta_data": {"is_auto_turn_on": False}}
    with calling("tiki-v2") as call:
        track_id = call("POST", REQUESTS, body).json()["track_id"]
        call.box.move(track_id, "approved")
        found = call("GET", f"{V2}/products/findBy?original_sku=abcs4").json()
        assert found["active"] == 0


def test_a_request_without_the_documents_is_rejected_by_those_who_look_at_them() -> None:
    body = {**sample("createProductRequest"), "category_id": 8322}
    body["attributes"] = {**body["attributes"], "origin": "Anh"}
    files = [
        {"url": f"https://example.com/{id}.jpg", "type": "category", "document_id": id} for id in (18, 19)
    ]
    with calling("tiki-v2") as call:
        lacking = call("POST", REQUESTS, body).json()["track_id"]
        assert states(call, lacking, 4)[2:] == ["md_awaiting_approve", "rejected"]
        assert "`document_id` 18" in call("GET", f"{TRACKING}/{lacking}").json()["reason"]
        call.box.reset()
        complete = call("POST", REQUESTS, {**body, "certificate_files": files}).json()["track_id"]
        assert states(call, complete, 6)[-1] == "approved"


def test_a_code_that_another_request_has_is_rejected() -> None:
    with calling("tiki-v2") as call:
        call("POST", REQUESTS, sample("createProductRequest"))
        second = call("POST", REQUESTS, sample("createProductRequest")).json()["track_id"]
        assert states(call, second, 3)[-1] == "rejected"
        again = call("POST", f"{TRACKING}/{second}/replay").json()
        assert again == {"track_id": second, "state": "queuing", "reason": None, "request_id": None}
        assert states(call, second, 3)[-1] == "rejected"


def test_an_inventory_type_that_is_not_registered_is_refused() -> None:
    headers = {"content-type": "application/json", "authorization": "Bearer FAKE-TOKEN-OTHER"}
    with calling("tiki-v2") as call:
        refused = call("POST", REQUESTS, sample("createProductRequest"), headers=headers)
        assert refused.status == 422
        assert any("inventory_type" in text for text in errors(refused))


def test_a_request_is_deleted_once_and_not_after_its_approval() -> None:
    with calling("tiki-v2") as call:
        assert call("DELETE", f"{V2}/requests/4452").json() == {"request_id": "4452", "state": "deleted"}
        assert call("DELETE", f"{V2}/requests/findBy?track_id={seed.WAITING}").status == 400
        assert call("DELETE", f"{V2}/requests/4451").status == 400
        assert call("DELETE", f"{V2}/requests/1").status == 404
        assert call("POST", f"{TRACKING}/{seed.APPROVED}/replay").status == 400
        track_id = call("POST", REQUESTS, sample("createProductRequest")).json()["track_id"]
        call.box.advance(60)
        assert call("DELETE", f"{V2}/requests/findBy?track_id={track_id}").json()["state"] == "deleted"
        assert states(call, track_id, 2) == ["deleted", "deleted"]


def test_another_content_of_a_product_is_reviewed_first() -> None:
    body = {"product_id": PRODUCT, "attributes": {"origin": "Anh"}, "image": "https://example.com/2.jpg"}
    url = f"{V21}/products/{PRODUCT}?includes=attributes,images"
    with calling("tiki-v2") as call:
        track_id = call("POST", f"{V2}/requests/updateProductInfo", body).json()["track_id"]
        assert call("POST", f"{TRACKING}/{track_id}/replay").json()["state"] == "queuing"
        assert states(call, track_id, 2) == ["queuing", "update_product_awaiting_approve"]
        product = call("GET", url).json()
        assert product["attributes"] == {"brand": "No Brand", "origin": "Anh"}
        assert [one["url"] for one in product["images"]] == ["https://example.com/2.jpg"]
        assert call("GET", f"{TRACKING}/{track_id}").json()["state"] == "update_product_approved"


def test_products_and_categories_can_be_seeded() -> None:
    with calling("tiki-v2") as call:
        product = call("GET", f"{V2}/products/findBy?original_sku=xxx-yyy-123").json()
        seeded = {**product, "product_id": 77, "original_sku": "seven"}
        del seeded["seller"]
        assert call.box.seed({"products": [seeded]}) == 1
        found = call("GET", f"{V2}/products/findBy?original_sku=seven").json()
        assert found == {**seeded, "seller": found["seller"]}
        category = call("GET", f"{V2}/categories/7566").json()
        call.box.seed({"categories": [{**category, "id": 78, "name": "Bịa"}]})
        assert call("GET", f"{V2}/categories/78").json()["name"] == "Bịa"
        with pytest.raises(UsageError, match="/products/0/active: `active` is missing"):
            call.box.seed({"products": [{"name": "x"}]})


def test_a_state_is_the_same_after_it_was_restored() -> None:
    with calling("tiki-v2") as call:
        call("POST", REQUESTS, sample("createProductRequest"))
        state = call.box.snapshot()
        call.box.restore(state)
        assert call.box.snapshot()["tables"] == state["tables"]
