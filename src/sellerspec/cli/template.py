"""`sellerspec template`: an empty workbook or table to fill in."""

import sys
from pathlib import Path

import click

from sellerspec.cli.options import operation_keys, output_option
from sellerspec.cli.output import write_bytes
from sellerspec.errors import UsageError
from sellerspec.model import Basis


@click.command()
@click.argument("operation", shell_complete=operation_keys)
@output_option
@click.option(
    "--format", "form", type=click.Choice(("xlsx", "csv")),
    help="By default csv for an --output that ends with .csv, else xlsx.",
)  # fmt: skip
def template(operation: str, output: Path | None, form: str | None) -> None:
    """Write the empty workbook of a bulk import, or an empty table for payloads of any operation.

    \b
    Examples:
        sellerspec template tnsl/importOrders --output orders.xlsx
        sellerspec template tiki/createProduct --format csv
    """
    from sellerspec import contract
    from sellerspec.bulk.tables import template as table
    from sellerspec.contract import xlsx_import

    is_import = operation in xlsx_import.IMPORTS
    is_csv = form == "csv" or (form is None and output is not None and output.suffix == ".csv")
    if is_import and is_csv:
        raise UsageError(f"`{operation}` takes an .xlsx workbook, no CSV file")
    data = xlsx_import.template(operation) if is_import else table(operation, "csv" if is_csv else "xlsx")
    if output is None and is_csv:
        click.echo(data.decode("utf-8-sig"), nl=False)
        return
    if output is None and sys.stdout.isatty():
        raise UsageError("a workbook cannot be shown on a terminal; name a file with --output")
    write_bytes(output, data)
    if is_import and contract.operation(operation).operation.source.status is Basis.ASSUMED:
        note = f"note: no document states the workbook of `{operation}`; its columns are assumed"
        click.echo(note, err=True)
