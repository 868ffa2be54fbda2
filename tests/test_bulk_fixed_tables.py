"""Fixed tables: only the cells that change, in the dialect and encoding of the file; marked in workbooks."""

import codecs
import csv
import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sellerspec import bulk
from sellerspec.bulk.tables import Change, changes, of_schema, products
from sellerspec.bulk.tables.columns import Member
from sellerspec.errors import UsageError
from sellerspec.io import xlsx
from support.command_line import run

CREATE, PRICE = "tiki/createProduct", "tiki/updateSku"
HEADER = (
    "product", "category_id", "name", "description", "image", "images", "option_attributes",
    "attributes.brand", "sku", "price", "quantity", "option1", "inventory_type", "supplier",
)  # fmt: skip
PRODUCT = (2458, "Áo; thử", "Mô \"tả\"\nhai", "https://img.example/a.jpg",
           "https://img.example/b.jpg|https://img.example/b.jpg", "color", "Mẫu")  # fmt: skip
ROWS: list[tuple[Any, ...]] = [
    (7, *PRODUCT, " A1\u00a0", 100000, 5, "Đỏ", "drop-ship", 239091),
    (*[None] * 8, "A2", 0, 5, "Xanh", "DROP_SHIP", 239091),
    (7, None, None, None, None, PRODUCT[4], *[None] * 2, "A3", 90000, 5, "Nâu", "drop_ship", 239091),
    (8, *PRODUCT[:4], "https://img.example/e.jpg", None, "Mẫu", "B1", 100000, 5, None, "drop ship", 239091),
    (9, *PRODUCT[:4], "https://img.example/f.jpg", None, "Mẫu", "1E+7", 1, 5, None, "drop-ship", 239091),
]  # fmt: skip
FIXED = {
    (2, "images"): "https://img.example/b.jpg", (2, "sku"): "A1", (2, "inventory_type"): "drop_ship",
    (3, "inventory_type"): "drop_ship", (4, "images"): "https://img.example/b.jpg",
    (5, "inventory_type"): "drop_ship",
}  # fmt: skip
"""Row and column of each cell that changes -> what it holds then. Row 6 has a cell that is not read."""

FIXES = {"sellerspec.cell-clean": 1, "tiki.images-distinct": 1, "tiki.variant-inventory-type": 3}


def text(rows: list[tuple[Any, ...]], delimiter: str, newline: str, quoting: Any) -> str:
    out = StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting).writerows(rows)
    return out.getvalue()


def fixed_rows() -> list[tuple[Any, ...]]:
    return [
        tuple(FIXED.get((row, column), cell) for column, cell in zip(HEADER, cells, strict=True))
        for row, cells in enumerate(ROWS, 2)
    ]


def checked(path: Path, **how: Any) -> tuple[bulk.Summary, list[dict[str, Any]]]:
    out = path.with_name("findings.jsonl")
    summary = bulk.check_files([str(path)], bulk.How(CREATE, **how), workers=1, output=out)
    return summary, [{**json.loads(line), "file": ""} for line in out.read_bytes().splitlines()]


@pytest.mark.parametrize(
    ("delimiter", "quoting"),
    [(",", csv.QUOTE_MINIMAL), (";", csv.QUOTE_MINIMAL), ("\t", csv.QUOTE_ALL), ("|", csv.QUOTE_ALL)],
)
@pytest.mark.parametrize("start", ["", "\ufeff", "sep={}\r\n", "\ufeffsep={}\n"])
def test_only_the_changed_cells_of_a_csv_file_change(
    delimiter: str, quoting: Any, start: str, tmp_path: Path
) -> None:
    newline = "\r\n" if delimiter in ",|" else "\n"
    start = start.format(delimiter)
    before, after = (
        start + text([HEADER, *rows], delimiter, newline, quoting) for rows in (ROWS, fixed_rows())
    )
    path, fixed = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(before.encode())
    summary = bulk.check_files([str(path)], bulk.How(CREATE), workers=1, fixed=fixed)
    assert fixed.read_bytes().decode() == after
    assert (summary.fixed, summary.fixes) == (2, FIXES)
    again, _ = checked(fixed)
    assert (again.rules, again.accepted, again.refused) == (summary.rules, summary.accepted, summary.refused)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-16", codecs.BOM_UTF16_BE),
        ("utf-16", codecs.BOM_UTF16_LE),
        ("utf-16-le", b""),
        ("utf-32", codecs.BOM_UTF32_LE),
        ("cp1258", b""),
        ("shift_jis", b""),
    ],
)
def test_a_csv_file_keeps_its_encoding(encoding: str, mark: bytes, tmp_path: Path) -> None:
    written = {codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF16_LE: "utf-16-le"}.get(mark, encoding)
    written = "utf-32-le" if encoding == "utf-32" else written
    letters = {"cp1258": "Áo Đâ", "shift_jis": "シャツ"}.get(encoding, "Áo thử nghiệm シャツ")
    lines = [f'"note",price,quantity\n{letters},1,{quantity}\n{letters},"2",3' for quantity in (" 5.0", "5")]
    path, fixed, mapping = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "m.yaml"
    mapping.write_text("ignore: [note]")
    path.write_bytes(mark + lines[0].encode(written))
    how = bulk.How(PRICE, encoding=encoding, mapping=str(mapping))
    assert bulk.check_files([str(path)], how, workers=1, fixed=fixed).fixed == 1
    assert fixed.read_bytes() == mark + lines[1].encode(written)


