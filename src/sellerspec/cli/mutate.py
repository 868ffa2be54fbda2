"""`sellerspec mutate`: a connector's own tests, while one thing is changed at the marketplace."""

import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from sellerspec.cli.group import sigterm_interrupts
from sellerspec.cli.options import FILE, integer, marketplace_names, operation_keys, output_option
from sellerspec.cli.output import wants_colour, write_bytes
from sellerspec.errors import UnknownName, UsageError
from sellerspec.sandbox import NAMES

if TYPE_CHECKING:
    from sellerspec.mutate.settings import Settings


class WithCommand(click.Command):
    """A command whose arguments end with `--` and the words of another command, in `ctx.obj`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the words behind the first `--`."""
        at = args.index("--") if "--" in args else len(args)
        ctx.obj = args[at + 1 :]
        return super().parse_args(ctx, args[:at])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the pieces of the usage line."""
        return [*super().collect_usage_pieces(ctx), "-- COMMAND..."]


@click.command(cls=WithCommand)
@click.argument("marketplaces", required=False, shell_complete=marketplace_names)
@click.option(
    "--port", type=integer(0, 65535), default=0,
    help="Port of the sandbox; then one run at a time. By default free ports, and a run for each processor.",
)  # fmt: skip
@click.option(
    "--only", multiple=True, metavar="FAMILIES", help="Of `response,behaviour,defect`; by default all."
)
@click.option(
    "--operation", "operations", multiple=True, shell_complete=operation_keys,
    help="Operation whose responses change; `*` allowed; by default all that the suite calls.",
)  # fmt: skip
@click.option("--quick", is_flag=True, help="Only a fixed sample of the mutations.")
@click.option("--seed", default="0", show_default=True, help="Of the sample, and of the order.")
@click.option("--max-time", default="", metavar="SECONDS", help="Start no run after this time.")
@click.option(
    "--fail-under", default="survived=100,noticed=80", show_default=True, metavar="FIGURE=PERCENT",
    help="Fail below these limits.",
)  # fmt: skip
@click.option("--accept", type=FILE, help="YAML file of weaknesses and gaps that are accepted until a day.")
@click.option("--reproduce", default="", metavar="ID", help="Run one mutation alone, and show the output.")
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "junit", "html", "markdown")), default="text",
    show_default=True, help="Format of the report.",
)  # fmt: skip
@output_option
@click.pass_context
def mutate(ctx: click.Context, /, marketplaces: str | None, port: int, output: Any, **given: Any) -> None:
    """Run a connector's own tests with one thing changed at the marketplace.

    Each run has other responses that the contract allows, failures that happen, or a broken contract.
    The tests must stay green under the first two, and turn red under the third.

    A command that runs pytest needs nothing else: the fixtures of the plugin have the sandboxes. Any other
    command finds the sandboxes of MARKETPLACES (separated by commas) at SELLERSPEC_URL, with the token
    SELLERSPEC_TOKEN; of several, at SELLERSPEC_URL_TIKI and so on. Its exit code decides.

    \b
    Examples:
        sellerspec mutate -- pytest tests/
        sellerspec mutate --quick --only response -- pytest tests/test_orders.py
        sellerspec mutate tiki --port 8080 -- npm test
    """
    from sellerspec.mutate.settings import settings_of

    command: list[str] = ctx.obj
    if not command:
        raise UsageError("write the command behind `--`, as in `sellerspec mutate -- pytest tests/`")
    given["accept"] = str(given["accept"] or "")
    settings = settings_of(**given)
    # the command has a process group of its own, which a killed run would leave behind
    with sigterm_interrupts():
        if marketplaces:
            code, report = _any_command(command, marketplaces, port, settings)
        else:
            code, report = _pytest(command, port, settings)
    write_bytes(output, report.encode())
    ctx.exit(code)


def _pytest(command: list[str], port: int, settings: "Settings") -> tuple[int, str]:
    from sellerspec.mutate.running.through_pytest import is_pytest, run_pytest

    if not is_pytest(command):
        example = f"sellerspec mutate tiki -- {shlex.join(command)}"
        raise UsageError(
            f"`{command[0][:60]}` is not pytest: name the marketplace that it calls, `{example[:200]}`"
        )
    if port:
        raise UsageError("--port needs a marketplace: the fixtures of pytest start their own sandboxes")
    return run_pytest(command, settings)


def _any_command(command: list[str], marketplaces: str, port: int, settings: "Settings") -> tuple[int, str]:
    from sellerspec.mutate import accept
    from sellerspec.mutate.report import render
    from sellerspec.mutate.running.through_command import run_command

    names = list(dict.fromkeys(name.strip() for name in marketplaces.split(",")))
    for name in names:
        if name not in NAMES:
            raise UnknownName("marketplace with a sandbox", name, NAMES)
    entries = accept.read(settings.accept) if settings.accept else ()
    typed = " ".join((marketplaces, *((f"--port {port}",) if port else ()), "--", shlex.join(command)))
    result = run_command(
        command, names, settings, port=port, typed=typed,
        show=lambda text: click.echo(text, err=True), on_progress=_progress(),
    )  # fmt: skip
    result = accept.applied(result, entries)
    return result.exit_code, render(settings.form, result, colour=wants_colour() and settings.form == "text")


def _progress() -> Callable[[int, int], None] | None:
    """Return a function that shows progress on stderr; None if that is no terminal."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, planned: int) -> None:
        end = "" if done < planned else "\r\033[K"
        click.echo(f"\r\033[K{done} of {planned} mutations{end}", nl=False, err=True)

    return show
