"""`sellerspec demo`: the main job from end to end, on the sandbox, in under a minute."""

from pathlib import Path
from time import monotonic

import click

from sellerspec.cli.group import REFUSED
from sellerspec.cli.options import POSITIVE
from sellerspec.cli.output import wants_colour


@click.command()
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=Path("sellerspec-demo"),
    show_default=True, help="Folder for the cassette and the report.",
)  # fmt: skip
@click.option("--fuzz-time", type=POSITIVE, default=20.0, show_default=True, help="Seconds of fuzzing.")
@click.pass_context
def demo(ctx: click.Context, output: Path, fuzz_time: float) -> None:
    """Show the main job from end to end on the sandbox; nothing leaves this machine.

    Checks the documented products, submits a valid one and tracks it until it is approved, holds back
    an invalid one, records and checks a cassette, receives a webhook, fuzzes, and writes an HTML report.
    Needs sellerspec[sandbox,fuzz,record].

    Exit codes: 0 if every step had the expected result, else 1.
    """
    from sellerspec.cli.demo.steps import STEPS, Demo

    start = monotonic()
    state = Demo(output, fuzz_time)
    colour = wants_colour()
    failed = 0
    for number, (title, step) in enumerate(STEPS, 1):
        click.secho(f"{number}. {title}", bold=True, color=colour)
        for line in step(state):
            click.echo(f"   {line}")
        if state.surprises:
            failed += 1
            for surprise in state.surprises:
                click.secho(f"   NOT AS EXPECTED: {surprise}", fg="red", color=colour)
            state.surprises.clear()
        click.echo()
    verdict = "every step had the expected result" if not failed else f"{failed} steps did not"
    click.echo(f"{verdict}; {monotonic() - start:.0f} seconds")
    ctx.exit(REFUSED if failed else 0)
