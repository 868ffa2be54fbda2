"""Results on stdout or in a file, and the exit code that findings make."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import get_terminal_size

import click
import orjson

from sellerspec.cli.group import NOT_JUDGED, REFUSED
from sellerspec.io.writing import write
from sellerspec.model import Json
from sellerspec.reporting import Checked, Failed, render
from sellerspec.reporting.excerpt import WIDTH, plain

MARGIN = 20
"""Columns of a terminal that are left beside the line of a payload: for its number, and for cuts."""


def finish(
    ctx: click.Context, form: str, checked: Sequence[Checked], failures: Sequence[Failed], *,
    quiet: bool = False, err: bool = False, least: int = 0,
) -> None:  # fmt: skip
    """Write the findings and exit: 2 if something was not judged, 1 if there is an error, else 0.

    Args:
        quiet: as text, write the line of each finding and nothing else.
        err: write on stderr, because stdout has another result.
        least: the lowest exit code.
    """
    width = get_terminal_size().columns - MARGIN if is_terminal(err=err) else WIDTH
    colour = wants_colour(err=err)
    text = render(form, checked, failures, quiet=quiet, colour=colour, width=max(width, MARGIN))
    click.echo(text, nl=False, color=True, err=err)
    refused = any(not one.report.ok for one in checked)
    ctx.exit(max(least, NOT_JUDGED if failures else REFUSED if refused else 0))


def is_terminal(*, err: bool = False) -> bool:
    """Say whether stdout, or stderr, is a terminal."""
    return (sys.stderr if err else sys.stdout).isatty()


def wants_colour(*, err: bool = False) -> bool:
    """Say whether stdout, or stderr, gets colours; `NO_COLOR` and `FORCE_COLOR` overrule what it is."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal(err=err) and os.environ.get("TERM") != "dumb")


def echo(line: str, *, err: bool = False) -> None:
    """Write a line that may hold names of a recording or a spec, without what controls a terminal."""
    click.echo(plain(line), err=err)


def json_text(value: Json) -> str:
    """Return a value as indented JSON; a dataclass becomes an object of its fields."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def write_rows(rows: Sequence[dict[str, Json]], form: str, columns: Sequence[str]) -> None:
    """Write rows on stdout: all members as a JSON list, or the named columns as a text table."""
    if form == "json":
        click.echo(json_text(rows))
        return
    cells = [[_cell(row[name]) for name in columns] for row in rows]
    widths = [max((len(row[index]) for row in cells), default=0) for index in range(len(columns))]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def _cell(value: Json) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value) if value is not None else ""


def write_bytes(output: Path | None, data: bytes) -> None:
    """Write bytes to a file, or on stdout if `output` is None.

    Raises:
        NotWritten: the file cannot be written.
    """
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write(output, data)
