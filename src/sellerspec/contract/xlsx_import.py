"""Check the Excel workbook of a bulk import, and write its template."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType

from sellerspec import contract
from sellerspec.errors import ParseError, UsageError
from sellerspec.io import pointers, xlsx
from sellerspec.marketplaces.tnsl import sheet as tnsl_sheet
from sellerspec.model import NO_FACTS, Facts, Finding, Json, Path, Severity, pointer
from sellerspec.rules import Rule

IMPORTS: Mapping[str, ModuleType] = {"tnsl/importOrders": tnsl_sheet}
"""Operation that takes a workbook -> the module that describes its sheet."""


@dataclass(frozen=True, slots=True)
class CellFinding:
    """One finding and its cell."""

    sheet: str
    row: int
    """As Excel counts; the header is row 1."""

    column: str
    """Name in the header row; "" for a finding about a row."""

    finding: Finding
    """Its pointer is `/<sheet>/<row>/<column>`."""

    @property
    def place(self) -> str:
        """Sheet, row and column, for a person."""
        return f"{self.sheet} row {self.row}" + (f" `{self.column}`" if self.column else "")

    def __str__(self) -> str:
        own = self.finding
        return f"{self.place}: {own.severity} {own.rule} {own.message} ({own.basis})"


def template(operation: str) -> bytes:
    """Return the empty workbook of an import, e.g. of `tnsl/importOrders`.

    Raises:
        UsageError: the operation takes no workbook.
        MissingExtra: openpyxl is not installed.
    """
    module = _import(operation)
    return xlsx.template(module.TITLE, module.COLUMNS, notes=module.NOTES)


def check_workbook(
    operation: str,
    data: bytes,
    *,
    name: str = "",
    facts: Facts | None = None,
    strict: bool = False,
    overlays: Sequence[str] = (),
) -> list[CellFinding]:
    """Return every finding about a workbook, from the top row down.

    First the rules of the sheet are checked. Then each order of the sheet is checked as a body of
    createOrder; cells that already have an error get no further finding. The sheet is the one with the
    name in the template, else the one with columns of the template, else the first that is visible.

    Args:
        operation: `tnsl/importOrders`.
        data: the bytes of the .xlsx file. Formulas are never evaluated: each is an error.
        name: of the file, for errors.
        facts: the same for every order.
        strict: count warnings as errors.
        overlays: paths of OpenAPI Overlay files that correct the spec first.

    Raises:
        UsageError: the operation takes no workbook.
        ParseError: the file is no .xlsx, has macros, or could harm its reader, or two sheets could be meant.
        MissingExtra: openpyxl is not installed.
    """
    module, sheet = opened(operation, data, name=name)
    facts = facts or NO_FACTS
    cells = list(_sheet_findings(sheet, module.CHECKS, facts))
    broken = {(cell.row, cell.column) for cell in cells if cell.finding.severity is Severity.ERROR}
    if not any(row == 1 for row, _ in broken):
        order_findings = _order_findings(sheet, operation, facts, overlays)
        cells.extend(cell for cell in order_findings if (cell.row, cell.column) not in broken)
    if strict:
        cells = [replace(cell, finding=replace(cell.finding, severity=Severity.ERROR)) for cell in cells]
    columns = {column: index for index, column in enumerate(sheet.columns)}
    cells.sort(
        key=lambda cell: (cell.row, columns.get(cell.column, len(columns)), cell.column, cell.finding.rule)
    )
    return list(dict.fromkeys(cells))


def payloads(operation: str, data: bytes, *, name: str = "") -> list[Json]:
    """Return the bodies of the single orders in a workbook, checked or not.

    Raises:
        UsageError: the operation takes no workbook.
        ParseError: as `check_workbook`.
    """
    module, sheet = opened(operation, data, name=name)
    return [dict(order.payload) for order in module.orders(sheet)]


def _import(operation: str) -> ModuleType:
    if operation not in IMPORTS:
        key = contract.operation(operation).key
        raise UsageError(f"`{key}` takes no workbook; one that does: {', '.join(sorted(IMPORTS))}")
    return IMPORTS[operation]


def opened(operation: str, data: bytes, *, name: str = "") -> tuple[ModuleType, xlsx.Sheet]:
    """Return the module that describes the sheet of an import, and the sheet in a workbook.

    Raises:
        UsageError, ParseError, MissingExtra: as `check_workbook`.
    """
    module = _import(operation)
    grids = [grid for grid in xlsx.grids(data, name=name) if grid.visible]
    sheets = [xlsx.sheet(grid) for grid in grids]
    named = [sheet for sheet in sheets if sheet.name == module.TITLE]
    alike = [sheet for sheet in sheets if not set(module.NEEDED).isdisjoint(sheet.columns)]
    if not named and len(alike) > 1:
        names = ", ".join(f"`{sheet.name}`" for sheet in alike[:5])
        raise ParseError(f"the sheets {names} could all be meant; name it `{module.TITLE}`", name=name)
    if not sheets:
        raise ParseError("a workbook without a visible sheet of cells", name=name)
    return module, (*named, *alike, *sheets)[0]


def _sheet_findings(sheet: xlsx.Sheet, rules: Sequence[Rule], facts: Facts) -> Iterator[CellFinding]:
    value = xlsx.as_json(sheet)
    for rule in rules:
        for violation in rule.check(value, facts) if rule.check is not None else ():
            row, column = _cell(sheet, violation.path)
            place = (sheet.name, row, column)
            finding = rule.finding(_pointer(*place), violation.message, violation.server_text, violation.hint)
            yield CellFinding(*place, finding)


def _cell(sheet: xlsx.Sheet, path: Path) -> tuple[int, str]:
    """Return row and column of a path into what `xlsx.as_json` returns."""
    if path[0] == "rows" and len(path) > 1:
        return sheet.rows[int(path[1])].number, str(path[-1])
    return 1, str(path[1]) if len(path) > 1 else ""


def _pointer(sheet: str, row: int, column: str) -> str:
    return pointer((sheet, row, column) if column else (sheet, row))


def _order_findings(
    sheet: xlsx.Sheet, operation: str, facts: Facts, overlays: Sequence[str]
) -> Iterator[CellFinding]:
    module = IMPORTS[operation]
    creates = contract.operation(f"{operation.partition('/')[0]}/{module.CREATES}", overlays)
    for order in module.orders(sheet):
        for finding in creates.check(dict(order.payload), facts).findings:
            parts = pointers.split(finding.pointer)
            row, column = order.cell(tuple(int(part) if part.isdigit() else part for part in parts))
            place = (sheet.name, row, column)
            yield CellFinding(*place, replace(finding, pointer=_pointer(*place)))
