"""A probe of the sandbox of Tiki's Open API: calls that show each seeded defect, and each behaviour."""

import base64
from typing import Any
from urllib.parse import urlencode

from sellerspec.sandbox.tiki_v2.seed import APPROVED
from support.sandboxes import Client
from support.tiki_v2_refused import REFUSED, send
from support.tiki_v2_samples import ORDERS, PRODUCTS, QUEUES, V2, V21, WAREHOUSE, sample, samples

EVENTS = ("ORDER_CREATED_SUCCESSFULLY", "ORDER_STATUS_UPDATED", "PRODUCT_INVENTORY_UPDATED")
FORM = {"content-type": "application/x-www-form-urlencoded"}
PUBLIC = {"client_id": "2345678901", "client_secret": "FAKE-SECRET-2"}


def probe(call: Client) -> None:
    """Call every operation, some of them as they must be refused."""
    before = call.box.snapshot()
    for one in REFUSED.values():
        send(call, one)
    call.box.restore(before)
    for _ in range(2):
        _read(call)
        queue = _subscribe(call)
        _change_products(call)
        _list_orders(call)
        order = call.box.snapshot()["tables"]["orders"]["700000001"]["order"]
        call.box.seed({"orders": [{**order, "id": 99, "code": "700000099"}]})
        _confirm(call)
        _deliver(call)
        _pull(call, queue)
        _tokens(call)


def _read(call: Client) -> None:
    for url in (
        "/categories?name=a", "/categories?isPrimary=true",
        "/categories/7566", "/categories/7566/attributes", "/attributes/498/values",
        "/categories/7566/optionLabels", "/requests/requiredDocs?category_id=8322", "/brands?limit=1",
        "/brands?limit=1&page=2", "/warehouses/tiki", "/tracking", f"/tracking/{APPROVED}", "/sellers/me",
        "/sellers/me/warehouses?limit=2", "/categories/999", "/attributes/498/values?limit=1",
        "/sellers/me/warehouses?status=0", "/seller-inventories?tiki_warehouse_codes=hn4",
        "/requests?state=approved", "/requests?include=products", "/requests/999", "/tracking/nobody",
        "/sellers/me/warehouses?limit=2&page=2", "/seller-inventories", "/requests?limit=1",
        "/requests?limit=1&page=2", "/requests/4451", "/products/findBy?original_sku=ao-thun-l",
    ):  # fmt: skip
        call("GET", f"{V2}{url}")
    for url in (
        "?limit=2&include=inventory", "?limit=2&page=2", "/71925545?includes=inventory", "?active=1",
        "?created_to_date=2000-01-01%2000:00:00", "/71925546", "/999", "/248956418?includes=inventory",
    ):  # fmt: skip
        call("GET", f"{PRODUCTS}{url}")


def _subscribe(call: Client) -> str:
    """Return the address of a new queue of events."""
    call("POST", QUEUES, {"name": "probe"})
    call("GET", QUEUES)
    queues = call.box.snapshot()["tables"].get("queues") or {"none": {}}
    queue = f"{QUEUES}/{list(queues)[-1]}"
    for type in EVENTS:
        call("POST", f"{queue}/subscriptions", {"event_type": type})
    call("GET", f"{queue}/subscriptions")
    call.box.advance(5)
    return queue


def _change_products(call: Client) -> None:
    made = call("POST", f"{V21}/requests", sample("createProductRequest"))
    call("POST", f"{V21}/requests", {**sample("createProductRequest"), "name": ""})
    requests = list(call.box.snapshot()["tables"]["requests"])
    call("GET", f"{V2}/tracking/{requests[-1]}")
    call.box.advance(60)
    call("GET", f"{V2}/requests/findBy?track_id={requests[-1]}")
    call.box.advance(60)
    call("POST", f"{V2}/tracking/{requests[-1]}/replay")
    call.box.advance(60)
    call.box.move(requests[-1], "rejected")
    call("GET", f"{V2}/tracking/{requests[-1]}")
    call("GET", f"{V2}/requests")
    call.box.advance(60)
    call("DELETE", f"{V2}/requests/findBy?track_id={requests[-1]}")
    call("DELETE", f"{V2}/requests/4452")
    assert made is not None
    call("PUT", f"{PRODUCTS}/updateSku", sample("updateSku"))
    call("PUT", f"{PRODUCTS}/updateSkus", sample("updateSkus"))
    both = [{"product_id": id, "price": 170_000} for id in (71_925_545, 248_956_418)]
    call("PUT", f"{PRODUCTS}/updateSkus", {"data": both})
    stock = [{"warehouse_id": WAREHOUSE, "qty_available": 170}]
    body = {"product_id": 248_956_418, "seller_warehouse": str(WAREHOUSE), "warehouse_quantities": stock}
    call("PUT", f"{PRODUCTS}/updateSku", body)
    call("GET", f"{PRODUCTS}/248956418?includes=inventory")
    call("PUT", f"{PRODUCTS}/updateSku", {"product_id": 999, "price": 170_000})
    call("POST", f"{V2}/products/updateOriginalSku", sample("updateOriginalSku"))
    call("POST", f"{V2}/requests/updateProductInfo", {"product_id": 2_166_152, "attributes": {"brand": "B"}})
    call("GET", f"{PRODUCTS}/2166152?includes=inventory,attributes")


