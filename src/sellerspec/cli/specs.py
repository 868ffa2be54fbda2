"""`sellerspec specs`: lint a spec, write it or its schemas as one file, compare two."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from sellerspec.cli.complete import operation_keys
from sellerspec.cli.lazy import LazyGroup
from sellerspec.cli.output import REFUSED, plain_format_option
from sellerspec.cli.overlays import in_force, overlay_option


@click.group(cls=LazyGroup, commands_at={}, name="specs")
def specs() -> None:
    """Lint, bundle and compare specs."""


def _overlays_for(what: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """The project's overlays correct its marketplaces; a file stands for itself."""
    from sellerspec import marketplaces

    return in_force(given) if what in marketplaces.names() else given


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


@specs.command()
@click.argument("spec", nargs=-1, metavar="[MARKETPLACE | FILE]...")
@overlay_option
@plain_format_option
@click.pass_context
def lint(ctx: click.Context, spec: Sequence[str], overlays: tuple[str, ...], form: str) -> None:
    """Say where specs do not keep to our conventions: sources, rules, examples, links.

    Without an argument, every marketplace. Exits 0 if they all do, 1 if one does not.

    \b
    Examples:
        sellerspec specs lint
        sellerspec specs lint my-marketplace.yaml
    """
    from sellerspec import marketplaces
    from sellerspec.contract import lint

    names = tuple(spec) or marketplaces.names()
    found = {each: lint.lint(each, overlays=_overlays_for(each, overlays)) for each in names}
    problems = [(name, each) for name, all_ in found.items() for each in all_]
    if form == "json":
        click.echo(_json([{"spec": name, "place": each.place, "says": each.says} for name, each in problems]))
    else:
        for name, each in problems:
            click.echo(f"{name}: {each}")
        for name in names:
            if not found[name]:
                click.echo(f"{name}: nothing found")
    ctx.exit(REFUSED if problems else 0)


@specs.command()
@click.argument("spec", metavar="MARKETPLACE | FILE")
@overlay_option
@click.option(
    "--format", "form", type=click.Choice(("yaml", "json")), help="YAML, unless the output is a .json file."
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else on stdout."
)
def bundle(spec: str, overlays: tuple[str, ...], form: str | None, output: Path | None) -> None:
    """Write a spec as one OpenAPI file that needs no other, overlays applied.

    \b
    Examples:
        sellerspec specs bundle tiki > tiki.yaml
        sellerspec specs bundle tnsl --overlay fix.yaml --output tnsl.json
    """
    from sellerspec.contract.documents import document
    from sellerspec.openapi import bundle

    bundled = bundle.bundle(document(spec, overlays=_overlays_for(spec, overlays)))
    as_json = form == "json" or (form is None and output is not None and output.suffix == ".json")
    text = bundle.written(bundled, "json" if as_json else "yaml").encode()
    _write(output, text)


def _write(output: Path | None, data: bytes) -> None:
    """Write bytes to a file or on stdout.

    Raises:
        ParseError: the file cannot be written.
    """
    from sellerspec.errors import ParseError

    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise ParseError((error.strerror or str(error)).lower(), name=str(output)) from None


@specs.command()
@click.argument("what", metavar="OPERATION | overlay | report | reports", shell_complete=operation_keys)
@overlay_option
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else on stdout."
)
def schema(what: str, overlays: tuple[str, ...], output: Path | None) -> None:
    """Write the JSON Schema of an operation's body, or of our own files, as one file for editors.

    \b
    Examples:
        sellerspec specs schema tiki/createProduct > product.schema.json
        sellerspec specs schema overlay --output overlay.schema.json
    """
    from sellerspec.contract import split_key
    from sellerspec.contract.documents import document
    from sellerspec.io import resources
    from sellerspec.openapi import bundle

    if what in ("overlay", "report", "reports"):
        found = resources.read_json(resources.data_dir("schemas") / "sellerspec" / f"{what}.json")
    else:
        name, id = split_key(what)
        found = bundle.schema(document(name, overlays=_overlays_for(name, overlays)), id)
    _write(output, (_json(found) + "\n").encode())


@specs.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@overlay_option
@plain_format_option
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, overlays: tuple[str, ...], form: str) -> None:
    """Compare two specs, each a marketplace or an OpenAPI file; overlays are applied to NEW.

    Exits 1 if a client that was written for OLD may break, else 0.

    \b
    Examples:
        sellerspec specs diff old-bundle.yaml tiki
        sellerspec specs diff tnsl tnsl --overlay fix.yaml
    """
    from sellerspec.contract.documents import document
    from sellerspec.openapi import diff

    found = diff.diff(document(old), document(new, overlays=_overlays_for(new, overlays)))
    breaking = sum(each.breaking for each in found)
    if form == "json":
        rows = [{"place": each.place, "says": each.says, "breaking": each.breaking} for each in found]
        click.echo(_json(rows))
    else:
        for each in found:
            click.echo(f"{'breaking' if each.breaking else 'fine':<10}{each}")
        click.echo(f"{breaking} breaking, {len(found) - breaking} other differences")
    ctx.exit(REFUSED if breaking else 0)


@click.command()
@click.argument("operation", shell_complete=operation_keys)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else on stdout."
)
@click.option(
    "--format", "form", type=click.Choice(("xlsx", "csv")), help="By default as --output is named, else xlsx."
)
def template(operation: str, output: Path | None, form: str | None) -> None:
    """Write the empty workbook of a bulk import, or an empty table for payloads of any operation.

    \b
    Examples:
        sellerspec template tnsl/importOrders --output orders.xlsx
        sellerspec template tiki/createProduct --format csv
    """
    from sellerspec import contract
    from sellerspec.contract import xlsx_import
    from sellerspec.errors import UsageError
    from sellerspec.model import Basis

    form = form or ("csv" if output is not None and output.suffix == ".csv" else "xlsx")
    if operation not in xlsx_import.IMPORTS:
        from sellerspec.bulk.tables import template as table

        data = table(operation, "csv" if form == "csv" else "xlsx")
    elif form == "csv":
        raise UsageError(f"`{operation}` takes an .xlsx workbook, no CSV file")
    else:
        data = xlsx_import.template(operation)
    if output is None and form == "csv":
        click.echo(data.decode("utf-8-sig"), nl=False)
        return
    if output is None and sys.stdout.isatty():
        raise UsageError("a workbook is no text for a terminal; name a file with --output")
    _write(output, data)
    if (
        operation in xlsx_import.IMPORTS
        and contract.operation(operation).operation.source.status is Basis.ASSUMED
    ):
        click.echo(
            f"note: no document states the workbook of `{operation}`; its columns are assumed", err=True
        )
