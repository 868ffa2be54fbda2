"""Fixes of a payload: what a finding proposes, and the payload with it applied."""

import copy
import dataclasses
import json
import pickle
from pathlib import Path

import pytest

import sellerspec
from sellerspec.errors import UsageError
from sellerspec.fix import replaced
from sellerspec.io.patches import patched
from sellerspec.io.pointers import get, path_in
from sellerspec.model import Exchange, Fix, Json
from support.altered_examples import value_of
from support.examples import ROOT, examples
from support.overlays import CREATE, written_in

NUMBER = Fix(
    "write the number without quotes", ({"op": "replace", "path": "/price", "value": 5000},), safe=True
)


def test_a_finding_carries_fixes_of_its_payload() -> None:
    report = sellerspec.check("tiki/updateSku", {"price": "5000"})
    (finding,) = report.findings
    assert finding.fixes == (NUMBER,)
    assert finding.to_dict()["fixes"] == [
        {"title": NUMBER.title, "safe": True, "patch": [{"op": "replace", "path": "/price", "value": 5000}]}
    ]
    again = pickle.loads(pickle.dumps(report))
    assert again == report
    assert again.findings[0].fixes == (NUMBER,)


def test_safe_fixes_are_applied_and_unsafe_ones_only_when_asked() -> None:
    payload = {"pirce": "5000", "active": 1.0}
    before = copy.deepcopy(payload)
    fixed = sellerspec.check("tiki/updateSku", payload).fixed()
    assert fixed.payload == {"pirce": "5000", "active": 1}
    assert [fix.safe for _, fix in fixed.applied] == [True]
    assert payload == before


def test_no_title_shows_what_a_payload_has() -> None:
    shown = [
        (fix.title, old)
        for example in examples("invalid")
        if not example.is_exchange
        for payload, finding in ((value_of(example), each) for each in example.report().findings)
        for fix in finding.fixes
        for step in fix.patch
        if step["op"] == "replace" and isinstance(old := get(payload, path_in(payload, step["path"])), str)
    ]
    assert len(shown) > 30
    assert [title for title, old in shown if old and f"`{old}`" in title] == []


def test_a_payload_without_findings_stays() -> None:
    payload = {"price": 5000}
    for report in (sellerspec.check("tiki/updateSku", payload), sellerspec.check("tiki/updateSku", b"{}")):
        fixed = report.fixed(unsafe=True)
        assert (fixed.applied, fixed.report) == ((), report)
    assert sellerspec.check("tiki/updateSku", payload).fixed().payload == payload


def product(count: int, **members: Json) -> Json:
    """Return a product with variants that have these members, too."""
    base = json.loads((ROOT / "tiki/createProduct/valid/tiki.variant-price.json").read_text())
    variants = [
        {**base["variants"][0], "sku": f"S{at}", "option1": f"A{at}", **members} for at in range(count)
    ]
    return {**base, "variants": variants}


def test_all_findings_of_a_large_product_are_mended_together() -> None:
    payload = product(400, quantity="5", price="1000", inventory_type="Backorder")
    report = sellerspec.check("tiki/createProduct", payload)
    assert len(report.findings) == 1200
    fixed = report.fixed()
    assert fixed.payload == product(400, quantity=5, price=1000, inventory_type="backorder")
    assert len(fixed.applied) == 1200
    assert [finding.fixes for finding in report.findings[:3]] == [
        (Fix("write `backorder`", (replaced(("variants", 0, "inventory_type"), "backorder"),), safe=True),),
        (Fix("write the number without quotes", (replaced(("variants", 0, "price"), 1000),), safe=True),),
        (Fix("write the number without quotes", (replaced(("variants", 0, "quantity"), 5),), safe=True),),
    ]
    assert all(finding.fixes for finding in report.findings)


def test_fixes_that_are_refused_end_and_leave_the_others() -> None:
    # with a readable inventory type, the supplier of each variant would be missed
    members = {"inventory_type": "Dropship", "supplier": None}
    fixed = sellerspec.check("tiki/createProduct", product(400, price="1000", **members)).fixed()
    assert fixed.payload == product(400, price=1000, **members)
    assert len(fixed.applied) == 400


