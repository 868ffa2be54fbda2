"""Products, tokens and events of the Open API: what the examples of single rules do not show."""

import json
from typing import Any

import pytest

import sellerspec
from sellerspec import Facts
from sellerspec.marketplaces.tiki_v2.products import listed_warehouses

HOST = "https://api.tiki.vn"
BEARER = {"Authorization": "Bearer FAKE-TOKEN-FOR-TESTS"}
JSON = {**BEARER, "Content-Type": "application/json"}
STOCK = {"warehouse_id": 1034, "quantity_available": 17, "quantity_reserved": 2, "quantity_sellable": 15}
WRONG = {**STOCK, "quantity_sellable": 17}
PAGING = {"total": 1, "per_page": 20, "current_page": 1, "last_page": 1, "from": 0, "to": 1}


def product(stock: Any = STOCK, **members: Any) -> dict[str, Any]:
    known = {"product_id": 7, "sku": "1", "name": "Cup", "active": 1, "price": 9000, "type": "simple"}
    return {**known, "inventory": {"warehouse_stocks": [stock]}, **members}


def got(path: str, body: Any) -> list[tuple[str, str]]:
    exchange = sellerspec.Exchange(
        "GET", HOST + path, 200, request_headers=BEARER,
        response_headers={"Content-Type": "application/json"}, response_body=json.dumps(body).encode(),
    )  # fmt: skip
    return [(finding.rule, finding.pointer) for finding in sellerspec.check_exchange(exchange).findings]


def sent(method: str, path: str, body: Any, headers: dict[str, str] = JSON, **facts: Any) -> Any:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    exchange = sellerspec.Exchange(method, HOST + path, None, request_headers=headers, request_body=data)
    return sellerspec.check_exchange(exchange, facts=Facts(**facts)).findings


def test_a_wrong_sum_is_found_where_it_stands() -> None:
    place = "inventory/warehouse_stocks/0/quantity_available"
    assert got("/integration/v2.1/products/7", product(WRONG)) == [
        ("tiki-v2.stock-sum", f"/response/body/{place}")
    ]
    listed = {
        "data": [product(), product(WRONG, product_id=8, sku="2")],
        "paging": {**PAGING, "total": 2, "to": 2},
    }
    assert got("/integration/v2.1/products", listed) == [
        ("tiki-v2.stock-sum", f"/response/body/data/1/{place}")
    ]


def test_version_2_may_call_the_id_of_a_product_id() -> None:
    own = product(id=7)
    del own["product_id"]
    assert got("/integration/v2/products/7", own) == []
    assert got("/integration/v2/products", {"data": [own], "paging": PAGING}) == []
    assert got("/integration/v2/products/8", own) == [("tiki-v2.product-requested", "/response/body/id")]
    assert got("/integration/v2.1/products/7", own) == [
        ("tiki-v2.product-id-named", "/response/body/product_id")
    ]
    del own["id"]
    assert [rule for rule, _ in got("/integration/v2/products/7", own)] == ["tiki-v2.product-entry"]


def test_a_product_is_found_by_the_code_of_the_query() -> None:
    path = "/integration/v2/products/findBy?original_sku=A1"
    assert got(path, product(original_sku="A1")) == []
    assert got(path, product(original_sku="A2")) == [
        ("tiki-v2.product-requested", "/response/body/original_sku")
    ]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("active=0", "active"),
        ("created_from_date=2023-03-25%2000:00:00", "created_at"),
        ("created_to_date=2023-03-23%2000:00:00", "created_at"),
        ("updated_from_date=2023-03-25%2000:00:00", "updated_at"),
        ("updated_to_date=2023-03-23%2000:00:00", "updated_at"),
    ],
)
def test_each_filter_of_the_list_counts(query: str, place: str) -> None:
    times = {"created_at": "2023-03-24 08:48:38", "updated_at": "2023-03-24 08:48:38"}
    listed = {"data": [product(**times)], "paging": PAGING}
    expected = [("tiki-v2.products-filtered", f"/response/body/data/0/{place}")]
    assert got(f"/integration/v2.1/products?{query}", listed) == expected
    assert got("/integration/v2.1/products?created_from_date=2023-03-24%2008:48:38&active=1", listed) == []


def test_the_list_has_include_and_the_product_has_includes() -> None:
    listed = {"data": [], "paging": {**PAGING, "total": 0}}
    (rule, place), *others = got("/integration/v2.1/products?includes=images", listed)
    assert (place, others) == ("/request/query/includes", [])
    assert got("/integration/v2.1/products/7?include=images", product())[0][0] == rule


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/7?includes=inventory,images,seller", ["images", "seller"]),
        ("/7?includes=inventory", []),
        ("/7", []),
        ("?include=images,inventory", ["images"]),
        ("?include=inventory", []),
    ],
)
def test_a_product_has_the_parts_that_the_request_names(path: str, missing: list[str]) -> None:
    at = "/response/body" if path.startswith("/7") else "/response/body/data/0"
    body = product() if path.startswith("/7") else {"data": [product()], "paging": PAGING}
    expected = [("tiki-v2.product-parts", f"{at}/{name}") for name in missing]
    assert got(f"/integration/v2.1/products{path}", body) == expected


