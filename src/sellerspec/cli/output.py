"""How a command that finds something ends: the findings on stdout, the verdict as exit code."""

import os
import sys
from collections.abc import Sequence

import click

from sellerspec.cli.lazy import COULD_NOT_TELL
from sellerspec.reporting import FORMATS, Checked, Failed, Table, render

REFUSED = 1
"""Exit code: something has an error."""

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How to show it.",
)
"""`--format`, the same for every command that finds something."""

plain_format_option = click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to show it.",
)
"""`--format` of commands that only list."""


def finish(
    ctx: click.Context,
    form: str,
    checked: Sequence[Checked],
    failures: Sequence[Failed] = (),
    *,
    tables: Sequence[Table] = (),
) -> None:
    """Write the findings and exit: 2 if something was not checked, 1 if something has an error, else 0."""
    terminal = is_terminal()
    written = render(
        form, checked, failures, tables=tables, terminal=terminal, colour=terminal and wants_colour()
    )
    click.echo(written, nl=False, color=True)
    refused = any(not each.report.ok for each in checked)
    ctx.exit(COULD_NOT_TELL if failures else REFUSED if refused else 0)


def is_terminal() -> bool:
    """Say whether stdout is a terminal."""
    return sys.stdout.isatty()


def wants_colour() -> bool:
    """Say whether colours are welcome on a terminal: `NO_COLOR` and `TERM=dumb` forbid them."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
