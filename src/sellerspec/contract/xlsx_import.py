"""Check the Excel file of a bulk import, row by row, and write the template of one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType

from sellerspec import contract
from sellerspec.errors import UsageError
from sellerspec.io import pointers, xlsx
from sellerspec.marketplaces.tnsl import sheet as tnsl_sheet
from sellerspec.model import NO_FACTS, Facts, Finding, Json, Path, Severity, pointer
from sellerspec.rules import Rule, Violation

IMPORTS: Mapping[str, ModuleType] = {"tnsl/importOrders": tnsl_sheet}
"""Operations that take a workbook -> the module that knows its sheet."""


@dataclass(frozen=True, slots=True)
class CellFinding:
    """One finding and the cell it is about."""

    sheet: str
    row: int
    """As Excel counts; the header is row 1."""

    column: str
    """Name in the header row; "" where the finding is about the whole row."""

    finding: Finding
    """Its pointer is `/<sheet>/<row>/<column>`."""

    def __str__(self) -> str:
        place = f"{self.sheet} row {self.row}" + (f" `{self.column}`" if self.column else "")
        return f"{place}: {self.finding.severity} {self.finding.rule} {self.finding.message}"


def template(operation: str) -> bytes:
    """Return the empty workbook of an import, e.g. of `tnsl/importOrders`.

    Raises:
        UsageError: the operation takes no workbook.
        MissingExtra: openpyxl is not installed.
    """
    known = _import(operation)
    return xlsx.template(known.TITLE, known.COLUMNS, notes=known.NOTES)


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

    The rules of the sheet come first; each order of the sheet is then checked as the body it
    stands for, save for cells that already have an error. The sheet is the one named as in the
    template, else the first.

    Args:
        operation: `tnsl/importOrders`.
        data: the bytes of the .xlsx file. Formulas are never evaluated: each is an error.
        name: of the file, for errors.
        facts: what a payload cannot know, the same for every order.
        strict: raise warnings to errors.
        overlays: paths of OpenAPI Overlay files that correct the spec first.

    Raises:
        UsageError: the operation takes no workbook.
        ParseError: the file is no .xlsx, has macros, or could harm its reader.
        MissingExtra: openpyxl is not installed.
    """
    known = _import(operation)
    sheet = _chosen(xlsx.read(data, name=name), known.TITLE)
    found = list(_of_the_sheet(sheet, known.CHECKS, facts or NO_FACTS))
    taken = {(each.row, each.column) for each in found if each.finding.severity is Severity.ERROR}
    if not any(row == 1 for row, _ in taken):
        of_orders = _of_the_orders(sheet, operation, facts or NO_FACTS, overlays)
        found.extend(order for order in of_orders if (order.row, order.column) not in taken)
    if strict:
        found = [replace(each, finding=replace(each.finding, severity=Severity.ERROR)) for each in found]
    columns = {each: place for place, each in enumerate(sheet.columns)}
    found.sort(
        key=lambda each: (each.row, columns.get(each.column, len(columns)), each.column, each.finding.rule)
    )
    return list(dict.fromkeys(found))


def payloads(operation: str, data: bytes, *, name: str = "") -> list[Json]:
    """Return the bodies of the single orders that a workbook stands for, checked or not.

    Raises:
        UsageError: the operation takes no workbook.
        ParseError: as `check_workbook`.
    """
    known = _import(operation)
    sheet = _chosen(xlsx.read(data, name=name), known.TITLE)
    return [dict(order.payload) for order in known.orders(sheet)]


def _import(operation: str) -> ModuleType:
    if operation not in IMPORTS:
        ready = contract.operation(operation)
        raise UsageError(f"`{ready.key}` takes no workbook; one that does: {', '.join(sorted(IMPORTS))}")
    return IMPORTS[operation]


def _chosen(sheets: Sequence[xlsx.Sheet], title: str) -> xlsx.Sheet:
    return next((sheet for sheet in sheets if sheet.name == title), sheets[0])


def _of_the_sheet(sheet: xlsx.Sheet, rules: Sequence[Rule], facts: Facts) -> Iterator[CellFinding]:
    read = xlsx.as_json(sheet)
    for rule in rules:
        if rule.check is not None:
            for violation in rule.check(read, facts):
                row, column = _cell(sheet, violation.path)
                yield CellFinding(
                    sheet.name, row, column, _finding(rule, violation, (sheet.name, row, column))
                )


def _cell(sheet: xlsx.Sheet, at: Path) -> tuple[int, str]:
    """Return row and column of a place in what `as_json` returns."""
    if at[0] == "rows" and len(at) > 1:
        return sheet.rows[int(at[1])].number, str(at[-1])
    return 1, str(at[1]) if len(at) > 1 else ""


def _finding(rule: Rule, violation: Violation, at: tuple[str, int, str]) -> Finding:
    return Finding(
        rule.id, rule.severity, _place(at), violation.message, rule.basis, rule.source,
        violation.server_text or rule.text, rule.status, rule.code, violation.hint or rule.hint, rule.phase,
    )  # fmt: skip


def _place(at: tuple[str, int, str]) -> str:
    return pointer(at if at[2] else at[:2])


def _of_the_orders(
    sheet: xlsx.Sheet, operation: str, facts: Facts, overlays: Sequence[str]
) -> Iterator[CellFinding]:
    known = IMPORTS[operation]
    creates = contract.operation(f"{operation.partition('/')[0]}/{known.CREATES}", overlays)
    for order in known.orders(sheet):
        for finding in creates.check(dict(order.payload), facts).findings:
            row, column = order.cell(_path(finding.pointer))
            yield CellFinding(
                sheet.name, row, column, replace(finding, pointer=_place((sheet.name, row, column)))
            )


def _path(text: str) -> Path:
    return tuple(int(part) if part.isdigit() else part for part in pointers.split(text))