def test_an_encoding_that_gives_other_bytes_is_refused(tmp_path: Path) -> None:
    path, fixed = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b"price\n5.0\n+AGE-\n")  # UTF-7 writes this letter as it is
    how = bulk.How(PRICE, encoding="utf-7")
    with pytest.raises(UsageError, match="cannot be written in its encoding again; save it as CSV UTF-8"):
        bulk.check_files([str(path)], how, workers=1, fixed=fixed)
    assert not fixed.exists()


def test_the_changed_cells_of_a_workbook_are_marked(tmp_path: Path) -> None:
    path, fixed, notes = tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "notes.xlsx"
    workbook = openpyxl.load_workbook(BytesIO(xlsx.table("goods", HEADER, ROWS)))
    workbook["goods"]["I2"].comment = openpyxl.comments.Comment("ask Lan", "Lan")
    workbook["goods"]["A2"].font = openpyxl.styles.Font(bold=True)
    workbook.save(path)
    before = path.read_bytes()
    out = tmp_path / "o.jsonl"
    summary = bulk.check_files(
        [str(path)], bulk.How(CREATE), workers=1, fixed=fixed, annotate=notes, output=out
    )
    assert path.read_bytes() == before
    assert (summary.fixed, summary.fixes) == (2, FIXES)
    sheet = openpyxl.load_workbook(fixed)["goods"]
    assert [tuple(cell.value for cell in row) for row in sheet] == [HEADER, *fixed_rows()]
    marked = {
        (cell.row, HEADER[cell.column - 1]): cell.comment.text
        for row in sheet
        for cell in row
        if cell.fill.fgColor.rgb == "00C6EFCE"
    }
    assert marked.keys() == FIXED.keys()
    assert marked[2, "sku"] == "ask Lan\nfixed: write the value alone; was:  A1\u00a0"
    assert marked[3, "inventory_type"] == "fixed: write `drop_ship`; was: DROP_SHIP"
    assert sheet["A2"].font.bold
    again, findings = checked(fixed)
    assert findings == [{**json.loads(line), "file": ""} for line in out.read_bytes().splitlines()]
    assert again.rules == summary.rules
    annotated = openpyxl.load_workbook(notes)["goods"]
    assert annotated["J3"].comment.text.startswith("error tiki.variant-price")
    assert annotated["M3"].value == "drop_ship"


def test_merged_cells_and_other_sheets_stay(tmp_path: Path) -> None:
    path, fixed = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    workbook = openpyxl.load_workbook(BytesIO(xlsx.table("goods", HEADER, ROWS[:2])))
    workbook["goods"].merge_cells("F2:F3")
    workbook.create_sheet("notes")["B2"] = "=1+1"
    workbook.save(path)
    summary = bulk.check_files([str(path)], bulk.How(CREATE), workers=1, fixed=fixed)
    assert summary.fixes["tiki.images-distinct"] == 1
    written = openpyxl.load_workbook(fixed)
    assert written["goods"]["F2"].value == "https://img.example/b.jpg"
    assert [str(block) for block in written["goods"].merged_cells.ranges] == ["F2:F3"]
    assert written["notes"]["B2"].value == "=1+1"


