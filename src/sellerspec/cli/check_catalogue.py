"""`sellerspec check catalogue.jsonl`: catalogues and tables, checked line by line."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import orjson

from sellerspec.cli import facts as facts_of
from sellerspec.cli.group import NOT_JUDGED, REFUSED, problem
from sellerspec.cli.options import FILE, OutputOption, integer
from sellerspec.cli.output import json_text
from sellerspec.errors import UsageError
from sellerspec.io.folders import CATALOGUES, OTHER_WORKBOOKS, TABLES
from sellerspec.model import assumed_note
from sellerspec.reporting.excerpt import plain

if TYPE_CHECKING:
    from sellerspec.bulk import Summary
    from sellerspec.bulk.records import How, Watch

LARGE = 8 << 20
"""Bytes from which a JSON array is read as a stream."""

MAX_WORKERS = 256
"""Most processes that may be asked for."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

OPTIONS = {
    "workers": click.option("--workers", type=integer(1, MAX_WORKERS), metavar="N",
                            help="Catalogues: number of processes; by default all cores."),
    "output": click.option("--output", type=FILE, cls=OutputOption, metavar="FILE",
                           help="Catalogues: write every finding, as .jsonl, .csv or .parquet."),
    "accepted": click.option("--accepted", type=FILE, cls=OutputOption, metavar="FILE",
                             help="Catalogues: write the lines without an error."),
    "refused": click.option("--refused", type=FILE, cls=OutputOption, metavar="FILE",
                            help="Catalogues: write the lines with an error."),
    "fixed": click.option("--fixed", type=FILE, cls=OutputOption, metavar="FILE",
                          help="Catalogues: write all lines, those with safe fixes fixed."),
    "resume": click.option("--resume", is_flag=True,
                           help="Catalogues: continue an interrupted run."),
    "mapping": click.option("--mapping", metavar="FILE",
                            help="Tables: which column is which member; YAML or JSON."),
    "encoding": click.option("--encoding", metavar="NAME",
                             help="Tables: the encoding of CSV files, e.g. cp1258; by default UTF-8."),
    "sheet": click.option("--sheet", metavar="NAME",
                          help="Tables: the sheet of a workbook; by default the one with known columns."),
    "header_row": click.option("--header-row", type=integer(1), metavar="N",
                               help="Tables: the row that names the columns; by default 1."),
    "annotate": click.option("--annotate", type=FILE, cls=OutputOption, metavar="FILE",
                             help="Tables: write the sheet with comments at the wrong cells (.xlsx)."),
    "independent_lines": click.option("--independent-lines", is_flag=True,
                                      help="Catalogues: do not compare lines with each other."),
}  # fmt: skip
"""Name of a parameter -> its option."""


def catalogue_options(command: _Command) -> _Command:
    """Add the options that are about catalogues."""
    for option in reversed(OPTIONS.values()):
        command = option(command)
    return command


def is_bulk_import(operation: str | None) -> bool:
    """Say whether an operation takes a workbook."""
    if operation is None:
        return False
    from sellerspec.contract.xlsx_import import IMPORTS

    return operation in IMPORTS


def is_catalogue_check(files: Sequence[str], operation: str | None, options: dict[str, Any]) -> bool:
    """Say whether a call is about catalogues: by its options, or by the names of its files."""
    if any(options.values()):
        return True
    if not any(file.lower().endswith(CATALOGUES) for file in files):
        return any(map(_is_large_array, files))
    workbooks = any(file.lower().endswith((".xlsx", *OTHER_WORKBOOKS)) for file in files)
    return not (workbooks and is_bulk_import(operation))


def _is_large_array(name: str) -> bool:
    path = Path(name)
    if not name.endswith(".json") or not path.is_file() or path.stat().st_size < LARGE:
        return False
    with path.open("rb") as stream:
        return stream.read(64).lstrip().startswith(b"[")


