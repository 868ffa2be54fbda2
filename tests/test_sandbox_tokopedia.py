"""The Tokopedia sandbox: the order list, its error codes, and the Tokocabang notification."""

from typing import Any

import pytest

import sellerspec
from sellerspec.contract import contract
from sellerspec.sandbox.clock import stamp
from sellerspec.sandbox.messages import Reply
from support.sandboxes import Client, calling, receiver, running

LIMITED = ("limit", "remaining", "reset-after", "full-reset-after")
"""The documented headers of a refusal for the rate, each after `x-ratelimit-`."""


def limits(response: Reply) -> list[str | float]:
    """Return the values of these headers, seconds as numbers."""
    values = [response.headers[f"x-ratelimit-{name}"] for name in LIMITED]
    return [*values[:2], *map(float, values[2:])]


def window(call: Client, **changes: object) -> str:
    now = int(stamp(call.box.clock.now()))
    query = {
        "fs_id": 13004,
        "from_date": now - 2 * 86_400,
        "to_date": now,
        "page": 1,
        "per_page": 10,
        **changes,
    }
    return "/v2/order/list?" + "&".join(
        f"{name}={value}" for name, value in query.items() if value is not None
    )


def test_pages_are_read_until_one_is_empty_and_hold_each_paid_order_once() -> None:
    with calling("tokopedia") as call:
        seen, page = [], 1
        while data := call("GET", window(call, page=page)).json()["data"]:
            seen.extend(data)
            page += 1
        assert len({order["order_id"] for order in seen}) == len(seen) == 24
        assert not {order["order_status"] for order in seen} & {100, 103}
        assert sellerspec.check_exchange(call.box.log.entries()[0].exchange).findings == ()


def test_orders_are_picked_by_shop_warehouse_and_status() -> None:
    with calling("tokopedia") as call:
        for name, member, value in (
            ("shop_id", "shop_id", 479574),
            ("warehouse_id", "warehouse_id", 19551),
            ("status", "order_status", 400),
        ):
            data = call("GET", window(call, **{name: value})).json()["data"]
            assert {order[member] for order in data} == {value}


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"fs_id": ""}, "ORD_DLV_001", "fs_id cannot be empty"),
        ({"fs_id": "x"}, "ORD_DLV_002", "invalid fs_id format"),
        ({"shop_id": "x"}, "ORD_DLV_006", "invalid shop_id format"),
        ({"warehouse_id": "x"}, "ORD_DLV_007", "invalid warehouse_id format"),
        (
            {"shop_id": 479573, "warehouse_id": 0},
            "ORD_DLV_008",
            "please choose one between shop id or warehouse id",
        ),
        ({"from_date": None}, "ORD_DLV_009", "from_date cannot be empty"),
        ({"from_date": "x"}, "ORD_DLV_010", "invalid from_date format"),
        ({"to_date": ""}, "ORD_DLV_011", "to_date cannot be empty"),
        ({"to_date": "x"}, "ORD_DLV_012", "invalid to_date format"),
        ({"from_date": 1}, "ORD_DLV_013", "Date Range must be less than 3 days"),
        ({"page": ""}, "ORD_DLV_014", "page cannot be empty"),
        ({"page": "x"}, "ORD_DLV_015", "invalid page format"),
        ({"per_page": None}, "ORD_DLV_016", "per_page cannot be empty"),
        ({"per_page": "x"}, "ORD_DLV_017", "invalid per_page format"),
        ({"status": "x"}, "ORD_DLV_018", "invalid status format"),
    ],
)
def test_a_documented_error_has_its_code_and_reason_in_the_envelope(
    changes: dict[str, Any], code: str, reason: str
) -> None:
    with calling("tokopedia") as call:
        response = call("GET", window(call, **changes))
        header = response.json()["header"]
        assert (response.status >= 400, header["error_code"], header["reason"]) == (True, code, reason)
        assert response.json()["data"] is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ORD_API_001", "Failed To Initialize Request"),
        ("ORD_API_003", "Failed To Fetching Request"),
        ("ORD_API_004", "Failed To Reading Response Body"),
        ("ORD_API_005", "Failed To Parsing Json Response"),
        ("ORD_API_006", "There Are Error From Ext Service"),
        ("ORD_API_009", "Error Data Order Too Big, Must Reduce Time Interval"),
        ("ORD_DLV_028", None),
        ("ORD_DLV_029", "invalid order_type param format"),
    ],
)
def test_a_failure_inside_the_marketplace_is_planned_by_its_code(code: str, reason: str | None) -> None:
    with calling("tokopedia") as call:
        call.box.faults.add({"operation": "listOrders", "code": code})
        header = call("GET", window(call)).json()["header"]
        assert header["error_code"] == code
        assert header["reason"] == reason if reason else header["reason"].startswith("[sellerspec]")
        assert call("GET", window(call)).status == 200


