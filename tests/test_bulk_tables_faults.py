"""Nothing in a table passes unjudged: its header as a whole, its rows, and what a spreadsheet changed."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sellerspec.io import xlsx
from support.command_line import run

CREATE = "tiki/createProduct"
COLUMNS = {
    "product": "P7", "category_id": "2458", "name": "Áo thử nghiệm", "description": "Mô tả",
    "image": "https://img.example/a.jpg", "images": "https://img.example/b.jpg", "option_attributes": "color",
    "attributes.brand": "Mẫu", "sku": "A1", "price": "100000", "quantity": "5", "option1": "Đỏ",
    "inventory_type": "drop_ship", "supplier": "239091",
}  # fmt: skip
HEADER = list(COLUMNS)
OF_PRODUCT = HEADER[1:8]


def rows(**changed: dict[str, Any]) -> list[list[Any]]:
    """Return two rows of one product and two of another; `row3={"sku": "x"}` changes row 3."""
    second = {**COLUMNS, **dict.fromkeys(OF_PRODUCT, ""), "sku": "A2", "option1": "Xanh"}
    other = {**COLUMNS, "product": "P8", "name": "Áo thứ hai", "image": "https://img.example/c.jpg"}
    table = [
        COLUMNS,
        second,
        {**other, "sku": "B1"},
        {**second, "product": "P8", "sku": "B2"},
    ]
    return [list({**row, **changed.get(f"row{number}", {})}.values()) for number, row in enumerate(table, 2)]


def table(
    path: Path, rows: list[list[Any]], header: list[str] = HEADER, *, start: str = "", encoding: str = "utf-8"
) -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        out.write(start)
        csv.writer(out).writerows([header, *rows])
    return path


def workbook(path: Path, rows: list[list[Any]], change: Callable[[Any, Any], None] | None = None) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "goods"
    for row in (HEADER, *rows):
        book.active.append([int(cell) if str(cell).isdigit() else cell or None for cell in row])
    if change is not None:
        change(book, book.active)
    book.save(path)
    return path


def findings(path: Path, *options: Any) -> list[tuple[int, str, str, str]]:
    """Return row, column, rule and message of each finding of the command."""
    out = path.with_name("findings.jsonl")
    done = run("check", path, "--as", CREATE, "--workers", "1", "--output", out, *options)
    assert done.exit_code in (0, 1), done.stderr
    read = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert done.exit_code == any(finding["severity"] == "error" for finding in read)
    return [(found["row"], found["column"], found["rule"], found["message"]) for found in read]


def refused(path: Path, *options: Any) -> str:
    """Return the error of a table that is not judged."""
    done = run("check", path, "--as", CREATE, "--workers", "1", *options)
    assert (done.exit_code, done.stdout) == (2, "")
    return done.stderr.removeprefix(f"error: {path}: ").rstrip()


def test_a_table_without_a_fault_is_accepted(tmp_path: Path) -> None:
    assert findings(table(tmp_path / "t.csv", rows())) == []
    assert findings(workbook(tmp_path / "t.xlsx", rows())) == []


LEFT_OUT = "; a column to be left out is named in `ignore:` of a --mapping file"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("quantity", "quantitty", "column `quantitty` (K1) is unknown, did you mean `quantity`?" + LEFT_OUT),
        (
            "price", "variants.price",
            "column `variants.price` (J1) is unknown, did you mean `price`?; "
            "no column `price`, without which every payload is refused" + LEFT_OUT,
        ),
        ("sku", "price", "column `price` is there 2 times: `price` (I1) and `price` (J1); "
                         "no column `sku`, without which every payload is refused"),
        ("option1", "Sku", "column `sku` is there 2 times: `sku` (I1) and `Sku` (L1)"),
        ("product", "", "no column `product`, which groups the rows of one payload"),
        ("supplier", "remark", "column `remark` (N1) is unknown" + LEFT_OUT),
    ],
)  # fmt: skip
def test_A3_a_header_is_judged_as_a_whole_before_any_row(
    old: str, new: str, problem: str, tmp_path: Path
) -> None:
    header = [new if name == old else name for name in HEADER]
    assert refused(table(tmp_path / "t.csv", rows(), header)) == problem
    book = workbook(tmp_path / "t.xlsx", rows(), lambda _, sheet: sheet.__setitem__(
        sheet.cell(1, HEADER.index(old) + 1).coordinate, new or None))  # fmt: skip
    assert refused(book) == problem


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        (
            "{group: product, columns: {price: /variants/pricee}}",
            "a payload has no place `/variants/pricee`; did you mean `/variants/price`?",
        ),
        (
            "{columns: {price: /variants/0/price}}",
            "a payload has no place `/variants/0/price`; did you mean `/variants/price`?",
        ),
        ("{columns: {name: /name/first}}", "a payload has no place `/name/first`"),
        ("{columns: {name: /attributes}}", "a payload has no place `/attributes`"),
        ("{columns: {}}", "`columns` of a mapping is header -> member"),
        ("{columns: {name: {member: /name, kind: text}}}", "a column has `member`, `type` and `separator`"),
        ("{columns: {name: {member: /name, separator: 5}}}", "a `separator` is a text"),
        ("{columns: {name: /name, 'name ': /sku}}", "a payload has no place `/sku`"),
        ("{columns: {name: /name, 'name ': /image}}", "two headers in `columns` differ only in blanks"),
        ("{columns: {name: /name}, ignore: [NAME]}", "column `name` is in `columns` and in `ignore`"),
        ("{ignore: remark}", "`ignore` of a mapping is a list of headers"),
    ],
)
def test_A3_a_mapping_names_places_of_the_payload(mapping: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(mapping)
    done = run("check", table(tmp_path / "t.csv", rows()), "--as", CREATE, "--mapping", tmp_path / "m.yaml")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {tmp_path / 'm.yaml'}: {problem}")


def test_A3_a_column_of_the_mapping_has_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("{group: id, columns: {title: /name, cost: /variants/price}}")
    path = table(tmp_path / "t.csv", [["1", "Áo", "5"]], ["id", "titel", "cost"])
    assert refused(path, "--mapping", tmp_path / "m.yaml") == (
        "column `titel` (B1) is unknown, did you mean `title`?; no column `title`, which the mapping names; "
        "did you mean `titel`?; a column to be left out is named in `ignore:` of the mapping"
    )
    (tmp_path / "m.yaml").write_text(
        "{group: id, columns: {title: /name, titel: /name, cost: /variants/price}}"
    )
    path = table(tmp_path / "t.csv", [["1", "Áo", "Áo", "5"]], ["id", "titel", "title", "cost"])
    problem = "columns `titel` (B1) and `title` (C1) fill the same member"
    assert refused(path, "--mapping", tmp_path / "m.yaml") == problem


def test_A3_a_column_is_left_out_on_purpose(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("ignore: [Our Remark]")
    path = table(tmp_path / "t.csv", [[*row, "ours"] for row in rows()], [*HEADER, "our remark"])
    assert "`our remark` (O1) is unknown" in refused(path)
    assert findings(path, "--mapping", tmp_path / "m.yaml") == []


def test_A3_a_member_of_an_object_has_a_column_of_its_own(tmp_path: Path) -> None:
    header = ["product", "is_fulfillment_only", "shipping.warehouse_code", "shipping.ward_tiki_cod",
              "product_sku", "qty"]  # fmt: skip
    path = table(tmp_path / "t.csv", [["1", "false", "sgn", "VN1", "S", "1"]], header)
    done = run("check", path, "--as", "tnsl/createOrder")
    assert done.exit_code == 2
    assert "`shipping.ward_tiki_cod` (D1) is unknown, did you mean `shipping.ward_tiki_code`?" in done.stderr


def test_headers_are_matched_case_blind_with_a_note(tmp_path: Path) -> None:
    header = ["\u200bProduct", *HEADER[1:9], " PRICE\u00a0", *HEADER[10:]]
    path = table(tmp_path / "t.csv", rows(row2={"price": "0"}), header)
    done = run("check", path, "--as", CREATE, "--format", "json", "--workers", "1")
    notes = json.loads(done.stdout)["notes"]
    assert notes == [
        f"{path}: column `\u200bProduct` (A1) is read as `product`",
        f"{path}: column ` PRICE\u00a0` (J1) is read as `price`",
    ]
    assert "note: " in done.stderr
    assert json.loads(done.stdout)["rules"][0]["cells"] == [
        f"{path} row 2 `PRICE`: `price` must be an integer greater than 0, got 0"
    ]


BLANK = ("sellerspec.row-blank", "row 4 must not be blank, because rows follow")
CHANGED, CLEAN, READABLE = "sellerspec.cell-changed", "sellerspec.cell-clean", "sellerspec.cell-readable"
AGAIN = "store the cell as text and type the value again"
TEXT, PLAIN = "the cell must hold text, got ", "the cell must hold a plain value, got "
CODE = "the cell must hold a code without blanks around it and without invisible characters, got "
MEANT, DATE = "the cell must hold a code, got ", "perhaps a code that was made a date"
LOST = (
    "the cell must hold the characters that were typed, got U+FFFD, which stands for a lost character; save"
    " the file as CSV UTF-8 again"
)
CONTROL = "the cell must hold no control character, got "


def test_A4_a_row_has_as_many_cells_as_the_header(tmp_path: Path) -> None:
    lines = rows()
    lines[0][9:10] = ["100", "000"]
    lines[3].pop()
    assert findings(table(tmp_path / "t.csv", lines)) == [
        (2, "O", "sellerspec.row-cells",
         "the row must have as many cells as the header, 14, got 15; "
         "a cell with `,` in it needs quotation marks"),
        (5, "supplier", "sellerspec.row-cells",
         "the row must have as many cells as the header, 14, got 13; which of them are missing is not known"),
    ]  # fmt: skip
    stray = workbook(tmp_path / "t.xlsx", rows(), lambda _, sheet: sheet.__setitem__("P4", "x"))
    assert findings(stray) == [
        (4, "P", "sellerspec.row-cells", "the cell must be empty, because its column has no header")
    ]


def test_A4_a_product_does_not_come_again_after_another(tmp_path: Path) -> None:
    lines = [*rows(), rows(row3={"sku": "A3"})[1]]
    for path in (table(tmp_path / "t.csv", lines), workbook(tmp_path / "t.xlsx", lines)):
        message = "rows of one payload must follow each other, got `P7` as in row 2"
        assert findings(path) == [(6, "product", "sellerspec.rows-together", message)]
    first = table(tmp_path / "t.csv", rows(row2={"product": ""}))
    assert findings(first)[0] == (
        2, "product", "sellerspec.rows-together",
        "the cell must name the payload of its row, got an empty cell in the first row",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "rule", "message"),
    [
        ("sku", "2024-03-01T00:00:00", CHANGED,
         f"the cell must hold a code, got the date and time `2024-03-01T00:00:00`; {AGAIN}"),
        ("sku", "1.23457E+11", CHANGED,
         f"{TEXT}`1.23457E+11`, a long number without its last digits; {AGAIN}"),
        ("name", "1,23457E+11", CHANGED,
         f"{TEXT}`1,23457E+11`, a long number without its last digits; {AGAIN}"),
        ("sku", '="00123"', CHANGED,
         f"{PLAIN}a formula around `00123`; write the value alone, in a cell of text"),
        ("sku", "1-Mar", CHANGED,
         "the cell must hold a code, got `1-Mar`, perhaps a code that was made a date"),
        ("sku", "=A1", READABLE, f"{PLAIN}a formula, which is never evaluated"),
        ("name", "#N/A", READABLE, f"{PLAIN}an error of Excel"),
        ("quantity", "########", READABLE, f"{PLAIN}an error of Excel"),
        ("sku", " A1", CLEAN, f"{CODE}blanks before or after it"),
        ("option1", "Đỏ\u00a0", CLEAN, f"{CODE}the invisible character U+00A0 (no-break space)"),
        ("sku", "A\u200b1", CLEAN, f"{CODE}the invisible character U+200B (zero width space)"),
        ("sku", "A\ufeff1", CLEAN, f"{CODE}the invisible character U+FEFF (zero width no-break space)"),
        ("product", "P7 ", CLEAN, f"{CODE}blanks before or after it"),
        ("option_attributes", "co\u2060lor", CLEAN, f"{CODE}the invisible character U+2060 (word joiner)"),
        ("name", "A\0o", CLEAN, f"{CONTROL}U+0000"),
        ("description", "x\x1by", CLEAN, f"{CONTROL}U+001B"),
        ("name", "\ufffdo", CLEAN, LOST),
        ("sku", "A\ufffd1", CLEAN, LOST),
        ("sku", "1.23e+11", CHANGED, f"{TEXT}`1.23e+11`, a long number without its last digits; {AGAIN}"),
        ("sku", "1/3/2024", CHANGED, f"{MEANT}`1/3/2024`, {DATE}"),
        ("sku", "01.03.2024", CHANGED, f"{MEANT}`01.03.2024`, {DATE}"),
        ("sku", "2024/03/01", CHANGED, f"{MEANT}`2024/03/01`, {DATE}"),
        ("sku", "3/1/24", CHANGED, f"{MEANT}`3/1/24`, {DATE}"),
        ("sku", "1-Mei", CHANGED, f"{MEANT}`1-Mei`, {DATE}"),
        ("sku", "01-Thg3", CHANGED, f"{MEANT}`01-Thg3`, {DATE}"),
        ("sku", "TRUE", CHANGED, f"{MEANT}`TRUE`, perhaps a code that was made a truth value"),
        ("sku", "12345678901234500", CHANGED,
         f"{MEANT}`12345678901234500`, perhaps a number of which a spreadsheet kept 15 digits"),
        ("sku", "'00123", CHANGED, f"{MEANT}a `'` at its beginning, with which a spreadsheet marks text"),
    ],
)  # fmt: skip
def test_A4_what_a_spreadsheet_changed_is_a_finding_of_its_cell(
    column: str, cell: str, rule: str, message: str, tmp_path: Path
) -> None:
    path = table(tmp_path / "t.csv", rows(row2={column: cell}))
    assert findings(path) == [(2, column, rule, message)]


@pytest.mark.parametrize(
    "cell",
    [
        "00123",
        "1E10",
        "#1 choice",
        "2024-03-01",
        "A B",
        "10-20",
        "-5",
        "+84",
        "1.2.3",
        "12-03-45",
        "893123456789000",
        "12345678901234567",
        "True",
        "5/8",
    ],
)
def test_a_code_that_only_looks_odd_is_a_value(cell: str, tmp_path: Path) -> None:
    assert findings(table(tmp_path / "t.csv", rows(row2={"sku": cell}))) == []


def test_A4_a_blank_row_between_rows_warns(tmp_path: Path) -> None:
    lines = rows()
    lines[2:2] = [[" "] * len(HEADER)]
    assert findings(table(tmp_path / "t.csv", [*lines, [], [""] * 3])) == [(4, "", *BLANK)]
    two = workbook(tmp_path / "t.xlsx", [*lines[:2], [], [], *lines[3:]])
    assert findings(two) == [
        (4, "", "sellerspec.row-blank", "rows 4 to 5 must not be blank, because rows follow")
    ]
    assert run("check", two, "--as", CREATE, "--workers", "1", "--strict").exit_code == 1


def test_a_separator_line_of_excel_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [";".join(map(str, row)) for row in (HEADER, *rows(row3={"price": "0"}))]
    path.write_text("sep=;\r\n" + "\r\n".join(lines), encoding="utf-8-sig")
    assert [finding[:3] for finding in findings(path)] == [(3, "price", "tiki.variant-price")]


def test_the_encoding_of_a_csv_file_is_said(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", rows(), encoding="utf-16")
    assert refused(path) == "not UTF-8; save it as CSV UTF-8, or name its encoding with --encoding"
    assert findings(path, "--encoding", "utf-16") == []
    ascii_rows = [[str(cell).encode("ascii", "replace").decode() for cell in row] for row in rows()]
    western = table(tmp_path / "w.csv", [*ascii_rows[:3], [*ascii_rows[3][:8], "Né", *ascii_rows[3][9:]]],
                    encoding="cp1252")  # fmt: skip
    assert findings(western, "--encoding", "CP1252") == []
    assert refused(western, "--encoding", "ascii").startswith("not ascii; save it as CSV UTF-8")
    for name in ("base64", "punycode", "nobody", "a\0b"):
        assert "no encoding named" in run("check", path, "--as", CREATE, "--encoding", name).stderr


def test_the_row_of_the_header_is_said(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", rows(row3={"price": "0"}), start="Our goods\r\n\r\n")
    assert refused(path) == (
        "no column has the name of a member: row 1 has `Our goods`; "
        "row 3 looks like the header: --header-row 3"
    )
    assert [finding[:2] for finding in findings(path, "--header-row", "3")] == [(5, "price")]
    book = workbook(tmp_path / "t.xlsx", rows(), lambda _, sheet: sheet.insert_rows(1, 2))
    assert refused(book) == (
        "no column has the name of a member: row 1 has nothing; row 3 looks like the header: --header-row 3"
    )
    assert findings(book, "--header-row", "3", "--annotate", tmp_path / "a.xlsx") == []
    assert refused(path, "--header-row", "99").endswith(
        "row 99 has nothing; a mapping file can map columns to members"
    )


def test_the_sheet_of_a_workbook_is_said_or_found(tmp_path: Path) -> None:
    def more(book: Any, _: Any) -> None:
        book.create_chartsheet("chart", 0)  # has no chart: openpyxl alone could not read it
        book.create_sheet("notes", 0).append(["Read me"])
        hidden = book.create_sheet("old", 0)
        hidden.append(HEADER)
        hidden.sheet_state = "hidden"

    book = workbook(tmp_path / "t.xlsx", rows(row3={"price": "0"}), more)
    assert findings(book, "--annotate", tmp_path / "a.xlsx") == [
        (3, "price", "tiki.variant-price", "`price` must be an integer greater than 0, got 0")
    ]
    two = workbook(tmp_path / "u.xlsx", rows(), lambda book, _: book.create_sheet("more").append(HEADER))
    assert refused(two) == "the sheets `goods`, `more` could all be meant; name one with --sheet"
    assert findings(two, "--sheet", "GOODS") == []
    assert refused(two, "--sheet", "more") == "no row below the header"
    assert refused(two, "--sheet", "nobody") == "no sheet named `nobody`; the workbook has `goods`, `more`"
    (tmp_path / "m.yaml").write_text("{sheet: goods, ignore: []}")
    assert findings(two, "--mapping", tmp_path / "m.yaml") == []


@pytest.mark.parametrize(
    ("option", "value", "name"),
    [("--sheet", "goods", "t.csv"), ("--encoding", "utf-8", "t.xlsx"), ("--mapping", "m.yaml", "t.jsonl"),
     ("--header-row", "2", "t.parquet")],
)  # fmt: skip
def test_an_option_for_other_files_is_refused(option: str, value: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"{}\n")
    done = run("check", tmp_path / name, "--as", CREATE, option, value)
    assert (done.exit_code, f"`{option}` is for " in done.stderr) == (2, True)


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    table(path, rows())
    path.write_text(path.read_text(encoding="utf-8").replace("Áo thứ hai", '"Áo'), encoding="utf-8")
    assert refused(path).startswith("row 4: a quotation mark is not closed, or is inside a cell")


def test_a_group_that_is_a_member_too_groups_rows(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        "{group: name, columns: {name: /name, sku: /variants/sku, price: /variants/price}}"
    )
    path = table(tmp_path / "t.csv", [["A", "1", "0"], ["A", "2", "5"]], ["name", "sku", "price"])
    done = run("check", path, "--as", CREATE, "--mapping", tmp_path / "m.yaml", "--format", "json",
               "--workers", "1")  # fmt: skip
    assert json.loads(done.stdout)["lines"] == 1


def test_xlsx_writes_no_table_that_it_cannot_read(tmp_path: Path) -> None:
    values = ["a\0b", "_x0041_", "x\r\ny", "\ufffe", "=1", 10**20, float("inf"), "z" * 40_000, True]
    data = xlsx.table("t", ["h"], [[value] for value in values])
    (sheet,) = xlsx.read(data)
    read = [row.cells["h"] for row in sheet.rows]
    assert read[:7] == ["a\0b", "_x0041_", "x\r\ny", "\ufffe", "=1", str(10**20), "inf"]
    assert read[7] == "z" * 32_766 + "…"
    assert read[8] is True