def run(
    ctx: click.Context, files: Sequence[str], form: str, options: dict[str, Any], *,
    operation: str | None, overlays: tuple[str, ...], marketplace: str | None, **how: Any,
) -> None:  # fmt: skip
    """Check catalogues, write the summary on stdout, and exit.

    Args:
        options: the options of `OPTIONS`, and `unsafe_fixes`: whether the file of `--fixed` gets those too.
        marketplace: of the project's settings.
        how: `facts`, `strict` and `engine`, as for any check.

    Raises:
        SellerspecError: a file cannot be read, a library is missing, or the run was interrupted.
    """
    from sellerspec import contract
    from sellerspec.bulk import How, check_files

    if form not in ("text", "json"):
        raise UsageError("the summary of a catalogue is shown as text or json; findings go to --output")
    if is_bulk_import(operation):
        used = [f"`--{name.replace('_', '-')}`" for name, value in options.items() if value]
        raise UsageError(
            f"`{operation}` takes one .xlsx workbook, without {', '.join(used) or 'other files'}"
        )
    unsafe = options.pop("unsafe_fixes")
    names = _names(files)
    across = not options.pop("independent_lines")
    of_tables = {name: options.pop(name) for name in ("mapping", "encoding", "sheet", "header_row")}
    bulk = How(operation or "", overlays=overlays, across=across, unsafe_fixes=unsafe, **of_tables, **how)
    if operation is None:
        operation = _recognised(names, bulk, marketplace)
        bulk = replace(bulk, operation=operation)
    with _progress_bar() as watch:
        summary = check_files(names, bulk, watch=watch, **options)
    click.echo(json_text(summary.to_dict()) if form == "json" else "\n".join(_text(summary)))
    for unread in summary.unread:
        problem(str(unread))
    for note in summary.notes:
        click.echo(f"note: {plain(note)}", err=True)
    functions = contract.operation(operation, overlays, bulk.engine).functions
    facts_of.note_missing(facts_of.missing(functions, summary.unchecked))
    ctx.exit(NOT_JUDGED if summary.unread else 0 if summary.ok else REFUSED)


def _names(files: Sequence[str]) -> list[str]:
    from sellerspec.bulk.reading import ARRAYS, is_catalogue

    for file in files:
        if file.lower().endswith(OTHER_WORKBOOKS):
            kind = "workbooks with macros are" if file.lower().endswith(".xlsm") else "such workbooks are"
            raise UsageError(f"{file}: {kind} not read; save it as .xlsx")
        if file == "-" or not (is_catalogue(file) or file.lower().endswith(ARRAYS)):
            raise UsageError(f"`{file}` is no catalogue; check it in a call of its own")
    return list(dict.fromkeys(files))


def _recognised(names: Sequence[str], how: "How", marketplace: str | None) -> str:
    from sellerspec.bulk.content import texts
    from sellerspec.bulk.reading import chunks
    from sellerspec.contract.recognise import recognise

    if names[0].lower().endswith(TABLES):
        from sellerspec.bulk.tables import candidates

        named = " or ".join(f"--as {operation}" for operation in candidates(names[0], how))
        raise UsageError(f"cannot tell which operation `{names[0]}` is for; say {named or '--as OPERATION'}")
    for chunk in chunks(names):
        for line in texts(chunk):
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            return recognise(value, overlays=how.overlays, generation=marketplace)
    raise UsageError("no line can be read; say --as OPERATION")


@contextmanager
def _progress_bar() -> "Iterator[Watch | None]":
    """Show a progress bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    percent, rate = TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.fields[rate]}")
    columns = (BarColumn(), percent, rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def watch(progress: Any) -> None:
            elapsed = bar.tasks[task].elapsed or 0
            lines = f"{progress.lines} lines" + (f", {progress.lines / elapsed:.0f}/s" if elapsed else "")
            bar.update(task, completed=progress.done, total=progress.total, rate=lines)

        yield watch


def _text(summary: "Summary") -> Iterator[str]:
    from sellerspec.bulk.records import most_first

    rate = f", {summary.lines / summary.seconds:.0f}/s" if summary.seconds else ""
    yield f"{summary.operation}: {summary.lines} lines in {summary.seconds:.1f} s{rate}"
    warned = f" ({summary.warned} with warnings)" if summary.warned else ""
    yield f"  {summary.accepted} accepted{warned}, {summary.refused} refused"
    if summary.fixed:
        fixes = ", ".join(f"{number} {rule}" for rule, number in most_first(summary.fixes))
        yield f"  {summary.fixed} fixed: {fixes}"
    width = max((len(rule) for rule in summary.rules), default=0)
    for rule, number in most_first(summary.rules):
        cells = summary.cells[rule]
        first = "" if cells else ", ".join(map(str, summary.first[rule]))
        kind = f"{summary.severities[rule]:<7}  {summary.bases[rule]:<10}"
        yield f"  {rule:<{width}}  {kind}  {number:>7}  {first}".rstrip()
        yield from (f"    {plain(cell)}" for cell in cells)
    yield from (f"  note: {assumed_note(key)}" for key in summary.assumed)
