"""A product of Tiki's first generation, checked as one of the Open API: what changes, and which fixes."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

import sellerspec
from sellerspec.io import resources
from support.command_line import run

OPERATION = "tiki-v2/createProductRequest"
OLD = resources.data_dir("tests/examples") / "tiki/createProduct/valid/tiki.variant-quantity.json"
WAREHOUSE = {"id": 371835, "name": "Kho", "status": 1, "type": "requisition"}
RETURNS = {"id": 371836, "name": "Kho", "status": 1, "type": "withdrawal"}
CLOSED = {"id": 371837, "name": "Kho", "status": 0, "type": "requisition"}


def product(**variant: Any) -> dict[str, Any]:
    """Return a product of the first generation with one variant, changed."""
    value: dict[str, Any] = json.loads(OLD.read_bytes())
    first = {name: item for name, item in value["variants"][0].items() if not name.startswith("option")}
    changed = {name: item for name, item in {**first, **variant}.items() if item is not None}
    return {**value, "option_attributes": [], "variants": [changed]}


def moved(value: Any, *, warehouses: Any = None, unsafe: bool = True) -> Mapping[str, Any]:
    """Return the only variant after the fixes."""
    report = sellerspec.check(OPERATION, value, facts=sellerspec.Facts(warehouses=warehouses))
    variant: Mapping[str, Any] = report.fixed(unsafe=unsafe).payload["variants"][0]
    return variant


def test_a_whole_product_moves_over_with_one_warehouse() -> None:
    facts = sellerspec.Facts(warehouses=[WAREHOUSE, RETURNS, CLOSED])
    fixed = sellerspec.check(OPERATION, OLD.read_bytes(), facts=facts).fixed(unsafe=True)
    assert not fixed.report.findings
    assert fixed.payload["meta_data"] == {"is_auto_turn_on": False}
    assert [variant["warehouse_stocks"] for variant in fixed.payload["variants"]] == [
        [{"warehouseId": 371835, "qtyAvailable": quantity}] for quantity in (20, 15)
    ]


def test_only_the_spelling_is_safe() -> None:
    variant = moved(product(), warehouses=[WAREHOUSE], unsafe=False)
    assert variant == {**product()["variants"][0], "inventory_type": "dropship"}


def test_the_supplier_says_which_warehouse_if_it_is_one() -> None:
    two = [WAREHOUSE, {**WAREHOUSE, "id": 239091}]
    assert moved(product(), warehouses=two)["seller_warehouse"] == "239091"


@pytest.mark.parametrize(
    ("warehouses", "variant"),
    [
        (None, {}),
        ("no list", {}),
        ([], {}),
        ([RETURNS, CLOSED], {}),
        ([WAREHOUSE, {**WAREHOUSE, "id": 5}], {}),
        ([WAREHOUSE], {"quantity": -1}),
        ([WAREHOUSE], {"quantity": "many"}),
        ([WAREHOUSE], {"quantity": None}),
        ([{**WAREHOUSE, "type": "all"}], {}),
        ([{**WAREHOUSE, "type": "sale"}], {}),
        ([{**WAREHOUSE, "type": None}], {}),
        ([{**WAREHOUSE, "status": 2}], {}),
        (None, {"inventory_type": "seller_backorder"}),
        (None, {"inventory_type": None}),
        (None, {"inventory_type": "instock", "quantity": None, "supplier": None}),
        (None, {"seller_warehouse": "7"}),
    ],
)
def test_no_warehouse_is_guessed(warehouses: Any, variant: Mapping[str, Any]) -> None:
    changed = moved(product(**variant), warehouses=warehouses)
    assert "warehouse_stocks" not in changed
    assert changed.get("quantity") == product(**variant)["variants"][0].get("quantity")


def test_warehouses_may_have_their_envelope() -> None:
    response = json.loads(json.dumps({"data": [WAREHOUSE]}))
    assert moved(product(), warehouses=response)["seller_warehouse"] == "371835"


def test_nothing_in_stock_is_a_quantity_too() -> None:
    stocks = moved(product(quantity=0), warehouses=[WAREHOUSE])["warehouse_stocks"]
    assert stocks == [{"warehouseId": 371835, "qtyAvailable": 0}]


@pytest.mark.parametrize("name", ["quantity", "supplier"])
def test_either_member_of_the_first_generation_is_dropped_alone(name: str) -> None:
    variant = moved(product(**{name: None, "inventory_type": "instock"}))
    assert not {"quantity", "supplier"} & variant.keys()
    assert variant["warehouse_stocks"] == []


STOCKS = [{"warehouseId": 7, "qtyAvailable": 3}]


@pytest.mark.parametrize(
    "variant",
    [
        {"inventory_type": "instock"},
        {"inventory_type": "dropship", "seller_warehouse": "7", "warehouse_stocks": STOCKS},
    ],
)
def test_what_moves_the_stock_is_unsafe(variant: Mapping[str, Any]) -> None:
    assert moved(product(**variant), unsafe=False) == product(**variant)["variants"][0]


def test_a_quantity_beside_stocks_without_their_warehouses_is_kept() -> None:
    assert moved(product(warehouse_stocks=STOCKS))["quantity"] == product()["variants"][0]["quantity"]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "/meta_data"),
        ({"meta_data": None}, "/meta_data"),
        ({"meta_data": {}}, "/meta_data/is_auto_turn_on"),
    ],
)
def test_what_happens_after_the_approval_is_said_beside_what_is_said_already(
    given: Mapping[str, Any], place: str
) -> None:
    report = sellerspec.check(OPERATION, {**product(), **given})
    (fixes,) = (finding.fixes for finding in report.findings if finding.rule == "tiki-v2.meta-data-given")
    assert [(fix.safe, fix.patch[0]["path"]) for fix in fixes] == [(False, place)]


def test_tiki_stores_what_is_instock() -> None:
    variant = moved(product(inventory_type="instock"))
    assert (variant["seller_warehouse"], variant["warehouse_stocks"]) == ("", [])
    assert not {"quantity", "supplier"} & variant.keys()


def test_what_stands_beside_the_new_members_is_dropped() -> None:
    stocks = [{"warehouseId": 7, "qtyAvailable": 3}]
    variant = moved(product(seller_warehouse="7", warehouse_stocks=stocks))
    assert variant["warehouse_stocks"] == stocks
    assert not {"quantity", "supplier"} & variant.keys()


def test_a_number_in_a_text_becomes_a_number() -> None:
    variant = moved(product(price="149000", quantity="20"), warehouses=[WAREHOUSE])
    assert (variant["price"], variant["warehouse_stocks"][0]["qtyAvailable"]) == (149000, 20)


def test_stock_in_the_spelling_of_updates_is_renamed() -> None:
    stocks = [{"warehouse_id": 7, "qty_available": 3}]
    variant = moved(product(seller_warehouse="7", warehouse_stocks=stocks), unsafe=False)
    assert variant["warehouse_stocks"] == [{"warehouseId": 7, "qtyAvailable": 3}]


def test_stock_of_an_update_in_the_spelling_of_creations_is_renamed() -> None:
    update = {
        "product_id": 2166152,
        "seller_warehouse": "7",
        "warehouse_quantities": [{"warehouseId": 7, "qtyAvailable": 3}],
    }
    fixed = sellerspec.check("tiki-v2/updateSku", update).fixed()
    assert fixed.payload["warehouse_quantities"] == [{"warehouse_id": 7, "qty_available": 3}]


@pytest.mark.parametrize("unsafe", [False, True])
def test_the_items_of_a_confirmation_are_renamed_and_never_dropped(unsafe: bool) -> None:
    old = {"item_ids": [94792486], "seller_inventory_id": 371835}
    fixed = sellerspec.check("tiki-v2/confirmAvailable", old).fixed(unsafe=unsafe)
    assert fixed.payload == {"available_item_ids": [94792486], "seller_inventory_id": 371835}
    both = {**old, "available_item_ids": "94792486"}
    assert sellerspec.check("tiki-v2/confirmAvailable", both).fixed().payload == both


@pytest.mark.parametrize(("old", "new"), [(True, 1), (False, 0), ("yes", "yes")])
def test_a_status_as_true_or_false_becomes_a_number(old: Any, new: Any) -> None:
    fixed = sellerspec.check("tiki-v2/updateSku", {"product_id": 2166152, "active": old}).fixed()
    assert json.dumps(fixed.payload["active"]) == json.dumps(new)


def test_the_command_line_names_what_changes_and_how() -> None:
    done = run("check", "--as", OPERATION, OLD)
    assert done.exit_code == 0
    assert "`quantity` is of the first generation" in done.stdout
    assert "write the inventory type as it is spelled today" in done.stdout