def _list_orders(call: Client) -> None:
    for query in (
        "limit=3", "limit=3&page=2", "status=queueing&limit=50", "fulfillment_type=dropship",
        "code=265589080",
        "status=nin%7Cqueueing", "created_to_date=2000-01-01%2000:00:00", "order_by=created_at%7Casc&limit=2",
        "include=status_histories,items.fees&limit=2",
    ):  # fmt: skip
        call("GET", f"{ORDERS}?{query}")
    call("GET", ORDERS, headers={})
    for code in ("700000005?include=status_histories,items.fees", "800000001", "nobody", "700000001"):
        call("GET", f"{ORDERS}/{code}")


def _confirm(call: Client) -> None:
    def confirm(code: str, items: list[int], way: str = "confirm-available") -> None:
        call(
            "POST",
            f"{ORDERS}/{code}/{way}",
            {"available_item_ids": items, "seller_inventory_id": WAREHOUSE},
        )
        call("GET", f"{ORDERS}/{code}")
        call("GET", f"{PRODUCTS}/248956418?includes=inventory")

    confirm("700000005", [7_000_000_050, 7_000_000_051])
    confirm("700000006", [7_000_000_060])
    confirm("700000004", [])
    confirm("700000001", [7_000_000_010])
    confirm("700000007", [7_000_000_070])
    confirm("700000008", [7_000_000_080, 7_000_000_081])
    confirm("700000009", [7_000_000_090])
    confirm("700000005", [7_000_000_050])
    call("POST", f"{ORDERS}/700000002/confirm-available", raw=b"")
    call("GET", f"{ORDERS}/dropship/expected-pickup-slots")
    for code, status in (("700000010", "seller_confirmed"), ("700000011", "seller_canceled")):
        body = {"confirmation_status": status, "seller_inventory_id": WAREHOUSE}
        call("POST", f"{ORDERS}/{code}/dropship/confirm-available", body)
        call("GET", f"{ORDERS}?limit=50")
        call("GET", f"{ORDERS}/{code}")
        call("GET", f"{PRODUCTS}/248956418?includes=inventory")
    for code, way in (
        ("700000005", "seller-delivery"), ("700000004", "seller-delivery"), ("700000010", "dropship"),
        ("700000011", "dropship"), ("700000001", "tiki-delivery"), ("700000007", "cross-border"),
    ):  # fmt: skip
        call("GET", f"{ORDERS}/{code}/{way}/labels?format=html")


def _deliver(call: Client) -> None:
    appointment = next(one for one in samples("updateSellerDelivery") if "appointment_date" in one)
    canceled = {"status": "failed_delivery", "failure_cause": "out_of_needs"}
    for code, body in (
        ("700000005", appointment), ("700000006", canceled), ("700000005", {"status": "successful_delivery"}),
    ):  # fmt: skip
        call("POST", f"{ORDERS}/{code}/seller-delivery/update-delivery", body)
        call("GET", f"{ORDERS}/{code}")
        call("GET", f"{PRODUCTS}/248956418?includes=inventory")
    call("POST", f"{ORDERS}/700000007/cross-border/update-shipment", sample("updateCrossBorder"))
    call("POST", f"{ORDERS}/nobody/seller-delivery/update-delivery", {"status": "successful_delivery"})


def _pull(call: Client, queue: str) -> None:
    ack_id = None
    for _ in range(3):
        pulled = call("POST", f"{queue}/events/pull", {"ack_id": ack_id})
        call("POST", f"{queue}/events/pull", {"ack_id": None})
        batches = call.box.snapshot()["tables"].get("queues", {}).get(queue.rpartition("/")[2], {})
        ack_id = (batches.get("batch") or {}).get("ack_id")
        assert pulled is not None
    subscriptions = call.box.snapshot()["tables"].get("subscriptions") or {"none": {}}
    call("PUT", f"{queue}/subscriptions/{list(subscriptions)[-1]}", {"active": False})
    call("GET", f"{queue}/subscriptions")


def _tokens(call: Client) -> None:
    def ask(headers: dict[str, str], **form: str) -> Any:
        body = urlencode(form).encode()
        response = call("POST", "/sc/oauth2/token", raw=body, headers={**FORM, **headers})
        return response.json() if response.status == 200 and response.ends == "whole" else {}

    basic = {"authorization": f"Basic {base64.b64encode(b'1234567890:FAKE-SECRET').decode()}"}
    issued = ask(basic, grant_type="client_credentials", scope="product")
    bearer = {"authorization": f"Bearer {issued.get('access_token')}"}
    call("GET", PRODUCTS, headers=bearer)
    call("GET", ORDERS, headers=bearer)
    code = {"code": "FAKE-CODE", "redirect_uri": "https://app.example/callback"}
    ask({}, grant_type="authorization_code", **code, **PUBLIC)
    renewed = ask({}, grant_type="refresh_token", refresh_token="FAKE-REFRESH-TOKEN", **PUBLIC)
    again = str(renewed.get("refresh_token"))
    ask({}, grant_type="refresh_token", refresh_token=again, **PUBLIC)
    call.box.advance(86_401)
    call("GET", PRODUCTS, headers=bearer)
    for _ in range(25):
        call("GET", f"{V2}/sellers/me")
