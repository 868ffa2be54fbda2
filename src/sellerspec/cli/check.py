"""`sellerspec check`: payload files in, findings out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from os.path import isdir  # that of `Path` raises for names that the system refuses
from pathlib import Path
from typing import Any, NamedTuple

import click
import orjson

from sellerspec.cli import facts as facts_of
from sellerspec.cli.check_catalogue import OPTIONS as CATALOGUE
from sellerspec.cli.check_catalogue import catalogue_options, is_bulk_import, is_catalogue_check
from sellerspec.cli.check_catalogue import run as run_catalogue
from sellerspec.cli.check_fixes import Fixer, fix_options, fixing_of, require_no_fix_in_place
from sellerspec.cli.check_pictures import (
    PictureCommand,
    PictureFacts,
    picture_options,
    pictures_of,
    require_no_pictures,
)
from sellerspec.cli.group import NOT_JUDGED, problem
from sellerspec.cli.inputs import Input, inputs
from sellerspec.cli.options import (
    format_option,
    integer,
    integers,
    operation_keys,
    overlay_option,
    quiet_option,
)
from sellerspec.cli.output import json_text
from sellerspec.contract import settings
from sellerspec.errors import ParseError, SellerspecError, UsageError
from sellerspec.io import records
from sellerspec.io.strict import decode
from sellerspec.model import Facts, Finding, Json, Report
from sellerspec.reporting import Checked, Failed, failed, located
from sellerspec.reporting.excerpt import plain
from sellerspec.rules import objects

INHERITING = ("tiki/createProduct", "tiki-v2/createProductRequest")
"""The operations of `--effective`: variants of their payloads inherit members from the product."""


@click.command(cls=PictureCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--as", "operation", metavar="OPERATION", shell_complete=operation_keys,
              help="Operation of the payloads, e.g. tiki/createProduct.")  # fmt: skip
@facts_of.saved_response_options
@click.option("--seller", type=click.Choice(records.SELLERS), help="The kind of seller.")
@click.option("--inventory-types", metavar="A,B", help="The inventory types that the seller has registered.")
@click.option("--suppliers", callback=integers, metavar="N,N", help="The seller's registered suppliers.")
@click.option(
    "--listing-price", type=integer(), metavar="DONG",
    help="The price that Tiki compares a new price with.",
)  # fmt: skip
@click.option("--now", metavar="MOMENT", help=f"The time of the check, {records.MOMENT}.")
@click.option("--strict/--no-strict", default=None, help="Count warnings as errors.")
@click.option(
    "--effective", is_flag=True, help="Show the members of each variant after inheritance, no findings."
)
@click.option("--engine", type=click.Choice(("jsonschema-rs", "jsonschema")), help="The JSON Schema engine.")
@overlay_option
@fix_options
@picture_options
@catalogue_options
@format_option
@quiet_option
@click.pass_context
def check(
    ctx: click.Context, /, files: tuple[str, ...], form: str, effective: bool, quiet: bool, **options: Any
) -> None:
    """Report what a marketplace would refuse in payload files, before they are sent.

    FILE is a JSON payload, a folder of them, an Excel workbook of a bulk import, or - for stdin.
    The operation is recognised when the payload is clear enough. A file named *.exchange.json, or
    an object with method, url and status, is checked as a request with its response. Facts may be
    in NAME.facts.json beside a payload; facts that an option gives count first.

    A catalogue (*.jsonl, also .gz and .zst, large JSON arrays, *.csv, *.xlsx, *.parquet) is checked
    line by line on all cores. Its result is a summary; findings go to --output.

    With --fix, payload files get the safe fixes of their findings, and what is left is reported. The
    fixed text of - goes to stdout, the findings to stderr. --diff exits with 1 if a file would change.

    With --images and --fetch-images, the pictures that a payload names are looked at.

    Exit codes: 0 accepted, 1 refused, 2 a file could not be judged.

    \b
    Examples:
        sellerspec check product.json
        sellerspec check --as tiki/createProduct --category category.json products/
        sellerspec check --fix products/
        sellerspec check orders.xlsx --as tnsl/importOrders
        cat product.json | sellerspec check --format json -
        sellerspec check catalogue.jsonl --as tiki/createProduct --output findings.csv
    """
    catalogue = {name: options.pop(name) for name in CATALOGUE}
    fixing = fixing_of(options, is_catalogue=catalogue["fixed"] is not None)
    pictures = pictures_of(options)
    how = _how(settings.read(), **options)
    if is_catalogue_check(files, how.operation, catalogue):
        require_no_fix_in_place(fixing)
        require_no_pictures(pictures)
        run_catalogue(ctx, files, form, {**catalogue, "unsafe_fixes": fixing.unsafe}, **how._asdict())
    if effective and fixing.is_on:
        raise UsageError("`--effective` shows payloads as they are; use it without `--fix` and `--diff`")
    fixer = Fixer(fixing, partial(how.check, pictures=pictures))
    checked: list[Checked] = []
    failures: list[Failed] = []
    values: list[tuple[Checked, Json]] = []
    # only for a folder: `is_bulk_import` loads the reader of workbooks
    workbooks = any(isdir(file) for file in files) and is_bulk_import(how.operation)
    for input_ in inputs(files, suffixes=(".xlsx",) if workbooks else (".json",)):
        try:
            if isinstance(input_, ParseError):
                raise input_
            one, value = fixer.check(input_)
        except SellerspecError as error:
            failures.append(_failure(input_.name, error))
            problem(str(failures[-1]))
            continue
        checked.append(one)
        values.append((one, value))
    if pictures is not None:
        pictures.finish()
    if effective:
        click.echo("\n".join(_effective(values, form)))
        ctx.exit(NOT_JUDGED if failures else 0)
    if not quiet:
        facts_of.note_missing(how.missing_facts(checked) - ({"pictures"} if pictures is not None else set()))
    fixer.finish(ctx, form, checked, failures, quiet=quiet)


class How(NamedTuple):
    """How the files of one call are checked."""

    operation: str | None
    facts: Facts
    strict: bool
    engine: str | None
    overlays: tuple[str, ...]
    marketplace: str | None

    def check(
        self, input_: Input, data: bytes, *, pictures: PictureFacts | None = None
    ) -> tuple[Checked, Json]:
        """Check the bytes of one input; also return its decoded value.

        Args:
            input_: names it.
            data: its bytes.
            pictures: finds the pictures that a payload names; None to look at none.

        Raises:
            SellerspecError: it cannot be read, or its operation is not known.
        """
        from sellerspec.contract.check import check, check_exchange

        if _is_workbook(input_.name, data):
            _require_payload(pictures)
            return self._check_workbook(input_.name, data), None
        value = decode(data)
        beside = records.facts_beside(input_.path) if input_.path is not None else None
        options: dict[str, Any] = {
            "facts": self.facts.over(beside) if beside is not None else self.facts,
            "strict": self.strict, "engine": self.engine, "overlays": self.overlays,
        }  # fmt: skip
        operation = self.operation or _folder_operation(input_.path)
        is_exchange = records.is_exchange(value, input_.name)
        if is_exchange:
            _require_payload(pictures)
            report = check_exchange(records.exchange(value), operation=operation, **options)
        else:
            # `check` reads a string as JSON text, so a payload that is a string is passed as bytes
            payload = data if isinstance(value, str) else value
            operation = operation or _recognised(value, self.overlays, self.marketplace)
            if pictures is not None:
                rules = self._rules_about_pictures(operation)
                options["facts"] = pictures.over(options["facts"], value, input_.path, rules)
            report = check(operation, payload, **options)
        text = data.decode()
        return Checked(input_.name, located(report, text, exchange=is_exchange), text), value

    def _rules_about_pictures(self, operation: str) -> set[str]:
        from sellerspec import contract

        functions = contract.operation(operation, self.overlays, self.engine).functions
        return {rule.id for rule in functions if "pictures" in rule.facts}

    def _check_workbook(self, name: str, data: bytes) -> Checked:
        """Check the workbook of a bulk import; `line` of a finding is its row.

        Raises:
            UsageError: no operation is given, or it takes no workbook.
            ParseError: it is no workbook, or one that could harm its reader.
        """
        from sellerspec import contract
        from sellerspec.contract.xlsx_import import IMPORTS, check_workbook

        if self.operation is None:
            known = " or ".join(f"--as {operation}" for operation in IMPORTS)
            raise UsageError(f"cannot tell which import this workbook is for; say {known}")
        cells = check_workbook(
            self.operation, data, facts=self.facts, strict=self.strict, overlays=self.overlays
        )
        findings = tuple(
            _at_row(cell.finding, cell.row, f"{cell.place}: {cell.finding.message}") for cell in cells
        )
        assumed = contract.operation(self.operation, self.overlays).assumed
        return Checked(name, Report(self.operation, findings, (), assumed))

    def missing_facts(self, checked: Sequence[Checked]) -> set[str]:
        """Return the facts without which rules could not run, save those that the options give."""
        from sellerspec import contract

        missing: set[str] = set()
        for report in (one.report for one in checked if one.report.unchecked):
            operation = contract.operation(report.operation, self.overlays, self.engine)
            missing |= facts_of.missing(operation.functions, report.unchecked)
        return missing - self.facts.given()


def _require_payload(pictures: PictureFacts | None) -> None:
    """Refuse to look at the pictures of an exchange or a workbook.

    Raises:
        UsageError: that was asked for.
    """
    if pictures is not None:
        raise UsageError("pictures are looked at for payload files alone; leave out `--images`")


def _failure(name: str, error: SellerspecError) -> Failed:
    """Return an error about an input as a record; an error of another file, such as its facts, names it."""
    of_other = isinstance(error, ParseError) and error.name not in ("", name)
    return Failed(name, str(error)) if of_other else failed(name, error)


def _folder_operation(path: Path | None) -> str | None:
    """Return the key of the operation that the folders of a file name."""
    from sellerspec.contract.examples import named  # looks for installed marketplaces

    operation = named(path.absolute().parent).operation if path is not None else None
    return operation.key if operation is not None else None


def _recognised(payload: Json, overlays: tuple[str, ...], marketplace: str | None) -> str:
    from sellerspec.contract.recognise import recognise

    return recognise(payload, overlays=overlays, generation=marketplace)


def _how(
    project: settings.Settings, *, operation: str | None, strict: bool | None, engine: str | None,
    overlays: Sequence[str], **facts: Any,
) -> How:  # fmt: skip
    """Combine the options of the call with the settings of the project; options win."""
    how = How(
        operation=operation,
        facts=facts_of.read(project, **facts),
        strict=project.strict if strict is None else strict,
        engine=engine or project.engine,
        overlays=(*project.overlays, *overlays),
        marketplace=project.marketplace,
    )
    if operation is not None:
        from sellerspec import contract

        contract.operation(operation, how.overlays, how.engine)  # a wrong name is an error before any file
    return how


def _is_workbook(name: str, data: bytes) -> bool:
    return name.lower().endswith((".xlsx", ".xlsm", ".xls")) or data[:4] == b"PK\x03\x04"


def _at_row(finding: Finding, row: int, message: str) -> Finding:
    message = message if len(message) <= 160 else f"{message[:159]}…"
    return replace(finding, message=message, line=row, column=1)


def _effective(values: Sequence[tuple[Checked, Json]], form: str) -> Iterator[str]:
    """Yield the lines that show each payload's variants with what they inherit.

    Raises:
        UsageError: a payload is for another operation, or the format is neither `text` nor `json`.
    """
    from sellerspec.marketplaces.messages import names
    from sellerspec.marketplaces.tiki.inheritance import effective

    if form not in ("text", "json"):
        raise UsageError("`--effective` is shown as text or json")
    other = next((one.report.operation for one, _ in values if one.report.operation not in INHERITING), None)
    if other is not None:
        raise UsageError(f"nothing is inherited in `{other}`; `--effective` is for {names(INHERITING, 'or')}")
    if form == "json":
        yield json_text([{"name": one.name, "variants": effective(value)} for one, value in values])
        return
    for one, value in values:
        for (index, own), variant in zip(objects(value, "variants"), effective(value), strict=True):
            yield f"{plain(one.name)}: variant {index}"
            for key, member in variant.items():
                yield f"  {key}: {_cut(orjson.dumps(member).decode())}  ({_origin(key, own, value)})"


def _cut(text: str) -> str:
    text = plain(text)
    return text if len(text) <= 100 else f"{text[:99]}…"


def _origin(key: str, variant: Mapping[str, Json], product: Json) -> str:
    """Return whose value it is: the variant's, the product's, or both joined."""
    if key == "attributes":
        both = bool(variant.get(key)) and bool(product.get(key))
        return "joined" if both else "variant" if variant.get(key) else "product"
    return "variant" if variant.get(key) is not None and key != "category_id" else "product"
