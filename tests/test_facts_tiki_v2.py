"""The facts of the Open API: responses are read, and what cannot be read is said, never a verdict."""

import json
from pathlib import Path
from typing import Any

import pytest

from sellerspec import Facts, check
from support.examples import ROOT

FOLDER = ROOT / "tiki-v2" / "createProductRequest" / "valid"
SELLER = {"id": 328784, "name": "Shop Ví Dụ", "active": 1, "operation_models": ["backorder", "dropship"]}
ORIGIN = {"id": 498, "code": "origin", "input_type": "select", "is_required": False, "category_id": 2458}


def payload(rule: str) -> bytes:
    """Return the payload of the example that satisfies a rule."""
    return Path(FOLDER / f"{rule}.json").read_bytes()


def about(rule: str, facts: Facts) -> tuple[list[str], bool]:
    """Return the messages about a rule or a fact, and whether the rule is unchecked."""
    report = check("tiki-v2/createProductRequest", payload(rule), facts=facts)
    shown = [item.message for item in report.findings if item.rule in (rule, "sellerspec.fact-usable")]
    return shown, rule in report.unchecked


@pytest.mark.parametrize("given", [("dropship",), SELLER, {"data": SELLER}])
def test_the_registered_inventory_types_are_a_list_or_the_response_about_the_seller(given: Any) -> None:
    rule = "tiki-v2.variant-inventory-type-registered"
    messages, unchecked = about(rule, Facts(inventory_types=given))
    assert messages == []
    assert not unchecked


def test_a_type_that_the_response_about_the_seller_lacks_is_a_violation() -> None:
    rule = "tiki-v2.variant-inventory-type-registered"
    messages, _ = about(rule, Facts(inventory_types={**SELLER, "operation_models": ["instock"]}))
    assert messages
    assert all("`instock`, got `dropship`" in message for message in messages)


UNREADABLE: dict[str, list[dict[str, Any]]] = {
    "tiki-v2.variant-inventory-type-registered": [
        {"inventory_types": {"errors": ["no"]}},
        {"inventory_types": {**SELLER, "operation_models": "backorder"}},
        {"inventory_types": {**SELLER, "operation_models": ["dropship", 5]}},
    ],
    "tiki-v2.certificates-required": [
        {"required_docs": {"data": [{"name": "Công bố"}]}},
        {"required_docs": {"errors": ["no"]}},
        {"required_docs": [{"id": 18}, "19"]},
        {"required_docs": {}},
    ],
    "tiki-v2.option-label-known": [
        {"option_labels": {"data": [{"id": 1}]}},
        {"option_labels": ["color", ""]},
        {"option_labels": [{"label": 5, "name": ""}]},
        {"option_labels": {}},
        {"option_labels": {"errors": ["no"]}},
    ],
    "tiki-v2.attribute-listed": [
        {"attributes": [ORIGIN]},
        {"attributes": [{**ORIGIN, "values": [{"id": 1}]}]},
        {"attributes": [{**ORIGIN, "values": {"errors": ["no"]}}]},
        {"attributes": [{**ORIGIN, "is_required": 1, "values": []}]},
        {"attributes": [{**ORIGIN, "code": None, "values": []}]},
        {"attributes": {}},
    ],
    "tiki-v2.variant-warehouse-known": [
        {"warehouses": {"data": [{"name": "Kho"}]}},
        {"warehouses": {"errors": ["no"]}},
        {"warehouses": {}},
    ],
    "tiki-v2.category-primary": [
        {"category": {"id": 2458, "is_primary": 1}},
        {"category": {"errors": ["no"]}},
        {"category": {"id": "of clothes", "is_primary": True}},
    ],
}


@pytest.mark.parametrize(
    ("rule", "facts"), [(rule, facts) for rule, several in UNREADABLE.items() for facts in several]
)
def test_what_cannot_be_read_is_said_and_the_rule_is_unchecked(rule: str, facts: dict[str, Any]) -> None:
    messages, unchecked = about(rule, Facts(**facts))
    assert unchecked
    assert len(messages) == 1
    assert "; the rules that need it are not checked" in messages[0]


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("tiki-v2.certificates-required", {"required_docs": {"data": []}}),
        ("tiki-v2.option-label-known", {"option_labels": {"data": []}}),
        ("tiki-v2.category-primary", {"category": {"data": {"id": 2458, "is_primary": True}}}),
    ],
)
def test_an_envelope_is_opened_and_an_empty_list_is_read(rule: str, facts: dict[str, Any]) -> None:
    assert about(rule, Facts(**facts)) == ([], False)


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        {"label": "{}"},
        {"id": 1, "label": "", "name": "{}"},
        {"label": 5, "name": None, "value": "{}"},
        {"code": "{}"},
    ],
)
def test_an_option_label_is_a_text_or_has_one(form: Any) -> None:
    def labels(*texts: str) -> Facts:
        return Facts(option_labels=[json.loads(json.dumps(form).replace("{}", text)) for text in texts])

    rule = "tiki-v2.option-label-known"
    assert about(rule, labels("color", "size")) == ([], False)
    (message,), _ = about(rule, labels("color", "material"))
    assert message.startswith("`option_attributes[1]`")


@pytest.mark.parametrize(
    ("documents", "lacking"),
    [
        ([{"id": 18}], ""),
        ([{"document_id": 18, "id": 7}], ""),
        ([{"document_id": 18}, {"id": 19}, {"document_id": 20, "id": 18}], " 19 or 20"),
    ],
)
def test_a_document_has_its_id_under_either_name(documents: list[Any], lacking: str) -> None:
    messages, unchecked = about("tiki-v2.certificates-required", Facts(required_docs=documents))
    assert not unchecked
    assert [message.endswith(lacking) for message in messages] == [True] * bool(lacking)
