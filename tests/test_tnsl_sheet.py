"""The sheet of importOrders without a workbook around it: its rules in their words, its orders, its cells."""

from typing import Any

import pytest

from sellerspec.io.xlsx import Row, Sheet, as_json
from sellerspec.marketplaces.tnsl import sheet as known
from sellerspec.model import NO_FACTS, Path
from sellerspec.rules import Rule


def sheet(*rows: dict[str, Any], columns: tuple[str, ...] = known.NEEDED) -> Sheet:
    return Sheet("orders", columns, tuple(Row(number, cells) for number, cells in enumerate(rows, 2)))


def pairs(rule: Rule, page: Sheet) -> list[tuple[str, str]]:
    assert rule.check is not None
    return [
        (".".join(map(str, violation.path)), violation.message)
        for violation in rule.check(as_json(page), NO_FACTS)
    ]


def test_a_needed_column_is_there_and_once() -> None:
    assert pairs(known.import_columns, sheet()) == []
    assert pairs(known.import_columns, sheet(columns=(*known.NEEDED, "", ""))) == []
    assert pairs(known.import_columns, sheet(columns=known.NEEDED[1:])) == [
        ("columns.order_type", "`order_type` is missing: every order needs this column")
    ]
    for twice in ((*known.NEEDED, "qty"), ("qty", *known.NEEDED)):
        assert pairs(known.import_columns, sheet(columns=twice)) == [
            ("columns.qty", "`qty` must be the header of one column, got two")
        ]


def test_only_columns_with_a_name_can_be_unknown() -> None:
    page = sheet(columns=("", "color", *(column.name for column in known.COLUMNS)))
    assert pairs(known.import_known_columns, page) == [
        ("columns.color", "`color` is not a column of the template")
    ]


def test_a_sheet_has_a_row() -> None:
    assert pairs(known.import_rows, sheet()) == [
        ("rows", "the sheet must have a row below the header, got none")
    ]
    assert pairs(known.import_rows, sheet({"qty": 1})) == []


def test_a_cell_without_a_value_is_told_with_the_reason_and_not_judged_again() -> None:
    row = Row(2, {}, {"order_type": "a formula, which is never evaluated"})
    page = Sheet("orders", known.NEEDED, (row,))
    assert pairs(known.import_cell_value, page) == [
        (
            "rows.0.cells.order_type",
            "`order_type` must hold a plain value, got a formula, which is never evaluated",
        )
    ]
    assert pairs(known.import_order_type, page) == []


@pytest.mark.parametrize(
    ("cells", "got"),
    [
        ({"order_type": "E2E"}, None),
        ({"order_type": "FFO"}, None),
        ({}, "an empty cell"),
        ({"order_type": "ffo"}, "`ffo` (did you mean `FFO`?)"),
        ({"order_type": 1}, "1"),
    ],
)
def test_each_row_names_its_kind_of_order(cells: dict[str, Any], got: str | None) -> None:
    message = f"`order_type` must hold `E2E` or `FFO`, got {got}"
    expected = [] if got is None else [("rows.1.cells.order_type", message)]
    assert pairs(known.import_order_type, sheet({"order_type": "E2E"}, cells)) == expected
    assert pairs(known.import_order_type, sheet(cells, columns=("qty",))) == []


OTHER = "`full_name` must hold what row 2 of the same `ref_code` holds, or nothing, got another value"
DIGITS = "`phone` must hold text, got a number, whose digits are read as text"
LOST = "`phone` must hold text, got a number, which may have lost digits"
WORD = "`phone` must hold text, got TRUE or FALSE"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("0123", None),
        (123, DIGITS),
        (999_999_999_999_999, DIGITS),
        (1_000_000_000_000_000, LOST),
        (12_345_678_901_234_567_890, LOST),
        (-999_999_999_999_999, DIGITS),
        (-1_000_000_000_000_000, LOST),
        (1.5, LOST),
        (True, WORD),
        (False, WORD),
    ],
)
def test_a_number_of_more_than_fifteen_digits_may_have_lost_some(code: Any, message: str | None) -> None:
    expected = [] if message is None else [("rows.0.cells.phone", message)]
    assert pairs(known.import_code_text, sheet({"phone": code, "qty": code, "color": code})) == expected


