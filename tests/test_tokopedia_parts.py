"""Parts of an order of Tokopedia: null, missing, broken, and sums that do not agree."""

import json
from typing import Any

import pytest

import sellerspec
from support.examples import ROOT
from support.order_lists import exchange, listed, told

OBJECTS = (
    "bundle_detail", "buyer", "recipient", "logistics", "amt", "dropshipper_info", "voucher_info",
    "custom_fields", "promo_order_detail", "encryption", "shipment_fulfillment", "pof_info",
)  # fmt: skip
IN_NOTICES = (
    "customer", "recipient", "logistics", "amt", "dropshipper_info", "voucher_info", "bundle_detail",
)  # fmt: skip
AMOUNTS = (
    "insurance_cost", "shipping_cost", "toppoints_amount", "ttl_amount", "ttl_product_price",
    "voucher_amount",
)  # fmt: skip


def notice(operation: str, **members: Any) -> sellerspec.Report:
    body = json.loads((ROOT / f"tokopedia/{operation}/valid/base.json").read_text()) | members
    return sellerspec.check(f"tokopedia/{operation}", body)


@pytest.mark.parametrize("name", OBJECTS)
def test_C14_null_in_place_of_a_part_of_an_order_is_only_warned_about(name: str) -> None:
    assert told(listed(**{name: None})) == [("warning", "object-not-null", name)]


@pytest.mark.parametrize("operation", ["orderNotification", "tokocabangOrderNotification"])
@pytest.mark.parametrize("name", IN_NOTICES)
def test_C14_the_same_in_notices(operation: str, name: str) -> None:
    assert told(notice(operation, **{name: None})) == [("warning", "object-not-null", f"/{name}")]


def test_C14_a_list_in_place_of_a_part_is_looked_into() -> None:
    report = notice("orderNotification", customer=[{"id": "1", "name": "", "phone": "", "email": ""}])
    assert told(report) == [
        ("warning", "object-not-list", "/customer"),
        ("error", "member-types", "/customer/0/id"),
    ]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_C14_the_scheme_of_a_token_is_read_in_any_case(scheme: str) -> None:
    def change(raw: Any) -> None:
        raw["request_headers"] = {"Authorization": f"{scheme} FAKE-TOKEN-FOR-TESTS"}

    assert told(exchange(change)) == []


@pytest.mark.parametrize("name", ["shop_id", "warehouse_id", "status", "order_type"])
def test_C14_an_optional_parameter_without_a_value_is_warned_about(name: str) -> None:
    assert told(exchange(url=f"&{name}=")) == [("warning", "parameter-filled", f"/request/query/{name}")]


def test_C14_an_empty_shop_beside_a_warehouse_is_no_choice_to_make() -> None:
    report = exchange(url="&shop_id=&warehouse_id=19551")
    assert told(report) == [("warning", "parameter-filled", "/request/query/shop_id")]


DETAIL = {
    "bundle": [],
    "non_bundle": [
        {"order_dtl_id": 1, "order_id": 900000001, "product_id": 5, "product_name": "A", "quantity": 1,
         "product_price": 10, "subtotal_price": 10}
    ],
    "total_product": 1,
}  # fmt: skip
FULFILLED = [{"product_id": 5, "quantity_deliver": 9, "quantity_reject": 0}]


@pytest.mark.parametrize("products", ["x", [7], [{"id": "five", "quantity": 1}], {"id": 5}])
def test_C14_broken_products_hide_the_sums_and_the_ids_that_are_read_from_them(products: Any) -> None:
    report = listed(products=products, bundle_detail=DETAIL, products_fulfilled=FULFILLED)
    rules = {item.rule for item in report.findings} - {"tokopedia.part-members"}
    assert rules <= {"tokopedia.order", "tokopedia.member-types"}
    assert not report.ok


@pytest.mark.parametrize("name", ["bundle", "non_bundle"])
def test_C14_a_broken_list_of_the_detail_hides_its_count_and_its_sum(name: str) -> None:
    report = listed(bundle_detail=DETAIL | {name: [7]}, have_product_bundle=True)
    assert ("error", "member-types", f"bundle_detail/{name}/0") in told(report)
    assert not {item.rule for item in report.findings} & {
        "tokopedia.order-total-product",
        "tokopedia.order-bundle-total",
    }


def test_C15_a_bundle_flag_asks_for_a_bundle_detail() -> None:
    for report in (listed(have_product_bundle=True, bundle_detail=...),):
        assert ("warning", "order-bundle-flag", "bundle_detail") in told(report)
    report = listed(have_product_bundle=True, bundle_detail=None)
    assert ("warning", "order-bundle-flag", "bundle_detail") in told(report)
    for operation in ("orderNotification", "tokocabangOrderNotification"):
        report = notice(operation, have_product_bundle=True, bundle_detail=None)
        assert ("warning", "notified-bundle-flag", "/bundle_detail") in told(report)


def refusal(**header: str) -> list[tuple[str, str, str]]:
    def change(raw: Any) -> None:
        raw["response_body"]["header"] |= header

    return told(exchange(change, name="documented-refusal"))


