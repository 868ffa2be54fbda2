"""Values of Parquet and Excel that JSON does not have: each is a finding or a value, and never a crash."""

import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from support.command_line import run
from test_bulk_tables_faults import (
    AGAIN,
    CODE,
    COLUMNS,
    CONTROL,
    CREATE,
    PLAIN,
    TEXT,
    findings,
    rows,
    workbook,
)

FLOAT = "from a column of numbers with decimals"
TYPES: list[tuple[str, Any, str | None]] = [
    ("attributes.x", pyarrow.array([Decimal("5.50")], pyarrow.decimal128(9, 2)), None),
    ("price", pyarrow.array([Decimal("100000.00")], pyarrow.decimal128(25, 2)), None),
    ("price", pyarrow.array([Decimal("12345678901234567.89")], pyarrow.decimal128(25, 2)),
     "the cell must hold a number that JSON keeps exactly, got 12345678901234567.89, "
     "of which JSON keeps 1.2345678901234568e+16"),
    ("attributes.x", pyarrow.array([10**60], pyarrow.decimal256(70, 0)), None),
    ("attributes.x", pyarrow.array([1], pyarrow.duration("ns")),
     f"{PLAIN}a value of the type duration[ns] that cannot be read"),
    ("attributes.x", pyarrow.array([timedelta(1)]),
     f"{PLAIN}a value of the type duration[us]"),
    ("attributes.x", pyarrow.array([1], pyarrow.timestamp("ns")),
     f"{TEXT}a date or time, 1970-01-01 00:00:00.000000001; {AGAIN}"),
    ("attributes.x", pyarrow.array([datetime(2024, 3, 1)]),
     f"{TEXT}a date or time, 2024-03-01; {AGAIN}"),
    ("attributes.x", pyarrow.array([1], pyarrow.timestamp("us", "Asia/Ho_Chi_Minh")),
     f"{TEXT}a date or time, 1970-01-01 08:00:00.000001+0800; {AGAIN}"),
    ("attributes.x", pyarrow.array([time(1, 2, 3)]),
     f"{TEXT}a date or time, 01:02:03; {AGAIN}"),
    ("quantity", pyarrow.array([date(2024, 3, 1)]),
     f"the cell must hold a number, got a date or time, 2024-03-01; {AGAIN}"),
    ("attributes.x", pyarrow.array([2**31 - 1], pyarrow.int32()).cast(pyarrow.date32()),
     f"{PLAIN}a date out of range"),
    ("attributes.x", pyarrow.array([2**55], pyarrow.int64()).cast(pyarrow.timestamp("us")),
     f"{TEXT}a date or time, 3111-09-16 23:10:18.963968; {AGAIN}"),
    ("attributes.x", pyarrow.array([b"\xff"]), f"{PLAIN}bytes that are no text"),
    ("attributes.x", pyarrow.array([b"abc"]), None),
    ("attributes.x", pyarrow.array([b"abcd"], pyarrow.binary(4)), None),
    ("attributes.x", pyarrow.array([{"a": 1}]),
     f"{PLAIN}a value of the type struct<a: int64>"),
    ("attributes.x", pyarrow.array([["a"]]), "the cell must hold one value, got a list"),
    ("images", pyarrow.array([["https://img.example/b.jpg"]]), None),
    ("images", pyarrow.array([[{"a": 1}]]),
     f"{PLAIN}a list of the type list<element: struct<a: int64>>"),
    ("sku", pyarrow.array([1.0]), f"{TEXT}the number 1.0, {FLOAT}; {AGAIN}"),
    ("sku", pyarrow.array([1e20]), f"{TEXT}the number 1e+20, {FLOAT}; {AGAIN}"),
    ("price", pyarrow.array([100000.0]),
     "`price` must be written without a fraction, as 100000, got 100000.0"),
    ("price", pyarrow.array([float("nan")]), f"{PLAIN}a number that is not finite"),
    ("attributes.x", pyarrow.array([True]), f"{TEXT}TRUE; {AGAIN}"),
    ("sku", pyarrow.array(["A1"]).dictionary_encode(), None),
    ("name", pyarrow.array(["a\0b"]), f"{CONTROL}U+0000"),
    ("description", pyarrow.array(["=1+1"]), f"{PLAIN}a formula, which is never evaluated"),
    ("description", pyarrow.array(["y" * 40_000]), None),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "message"), TYPES)
def test_E8_a_value_of_parquet_is_a_finding_or_a_value(
    column: str, value: Any, message: str | None, tmp_path: Path
) -> None:
    table = pyarrow.table({name: [cell] for name, cell in COLUMNS.items() if name != column})
    path = tmp_path / "t.parquet"
    parquet.write_table(table.append_column(column, value), path)
    # one variant with an option warns: that is not the matter here
    read = [found for found in findings(path, "--annotate", tmp_path / "a.xlsx")
            if found[2] != "tiki.simple-product-options"]  # fmt: skip
    assert [(row, name, text) for row, name, _, text in read] == ([(1, column, message)] if message else [])
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["table"].max_row == 2


