"""The sheet of importOrders: its columns, its rules, and the orders that it describes.

No document shows the sheet. One row is one product of an order. Rows with the same `ref_code` are one
order; each row repeats the columns of the order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sellerspec.io.cells import CLEAN_CODE, clean, unclean
from sellerspec.io.strict import quoted
from sellerspec.io.xlsx import Column, Row, Sheet
from sellerspec.marketplaces import messages
from sellerspec.model import Basis, Facts, Json, Path, Severity
from sellerspec.rules import Rule, Violation, objects, rule
from sellerspec.schema.messages import did_you_mean, seen

TITLE = "orders"
"""Name of the template's sheet of orders."""

KINDS = {"E2E": False, "FFO": True}
"""Kind of order -> `is_fulfillment_only`."""

CREATES = "createOrder"
"""The operation that takes one order of the sheet as its body."""

ORDER_COLUMNS: Mapping[Column, Path] = {
    Column("order_type", "E2E: TNSL fulfils and delivers. FFO: TNSL only fulfils.", choices=tuple(KINDS)): (
        "is_fulfillment_only",
    ),
    Column("ref_code", "Your own code of the order. Rows with the same code are one order."): ("ref_code",),
    Column("warehouse_code", "Tiki's code of the warehouse, e.g. sgn."): ("shipping", "warehouse_code"),
    Column("ward_tiki_code", "Tiki's code of the receiver's ward, e.g. VN039007006."): (
        "shipping",
        "ward_tiki_code",
    ),
    Column("full_name", "Receiver's name. For E2E."): ("shipping", "full_name"),
    Column("phone", "Receiver's phone. For E2E."): ("shipping", "phone"),
    Column("street", "Receiver's house and street. For E2E."): ("shipping", "street"),
    Column("email", "Receiver's e-mail, if any."): ("shipping", "email"),
    Column("receivable", "What the carrier collects, in dong. For E2E.", text=False): ("receivable",),
    Column("delivery_partner", "Who delivers. For FFO."): ("extra_info", "delivery_partner"),
    Column("shipping_label_url", "Address of the label to print. For FFO."): (
        "extra_info",
        "shipping_label_url",
    ),
}
"""Column of an order -> its place in the body of createOrder."""

ITEM_COLUMNS = (
    Column("product_sku", "SKU in Tiki's system."),
    Column("qty", "How many: a whole number of 1 or more.", text=False),
    Column("price", "Price of one, in dong, if you wish to send it.", text=False),
)
"""Columns of a product; each is named as the member of the item that it fills."""

COLUMNS = (*ORDER_COLUMNS, *ITEM_COLUMNS)
"""The columns of the template, from the left. All assumed."""

NEEDED = ("order_type", "warehouse_code", "ward_tiki_code", "product_sku", "qty")

NOTES = (
    "TNSL documents that orders can be imported from an Excel file, but not its columns.",
    "These columns are assumed: compare them with the template that TNSL gives you.",
    "One row is one product. Rows with the same ref_code are one order.",
)

_PATHS = {column.name: path for column, path in ORDER_COLUMNS.items()}
_ITEM = tuple(column.name for column in ITEM_COLUMNS)
_TEXT = frozenset(column.name for column in COLUMNS if column.text)
_CODES = frozenset(("ref_code", "warehouse_code", "ward_tiki_code", "product_sku"))
_OVERVIEW = ("tnsl-order-service", "Import Mass Order")
_INEXACT = 10**15
"""The smallest integer with sixteen digits; Excel keeps fifteen."""

sheet_rule = partial(rule, on="importOrders", basis=Basis.ASSUMED, source=_OVERVIEW)


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """One order of a sheet."""

    payload: Mapping[str, Json]
    """The body of createOrder."""

    rows: tuple[int, ...]
    """Its rows, one for each item."""

    def cell(self, path: Path) -> tuple[int, str]:
        """Return row and column of a path in the payload; the column is "" if no single one holds it."""
        match path:
            case ("items", int(index), str(column), *_):
                return self.rows[index], column
            case ("items", int(index)):
                return self.rows[index], ""
        column = next((name for name, place in _PATHS.items() if place == path[: len(place)]), "")
        return self.rows[0], column


@sheet_rule("tnsl.import-columns", severity=Severity.ERROR)
def import_columns(sheet: Json, _: Facts) -> Iterator[Violation]:
    """the sheet has the columns without which there is no order, and none twice"""
    columns = sheet["columns"]
    for name in NEEDED:
        if name not in columns:
            yield Violation(("columns", name), messages.missing(name, "every order needs this column"))
    for index, name in enumerate(columns):
        if name and name in columns[:index]:
            yield Violation(("columns", name), f"{quoted(name)} must be the header of one column, got two")


@sheet_rule("tnsl.import-known-columns")
def import_known_columns(sheet: Json, _: Facts) -> Iterator[Violation]:
    """the sheet has only columns of the template"""
    known = [column.name for column in COLUMNS]
    for column in sheet["columns"]:
        if column and column not in known:
            meant = did_you_mean(clean(column), known)
            yield Violation(("columns", column), f"{quoted(column)} is not a column of the template{meant}")


@sheet_rule("tnsl.import-rows", severity=Severity.ERROR)
def import_rows(sheet: Json, _: Facts) -> Iterator[Violation]:
    """the sheet has at least one row below its header"""
    if not sheet["rows"]:
        yield Violation(("rows",), "the sheet must have a row below the header, got none")