def test_C13_tokens_and_rate_limit_are_refused_as_documented() -> None:
    with calling("tokopedia", rate_limit=2) as call:
        assert call("GET", window(call), headers={}).status == 401
        assert call("GET", window(call), headers={"authorization": "Bearer wrong"}).status == 401
        responses = [call("GET", window(call)) for _ in range(3)]
        assert [response.status for response in responses] == [200, 200, 429]
        allowed, left, once, full = limits(responses[2])
        assert (allowed, left) == ("2 req/s (burst 2)", "0")
        assert 0 < float(once) <= 0.5 < float(full) <= 1
        call.box.advance(1)
        assert call("GET", window(call)).status == 200


def test_the_tokocabang_notification_goes_to_the_registered_address() -> None:
    with receiver() as hook, running("tokopedia") as (box, _):
        box.seed({"webhooks": [{"url": hook.url}]})
        box.seed({"orders": [{"fulfill_by": 1, "warehouse_id": 19551, "order_id": 7}, {"order_id": 8}]})
        box.move("7", "400")
        box.move("7", "450")
        sent = [(notice["operation"], notice["event"], notice["state"]) for notice in box.deliveries()]
        assert sent == [
            ("tokocabangOrderNotification", "7", "delivered"),
            ("orderNotification", "8", "delivered"),
            ("orderStatus", "7", "delivered"),
            ("orderStatus", "7", "delivered"),
        ]
        assert [order["order_status"] for order in hook.notices] == [220, 220, 400, 450]
        for notice, (operation, _, _) in zip(hook.notices, sent, strict=True):
            assert sellerspec.check(f"tokopedia/{operation}", notice).ok


def test_A14_paying_notifies_of_a_new_order_once_and_each_later_status_of_the_status() -> None:
    with receiver() as hook, running("tokopedia") as (box, client):
        box.seed({"webhooks": [{"url": hook.url}], "orders": [{"order_id": 7, "order_status": 100}]})
        box.move("7", "103")
        assert box.deliveries() == []
        for status in ("220", "220", "400", "500"):
            assert client.post("/__sellerspec/move", json={"name": "7", "state": status}).status_code == 200
        box.move("7", "103")
        box.move("7", "220")
        box.seed({"orders": [{"order_id": 7, "order_status": 700}]})
        sent = [(notice["operation"], notice["body"]["order_status"]) for notice in box.deliveries()]
        assert sent == [
            ("orderNotification", 220),
            ("orderStatus", 400),
            ("orderStatus", 500),
            ("orderStatus", 220),
            ("orderStatus", 700),
        ]
        assert len(hook.notices) == len(sent)
        for (operation, _), notice in zip(sent, hook.notices, strict=True):
            assert sellerspec.check(f"tokopedia/{operation}", notice).ok


def test_A14_new_orders_and_statuses_go_to_the_addresses_of_the_documented_registration() -> None:
    with receiver() as orders, receiver() as statuses, receiver() as ends, running("tokopedia") as (box, _):
        addresses = {"order_notification_url": orders.url, "order_status_url": statuses.url}
        box.seed(
            {"webhooks": [{**addresses, "order_cancellation_url": ends.url}], "orders": [{"order_id": 7}]}
        )
        box.move("7", "400")
        box.move("7", "10")
        box.move("7", "15")
        box.deliveries()
        assert [notice["order_status"] for notice in orders.notices] == [220]
        assert [notice["order_status"] for notice in statuses.notices] == [400, 10, 15]
        assert [notice["order_status"] for notice in ends.notices] == [15]


def test_A14_an_order_that_is_canceled_before_it_is_paid_is_never_new_and_never_listed() -> None:
    with receiver() as hook, running("tokopedia") as (box, client):
        box.seed({"webhooks": [{"url": hook.url}], "orders": [{"order_id": 7, "order_status": 100}]})
        box.move("7", "15")
        assert box.deliveries() == []
        listed = client.get(window(Client(box.sandbox), per_page=100)).json()["data"]
        assert 7 not in {order["order_id"] for order in listed}
        box.move("1000000003", "500")  # an order of the seed was new long ago
        assert [(notice["operation"], notice["body"]["order_status"]) for notice in box.deliveries()] == [
            ("orderStatus", 500)
        ]


