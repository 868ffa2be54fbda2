"""`sellerspec check catalogue.jsonl`: whole catalogues, tables, and what is written of them."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import orjson

from sellerspec.cli import facts as fact
from sellerspec.cli.output import REFUSED
from sellerspec.errors import UsageError
from sellerspec.model import Facts

if TYPE_CHECKING:
    from sellerspec.bulk import Summary
    from sellerspec.bulk.records import Watch

LARGE = 8 << 20
"""Bytes from which a JSON array is read as a stream."""

_PATH = click.Path(path_type=Path, dir_okay=False)
_Command = TypeVar("_Command", bound=Callable[..., Any])

OPTIONS = {
    "workers": click.option("--workers", type=click.IntRange(1), metavar="N",
                            help="Catalogues: processes; by default all cores."),
    "output": click.option("--output", type=_PATH, metavar="FILE",
                           help="Catalogues: every finding, as .jsonl, .csv or .parquet."),
    "accepted": click.option("--accepted", type=_PATH, metavar="FILE",
                             help="Catalogues: takes the lines without an error."),
    "refused": click.option("--refused", type=_PATH, metavar="FILE",
                            help="Catalogues: takes the lines with an error."),
    "resume": click.option("--resume", is_flag=True,
                           help="Catalogues: go on from where an interrupted run stood."),
    "mapping": click.option("--mapping", metavar="FILE",
                            help="Tables: which column is which member; YAML or JSON."),
    "annotate": click.option("--annotate", type=_PATH, metavar="FILE",
                             help="Tables: takes the sheet with comments at the wrong cells (.xlsx)."),
    "apart": click.option("--apart", is_flag=True,
                          help="Catalogues: do not compare lines with each other."),
}  # fmt: skip
"""Name of a parameter -> its option."""


def bulk_options(command: _Command) -> _Command:
    """Add the options that are about whole catalogues."""
    for option in reversed(OPTIONS.values()):
        command = option(command)
    return command


def wants_bulk(files: Sequence[str], operation: str | None, given: dict[str, Any]) -> bool:
    """Say whether a call is about catalogues: by its options, or by the names of its files."""
    from sellerspec.cli.workbooks import takes_workbook

    if any(given[name] for name in OPTIONS):
        return True
    if not any(file.lower().endswith(_NAMES) for file in files):
        return any(map(_is_large_array, files))
    books = [file for file in files if file.lower().endswith(".xlsx")]
    return not (books and (operation is None or takes_workbook(operation)))


_NAMES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst", ".json.gz",
          ".json.zst", ".csv", ".xlsx", ".parquet")  # fmt: skip


def _is_large_array(name: str) -> bool:
    path = Path(name)
    if not name.endswith(".json") or not path.is_file() or path.stat().st_size < LARGE:
        return False
    with path.open("rb") as stream:
        return stream.read(64).lstrip().startswith(b"[")


def run(
    ctx: click.Context, files: Sequence[str], form: str, *, operation: str | None, facts: Facts, strict: bool,
    engine: str | None, overlays: tuple[str, ...], given: dict[str, Any],
) -> None:  # fmt: skip
    """Check catalogues, write the summary on stdout, and exit.

    Raises:
        SellerspecError: a file cannot be read, a library is missing, or the run was interrupted.
    """
    from sellerspec.bulk import How, check_files

    if form not in ("text", "json"):
        raise UsageError("the summary of a catalogue is shown as text or json; findings go to --output")
    names = _names(files)
    how = How(
        operation or _recognised(names, overlays), facts, strict, engine, overlays, given["mapping"],
        not given["apart"],
    )  # fmt: skip
    with watching() as watch:
        summary = check_files(
            names, how, workers=given["workers"], output=given["output"], accepted=given["accepted"],
            refused=given["refused"], resume=given["resume"], annotate=given["annotate"], watch=watch,
        )  # fmt: skip
    if form == "json":
        click.echo(orjson.dumps(summary.to_dict(), option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join(text(summary)))
    _say_unchecked(summary, overlays, engine)
    ctx.exit(0 if summary.ok else REFUSED)


def _names(files: Sequence[str]) -> list[str]:
    from sellerspec.bulk.reading import ARRAYS, is_catalogue

    for file in files:
        if file == "-" or not (is_catalogue(file) or file.lower().endswith(ARRAYS)):
            raise UsageError(f"`{file}` is no catalogue; check it in a call of its own")
    return list(dict.fromkeys(files))


def _recognised(names: Sequence[str], overlays: tuple[str, ...]) -> str:
    from sellerspec.bulk.checker import texts
    from sellerspec.bulk.reading import TABLES, chunks
    from sellerspec.contract.recognise import recognise

    if names[0].lower().endswith(TABLES):
        raise UsageError("cannot tell which operation a table is for; say --as OPERATION")
    for chunk in chunks(names):
        for line in texts(chunk):
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            return recognise(value, overlays=overlays)
    raise UsageError("no line can be read; say --as OPERATION")


@contextmanager
def watching() -> "Iterator[Watch | None]":
    """Show a progress bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def watch(progress: Any) -> None:
            elapsed = bar.tasks[task].elapsed or 0
            lines = f"{progress.lines} lines" + (f", {progress.lines / elapsed:.0f}/s" if elapsed else "")
            bar.update(task, completed=progress.done, total=progress.total, rate=lines)

        yield watch


def text(summary: "Summary") -> Iterator[str]:
    """Yield the lines of a summary."""
    rate = f", {summary.lines / summary.seconds:.0f}/s" if summary.seconds else ""
    yield f"{summary.operation}: {summary.lines} lines in {summary.seconds:.1f} s{rate}"
    warned = f" ({summary.warned} with warnings)" if summary.warned else ""
    yield f"  {summary.accepted} accepted{warned}, {summary.refused} refused"
    width = max((len(each) for each in summary.rules), default=0)
    for rule, number in sorted(summary.rules.items(), key=lambda each: (-each[1], each[0])):
        first = ", ".join(map(str, summary.first[rule]))
        yield f"  {rule:<{width}}  {summary.severities[rule]:<7}  {number:>7}  {first}"


def _say_unchecked(summary: "Summary", overlays: tuple[str, ...], engine: str | None) -> None:
    from sellerspec import contract

    if not summary.unchecked:
        return
    ready = contract.operation(summary.operation, overlays, engine)
    lacking = {
        name for function in ready.functions if function.id in summary.unchecked for name in function.needs
    }
    options = ", ".join(fact.OPTIONS[name] for name in fact.OPTIONS if name in lacking)
    click.echo(f"note: some rules were not checked; they need {options}", err=True)