def test_a_cell_whose_value_is_dropped_is_empty_then(tmp_path: Path) -> None:
    path, fixed = tmp_path / "a.csv", tmp_path / "b.csv"
    header = [*HEADER, "option2"]
    path.write_bytes(text([tuple(header), (*ROWS[3], "L")], ",", "\n", csv.QUOTE_ALL).encode())
    summary = bulk.check_files([str(path)], bulk.How(CREATE), workers=1, fixed=fixed)
    assert summary.fixes == {"tiki.variant-option-unused": 1, "tiki.variant-inventory-type": 1}
    assert fixed.read_bytes() == path.read_bytes().replace(b'"L"', b'""').replace(b"drop ship", b"drop_ship")


def test_the_cells_of_a_change_hold_exactly_the_changed_payload(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text([HEADER, ROWS[3], ROWS[1]], ",", "\n", csv.QUOTE_MINIMAL).encode())
    how = bulk.How(CREATE)
    (product,), known = products(str(path), how), of_schema(CREATE)
    before = product.value

    def cells(**members: Any) -> list[tuple[int, str, Any]] | None:
        payload = {name: value for name, value in {**before, **members}.items() if value is not ...}
        found = changes(product, payload, known, ())
        return None if found is None else [(change.row, change.column, change.new) for change in found]

    first, second = before["variants"]
    assert cells() == []
    assert cells(name="Áo", images=[]) == [(2, "/name", "Áo"), (2, "/images", None)]
    assert cells(variants=[first, {**second, "quantity": 7}]) == [(3, "/variants/quantity", 7)]
    assert cells(variants=[first, {**second, "sku": "=A3"}]) is None  # it would be a formula
    assert cells(variants=[first, {**second, "sku": ""}]) is None  # it would be missing
    assert cells(variants=[first]) is None
    assert cells(images=...) is None  # an empty cell is an empty list
    assert cells(other=1) is None
    change = Change(2, 3, "/name", None, "Áo", "")
    assert [
        change.fits(cell, Member(("name",), of_row=False), row)
        for cell, row in ((None, 2), ("", 3), ("x", 2))
    ] == [True, False, False]


def test_what_no_cell_can_hold_is_not_fixed(tmp_path: Path) -> None:
    path, fixed, mapping = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "m.yaml"
    # the rule drops the second option, which has no attribute; the mapping reads the column as numbers
    mapping.write_text("columns: {price: {member: /price, type: text}, quantity: /quantity}")
    path.write_bytes(b'price,quantity\n" 5000 ",3\n=5,4\n')
    done = run("check", path, "--as", PRICE, "--mapping", mapping, "--workers", 1, "--fixed", fixed)
    assert done.exit_code == 1
    assert "fixed:" not in done.stdout
    assert fixed.read_bytes() == path.read_bytes()


def test_two_cells_that_mean_different_values_of_one_member_are_not_fixed(tmp_path: Path) -> None:
    path, fixed = tmp_path / "a.csv", tmp_path / "b.csv"
    header = (
        "product,name,category_id,image,images,attributes.brand,sku,price,inventory_type,attributes.code,"
        "description,option_attributes"
    )
    row = "1,{},2458,https://img.example/a.jpg,https://img.example/e.jpg,Mau,{},5000,instock,{},Mo ta,\n"
    path.write_text(f"{header}\n" + row.format("Ao", "A", " x") + row.format("Ao", "B", "y "))
    summary = bulk.check_files([str(path)], bulk.How(CREATE), workers=1, fixed=fixed)
    assert "sellerspec.cell-clean" in summary.rules
    assert fixed.read_bytes() == path.read_bytes()


@pytest.mark.no_cover
def test_two_processes_fix_a_table_as_one_does(tmp_path: Path) -> None:
    rows = [
        (number, *ROWS[3][1:8], f"{' ' * (number % 7 == 0)}B{number}", *ROWS[3][9:]) for number in range(2000)
    ]
    path = tmp_path / "a.csv"
    path.write_bytes(text([HEADER, *rows], ",", "\n", csv.QUOTE_MINIMAL).encode())
    how = bulk.How(CREATE, across=False)
    for workers in (1, 2):
        summary = bulk.check_files([str(path)], how, workers=workers, fixed=tmp_path / f"{workers}.csv")
        assert summary.fixes == {"sellerspec.cell-clean": 286, "tiki.variant-inventory-type": 2000}
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    assert b"drop ship" not in (tmp_path / "1.csv").read_bytes()