@pytest.mark.parametrize(
    ("code", "reason", "fits"),
    [
        ("ORD_DLV_013", "fs_id cannot be empty", False),
        ("ORD_DLV_013", "Date Range must be less than 7 days", True),
        ("ORD_DLV_001", "fs_id cannot be empty", True),
        ("ORD_API_009", "Error Data Order Too Big, Must Reduce Time Interval", True),
        ("ORD_API_009", "invalid page format", False),
        ("ORD_XXX_001", "anything", None),
    ],
)
def test_C15_the_reason_of_a_refusal_is_that_of_its_code(code: str, reason: str, fits: bool | None) -> None:
    expected = [("warning", "reason-of-code", "/response/body/header/reason")] if fits is False else []
    if fits is None:
        expected = [("warning", "error-code-known", "/response/body/header/error_code")]
    assert refusal(error_code=code, reason=reason) == expected


def test_C15_a_refusal_has_data_with_null() -> None:
    def without(raw: Any) -> None:
        del raw["response_body"]["data"]

    report = exchange(without, name="documented-refusal")
    assert told(report) == [("warning", "refusal-data", "/response/body/data")]


@pytest.mark.parametrize("outcome", ["deliver", "reject"])
def test_C15_no_fewer_than_no_pieces_are_delivered_or_rejected(outcome: str) -> None:
    done = {"product_id": 2147967676, "quantity_deliver": 0, "quantity_reject": 0}
    report = listed(products_fulfilled=[done | {f"quantity_{outcome}": -1}])
    place = f"products_fulfilled/0/quantity_{outcome}"
    assert told(report) == [("warning", "quantity-not-negative", place)]


@pytest.mark.parametrize(
    ("member", "value", "rule"),
    [("total_price", 1, "status-line-total"), ("total_weight", 7, "status-line-weight")],
)
def test_C15_the_sums_of_a_status_update_agree(member: str, value: int, rule: str) -> None:
    body = json.loads((ROOT / "tokopedia/orderStatus/valid/base.json").read_text())
    body["product_details"][0][member] = value
    report = sellerspec.check("tokopedia/orderStatus", body)
    assert told(report) == [("warning", rule, f"/product_details/0/{member}")]


def promo(**changes: Any) -> dict[str, Any]:
    budget = {"budget_type": 1, "benefit_amount": 30, "actual_benefit_amount": 30}
    detail = {"amount": 30, "type": "discount_product", "budget_details": [budget]}
    one = {
        "name": "P", "is_coupon": False, "show_cashback_amount": False, "show_discount_amount": True,
        "cashback_amount": 0, "cashback_points": 0, "type": "discount", "discount_amount": 30,
        "discount_details": [detail], "invoice_desc": "P",
    }  # fmt: skip
    return {
        "order_id": 900000001, "total_cashback": 0, "total_discount": 30, "total_discount_product": 30,
        "total_discount_shipping": 0, "total_discount_details": [{"amount": 30, "type": "discount_product"}],
        "summary_promo": [one], **changes,
    }  # fmt: skip


def test_C15_discounts_add_up() -> None:
    assert told(listed(promo_order_detail=promo())) == []
    other = [{"amount": 30, "Type": "discount_shipping"}]
    for changes, rule, place in (
        ({"total_discount_details": [{"amount": 20, "type": "discount_product"}]}, "discount-details", ""),
        ({"total_cashback": 5}, "promo-total", "total_cashback"),
        ({"total_discount_details": other}, "discount-details", "total_discount_product"),
    ):
        findings = told(listed(promo_order_detail=promo(**changes)))
        assert {rule_ for _, rule_, _ in findings} - {"member-case"} == {f"order-{rule}"}
        assert any(pointer.startswith(f"promo_order_detail/{place}") for *_, pointer in findings)


@pytest.mark.parametrize(
    ("path", "rule", "pointer"),
    [
        (("discount_details", 0, "amount"), "promo-details", "discount_amount"),
        (("discount_details", 0, "budget_details", 0, "benefit_amount"), "discount-budget",
         "discount_details/0/amount"),
    ],
)  # fmt: skip
def test_C15_the_details_of_a_promotion_and_the_budgets_of_a_discount_add_up(
    path: tuple[Any, ...], rule: str, pointer: str
) -> None:
    whole = promo()
    holder = whole["summary_promo"][0]
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = 29
    findings = told(listed(promo_order_detail=whole))
    assert ("warning", f"order-{rule}", f"promo_order_detail/summary_promo/0/{pointer}") in findings


def test_what_makes_an_order_what_it_is_may_not_lack_and_what_is_documented_warns() -> None:
    findings = told(exchange(lambda raw: raw["response_body"].update(data=[{}])))
    assert [pointer for severity, rule, pointer in findings if severity == "error"] == [
        "order_id",
        "order_status",
        "products",
    ]
    assert len([rule for severity, rule, _ in findings if rule == "order-members"]) == 22
    for operation in ("orderNotification", "tokocabangOrderNotification"):
        errors = sellerspec.check(f"tokopedia/{operation}", {"invoice_ref_num": "INV/1"}).errors
        assert [item.pointer for item in errors] == ["/order_id", "/order_status", "/products"]
    errors = sellerspec.check("tokopedia/orderStatus", {}).errors
    assert [item.pointer for item in errors] == ["/order_id", "/order_status"]
    assert [(severity, pointer) for severity, _, pointer in told(listed(products=[{}]))][:2] == [
        ("warning", "products/0/currency"),
        ("error", "products/0/id"),
    ]


def test_a_part_without_its_documented_members_is_warned_about() -> None:
    place = "recipient/address/"
    lacking = told(listed(recipient={"name": "", "phone": "", "address": {}}))
    assert {(rule, pointer.startswith(place)) for _, rule, pointer in lacking} == {("part-members", True)}
    assert len(lacking) == 10
    assert told(listed(amt={})) == [("warning", "part-members", f"amt/{name}") for name in AMOUNTS]