QUANTITIES = [{"warehouse_id": 1034, "qty_available": 1}, {"warehouse_id": 15936811, "qty_available": 2}]


def test_an_unknown_warehouse_is_refused_in_the_words_of_the_server() -> None:
    update = {"product_id": 7, "seller_warehouse": "1034,15936811", "warehouse_quantities": QUANTITIES}
    for path, body, at in (
        ("/integration/v2/products/updateSku", update, ""),
        ("/integration/v2.1/products/updateSku", update, ""),
        ("/integration/v2.1/products/updateSkus", {"data": [update]}, "/data/0"),
    ):
        assert sent("PUT", path, body) == ()
        (finding,) = sent("PUT", path, body, warehouses=[{"id": 1034, "name": "A"}])
        assert finding.rule == "tiki-v2.update-warehouse-known"
        assert finding.pointer == f"/request/body{at}/warehouse_quantities/1/warehouse_id"
        assert finding.server_text == "update error [Warehouse '[15936811]' are not found]"


@pytest.mark.parametrize(
    ("body", "content_type", "rules"),
    [
        ("grant_type=client_credentials", "application/x-www-form-urlencoded; charset=UTF-8", []),
        ({"grant_type": "client_credentials"}, "application/json", ["sellerspec.body-readable"]),
        ("grant_type=refresh_token", "application/x-www-form-urlencoded", ["tiki-v2.refresh-grant"] * 2),
        ("grant_type=a&grant_type=b", "application/x-www-form-urlencoded", ["sellerspec.body-readable"]),
    ],
)
def test_a_token_is_asked_for_by_a_form(body: Any, content_type: str, rules: list[str]) -> None:
    headers = {"Authorization": "Basic FAKE-CREDENTIALS", "Content-Type": content_type}
    found = sent("POST", "/sc/oauth2/token", body, headers)
    assert [finding.rule for finding in found] == rules, found


def test_messages_about_attributes_name_no_text_that_may_be_harmful() -> None:
    listed = [{"code": "brand", "input_type": "text", "is_required": True}]

    def messages(rule: str, body: Any) -> list[str]:
        found = sellerspec.check(
            "tiki-v2/createProductRequest", json.dumps(body).encode(), facts=Facts(attributes=listed)
        ).findings
        return [finding.message for finding in found if finding.rule == f"tiki-v2.{rule}"]

    codes = ("colour", "http://a.example", "a\u202eb")
    own = {"brand": "A", **dict.fromkeys(codes, "1")}
    named = [text.partition(" is not")[0] for text in messages("attribute-known", {"attributes": own})]
    assert sorted(named) == ["`attributes.colour`", *["a member of `attributes`"] * 2]
    (message,) = messages("attribute-required", {"attributes": {}})
    assert message.endswith("the category requires this attribute")
    (message,) = messages(
        "attribute-required",
        {"attributes": {}, "variants": [{"attributes": {"brand": "A"}}, {"attributes": {}}]},
    )
    assert message.endswith("and other variants have it")


def test_an_attribute_of_a_variant_is_renamed_where_it_stands() -> None:
    listed = [{"code": "brand", "input_type": "text", "is_required": False}]

    def fixes(**own: str) -> list[tuple[str, bool, Any]]:
        body = {"attributes": {}, "variants": [{"attributes": own}]}
        report = sellerspec.check(
            "tiki-v2/createProductRequest", json.dumps(body).encode(), facts=Facts(attributes=listed)
        )
        (finding,) = [one for one in report.findings if one.rule == "tiki-v2.attribute-known"]
        return [(fix.title, fix.safe, fix.patch) for fix in finding.fixes if "rename" in fix.title]

    ((title, safe, (change,)),) = fixes(brnd="A")
    assert (title, safe) == ("rename the member to `brand`", False)
    place = "/variants/0/attributes"
    assert change == {"op": "move", "from": f"{place}/brnd", "path": f"{place}/brand"}
    assert fixes(brnd="A", brand="B") == []


@pytest.mark.parametrize("text", ["x", "1034, x", "1034,", "-1", "1.5", "1" * 19, 1034])
def test_what_an_overlay_may_let_through_lists_no_warehouses(text: Any) -> None:
    assert listed_warehouses(text) is None