def test_E8_a_date_that_is_meant_is_a_value(tmp_path: Path) -> None:
    days = [datetime(2024, 3, 1), datetime(2024, 3, 1, 10), date(2024, 3, 1)]
    (tmp_path / "m.yaml").write_text("columns: {day: {member: /attributes/day, type: date}}")
    book = openpyxl.Workbook()
    for row in (["day"], *([day] for day in days)):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    out = tmp_path / "refused.jsonl"
    run("check", tmp_path / "t.xlsx", "--as", CREATE, "--mapping", tmp_path / "m.yaml", "--refused", out,
        "--workers", "1")  # fmt: skip
    read = [json.loads(line)["attributes"]["day"] for line in out.read_bytes().splitlines()]
    assert read == ["2024-03-01", "2024-03-01 10:00:00", "2024-03-01"]


def test_E8_a_damaged_parquet_file_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    parquet.write_table(pyarrow.table({name: [cell] * 5 for name, cell in COLUMNS.items()}), path)
    data = bytearray(path.read_bytes())
    data[4:200] = b"\xff" * 196
    path.write_bytes(data)
    done = run("check", path, "--as", CREATE)
    assert (done.exit_code, done.stderr) == (
        2, f"error: {path}: cannot be read after row 0: damaged\n",
    )  # fmt: skip


def shown(value: float, form: str) -> Callable[[Any, Any], None]:
    def change(_: Any, sheet: Any) -> None:
        sheet["I2"].value, sheet["I2"].number_format = value, form

    return change


def put(cell: str, value: Any) -> Callable[[Any, Any], None]:
    return lambda _, sheet: sheet.__setitem__(cell, value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (shown(123, "00000"), f"{TEXT}the number 123, shown as `00123`; {AGAIN}"),
        (shown(12345, "00000"), None),
        (shown(123, "0"), None),
        (shown(123457000000, "0.00E+00"),
         f"{TEXT}the number 123457000000, shown in the format `0.00E+00`; {AGAIN}"),
        (shown(1.5, "0"), f"{TEXT}the number 1.5, shown in the format `0`; {AGAIN}"),
        (shown(8934563138165, "General"), None),
        (shown(8934563138165123, "General"),
         f"{TEXT}the number 8934563138165123, of which Excel keeps 15 digits only; {AGAIN}"),
        (put("I2", datetime(2024, 3, 1)), f"{TEXT}a date or time, 2024-03-01; {AGAIN}"),
        (put("I2", timedelta(hours=30)), f"{TEXT}a date or time, 1 day, 6:00:00; {AGAIN}"),
        (put("I2", "A_x200B_1"), f"{CODE}the invisible character U+200B (zero width space)"),
        (put("I2", "#REF!"), f"{PLAIN}an error of Excel"),
        (put("I2", True), f"{TEXT}TRUE; {AGAIN}"),
    ],
)  # fmt: skip
def test_A4_a_code_that_excel_changed_is_a_finding(
    change: Callable[[Any, Any], None], message: str | None, tmp_path: Path
) -> None:
    read = findings(workbook(tmp_path / "t.xlsx", rows(), change), "--annotate", tmp_path / "a.xlsx")
    assert [(row, column, text) for row, column, _, text in read] == (
        [(2, "sku", message)] if message else []
    )


def test_A4_a_key_that_excel_changed_is_a_finding(tmp_path: Path) -> None:
    def change(_: Any, sheet: Any) -> None:
        for row in (4, 5):
            sheet.cell(row, 1).value, sheet.cell(row, 1).number_format = 8, "000"
        sheet["A3"] = "=A2"

    read = [found[:3] for found in findings(workbook(tmp_path / "t.xlsx", rows(), change))]
    assert [found for found in read if found[2] != "tiki.simple-product-options"] == [
        (3, "product", "sellerspec.cell-readable"),
        (4, "product", "sellerspec.cell-changed"),
        (5, "product", "sellerspec.cell-changed"),
    ]


def test_E8_merged_cells_have_the_value_of_the_first(tmp_path: Path) -> None:
    def change(_: Any, sheet: Any) -> None:
        for block in ("A2:A3", "J2:J3", "C2:D2", "H3:H4"):
            sheet.merge_cells(block)

    path = workbook(tmp_path / "t.xlsx", rows(), change)
    assert [
        (row, column, text) for row, column, _, text in findings(path, "--annotate", tmp_path / "a.xlsx")
    ] == [
        (2, "description", f"{PLAIN}a cell merged with C2, which alone holds the value"),
        (3, "price", f"{PLAIN}a cell merged with J2, which alone holds the value"),
        (4, "attributes.brand", f"{PLAIN}a cell merged with H3, which alone holds the value"),
    ]
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [cell for cell in ("C2", "J2", "H3") if page[cell].comment is None] == []


