"""`check` names every problem in one pass, each at its own place, in a stable order."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sellerspec
from sellerspec import bulk
from sellerspec.contract.project import Project
from sellerspec.errors import ParseError, UnknownName, UsageError
from sellerspec.io.records import facts_beside
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Violation, rule
from support.examples import ROOT

DOCUMENTED = json.loads((ROOT / "tiki/createProduct/valid/documented-configurable.json").read_text())


def product(**changed: Any) -> dict[str, Any]:
    """Return the documented product with two variants, changed."""
    return {**copy.deepcopy(DOCUMENTED), **changed}


def variants(count: int, **changed: Any) -> list[dict[str, Any]]:
    """Return variants that differ in `sku` and `option1`, otherwise as documented, changed."""
    variant = copy.deepcopy(DOCUMENTED["variants"][0])
    return [{**variant, "sku": f"sku{n}", "option1": f"Colour {n}", **changed} for n in range(count)]


def errors(payload: Any, **given: Any) -> list[tuple[str, str]]:
    report = sellerspec.check("tiki/createProduct", payload, **given)
    return [(error.pointer, error.rule) for error in report.errors]


def test_a_missing_member_is_named_where_it_should_be() -> None:
    payload = product()
    del payload["name"], payload["variants"][1]["price"]
    assert errors(payload) == [("/name", "tiki.product-name"), ("/variants/1/price", "tiki.variant-price")]


def test_items_of_a_list_come_in_the_order_of_their_numbers() -> None:
    refused = errors(product(variants=variants(12, price=0)))
    assert [pointer for pointer, _ in refused] == [f"/variants/{index}/price" for index in range(12)]


def test_all_problems_come_in_one_pass_those_of_schemas_and_of_functions() -> None:
    payload = product(name="", images=None, variants=variants(3))
    payload["variants"][2]["sku"] = "sku0"
    payload["variants"][1]["quantity"] = "many"
    assert errors(payload) == [
        ("/images", "tiki.product-images"),
        ("/name", "tiki.product-name"),
        ("/variants/1/quantity", "tiki.number-unreadable"),
        ("/variants/2/sku", "tiki.sku-unique"),
    ]


def test_a_broken_member_hides_only_the_rules_that_would_have_to_read_it() -> None:
    payload = product(variants=variants(3))
    payload["variants"][0]["sku"] = 5
    payload["variants"][1]["sku"] = payload["variants"][2]["sku"] = "same"
    assert errors(payload) == [
        ("/variants/0/sku", "tiki.variant-sku"),
        ("/variants/2/sku", "tiki.sku-unique"),
    ]


def test_a_list_of_the_wrong_length_is_still_read() -> None:
    payload = product(option_attributes=[], variants=variants(2, sku="same"))
    assert ("/variants/1/sku", "tiki.sku-unique") in errors(payload)
    assert "/variants" in [pointer for pointer, _ in errors(payload)]


def test_a_payload_is_read_as_bytes_as_text_and_decoded() -> None:
    payload = product(name="")
    text = json.dumps(payload)
    reports = [sellerspec.check("tiki/createProduct", form) for form in (payload, text, text.encode())]
    assert reports[0] == reports[1] == reports[2]
    assert not reports[0].ok


def test_checking_leaves_the_payload_as_it_was() -> None:
    payload = product(name=1, variants=[None, {"sku": []}])
    before = copy.deepcopy(payload)
    sellerspec.check("tiki/createProduct", payload)
    assert payload == before


@pytest.mark.parametrize("payload", [[], 5, True, None, 1.5, b"[]", "null"])
def test_a_payload_that_is_no_object_is_one_error_at_its_root(payload: Any) -> None:
    report = sellerspec.check("tiki/createProduct", payload)
    assert [(finding.pointer, finding.rule) for finding in report.findings] == [("", "tiki.product-object")]
    message = report.findings[0].message
    assert report.server_response() == sellerspec.Response(400, {"errors": [f"[sellerspec] /: {message}"]})


def test_strict_makes_errors_of_warnings() -> None:
    payload = product(images=[])
    mild = sellerspec.check("tiki/createProduct", payload)
    hard = sellerspec.check("tiki/createProduct", payload, strict=True)
    assert mild.ok
    assert not hard.ok
    assert [error.rule for error in hard.errors] == [warning.rule for warning in mild.warnings]
    assert sellerspec.check("tiki/updateSku", {"price": 1}, strict=True).ok


def test_a_rule_without_its_fact_is_unchecked_and_with_it_is_checked() -> None:
    bare = sellerspec.check("tiki/createProduct", product())
    assert "tiki.category-primary" in bare.unchecked
    assert list(bare.unchecked) == sorted(bare.unchecked)
    category = {"id": 1846, "primary": 0, "attributes": [{"code": "ram", "is_required": 1}]}
    with_category = sellerspec.check(
        "tiki/createProduct", product(), facts=sellerspec.Facts(category=category)
    )
    assert [error.rule for error in with_category.errors] == ["tiki.category-primary"]
    assert set(bare.unchecked) - set(with_category.unchecked) == {
        rule.id for rule in sellerspec.rules("tiki/createProduct") if rule.facts == ("category",)
    }


def test_facts_that_hold_nothing_change_nothing() -> None:
    assert sellerspec.check("tiki/createProduct", product()) == sellerspec.check(
        "tiki/createProduct", product(), facts=sellerspec.Facts()
    )


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("tiki/creatProduct", "no operation named `tiki/creatProduct`; did you mean `tiki/createProduct`?"),
        ("tik/createProduct", "no marketplace named `tik`; did you mean `tiki`?"),
        ("createProduct", "no operation named `createProduct`; did you mean `tiki/createProduct`?"),
    ],
)
def test_an_operation_nobody_has_is_an_error_that_names_the_nearest(key: str, message: str) -> None:
    with pytest.raises(UnknownName) as caught:
        sellerspec.check(key, {})
    assert str(caught.value) == message


def test_an_engine_nobody_has_is_an_error() -> None:
    with pytest.raises(UnknownName, match="no engine named `rust`; known: jsonschema, jsonschema-rs"):
        sellerspec.check("tiki/updateSku", {}, engine="rust")


def test_an_operation_without_a_body_takes_no_payload() -> None:
    message = "`tiki/getOrder` takes no JSON body; check the whole call with `check_exchange`"
    with pytest.raises(UsageError) as caught:
        sellerspec.check("tiki/getOrder", {})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [({1, 2}, "Unsupported type: 'set'"), ({1: 2}, "Dict key must be str or str enum. Got 'int'")],
)
def test_a_python_value_that_json_cannot_hold_is_an_error(value: Any, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        sellerspec.check("tiki/createProduct", product(name=value))
    assert str(caught.value) == f"not a JSON value: {message}"


@pytest.mark.parametrize("engine", ["jsonschema-rs", "jsonschema"])
def test_a_decoded_payload_that_is_too_deep_is_an_error_and_no_crash(engine: str) -> None:
    deep: list[Any] = []
    for _ in range(20_000):
        deep = [deep]
    with pytest.raises(ParseError, match=r"not a JSON value: .*ecursion"):
        sellerspec.check("tiki/createProduct", product(name=1, attributes={"a": deep}), engine=engine)


@pytest.mark.parametrize("engine", ["jsonschema-rs", "jsonschema"])
def test_a_payload_as_deep_as_a_text_may_be_is_checked(engine: str) -> None:
    text = b'{"attributes": {"a": ' + b"[" * 252 + b"]" * 252 + b'}, "name": 1}'
    report = sellerspec.check("tiki/createProduct", text, engine=engine)
    assert "/name" in [error.pointer for error in report.errors]


def test_text_that_is_no_json_is_an_error_with_its_place() -> None:
    with pytest.raises(ParseError, match="line 1 column 8: the member `a` is given twice"):
        sellerspec.check("tiki/createProduct", '{"a":1,"a":2}')


def test_a_stated_text_stands_once_in_the_answer_however_many_variants_break_it() -> None:
    response = sellerspec.check(
        "tiki/createProduct", product(variants=variants(3, price=0))
    ).server_response()
    assert response == sellerspec.Response(422, {"errors": ["variants should have price > 0"]})


def test_a_refusal_that_nobody_documented_is_marked_as_ours() -> None:
    payload = product()
    del payload["name"]
    response = sellerspec.check("tiki/createProduct", payload).server_response()
    assert response == sellerspec.Response(422, {"errors": ["[sellerspec] /name: `name` is missing"]})


def test_what_tiki_rejects_later_is_no_part_of_its_answer() -> None:
    later = [late for late in sellerspec.rules("tiki") if late.phase.value == "async" and not late.why_not]
    for late in later:
        for path in sorted(Path(ROOT / "tiki").glob(f"*/invalid/{late.id}.json")):
            beside = facts_beside(path)
            report = sellerspec.check(f"tiki/{path.parts[-3]}", path.read_bytes(), facts=beside, strict=True)
            assert late.id in {finding.rule for finding in report.errors}
            assert report.server_response().status == 200


def test_an_assumed_operation_says_so() -> None:
    report = sellerspec.check("tnsl/createOrder", {})
    assert report.assumed == ("tnsl/createOrder",)
    assert sellerspec.check("tiki/updateSku", {"price": 1}).assumed == ()


def test_tnsl_answers_a_list_of_errors() -> None:
    response = sellerspec.check("tnsl/createOrder", {}).server_response()
    assert response.status == 400
    assert (response.body["success"], response.body["metadata"]) == (False, {"request_id": "0" * 32})
    assert response.body["errors"][0] == {
        "message": "[sellerspec] /is_fulfillment_only: `is_fulfillment_only` is missing",
        "code": "BAD_REQUEST",
    }


def test_unknown_members_warn_and_never_refuse() -> None:
    report = sellerspec.check("tiki/createProduct", product(colour="red"))
    assert report.ok
    assert "/colour" in [warning.pointer for warning in report.warnings]


@pytest.mark.parametrize("name", ["2", "02", "+2", "²"])
def test_a_member_named_like_a_number_is_found_by_its_name(name: str) -> None:
    product = {"attributes": {name: {"a": 1}, "x": {"a": 1}}, "variants": [{"price": -1}]}
    first, second = (
        sellerspec.check("tiki/createProduct", product, engine=engine).findings
        for engine in ("jsonschema-rs", "jsonschema")
    )
    assert first == second
    assert f"/attributes/{name}" in {finding.pointer for finding in first}


@rule("tiki.house-places", on="updateSku", source=("house", ""), basis=Basis.DOCUMENTED)
def house_places(body: Json, _: Facts) -> Iterator[Violation]:
    """a price is named by its number and by its name"""
    if body.get("price") == 15_000:
        yield Violation(("price", "last"), "by name")
        yield Violation(("price", 10), "by number")
        yield Violation(("price", 9), "by number")


def test_findings_at_numbers_and_at_names_are_in_order() -> None:
    report = Project(rules=[house_places]).check("tiki/updateSku", {"price": 15_000})
    assert [error.pointer for error in report.errors if error.rule == "tiki.house-places"] == [
        "/price/9",
        "/price/10",
        "/price/last",
    ]


@pytest.mark.parametrize("engine", ["jsonschema-rs", "jsonschema"])
@pytest.mark.parametrize(
    ("operation", "value", "place"),
    [
        ("tiki/updateSku", {"price": 100000, "x": "a\ud800"}, "/x"),
        ("tiki/updateSku", {"price": 100000, "\udfff": None}, "/"),
        ("tnsl/cancelOrder", {"cancel_reason": ["\ud800"]}, "/cancel_reason/0"),
        ("tnsl/cancelOrder", {"cancel_reason": float("nan")}, "/cancel_reason"),
    ],
)
def test_D5_half_of_a_surrogate_pair_is_an_error_as_object_and_as_text(
    operation: str, value: Any, place: str, engine: str
) -> None:
    with pytest.raises(ParseError, match=f"not a JSON value: .* at `{place}`$"):
        sellerspec.check(operation, value, engine=engine)
    with pytest.raises(ParseError, match="not JSON"):
        sellerspec.check(operation, json.dumps(value), engine=engine)


def test_D5_a_line_with_half_of_a_surrogate_pair_is_refused_both_ways() -> None:
    value = {"price": 100000, "x": "a\ud800"}
    lines = list(bulk.check_lines([value, json.dumps(value)], "tiki/updateSku"))
    assert [[found.rule for found in line.report.findings] for line in lines] == [
        ["sellerspec.line-readable"]
    ] * 2