@sheet_rule("tnsl.import-cell-value", severity=Severity.ERROR)
def import_cell_value(sheet: Json, _: Facts) -> Iterator[Violation]:
    """a cell holds the value that was typed, not a formula, an error, a date or a number shown otherwise"""
    for index, row in objects(sheet, "rows"):
        codes = {column: why for column, why in row["numbers"].items() if column in _TEXT}
        for column, why in (*row["unread"].items(), *codes.items()):
            message = _must_hold(column, "a plain value", why)
            if column not in sheet["columns"]:
                message = "the cell must be empty, because its column has no header"
            yield Violation(("rows", index, "cells", column), message)


@sheet_rule("tnsl.import-order-type", severity=Severity.ERROR)
def import_order_type(sheet: Json, _: Facts) -> Iterator[Violation]:
    """each row names `E2E` or `FFO` as its kind of order"""
    for index, row in objects(sheet, "rows"):
        kind = row["cells"].get("order_type")
        if "order_type" in sheet["columns"] and "order_type" not in row["unread"] and kind not in KINDS:
            message = _must_hold("order_type", messages.names(KINDS, "or"), _shown(kind))
            yield Violation(("rows", index, "cells", "order_type"), message)


@sheet_rule("tnsl.import-code-text", basis=Basis.INFERRED)
def import_code_text(sheet: Json, _: Facts) -> Iterator[Violation]:
    """a code is a cell of text, since Excel drops leading zeros and digits past the fifteenth of a number"""
    for index, row in objects(sheet, "rows"):
        for column, value in row["cells"].items():
            if column in _TEXT and isinstance(value, int | float) and column not in row["numbers"]:
                message = _must_hold(column, "text", _instead_of_text(value))
                yield Violation(("rows", index, "cells", column), message)


@sheet_rule("tnsl.import-code-clean", severity=Severity.ERROR)
def import_code_clean(sheet: Json, _: Facts) -> Iterator[Violation]:
    """a code has no blanks around it and no characters that nobody sees"""
    for index, row in objects(sheet, "rows"):
        for column in _CODES & row["cells"].keys():
            problem = unclean(str(row["cells"][column]))
            if problem is not None:
                message = _must_hold(column, CLEAN_CODE, problem)
                yield Violation(("rows", index, "cells", column), message)


@sheet_rule("tnsl.import-rows-agree")
def import_rows_agree(sheet: Json, _: Facts) -> Iterator[Violation]:
    """rows of one order have the same values for the order, or none"""
    first: dict[str, tuple[int, Mapping[str, Json]]] = {}
    for index, row in objects(sheet, "rows"):
        cells = row["cells"]
        code = _text(cells.get("ref_code"))
        if code is None:
            continue
        number, before = first.setdefault(code, (row["row"], cells))
        for column in _PATHS:
            if column in cells and before.get(column) != cells[column]:
                required = f"what row {number} of the same `ref_code` holds, or nothing"
                yield Violation(
                    ("rows", index, "cells", column), _must_hold(column, required, "another value")
                )


CHECKS = (
    import_columns,
    import_known_columns,
    import_rows,
    import_cell_value,
    import_order_type,
    import_code_text,
    import_code_clean,
    import_rows_agree,
)
"""The rules about a sheet; each reads what `sellerspec.io.xlsx.as_json` returns."""

RULES: tuple[Rule, ...] = tuple(
    replace(
        check,
        check=None,
        why_not="it is about the cells of a workbook; `sellerspec.contract.xlsx_import` checks them",
    )
    for check in CHECKS
)


def orders(sheet: Sheet) -> Iterator[SheetOrder]:
    """Yield the orders of a sheet, in the order of their first rows."""
    groups: dict[Json, list[Row]] = {}
    for row in sheet.rows:
        code = _text(row.cells.get("ref_code"))
        groups.setdefault(row.number if code is None else code, []).append(row)
    for rows in groups.values():
        yield SheetOrder(_payload(rows), tuple(row.number for row in rows))


def _payload(rows: list[Row]) -> dict[str, Json]:
    payload: dict[str, Json] = {}
    cells = rows[0].cells
    for column, place in _PATHS.items():
        value = _cell(column, cells)
        if value is not None:
            within = payload
            for part in place[:-1]:
                within = within.setdefault(str(part), {})
            within[str(place[-1])] = value
    payload.setdefault("shipping", {})
    payload["items"] = [
        {column: value for column in _ITEM if (value := _cell(column, row.cells)) is not None} for row in rows
    ]
    return payload


def _cell(column: str, cells: Mapping[str, Json]) -> Json:
    value = cells.get(column)
    if column == "order_type":
        return KINDS.get(str(value))
    return _text(value) if column in _TEXT else value


def _must_hold(column: str, required: str, got: str) -> str:
    return f"{quoted(column)} must hold {required}, got {got}"


def _shown(kind: Json) -> str:
    return "an empty cell" if kind is None else seen(kind) + did_you_mean(kind, KINDS)


def _instead_of_text(value: float) -> str:
    if isinstance(value, bool):
        return "TRUE or FALSE"
    if isinstance(value, float) or abs(value) >= _INEXACT:
        return "a number, which may have lost digits"
    return "a number, whose digits are read as text"


def _text(value: Json) -> str | None:
    """Return the value of a cell as stripped text; None if it is empty."""
    return None if value is None else str(value).strip() or None