def test_C12_the_documented_order_is_seeded_and_notified_with_name_in_lower_case() -> None:
    documented = contract("tokopedia").spec.operation("listOrders").responses[200].examples()["documented"]
    order = documented["data"][0]
    assert "Name" in order["buyer"]
    assert "name" not in order["buyer"]
    with receiver() as hook, running("tokopedia") as (box, client):
        box.seed({"webhooks": [{"url": hook.url}]})
        for changes in ({}, {"fulfill_by": 1, "order_id": 2}):
            seeds = {"orders": [{**order, "order_status": 220, **changes}]}
            assert client.post("/__sellerspec/seed", json=seeds).json() == {"seeded": 1}
        assert {delivery["state"] for delivery in box.deliveries()} == {"delivered"}
        for kind, notice in zip(
            ("orderNotification", "tokocabangOrderNotification"), hook.notices, strict=True
        ):
            assert sellerspec.check(f"tokopedia/{kind}", notice).ok
            assert notice["customer"]["name"] == order["buyer"]["Name"]
            assert notice["recipient"]["name"] == order["recipient"]["Name"]
            assert [product["name"] for product in notice["products"]] == [
                product["Name"] for product in order["products"]
            ]


@pytest.mark.parametrize("member", ["logistics", "buyer", "recipient"])
def test_C12_an_order_without_parts_that_a_notice_repeats_is_seeded(member: str) -> None:
    with receiver() as hook, running("tokopedia") as (box, client):
        box.seed({"webhooks": [{"url": hook.url}]})
        response = client.post("/__sellerspec/seed", json={"orders": [{member: {}}]})
        assert (response.status_code, response.json()) == (200, {"seeded": 1})
        assert [delivery["state"] for delivery in box.deliveries()] == ["delivered"]
        assert sellerspec.check("tokopedia/orderNotification", hook.notices[0]).ok


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ({"orders": [{"order_id": 1}, 5]}, "/orders/1: an order must be an object"),
        ({"orders": [{"order_id": "x"}]}, "/orders/0/order_id"),
        ({"orders": [{"create_time": None}]}, "/orders/0/create_time"),
        ({"orders": [{"recipient": 5}]}, "/orders/0"),
        ({"orders": [{"products": [None]}]}, "/orders/0"),
        ({"orders": [{"fulfill_by": None}]}, "/orders/0/fulfill_by"),
        ({"orders": [{"order_id": True}]}, "/orders/0/order_id"),
        ({"webhooks": [{"url": "nowhere"}]}, "/webhooks/0/url: `url` must be an http or https URL"),
        ({"webhooks": [7]}, "/webhooks/0/url: `url` is missing: notices go there"),
        (
            {"webhooks": [{"order_url": "http://127.0.0.1"}]},
            "/webhooks/0/order_url: a member must be `url`, ",
        ),
        ({"orders": [{"seller": "9"}]}, "/orders/0/seller: no such seller; known: 1, 2, 4"),
        ({"orders": [{"seller": "4"}]}, "/orders/0/seller: `seller` must be one with a shop, got `4`"),
        ({"things": []}, "no list of `things` to seed; known: orders, webhooks"),
        ([], "/: the value must be an object, got an empty list"),
    ],
)
def test_a_bad_seed_is_refused_with_its_place_and_nothing_of_it_stays(seeds: Any, message: str) -> None:
    with calling("tokopedia") as call:
        before = call.box.snapshot()["tables"]
        with pytest.raises(sellerspec.SellerspecError) as caught:
            call.box.seed(seeds)
        assert message in str(caught.value)
        assert call.box.snapshot()["tables"] == before


def test_an_order_is_moved_to_a_number_only() -> None:
    with calling("tokopedia") as call:
        with pytest.raises(sellerspec.SellerspecError, match="must be a number"):
            call.box.move("1000000002", "shipped")
        with pytest.raises(sellerspec.SellerspecError, match="must be a number"):
            call.box.move("1000000002", "\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT TWO}")
        with pytest.raises(sellerspec.SellerspecError, match="nothing here is called `5`"):
            call.box.move("5", "400")


def test_C13_a_planned_429_has_the_documented_headers_too() -> None:
    with calling("tokopedia", rate_limit=2) as call:
        for fault in ({"status": 429}, {"status": 429, "body": {"slow": "down"}, "kind": "response"}):
            call.box.plan(fault)
            response = call("GET", window(call))
            assert (response.status, limits(response)) == (429, ["2 req/s (burst 2)", "0", 1.0, 1.5])


