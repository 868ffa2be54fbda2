"""`sellerspec check orders.xlsx`: the Excel file of a bulk import, row by row."""

from collections.abc import Sequence
from dataclasses import replace

from sellerspec.errors import UsageError
from sellerspec.model import Facts, Finding, Report
from sellerspec.reporting import Checked


def is_workbook(name: str, data: bytes) -> bool:
    """Say whether an input is meant as a workbook: by its name, or by the start of a zip archive."""
    return name.lower().endswith((".xlsx", ".xlsm", ".xls")) or data[:4] == b"PK\x03\x04"


def takes_workbook(operation: str | None) -> bool:
    """Say whether an operation is a bulk import."""
    if operation is None:
        return False
    from sellerspec.contract.xlsx_import import IMPORTS

    return operation in IMPORTS


def checked_workbook(
    operation: str | None, name: str, data: bytes, facts: Facts, strict: bool, overlays: Sequence[str]
) -> Checked:
    """Check one workbook; `line` of a finding is its row, and its message names sheet, row and column.

    Raises:
        UsageError: it was not said which import it is for, or that one takes no workbook.
        ParseError: it is no workbook, or one that could harm its reader.
    """
    from sellerspec import contract
    from sellerspec.contract.xlsx_import import IMPORTS, CellFinding, check_workbook
    from sellerspec.model import Basis

    if operation is None:
        known = " or ".join(f"--as {import_}" for import_ in IMPORTS)
        raise UsageError(f"cannot tell which import this workbook is for; say {known}")

    def placed(each: CellFinding) -> Finding:
        column = f" `{each.column}`" if each.column else ""
        says = f"{each.sheet} row {each.row}{column}: {each.finding.message}"
        return replace(
            each.finding, message=says if len(says) <= 160 else f"{says[:159]}…", line=each.row, column=1
        )

    found = check_workbook(operation, data, facts=facts, strict=strict, overlays=overlays)
    assumed = contract.operation(operation, overlays).operation.source.status is Basis.ASSUMED
    report = Report(operation, tuple(map(placed, found)), (), (operation,) if assumed else ())
    return Checked(name, report)