@pytest.mark.parametrize("later", ["A", "C"])
def test_rows_of_one_order_say_the_same_or_nothing(later: str) -> None:
    row = {"ref_code": "X-1", "full_name": "B", "product_sku": "1"}
    disagreement = ("rows.2.cells.full_name", OTHER)
    page = sheet(row, {"full_name": later}, {**row, "full_name": later}, {"ref_code": "X-2"})
    assert pairs(known.import_rows_agree, page) == [disagreement]
    assert pairs(known.import_rows_agree, sheet(row, {"ref_code": "X-1", "product_sku": "2"})) == []
    no_codes = sheet({"full_name": "B"}, {"full_name": later}, {"ref_code": " ", "full_name": later})
    assert pairs(known.import_rows_agree, no_codes) == []
    late = sheet({"ref_code": "X-1"}, {"ref_code": "X-1", "full_name": later})
    assert pairs(known.import_rows_agree, late) == [("rows.1.cells.full_name", OTHER)]


def test_rows_without_a_code_are_orders_of_their_own_where_they_stand() -> None:
    page = sheet(
        {"ref_code": "X-1", "product_sku": "1"},
        {"product_sku": "2"},
        {"ref_code": " X-1 ", "product_sku": "3", "full_name": "not the first row"},
        {"ref_code": "  ", "product_sku": "4"},
    )
    made = list(known.orders(page))
    assert [order.rows for order in made] == [(2, 4), (3,), (5,)]
    assert [dict(order.payload) for order in made] == [
        {"ref_code": "X-1", "shipping": {}, "items": [{"product_sku": "1"}, {"product_sku": "3"}]},
        {"shipping": {}, "items": [{"product_sku": "2"}]},
        {"shipping": {}, "items": [{"product_sku": "4"}]},
    ]


def test_a_code_becomes_text_and_an_amount_stays_a_number() -> None:
    (order,) = known.orders(
        sheet(
            {
                "order_type": "FFO", "ref_code": 7, "phone": 123, "receivable": 0, "delivery_partner": " A ",
                "product_sku": 9, "qty": 2, "price": 0.5, "color": "red",
            }
        )
    )  # fmt: skip
    assert order.payload == {
        "is_fulfillment_only": True,
        "ref_code": "7",
        "shipping": {"phone": "123"},
        "receivable": 0,
        "extra_info": {"delivery_partner": "A"},
        "items": [{"product_sku": "9", "qty": 2, "price": 0.5}],
    }


@pytest.mark.parametrize("kind", ["e2e", 1, None])
def test_a_kind_that_is_none_is_left_out(kind: Any) -> None:
    (order,) = known.orders(sheet({"order_type": kind}))
    assert "is_fulfillment_only" not in order.payload


@pytest.mark.parametrize(
    ("place", "cell"),
    [
        (("items", 1, "qty"), (5, "qty")),
        (("items", 0, "price"), (2, "price")),
        (("items", 1), (5, "")),
        (("items",), (2, "")),
        ((), (2, "")),
        (("is_fulfillment_only",), (2, "order_type")),
        (("shipping",), (2, "")),
        (("shipping", "phone"), (2, "phone")),
        (("shipping", "phone", 0), (2, "phone")),
        (("shipping", "zip"), (2, "")),
        (("extra_info", "delivery_partner"), (2, "delivery_partner")),
    ],
)
def test_a_place_of_the_payload_is_in_the_row_and_column_it_came_from(
    place: Path, cell: tuple[int, str]
) -> None:
    assert known.SheetOrder({}, (2, 5)).cell(place) == cell


def test_only_codes_and_words_are_columns_of_text() -> None:
    assert {column.name for column in known.COLUMNS if not column.text} == {"receivable", "qty", "price"}
