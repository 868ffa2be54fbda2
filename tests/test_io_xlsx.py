"""A workbook is read as values, and what could harm its reader is refused before it is opened."""

import sys
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from sellerspec.errors import MissingExtra, ParseError
from sellerspec.io import xlsx
from sellerspec.io.xlsx import Column, Row, Sheet, archive, reading

openpyxl = pytest.importorskip("openpyxl")

COLUMNS = (
    Column("code", "Your code."),
    Column("kind", "One of two.", choices=("A", "B")),
    Column("qty", "How many.", text=False),
)


def workbook(*rows: tuple[Any, ...], title: str = "orders") -> bytes:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(**replaced: bytes) -> bytes:
    """Return a small workbook with parts added or replaced; `__` in a name stands for `/`, `_` for `.`."""
    named = {name.replace("__", "/").replace("_", "."): content for name, content in replaced.items()}
    return packed({**parts(workbook(("code",), ("1",))), **named})


def test_rows_come_with_their_numbers_and_column_names() -> None:
    data = workbook(("code", None, "qty"), ("A1", None, 2.0), (None, None, None), ("007", "stray", 1.5))
    assert xlsx.read(data) == (
        Sheet(
            "orders",
            ("code", "", "qty"),
            (
                Row(2, {"code": "A1", "qty": 2}),
                Row(
                    4,
                    {"code": "007", "B": "stray", "qty": 1.5},
                    {"B": "a value in a column without a header"},
                ),
            ),
        ),
    )


def test_a_formula_and_an_error_are_no_values() -> None:
    (sheet,) = xlsx.read(workbook(("code", "qty"), ("=1+1", "#N/A")))
    assert sheet.rows[0].cells == {}
    assert sheet.rows[0].unread == {
        "code": "a formula, which is never evaluated",
        "qty": "an error of Excel",
    }


def test_a_sheet_as_rules_read_it() -> None:
    (sheet,) = xlsx.read(workbook(("code",), ("A1",)))
    assert xlsx.as_json(sheet) == {
        "sheet": "orders",
        "columns": ["code"],
        "rows": [{"row": 2, "cells": {"code": "A1"}, "unread": {}, "numbers": {}}],
    }


def test_a_template_is_an_empty_workbook_with_notes_and_drop_downs() -> None:
    data = xlsx.template("orders", COLUMNS, notes=("Read me.",))
    first, notes = xlsx.read(data)
    assert first == Sheet("orders", ("code", "kind", "qty"), ())
    assert notes.columns == ("Read me.",)
    sheet = openpyxl.load_workbook(BytesIO(data))["orders"]
    assert [cell.comment.text for cell in sheet[1]] == ["Your code.", "One of two.", "How many."]
    assert [validation.formula1 for validation in sheet.data_validations.dataValidation] == ['"A,B"']
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "not an .xlsx workbook"),
        (b"order_type,ref_code\n", "not an .xlsx workbook"),
        (
            b"\xd0\xcf\x11\xe0" + b"\0" * 600,
            "an old .xls or an encrypted workbook; save it as .xlsx without a password",
        ),
        (b"PK\x03\x04" + b"\0" * 60, "a damaged zip archive: File is not a zip file"),
        (packed({"a.txt": b"hello"}), "a zip archive, but not an .xlsx workbook"),
        (changed(xl__vbaProject_bin=b"x"), "the workbook has macros; save it as .xlsx"),
        (
            changed(xl__evil_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'),
            "a part of the workbook defines XML entities",
        ),
        (
            changed(xl__media__image_png=b'<a><!ENTITY b "c"></a>'),
            "a part of the workbook defines XML entities",
        ),
        (changed(xl__evil_xml="<!DOCTYPE a><a/>".encode("utf-16")), "a part of the workbook is not UTF-8"),
        (
            changed(xl__evil_xml=b'<?xml version="1.0" encoding="cp037"?><a/>'),
            "a part of the workbook is not UTF-8",
        ),
        (changed(**{"..__evil_xml": b"<a/>"}), "a part of the archive has a name that leads out of it"),
        (
            changed(xl__styles_xml=b"<a/>", xl__Styles_xml=b"<a/>"),
            "two parts of the archive have the same name",
        ),
        (
            changed(xl__big_xml=b"<a>" + b" " * (3 << 20) + b"</a>"),
            "a part of the archive unpacks to more than 200 times its size",
        ),
        (
            packed(parts(workbook(("code",))), zipfile.ZIP_LZMA),
            "a part of the archive is packed in an unusual way",
        ),
        (
            packed({f"{index}.xml": b"<a/>" for index in range(1001)}),
            "1001 parts in the archive, at most 1000",
        ),
        (changed(xl__workbook_xml=b"<a/>"), "a workbook without a sheet of cells"),
        (changed(xl__workbook_xml=b"<a"), "not a workbook that can be read: "),
    ],
)
def test_what_is_no_harmless_workbook_is_refused(data: bytes, expected: str) -> None:
    with pytest.raises(ParseError) as caught:
        xlsx.read(data, name="orders.xlsx")
    assert str(caught.value).startswith(f"orders.xlsx: {expected}")


