"""An imported workbook is checked row by row; each finding names its cell."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

import sellerspec
from sellerspec.contract import xlsx_import
from sellerspec.errors import ParseError, UsageError

openpyxl = pytest.importorskip("openpyxl")

IMPORT = "tnsl/importOrders"
HEADER = (
    "order_type",
    "ref_code",
    "warehouse_code",
    "ward_tiki_code",
    "full_name",
    "phone",
    "street",
    "receivable",
    "product_sku",
    "qty",
)
FIRST = ("E2E", "EXAMPLE-1", "sgn", "VN039007006", "Người Nhận Ví Dụ", "0000000000", "1 Đường Ví Dụ", 200000,
         "9587541851263", 2)  # fmt: skip


def filled(*rows: tuple[Any, ...], header: tuple[str, ...] = HEADER) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.title = "orders"
    for cells in (header, *rows):
        workbook.active.append(cells)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def row(**cells: Any) -> tuple[Any, ...]:
    return tuple({**dict(zip(HEADER, FIRST, strict=True)), **cells}[column] for column in HEADER)


def findings(data: bytes, **settings: Any) -> list[tuple[int, str, str]]:
    return [
        (cell.row, cell.column, cell.finding.rule)
        for cell in xlsx_import.check_workbook(IMPORT, data, **settings)
    ]


def test_the_template_has_every_column_and_no_order_yet() -> None:
    assert findings(xlsx_import.template(IMPORT)) == [(1, "", "tnsl.import-rows")]


def test_a_complete_row_has_no_finding() -> None:
    assert findings(filled(FIRST)) == []


def test_rows_with_one_ref_code_are_one_order() -> None:
    second = (None, "EXAMPLE-1", *[None] * 6, "7458471327837", 1)
    data = filled(FIRST, ("E2E", *second[1:]), row(ref_code="EXAMPLE-2"))
    assert findings(data) == []
    orders = xlsx_import.payloads(IMPORT, data)
    assert [order["ref_code"] for order in orders] == ["EXAMPLE-1", "EXAMPLE-2"]
    assert orders[0] == {
        "is_fulfillment_only": False,
        "ref_code": "EXAMPLE-1",
        "shipping": {
            "warehouse_code": "sgn",
            "ward_tiki_code": "VN039007006",
            "full_name": "Người Nhận Ví Dụ",
            "phone": "0000000000",
            "street": "1 Đường Ví Dụ",
        },
        "receivable": 200000,
        "items": [{"product_sku": "9587541851263", "qty": 2}, {"product_sku": "7458471327837", "qty": 1}],
    }
    assert sellerspec.check("tnsl/createOrder", orders[0]).findings == ()


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"order_type": "e2e"}, "order_type", "tnsl.import-order-type"),
        ({"order_type": None}, "order_type", "tnsl.import-order-type"),
        ({"qty": "=1+1"}, "qty", "tnsl.import-cell-value"),
        ({"product_sku": 9587541851263}, "product_sku", "tnsl.import-code-text"),
        ({"qty": 0}, "qty", "tnsl.whole-quantity"),
        ({"product_sku": None}, "product_sku", "tnsl.order-item"),
        ({"ward_tiki_code": "VN1"}, "ward_tiki_code", "tnsl.ward-code-shape"),
        ({"phone": None}, "phone", "tnsl.e2e-receiver"),
        ({"ref_code": None}, "ref_code", "tnsl.ref-code-sent"),
        ({"order_type": "FFO"}, "receivable", "tnsl.ffo-receivable"),
    ],
)
def test_a_finding_names_row_and_column(cells: dict[str, Any], column: str, rule: str) -> None:
    second = row(**{"ref_code": "EXAMPLE-2", **cells})
    assert findings(filled(FIRST, second)) == [(3, column, rule)]


def test_a_finding_reads_as_one_line_and_points_to_its_cell() -> None:
    (cell,) = xlsx_import.check_workbook(IMPORT, filled(FIRST, row(ref_code="EXAMPLE-2", qty=0)))
    assert (
        str(cell)
        == "orders row 3 `qty`: warning tnsl.whole-quantity `qty` must be at least 1, got 0 (inferred)"
    )
    assert cell.finding.pointer == "/orders/3/qty"


def test_rows_of_one_order_that_disagree_give_a_finding_at_the_later_one() -> None:
    assert findings(filled(FIRST, row(phone="1111111111"))) == [(3, "phone", "tnsl.import-rows-agree")]


def test_missing_and_doubled_columns_are_findings_of_the_header_and_stop_the_rest() -> None:
    data = filled(("E2E", "E2E"), header=("order_type", "order_type"))
    assert findings(data) == [
        (1, "order_type", "tnsl.import-columns"),
        (1, "product_sku", "tnsl.import-columns"),
        (1, "qty", "tnsl.import-columns"),
        (1, "ward_tiki_code", "tnsl.import-columns"),
        (1, "warehouse_code", "tnsl.import-columns"),
    ]


def test_an_unknown_column_warns() -> None:
    (cell,) = xlsx_import.check_workbook(IMPORT, filled((*FIRST, "x"), header=(*HEADER, "color")))
    assert str(cell) == (
        "orders row 1 `color`: warning tnsl.import-known-columns `color` is not a column of the template "
        "(assumed)"
    )
    (cell,) = xlsx_import.check_workbook(
        IMPORT, filled((*FIRST, "x"), header=(*HEADER, "color")), strict=True
    )
    assert cell.finding.severity == "error"


def test_every_rule_of_the_sheet_is_in_the_catalogue() -> None:
    listed = {rule.id: rule for rule in sellerspec.rules(IMPORT)}
    for check in xlsx_import.IMPORTS[IMPORT].CHECKS:
        assert listed[check.id].why_not


def test_only_an_import_takes_a_workbook() -> None:
    with pytest.raises(UsageError, match="one that does: tnsl/importOrders"):
        xlsx_import.template("tnsl/createOrder")


def test_a_file_that_is_no_workbook_is_named() -> None:
    with pytest.raises(ParseError, match=r"^orders\.xlsx: not an \.xlsx workbook$"):
        xlsx_import.check_workbook(IMPORT, b"order_type", name="orders.xlsx")


def changed(change: Any, *rows: tuple[Any, ...], header: tuple[str, ...] = HEADER) -> bytes:
    """Return a workbook whose book and sheet of orders a function changes."""
    book = openpyxl.load_workbook(BytesIO(filled(*(rows or (FIRST,)), header=header)))
    change(book, book["orders"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def texts(data: bytes) -> list[str]:
    return [str(cell) for cell in xlsx_import.check_workbook(IMPORT, data)]


def number_format(_: Any, sheet: Any) -> None:
    sheet["I2"].value, sheet["I2"].number_format = 123, "00000"


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            lambda _, sheet: sheet.__setitem__("I2", datetime(2024, 3, 1)),
            "`product_sku`: error tnsl.import-cell-value "
            "`product_sku` must hold a plain value, got a date or time, 2024-03-01",
        ),
        (
            number_format,
            "`product_sku`: error tnsl.import-cell-value "
            "`product_sku` must hold a plain value, got the number 123, shown as `00123`",
        ),
        (
            lambda _, sheet: sheet.__setitem__("I2", "S\u200b1"),
            "`product_sku`: error tnsl.import-code-clean "
            "`product_sku` must hold a code without blanks around it and without invisible characters, "
            "got the invisible character U+200B (zero width space)",
        ),
        (
            lambda _, sheet: sheet.__setitem__("C2", "sgn "),
            "`warehouse_code`: error tnsl.import-code-clean "
            "`warehouse_code` must hold a code without blanks around it and without invisible characters, "
            "got blanks before or after it",
        ),
        (
            lambda _, sheet: sheet.__setitem__("L2", "x"),
            "`L`: error tnsl.import-cell-value the cell must be empty, because its column has no header",
        ),
    ],
)
def test_A4_a_cell_of_the_import_that_excel_changed_is_a_finding(change: Any, finding: str) -> None:
    assert texts(changed(change)) == [f"orders row 2 {finding} (assumed)"]


def test_A4_merged_cells_of_the_import_hold_the_value_of_the_first() -> None:
    data = changed(lambda _, sheet: sheet.merge_cells("B2:B3"), FIRST, FIRST)
    assert texts(data)[0] == (
        "orders row 3 `ref_code`: error tnsl.import-cell-value "
        "`ref_code` must hold a plain value, got a cell merged with B2, which alone holds the value (assumed)"
    )


def test_A3_a_column_of_the_import_that_is_not_known_names_the_nearest() -> None:
    (text,) = texts(filled((*FIRST, "x"), header=(*HEADER, "e-mail")))
    assert text.endswith(
        "`e-mail`: warning tnsl.import-known-columns "
        "`e-mail` is not a column of the template (did you mean `email`?) (assumed)"
    )


def test_the_sheet_of_orders_is_found_or_asked_for() -> None:
    def other(book: Any, sheet: Any) -> None:
        sheet.title = "data"
        book.create_chartsheet("chart", 0)
        book.create_sheet("first", 0).append(["Read me"])

    def two(book: Any, sheet: Any) -> None:
        other(book, sheet)
        book.create_sheet("more").append(HEADER)

    def hidden(book: Any, sheet: Any) -> None:
        other(book, sheet)
        book["first"].sheet_state = "hidden"

    assert findings(changed(other)) == findings(changed(hidden)) == []
    with pytest.raises(ParseError, match="the sheets `data`, `more` could all be meant; name it `orders`"):
        findings(changed(two))