def test_what_somebody_waived_is_not_mended() -> None:
    report = sellerspec.check("tiki/updateSku", {"price": "5000", "quantity": "2"})
    price, quantity = report.findings
    kept = dataclasses.replace(report, findings=(price,)).fixed()
    assert kept.payload == {"price": 5000, "quantity": "2"}
    assert kept.report.findings == ()
    assert [finding for finding, _ in kept.applied] == [price]
    assert quantity.fixes != ()


def test_strict_reports_stay_strict() -> None:
    fixed = sellerspec.check("tiki/updateSku", {"price": "5000", "active": None}, strict=True).fixed()
    assert fixed.payload == {"price": 5000, "active": None}
    assert [finding.severity for finding in fixed.report.findings] == ["error"]


def test_a_member_at_the_wrong_place_is_moved_to_where_it_is_missing() -> None:
    payload = product(2)
    supplier = max(variant.pop("supplier") for variant in payload["variants"])
    report = sellerspec.check("tiki/createProduct", {**payload, "supplier": supplier})
    (unknown,) = [finding for finding in report.findings if finding.pointer == "/supplier"]
    assert unknown.fixes[0] == Fix(
        "move the member to where it is missing",
        (
            {"op": "add", "path": "/variants/0/supplier", "value": supplier},
            {"op": "add", "path": "/variants/1/supplier", "value": supplier},
            {"op": "remove", "path": "/supplier"},
        ),
        safe=False,
    )
    assert report.fixed(unsafe=True).payload == product(2)


def test_a_list_that_is_sent_as_its_json_text_is_written_as_a_list() -> None:
    payload = {**product(1), "images": '["https://img.example/1.jpg"]'}
    fixed = sellerspec.check("tiki/createProduct", payload).fixed()
    assert fixed.payload == {**payload, "images": ["https://img.example/1.jpg"]}


def test_a_slip_of_an_attribute_of_the_category_is_renamed() -> None:
    codes = ("brand", "material")
    attributes = [{"id": 1, "code": code, "display_name": code, "is_required": 0} for code in codes]
    payload = product(1)
    category = {"id": payload["category_id"], "primary": 1, "attributes": attributes}
    facts = sellerspec.Facts(category=category)
    wrong = {**payload, "attributes": {"brand": "A", "Material": "B"}}
    right = {**payload, "attributes": {"brand": "A", "material": "B"}}
    assert sellerspec.check("tiki/createProduct", wrong, facts=facts).fixed(unsafe=True).payload == right


def test_a_repeated_sku_gets_a_number_whatever_other_variants_have_there() -> None:
    variants = [{"sku": "A", "price": 1}, {"sku": "A", "price": 1}, {"sku": [], "price": 1}]
    report = sellerspec.check("tiki/createProduct", {"option_attributes": [], "variants": variants})
    (repeated,) = [finding for finding in report.findings if finding.rule == "tiki.sku-unique"]
    assert [fix.patch for fix in repeated.fixes] == [(replaced(("variants", 1, "sku"), "A-2"),)]


def test_what_is_missing_is_not_dropped(tmp_path: Path) -> None:
    # `tnsl.e2e-carrier` proposes to drop the member
    missed = {"x-warnings": [{"x-rule": "tnsl.e2e-carrier", "required": ["carrier"]}]}
    overlay = written_in(tmp_path, [{"target": CREATE, "update": missed}])
    payload = json.loads((ROOT / "tnsl/createOrder/valid/ffo.json").read_text())
    report = sellerspec.check("tnsl/createOrder", payload, overlays=[overlay])
    assert [(finding.pointer, finding.fixes) for finding in report.findings] == [("/carrier", ())]


def test_two_members_are_not_renamed_to_one() -> None:
    report = sellerspec.check("tiki/updateSku", {"pricee": 5000, "prise": 6000})
    titles = [[fix.title for fix in finding.fixes] for finding in report.findings if finding.pointer]
    assert titles == [["rename the member to `price`", "drop the member, which is not known here"]] * 2
    assert report.fixed(unsafe=True).payload == {"price": 5000}


