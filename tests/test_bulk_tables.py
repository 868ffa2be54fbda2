"""Tables: one row for each variant; findings name the cell, and the sheet comes back with comments."""

import json
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from sellerspec import bulk
from sellerspec.bulk.tables import of_schema, products, template
from sellerspec.errors import SellerspecError, UsageError
from sellerspec.io import xlsx
from support.command_line import run

CREATE = "tiki/createProduct"
HEADER = (
    "product", "category_id", "name", "description", "image", "images", "option_attributes",
    "attributes.brand", "sku", "price", "quantity", "option1", "inventory_type", "supplier",
)  # fmt: skip
PRODUCT = (7, 2458, "Áo thử nghiệm", "Mô tả", "https://img.example/a.jpg",
           "https://img.example/b.jpg|https://img.example/c.jpg", "color", "Mẫu")  # fmt: skip
ROWS: list[tuple[Any, ...]] = [
    (*PRODUCT, "A1", 100000, 5, "Đỏ", "drop_ship", 239091),
    (*[None] * 8, "A2", 0, 5, "Xanh", "drop_ship", 239091),
    (7, None, "another name", *[None] * 5, "A3", 90000, "few", "Nâu", "drop_ship", 239091),
    (),
    (8, 2458, "Áo thứ hai", "Mô tả", "https://img.example/d.jpg", "https://img.example/e.jpg", None, "Mẫu",
     "A1", 100000, 5, None, "drop_ship", 239091),
]  # fmt: skip
EXPECTED = [
    (2, 3, "price", "tiki.variant-price"),
    (2, 4, "name", "sellerspec.cell-readable"),
    (2, 4, "quantity", "tiki.number-unreadable"),
    (6, 5, "", "sellerspec.row-blank"),
    (6, 6, "sku", "sellerspec.catalogue-sku"),
]
"""Line (the payload's first row), row, column and rule of what is wrong in `ROWS`."""


def write(path: Path) -> Path:
    """Write `ROWS` in the format that the name asks for."""
    if path.suffix == ".csv":
        lines = [";".join("" if cell is None else str(cell) for cell in row) for row in (HEADER, *ROWS)]
        path.write_text("\r\n".join(lines), encoding="utf-8-sig")
    elif path.suffix == ".xlsx":
        path.write_bytes(xlsx.table("goods", HEADER, ROWS))
    else:
        kept = [
            dict(zip(HEADER, [None if cell is None else str(cell) for cell in row], strict=True))
            for row in ROWS
            if row
        ]
        parquet.write_table(pyarrow.Table.from_pylist(kept), path)
    return path