def test_a_workbook_that_says_it_has_macros_is_refused() -> None:
    members = parts(workbook(("code",)))
    types = members["[Content_Types].xml"]
    members["[Content_Types].xml"] = types.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
    with pytest.raises(ParseError, match="the workbook has macros"):
        xlsx.read(packed(members))


def test_an_encrypted_part_is_refused() -> None:
    data = bytearray(workbook(("code",)))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    with pytest.raises(ParseError, match="encrypted part"):
        xlsx.read(bytes(data))


def test_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(("code",), ("1",), ("2",))
    for name, expected in (
        ("MAX_FILE", "a workbook of"),
        ("MAX_UNPACKED", "unpacks to"),
        ("MAX_ROWS", "more than 2 rows"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(reading if name == "MAX_ROWS" else archive, name, 2)
            with pytest.raises(ParseError, match=expected):
                xlsx.read(data)


def test_a_size_that_a_sheet_claims_is_not_believed() -> None:
    members = parts(workbook(("code",), ("1",)))
    name = "xl/worksheets/sheet1.xml"
    members[name] = members[name].replace(b'<dimension ref="A1:A2"', b'<dimension ref="A1:XFD1048576"')
    assert b"XFD1048576" in members[name]
    (sheet,) = xlsx.read(packed(members))
    assert sheet == Sheet("orders", ("code",), (Row(2, {"code": "1"}),))


def test_a_row_far_below_is_too_many_rows() -> None:
    members = parts(workbook(("code",), ("1",)))
    name = "xl/worksheets/sheet1.xml"
    members[name] = members[name].replace(b'<row r="2"', b'<row r="20001"').replace(b'r="A2"', b'r="A20001"')
    with pytest.raises(ParseError, match="sheet `orders` has more than 20000 rows or 100 columns"):
        xlsx.read(packed(members))


def test_without_openpyxl_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(("code",))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r"sellerspec\[sandbox\]"):
        xlsx.read(data)


def test_a_whole_number_is_an_integer_and_a_date_is_no_value() -> None:
    members = parts(workbook(("day", "count"), (date(2024, 5, 1), 7)))
    name = "xl/worksheets/sheet1.xml"
    assert b"<v>7</v>" in members[name]
    members[name] = members[name].replace(b"<v>7</v>", b"<v>7.0</v>")
    members["xl/media/image.png"] = b"\x89PNG\r\n"  # no XML: nothing to judge
    (sheet,) = xlsx.read(packed(members))
    assert sheet.rows[0].cells == {"count": 7}
    assert sheet.rows[0].unread == {"day": "a date or time, 2024-05-01"}
    assert type(sheet.rows[0].cells["count"]) is int


def test_what_is_no_workbook_gets_no_comments() -> None:
    with pytest.raises(ParseError, match=r"^orders\.xlsx: not an \.xlsx workbook"):
        xlsx.annotated(b"PK", "orders", {}, name="orders.xlsx")