def test_a_text_does_not_become_a_number_to_evade_a_pattern(tmp_path: Path) -> None:
    members = {"code": {"pattern": "^0"}, "named": {"type": ["string", "integer"], "pattern": "^0"}}
    overlay = written_in(tmp_path, [{"target": f"{CREATE}.properties", "update": members}])
    payload = {
        **json.loads((ROOT / "tnsl/createOrder/valid/ffo.json").read_text()), "code": "12", "named": "12",
    }  # fmt: skip
    report = sellerspec.check("tnsl/createOrder", payload, overlays=[overlay])
    fixes = {finding.pointer: [fix.patch[0]["value"] for fix in finding.fixes] for finding in report.findings}
    assert fixes == {"/code": [], "/named": [12]}


def test_an_exchange_has_nothing_to_mend() -> None:
    report = sellerspec.check_exchange(Exchange("GET", "https://api.tiki.vn/integration/v1/orders"))
    with pytest.raises(UsageError, match="only the report of `check` on a payload"):
        report.fixed()


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ([{"op": "replace", "path": "/a/0", "value": 2}], {"a": [2], "b": None}),
        ([{"op": "remove", "path": "/a/0"}], {"a": [], "b": None}),
        ([{"op": "add", "path": "/c", "value": 3}], {"a": [1], "b": None, "c": 3}),
        ([{"op": "add", "path": "/a/0", "value": 3}], {"a": [3, 1], "b": None}),
        ([{"op": "add", "path": "/a/1", "value": 3}], {"a": [1, 3], "b": None}),
        ([{"op": "add", "path": "/a/-", "value": 3}], {"a": [1, 3], "b": None}),
        ([{"op": "add", "path": "", "value": 3}], 3),
        ([{"op": "move", "from": "/a", "path": "/c"}], {"b": None, "c": [1]}),
    ],
)
def test_a_patch_changes_a_copy(patch: Json, result: Json) -> None:
    value = {"a": [1], "b": None}
    assert patched(value, patch) == result
    assert value == {"a": [1], "b": None}


@pytest.mark.parametrize("op", ["replace", "remove", "move"])
def test_a_patch_that_does_not_fit_is_refused(op: str) -> None:
    with pytest.raises(LookupError, match="no value at /x"):
        patched({"a": 1}, [{"op": op, "path": "/x", "from": "/x", "value": 1}])


@pytest.mark.parametrize("path", ["/a/2", "/a/x", "/b/x", "/c/x"])
def test_nothing_is_added_where_nothing_can_stand(path: str) -> None:
    with pytest.raises(LookupError):
        patched({"a": [1], "b": None}, [{"op": "add", "path": path, "value": 1}])


def test_a_report_that_does_not_list_all_findings_offers_no_fixes() -> None:
    variant = {"price": "x", "quantity": 1, "inventory_type": "backorder", "supplier": 1}
    payload = {"variants": [{**variant, "sku": str(number)} for number in range(1100)]}
    report = sellerspec.check("tiki/createProduct", payload)
    assert any(finding.message.startswith("… and ") for finding in report.findings)
    assert [finding.fixes for finding in report.findings] == [()] * len(report.findings)
    fixed = report.fixed(unsafe=True)
    assert (fixed.applied, fixed.payload) == ((), payload)


def test_a_change_after_which_the_facts_say_nothing_is_no_fix() -> None:
    """The address of a small picture written in another way is still that of a small picture."""
    path = ROOT / "tiki-v2/createProductRequest/valid/tiki-v2.variant-warehouse-once.json"
    product = json.loads(path.read_text())
    small = {"format": "PNG", "width": 300, "height": 300}
    for address in ("https://img.example/a b.png", "http://img.example/a.png"):
        product["images"] = [address]
        facts = sellerspec.Facts(pictures={address: small, product["image"]: {**small, "width": 900}})
        report = sellerspec.check("tiki-v2/createProductRequest", product, facts=facts)
        found = [finding for finding in report.findings if finding.rule == "tiki-v2.images-size"]
        assert found
        assert [fix for finding in found for fix in finding.fixes] == []