@pytest.mark.no_cover
def test_E8_more_merged_cells_than_a_sheet_may_have_are_an_error(tmp_path: Path) -> None:
    many = workbook(tmp_path / "u.xlsx", rows(), lambda _, sheet: sheet.merge_cells("P1:AZ3000"))
    done = run("check", many, "--as", CREATE, "--workers", "1")
    assert (done.exit_code, done.stderr) == (
        2, f"error: {many}: sheet `goods` has more than 100000 merged cells\n",
    )  # fmt: skip


def patched(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Change the parts of a workbook; None leaves a part out."""
    out = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = change(name, source.read(name))
            if part is not None:
                target.writestr(name, part)
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda name, part: part.replace(b'<c r="I2"', b'<c r="I2" s="99"') if "sheet1" in name else part,
        lambda name, part: None if name == "xl/styles.xml" else part,
    ],
    ids=["a style that is not there", "no styles"],
)
def test_E8_a_missing_style_is_no_crash(change: Callable[[str, bytes], bytes | None], tmp_path: Path) -> None:
    path = patched(workbook(tmp_path / "t.xlsx", rows(row3={"price": "0"})), change)
    read = findings(path, "--annotate", tmp_path / "a.xlsx")
    assert [found[:3] for found in read] == [(3, "price", "tiki.variant-price")]
    assert (
        "`price` must be an integer greater than 0, got 0"
        in openpyxl.load_workbook(tmp_path / "a.xlsx")["goods"]["J3"].comment.text
    )


def test_a_workbook_that_cannot_be_written_again_is_not_fixed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", rows(row3={"sku": " A2"}))
    patched(
        path, lambda name, part: part.replace(b'<c r="I2"', b'<c r="I2" s="99"') if "sheet1" in name else part
    )
    before = path.read_bytes()
    done = run("check", path, "--as", CREATE, "--workers", "1", "--fixed", tmp_path / "b.xlsx")
    problem = "holds something that cannot be kept, e.g. a style that is not there; save it with Excel"
    assert (done.exit_code, done.stderr) == (2, f"error: {path}: {problem}\n")
    assert path.read_bytes() == before
    assert not (tmp_path / "b.xlsx").exists()


def test_E8_control_characters_are_findings_and_written_escaped(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", rows(row2={"name": "A_x0000_o", "description": "a_x000D_\nb"}))
    assert findings(path, "--annotate", tmp_path / "a.xlsx") == [
        (2, "name", "sellerspec.cell-clean", f"{CONTROL}U+0000")
    ]
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active["C2"].value == "A_x0000_o"


def test_A4_no_row_of_a_workbook_is_passed_over(tmp_path: Path) -> None:
    def far(name: str, part: bytes) -> bytes:
        part = part.replace(b'<row r="3"', b'<row r="30000"') if "sheet1" in name else part
        return part.replace(b'r="A3"', b'r="A30000"')

    def twice(name: str, part: bytes) -> bytes:
        return part.replace(b'<row r="3"', b'<row r="2"') if "sheet1" in name else part

    for change, problem in (
        (far, "more than 20000 rows or 100 columns"),
        (twice, "two rows with the number 2"),
    ):
        path = patched(workbook(tmp_path / "t.xlsx", rows()), change)
        done = run("check", path, "--as", CREATE, "--workers", "1")
        assert (done.exit_code, done.stderr) == (2, f"error: {path}: sheet `goods` has {problem}\n")


def test_E8_numbers_that_are_none_are_no_crash(tmp_path: Path) -> None:
    def not_a_number(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>100000</v>", b"<v>nan</v>", 1)

    path = patched(workbook(tmp_path / "t.xlsx", rows()), not_a_number)
    done = run("check", path, "--as", CREATE, "--workers", "1", "--annotate", tmp_path / "a.xlsx")
    assert (done.exit_code, done.stderr) == (
        2, f"error: {path}: not a workbook that can be read: ValueError\n",
    )  # fmt: skip
    path = patched(
        workbook(tmp_path / "t.xlsx", rows()),
        lambda _, part: part.replace(b"<v>100000</v>", b"<v>1E999</v>", 1),
    )
    read = findings(path, "--annotate", tmp_path / "a.xlsx")
    assert read == [(2, "price", "sellerspec.cell-readable", f"{PLAIN}a number that is not finite")]