def places(path: Path) -> list[tuple[Any, ...]]:
    findings = [json.loads(line) for line in path.read_bytes().splitlines()]
    return sorted(
        (finding["line"], finding["row"], finding["column"], finding["rule"]) for finding in findings
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_findings_name_the_cell_of_the_variant(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"goods.{kind}")
    out, refused = tmp_path / "o.jsonl", tmp_path / "r.jsonl"
    summary = bulk.check_files([str(path)], bulk.How(CREATE), workers=1, output=out, refused=refused)
    assert places(out) == EXPECTED
    assert {json.loads(line).get("sheet") for line in out.read_bytes().splitlines()} == (
        {"goods"} if kind == "xlsx" else {None}
    )
    assert (summary.lines, summary.refused) == (2, 2)
    first, second = map(json.loads, refused.read_bytes().splitlines())
    assert [variant["sku"] for variant in first["variants"]] == ["A1", "A2", "A3"]
    assert first["images"] == ["https://img.example/b.jpg", "https://img.example/c.jpg"]
    assert first["attributes"] == {"brand": "Mẫu"}
    assert second["option_attributes"] == []


def test_a_row_of_parquet_counts_from_one(tmp_path: Path) -> None:
    path = write(tmp_path / "goods.parquet")
    bulk.check_files([str(path)], bulk.How(CREATE), workers=1, output=tmp_path / "o.jsonl")
    assert [place[1:] for place in places(tmp_path / "o.jsonl")] == [
        (2, "price", "tiki.variant-price"),
        (3, "name", "sellerspec.cell-readable"),
        (3, "quantity", "tiki.number-unreadable"),
        (4, "sku", "sellerspec.catalogue-sku"),
    ]


@pytest.mark.parametrize(("kind", "shift"), [("csv", 0), ("xlsx", 0), ("parquet", 1)])
def test_the_sheet_comes_back_with_comments_at_the_wrong_cells(kind: str, shift: int, tmp_path: Path) -> None:
    path = write(tmp_path / f"goods.{kind}")
    bulk.check_files([str(path)], bulk.How(CREATE), workers=1, annotate=tmp_path / "annotated.xlsx",
                     output=tmp_path / "o.jsonl")  # fmt: skip
    page = openpyxl.load_workbook(tmp_path / "annotated.xlsx").worksheets[0]
    comments = {
        (cell.row, HEADER[cell.column - 1]): cell.comment.text
        for row in page.iter_rows()
        for cell in row
        if cell.comment
    }
    # a finding about a row is a comment of its first cell
    assert comments.keys() == {
        (row + shift, column or "product") for _, row, column, _ in places(tmp_path / "o.jsonl")
    }
    row = next(row for _, row, column, _ in places(tmp_path / "o.jsonl") if column == "price") + shift
    assert comments[row, "price"].startswith("error tiki.variant-price: ")
    assert str(page.cell(row, HEADER.index("price") + 1).value) == "0"


def test_a_formula_is_never_a_value(tmp_path: Path) -> None:
    path = write(tmp_path / "goods.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.active["J2"] = "=50000*2"
    workbook.save(path)
    bulk.check_files([str(path)], bulk.How(CREATE), workers=1, output=tmp_path / "o.jsonl")
    assert (2, 2, "price", "sellerspec.cell-readable") in places(tmp_path / "o.jsonl")
    assert not any(place[1:] == (2, "price", "tiki.variant-price") for place in places(tmp_path / "o.jsonl"))


def test_a_mapping_file_says_which_column_is_which_member(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        "group: id\nsheet: goods\ncolumns:\n  title: /name\n  code: /variants/sku\n  cost: /variants/price\n"
        "  photos: {member: /images, separator: ' '}\n  note: {member: /attributes/note, type: text}\n"
    )
    header = ("id", "title", "code", "cost", "photos", "note")
    rows = [("x", "Áo", "A", "5", "p q", 12), ("x", None, 7, 6, None, None)]
    (tmp_path / "t.xlsx").write_bytes(xlsx.table("goods", header, rows))
    (payload,) = products(str(tmp_path / "t.xlsx"), bulk.How(CREATE, mapping=str(tmp_path / "m.yaml")))
    assert payload.value == {
        "name": "Áo",
        "images": ["p", "q"],
        "attributes": {"note": "12"},
        "variants": [{"sku": "A", "price": 5}, {"sku": "7", "price": 6}],
    }
    assert payload.cell("/variants/1/price") == {"sheet": "goods", "row": 3, "column": "cost"}
    assert payload.cell("/variants/1/supplier") == {"sheet": "goods", "row": 3, "column": ""}
    assert payload.cell("/images/0") == {"sheet": "goods", "row": 2, "column": "photos"}


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ("[]", "a mapping has `columns`"),
        ("{columns: {a: /name}, colour: red}", "not `colour`"),
        ("{columns: {a: name}}", "a column's member is a pointer"),
        ("{columns: {a: {member: /name, type: day}}}", "`day` is no type"),
        ("{columns: {a: /name}, group: nobody}", "no column `nobody`"),
        ("{columns: {a: /name}, sheet: nobody}", "no sheet named `nobody`"),
        ("{columns: {b: /name}}", "no column has the name of a member"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(mapping)
    (tmp_path / "t.xlsx").write_bytes(xlsx.table("goods", ("a",), [("x",)]))
    with pytest.raises(SellerspecError, match=problem):
        list(products(str(tmp_path / "t.xlsx"), bulk.How(CREATE, mapping=str(tmp_path / "m.yaml"))))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"\xff\xfea"),
        ("a.csv", b"product,name\n1," + b"x" * 200_000),
        ("a.parquet", b"PAR1"),
        ("a.xlsx", b"PK"),
        ("a.csv", b""),
    ],
)
def test_what_is_no_table_is_refused_by_name(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SellerspecError, match=name):
        list(products(str(tmp_path / name), bulk.How(CREATE)))