def test_C5_a_shop_that_is_not_linked_is_refused_in_one_of_the_two_ways_that_sources_show() -> None:
    with calling("tokopedia") as call:
        for url in (window(call, shop_id=1), window(call, warehouse_id=5), window(call, fs_id=13005)):
            response = call("GET", url)
            header = response.json()["header"]
            assert (response.status, header["error_code"]) == (403, "RBAC_MDLW_001")
            assert header["reason"].startswith("[sellerspec] ")
        for code, status in (("ORD_USC_015", 500), ("RBAC_MDLW_001", 403), ("ORD_DLV_013", 400)):
            call.box.plan({"code": code})
            response = call("GET", window(call))
            assert (response.status, response.json()["header"]["error_code"]) == (status, code)
        locked = call("GET", window(call), headers={"authorization": "Bearer not-a-real-token-locked"})
        assert (locked.status, locked.json()["header"]["error_code"]) == (403, "RBAC_MDLW_001")


def test_C14_an_empty_filter_is_no_filter() -> None:
    with calling("tokopedia") as call:
        every = call("GET", window(call)).json()["data"]
        assert call("GET", window(call, shop_id="", warehouse_id="", status="")).json()["data"] == every


def test_C16_page_0_is_refused_with_a_code_of_the_contract_and_a_reason_marked_as_ours() -> None:
    with calling("tokopedia") as call:
        header = call("GET", window(call, page=0)).json()["header"]
        assert header["error_code"] == "ORD_DLV_015"
        assert header["reason"].startswith("[sellerspec] /request/query/page: ")
        assert sellerspec.check_exchange(call.box.log.entries()[-1].exchange).findings == ()


def test_C16_the_orders_of_a_seller_have_its_own_app_and_shop() -> None:
    with calling("tokopedia") as call:
        call.box.seed({"orders": [{"seller": "2"}]})
        headers = {"authorization": "Bearer not-a-real-token-2"}
        data = call("GET", window(call, fs_id=13005), headers=headers).json()["data"]
        assert [(order["fs_id"], order["shop_id"]) for order in data] == [("13005", 480876)] * 2


def test_C16_no_order_gets_a_status_that_nobody_has_seen() -> None:
    with calling("tokopedia") as call:
        with pytest.raises(sellerspec.SellerspecError, match="`order_status` must be one of 0, 2, 3"):
            call.box.move("1000000003", "9999")
        with pytest.raises(sellerspec.SellerspecError, match="/orders/0/order_status: `order_status` must"):
            call.box.seed({"orders": [{"order_status": 9999}]})
        call.box.move("1000000003", "401")


def test_C16_one_order_with_a_bundle_is_seeded_and_its_sums_agree() -> None:
    with calling("tokopedia") as call:
        data = call("GET", window(call, per_page=100)).json()["data"]
        (order,) = (order for order in data if order["have_product_bundle"])
        assert order["bundle_detail"]["total_product"] == 3
        assert (order["amt"]["ttl_product_price"], order["amt"]["ttl_amount"]) == (85_000, 94_000)
        assert sellerspec.check_exchange(call.box.log.entries()[-1].exchange).findings == ()


@pytest.mark.parametrize(("fulfill_by", "name"), [(0, "id"), (1, "product_id")])
def test_C16_a_bundle_is_notified_with_the_item_names_of_its_notification(fulfill_by: int, name: str) -> None:
    with receiver() as hook, running("tokopedia") as (box, client):
        data = client.get(window(Client(box.sandbox), per_page=100)).json()["data"]
        (order,) = (order for order in data if order["have_product_bundle"])
        moved = {**order, "order_id": 7, "order_status": 100, "fulfill_by": fulfill_by}
        moved["promo_order_detail"] = {**order["promo_order_detail"], "order_id": 7}
        box.seed({"webhooks": [{"url": hook.url}], "orders": [moved]})
        box.move("7", "220")
        (notice,) = box.deliveries()
        detail = notice["body"]["bundle_detail"]
        items = [*detail["bundle"][0]["order_detail"], *detail["non_bundle"]]
        assert [item[name] for item in items] == [line["id"] for line in notice["body"]["products"]]
        report = sellerspec.check(f"tokopedia/{notice['operation']}", notice["body"])
        assert {finding.rule for finding in report.findings} <= {"tokopedia.notified-bundle-order-id"}
