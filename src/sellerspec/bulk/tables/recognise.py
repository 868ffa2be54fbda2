"""Recognise the operations that a table could be for, by the names of its columns."""

from dataclasses import replace

from sellerspec.bulk.records import How
from sellerspec.bulk.tables.columns import Columns, Member, of_schema
from sellerspec.bulk.tables.mapping import columns
from sellerspec.bulk.tables.sources import opened
from sellerspec.contract.recognise import known as known_bodies
from sellerspec.contract.xlsx_import import IMPORTS
from sellerspec.errors import SellerspecError, UsageError
from sellerspec.io.cells import clean


def candidates(name: str, how: How) -> list[str]:
    """Return every operation that a table could be for, the likeliest first.

    With a mapping, these are the operations that have all members which it names. Without one, they are
    the operations that know the most columns.

    Args:
        name: path of the table.
        how: how it is read; its operation is ignored.

    Raises:
        ParseError, UsageError, MissingExtra: as `products`.
    """
    operations = sorted(known_bodies(how.overlays))
    if how.mapping is not None:
        return [operation for operation in operations if _fits(replace(how, operation=operation))]
    of_operations = {
        operation: known
        for operation in operations
        if (known := _columns_of(operation, how.overlays)) is not None
    }
    if name.lower().endswith(".xlsx"):
        of_operations |= _imports()
    members = {header: member for known in of_operations.values() for header, member in known.members.items()}
    table = opened(name, Columns(members, "product", None), how, rows=1)
    headers = [text for text in map(clean, table.header) if text]
    scores = {
        operation: sum(known.find(header) is not None for header in headers)
        for operation, known in of_operations.items()
    }
    most = max(scores.values())
    best = [operation for operation, number in scores.items() if number == most]
    return sorted(best, key=lambda operation: len(of_operations[operation].members))


def _columns_of(operation: str, overlays: tuple[str, ...]) -> Columns | None:
    """Return the columns of an operation; None if its payload cannot be a table."""
    try:
        return of_schema(operation, overlays)
    except UsageError:
        return None


def _fits(how: How) -> bool:
    try:
        columns(how)
    except SellerspecError:
        return False
    return True


def _imports() -> dict[str, Columns]:
    """Return the columns of the operations that take a workbook; their members are not needed."""
    return {
        operation: Columns(
            {column.name: Member((column.name,), of_row=True) for column in module.COLUMNS}, None, None
        )
        for operation, module in IMPORTS.items()
    }