def test_a_template_has_notes_and_drop_downs_and_takes_what_it_asks_for(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(BytesIO(template(CREATE))).worksheets[0]
    header = [cell.value for cell in page[1]]
    assert header[:3] == ["product", "category_id", "name"]
    assert all(cell.comment for cell in page[1])
    (listed,) = page.data_validations.dataValidation
    assert listed.formula1 == '"cross_border,instock,backorder,seller_backorder,drop_ship"'
    assert template(CREATE, "csv").decode("utf-8-sig").strip().split(",") == header
    known = of_schema(CREATE)
    assert all(column == "product" or known.find(str(column)) is not None for column in header)
    assert [*of_schema("tiki/updateSku").members][:1] == ["price"]


def test_the_command_writes_templates_and_says_what_it_cannot(tmp_path: Path) -> None:
    assert run("template", CREATE, "--format", "csv").stdout.startswith("product,category_id,")
    assert run("template", CREATE, "--output", tmp_path / "t.xlsx").exit_code == 0
    assert xlsx.read((tmp_path / "t.xlsx").read_bytes())[0].name == "createProduct"
    done = run("check", write(tmp_path / "goods.csv"), "--as", CREATE, "--workers", "1")
    assert (done.exit_code, "tiki.variant-price" in done.stdout) == (1, True)
    assert "say --as tiki/createProduct\n" in run("check", tmp_path / "goods.csv").stderr


def test_comments_need_one_table_and_a_workbook(tmp_path: Path) -> None:
    path = write(tmp_path / "goods.csv")
    for names, target in (([str(path)], "a.csv"), ([str(path), str(path)], "a.xlsx")):
        with pytest.raises(UsageError):
            bulk.check_files(names, bulk.How(CREATE), workers=1, annotate=tmp_path / target)


def test_rows_without_a_list_are_one_payload_each(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("price,quantity\n" + "1000,5\n" * 999 + "0,5\n")
    bulk.check_files([str(path)], bulk.How("tiki/updateSku"), workers=1, output=tmp_path / "o.jsonl")
    assert places(tmp_path / "o.jsonl") == [(1001, 1001, "price", "tiki.update-price-positive")]
    assert template("tiki/updateSku").startswith(b"PK")
    (tmp_path / "m.yaml").write_text("{columns: {price: /price}, group: price}")
    with pytest.raises(SellerspecError, match="`group` is for payloads that have a list"):
        list(products(str(path), bulk.How("tiki/updateSku", mapping=str(tmp_path / "m.yaml"))))


UPDATE = "tiki-v2/updateSku"
PRICES = "product_id,price,active\n2166152,100000,1\n2166153,0,0\n"


@pytest.mark.parametrize(
    "mapping", ["", "{columns: {product_id: /product_id, price: /price, active: /active}}"]
)
def test_a_table_without_the_list_that_a_payload_may_leave_out_is_one_payload_a_row(
    mapping: str, tmp_path: Path
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(PRICES)
    (tmp_path / "m.yaml").write_text(mapping)
    how = bulk.How(UPDATE, mapping=str(tmp_path / "m.yaml") if mapping else None)
    assert [payload.value for payload in products(str(path), how)] == [
        {"product_id": 2166152, "price": 100000, "active": 1},
        {"product_id": 2166153, "price": 0, "active": 0},
    ]
    bulk.check_files([str(path)], how, workers=1, output=tmp_path / "o.jsonl")
    assert places(tmp_path / "o.jsonl") == [(3, 3, "price", "tiki-v2.update-price")]


@pytest.mark.parametrize(
    ("header", "mapping", "problem"),
    [
        ("product_id,price,warehouse_id", "", "no column `product`"),
        ("product,product_id,price", "", "no column `warehouse_id`, `qty_available`"),
        ("product_id,price,wharehouse_id", "", "did you mean `warehouse_id`"),
        ("product_id,price", "{columns: {product_id: /product_id, price: /price, shelf:"
         " /warehouse_quantities/warehouse_id}}", "no column `shelf`"),
    ],
)  # fmt: skip
def test_a_table_with_a_part_of_that_list_is_told_what_is_missing(
    header: str, mapping: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(f"{header}\n{',1' * header.count(',')}\n")
    (tmp_path / "m.yaml").write_text(mapping)
    how = bulk.How(UPDATE, mapping=str(tmp_path / "m.yaml") if mapping else None)
    with pytest.raises(SellerspecError, match=problem):
        list(products(str(path), how))


def test_cells_of_any_type_become_json(tmp_path: Path) -> None:
    row = {
        "whole": Decimal("5.00"), "part": Decimal("5.5"), "day": date(2024, 5, 1), "tags": ["x", "y"],
        "raw": b"M\xe1\xbb\xb1c", "ratio": "2.5", "count": "7", "new": "TRUE", "odd": "maybe",
    }  # fmt: skip
    parquet.write_table(pyarrow.Table.from_pylist([row]), tmp_path / "t.parquet")
    kinds = {"ratio": "number", "count": "number", "new": "boolean", "odd": "boolean", "tags": "list",
             "whole": "integer", "part": "number", "day": "date"}  # fmt: skip
    known = {name: {"member": f"/attributes/{name}", "type": kinds.get(name, "text")} for name in row}
    (tmp_path / "m.yaml").write_text(json.dumps({"columns": known}))
    (payload,) = products(str(tmp_path / "t.parquet"), bulk.How(CREATE, mapping=str(tmp_path / "m.yaml")))
    assert payload.value["attributes"] == {
        "whole": 5, "part": 5.5, "day": "2024-05-01", "tags": ["x", "y"],
        "raw": "Mực", "ratio": 2.5, "count": 7, "new": True, "odd": "maybe",
    }  # fmt: skip
    how = bulk.How(CREATE, mapping=str(tmp_path / "m.yaml"))
    bulk.check_files([str(tmp_path / "t.parquet")], how, workers=1, annotate=tmp_path / "annotated.xlsx")
    (sheet,) = xlsx.read((tmp_path / "annotated.xlsx").read_bytes())
    assert sheet.rows[0].cells["tags"] == "x|y"
    assert sheet.rows[0].cells["whole"] == 5


def test_a_table_too_large_for_comments_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 3)
    with pytest.raises(UsageError, match="a table of more than 3 rows is too large for comments"):
        bulk.check_files([str(write(tmp_path / "goods.csv"))], bulk.How(CREATE), workers=1,
                         annotate=tmp_path / "annotated.xlsx")  # fmt: skip


def test_columns_come_from_every_part_of_a_schema() -> None:
    from sellerspec.bulk.tables.columns import _members

    schema = {
        "allOf": [{"properties": {"name": {"type": "string"}, "anything": True}}],
        "properties": {"tags": {"type": ["array", "null"]}},
    }
    members = dict(_members(schema, of_row=False))
    assert {name: member.kind for name, member in members.items()} == {"name": "text", "tags": "list"}


@pytest.mark.parametrize("suffix", [".xlsm", ".xlsb", ".xls", ".ods"])
def test_D5_a_workbook_that_is_not_read_is_one_clear_error(suffix: str, tmp_path: Path) -> None:
    path = (tmp_path / "goods").with_suffix(suffix)
    path.write_bytes(write(tmp_path / "goods.xlsx").read_bytes())
    kind = "workbooks with macros are" if suffix == ".xlsm" else "such workbooks are"
    for options in ((), ("--as", CREATE)):
        done = run("check", path, *options)
        assert (done.exit_code, done.stderr) == (2, f"error: {path}: {kind} not read; save it as .xlsx\n")


@pytest.mark.parametrize(
    ("header", "operations"),
    [
        (HEADER, "--as tiki/createProduct"),
        (("price", "quantity", "active"), "--as tiki/updateSku"),
        (("price", "inventory_type"), "--as tiki/createProduct"),
        (("order_type", "ref_code", "product_sku", "qty"), "--as tnsl/importOrders"),
        (("ref_code", "product_sku", "qty"), "--as tnsl/createOrder or --as tnsl/importOrders"),
    ],
)
def test_D5_a_table_without_an_operation_names_all_that_it_could_be(
    header: tuple[str, ...], operations: str, tmp_path: Path
) -> None:
    (tmp_path / "t.xlsx").write_bytes(xlsx.table("goods", header, [["1"]]))
    done = run("check", tmp_path / "t.xlsx")
    problem = f"error: cannot tell which operation `{tmp_path / 't.xlsx'}` is for; say {operations}\n"
    assert (done.exit_code, done.stderr) == (2, problem)


def test_D5_a_mapping_says_which_operations_a_table_could_be(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("{columns: {p: /price, q: /quantity}}")
    (tmp_path / "t.csv").write_text("p,q\n1,1\n")
    done = run("check", tmp_path / "t.csv", "--mapping", tmp_path / "m.yaml")
    assert done.stderr.endswith("is for; say --as tiki/updateSku\n")
    (tmp_path / "m.yaml").write_text("{columns: {p: /nowhere}}")
    done = run("check", tmp_path / "t.csv", "--mapping", tmp_path / "m.yaml")
    assert (done.exit_code, done.stderr.endswith("is for; say --as OPERATION\n")) == (2, True)


def test_an_import_has_no_options_of_catalogues(tmp_path: Path) -> None:
    write(tmp_path / "goods.csv")
    for options, without in ((("--sheet", "a"), "`--sheet`"), ((), "other files")):
        done = run("check", tmp_path / "goods.csv", "--as", "tnsl/importOrders", *options)
        problem = f"error: `tnsl/importOrders` takes one .xlsx workbook, without {without}\n"
        assert (done.exit_code, done.stderr) == (2, problem)
