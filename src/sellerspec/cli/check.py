"""`sellerspec check`: payload files in, findings out."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import click

from sellerspec.cli import facts as fact
from sellerspec.cli.bulk import OPTIONS as BULK
from sellerspec.cli.bulk import bulk_options, wants_bulk
from sellerspec.cli.bulk import run as run_bulk
from sellerspec.cli.complete import operation_keys
from sellerspec.cli.inputs import Input, inputs, is_exchange
from sellerspec.cli.lazy import COULD_NOT_TELL, problem
from sellerspec.cli.output import finish, format_option
from sellerspec.cli.overlays import overlay_option
from sellerspec.cli.workbooks import checked_workbook, is_workbook, takes_workbook
from sellerspec.errors import ParseError, SellerspecError
from sellerspec.io import records
from sellerspec.io import settings as project
from sellerspec.model import Facts, Json
from sellerspec.reporting import Checked, Failed, failed, located


class How(NamedTuple):
    """How every file of one call is checked."""

    operation: str | None
    facts: Facts
    strict: bool
    engine: str | None
    overlays: tuple[str, ...]

    def check(self, each: Input) -> tuple[Checked, Json]:
        """Check one input; also return its decoded value.

        Raises:
            SellerspecError: it cannot be read, or its operation is not known.
        """
        from sellerspec.contract.check import check, check_exchange
        from sellerspec.io.strict import decode

        data = each.read()
        if is_workbook(each.name, data):
            return checked_workbook(
                self.operation, each.name, data, self.facts, self.strict, self.overlays
            ), None
        value = decode(data)
        own = records.facts_beside(each.path) if each.path is not None else None
        facts = fact.merged(self.facts, own)
        shared: dict[str, Any] = {
            "facts": facts,
            "strict": self.strict,
            "engine": self.engine,
            "overlays": self.overlays,
        }
        whole = is_exchange(value, each.name)
        if whole:
            operation = self.operation or named_by_folder(each.path)
            report = check_exchange(records.exchange(value), operation=operation, **shared)
        else:
            operation = self.operation or self._operation_of(value, each.path)
            report = check(operation, _not_text(value, data), **shared)
        text = data.decode()
        return Checked(each.name, located(report, text, exchange=whole), text), value

    def _operation_of(self, value: Json, path: Path | None) -> str:
        from sellerspec.contract.recognise import recognise

        return named_by_folder(path) or recognise(value, overlays=self.overlays)


def _not_text(value: Json, data: bytes) -> Json:
    """`check` reads a decoded string as a JSON text, so a payload that is one goes as bytes."""
    return data if isinstance(value, str) else value


def named_by_folder(path: Path | None) -> str | None:
    """Return the operation that the folders of a path name: `.../tiki/createProduct/.../case.json`."""
    return _named_by(path.absolute().parent) if path is not None else None


@cache
def _named_by(folder: Path) -> str | None:
    from sellerspec import contract, marketplaces

    names = marketplaces.names()
    for name, id in pairwise(folder.parts):
        if name in names and id in contract.contract(name).spec.ids():
            return f"{name}/{id}"
    return None


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--as", "operation", metavar="OPERATION", shell_complete=operation_keys,
              help="Which operation the payloads are for, e.g. tiki/createProduct.")  # fmt: skip
@click.option(
    "--category", metavar="FILE", help="Saved answer of Tiki's getCategory for the product's category."
)
@click.option(
    "--order", metavar="FILE", help="Saved answer of getOrder for the order that the payload is about."
)
@click.option("--warehouses", metavar="FILE", help="Saved answer of Tiki's listWarehouses.")
@click.option("--seller", type=click.Choice(records.SELLERS), help="The kind of seller.")
@click.option("--inventory-types", metavar="A,B", help="The inventory types that the seller has registered.")
@click.option("--suppliers", metavar="N,N", help="The seller's registered suppliers.")
@click.option(
    "--listing-price", type=int, metavar="DONG", help="The price that Tiki compares a new price with."
)
@click.option("--now", metavar="MOMENT", help=f"The moment of the check, {records.MOMENT}.")
@click.option("--strict/--no-strict", default=None, help="Count warnings as errors.")
@click.option(
    "--effective", is_flag=True, help="Show what each variant is once it has inherited; checks nothing else."
)
@click.option("--engine", type=click.Choice(("jsonschema-rs", "jsonschema")), help="The JSON Schema engine.")
@overlay_option
@bulk_options
@format_option
@click.pass_context
def check(ctx: click.Context, /, files: tuple[str, ...], form: str, effective: bool, **options: Any) -> None:
    """Say what a marketplace would refuse in payload files, before they are sent.

    FILE is a JSON payload, a folder of them, an Excel workbook of a bulk import, or - for stdin.
    The operation is recognised when the payload leaves no doubt. A file named *.exchange.json, or
    an object with method, url and status, is checked as a whole call. Facts may lie beside a
    payload, in NAME.facts.json.

    A catalogue (*.jsonl, also .gz and .zst, large JSON arrays, *.csv, *.xlsx, *.parquet) is checked
    line by line on all cores; the response is a summary, and findings go to --output.

    Exits 0 if all would be accepted, 1 if one would be refused, 2 if one could not be checked.

    \b
    Examples:
        sellerspec check product.json
        sellerspec check --as tiki/createProduct --category category.json products/
        sellerspec check orders.xlsx --as tnsl/importOrders
        cat product.json | sellerspec check --format json -
        sellerspec check catalogue.jsonl --as tiki/createProduct --output findings.csv
    """
    bulk = {name: options.pop(name) for name in BULK}
    how = _how(project.read(), **options)
    if wants_bulk(files, how.operation, bulk):
        run_bulk(
            ctx, files, form, operation=how.operation, facts=how.facts, strict=how.strict,
            engine=how.engine, overlays=how.overlays, given=bulk,
        )  # fmt: skip
    checked: list[Checked] = []
    failures: list[Failed] = []
    values: list[tuple[Checked, Json]] = []
    # only a folder asks what to look for: a payload need not pay for what reads workbooks
    workbooks = any(Path(file).is_dir() for file in files) and takes_workbook(how.operation)
    for input_ in inputs(files, suffixes=(".xlsx",) if workbooks else (".json",)):
        if isinstance(input_, ParseError):
            failures.append(failed(input_.name, input_))
            continue
        try:
            one, value = how.check(input_)
        except SellerspecError as error:
            failures.append(failed(input_.name, error))
            continue
        checked.append(one)
        values.append((one, value))
    for failure in failures:
        problem(str(failure))
    if effective:
        from sellerspec.cli.effective import show

        show(values, form)
        ctx.exit(COULD_NOT_TELL if failures else 0)
    _say_unchecked(checked, how)
    finish(ctx, form, checked, failures)


def _how(settings: project.Settings, *, operation: str | None, overlays: Sequence[str], **given: Any) -> How:
    """Put the options of the call over the settings of the project."""
    types, suppliers = given["inventory_types"], given["suppliers"]
    facts = Facts(
        category=_response(given, "category"),
        order=_response(given, "order"),
        warehouses=_response(given, "warehouses"),
        seller=given["seller"] or settings.seller,
        inventory_types=_words(types) if types is not None else settings.inventory_types,
        suppliers=_numbers(suppliers) if suppliers is not None else settings.suppliers,
        listing_price=given["listing_price"],
        now=records.moment(given["now"], "--now") if given["now"] else None,
    )
    if operation is not None:
        from sellerspec import contract

        contract.operation(operation, (*settings.overlays, *overlays), given["engine"] or settings.engine)
    return How(
        operation=operation,
        facts=facts,
        strict=settings.strict if given["strict"] is None else given["strict"],
        engine=given["engine"] or settings.engine,
        overlays=(*settings.overlays, *overlays),
    )


def _response(given: dict[str, Any], name: str) -> Json:
    return fact.saved_response(given[name], name) if given[name] else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _numbers(text: str) -> tuple[int, ...]:
    words = _words(text)
    if not all(word.isascii() and word.isdigit() for word in words):
        raise ParseError("suppliers are numbers with commas between them", name="--suppliers")
    return tuple(int(word) for word in words)


def _say_unchecked(checked: Sequence[Checked], how: How) -> None:
    """Say on stderr which options would let more rules run."""
    from sellerspec import contract

    lacking: set[str] = set()
    for each in checked:
        unchecked = set(each.report.unchecked)
        if unchecked:
            ready = contract.operation(each.report.operation, how.overlays, how.engine)
            lacking |= {name for rule in ready.functions if rule.id in unchecked for name in rule.needs}
    lacking -= how.facts.given()
    if lacking:
        options = ", ".join(fact.OPTIONS[name] for name in fact.OPTIONS if name in lacking)
        click.echo(f"note: some rules were not checked; they need {options}", err=True)
