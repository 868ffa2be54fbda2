"""`sellerspec proxy`: check the calls of a connector in any language, on their way to the marketplace."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from sellerspec.cli.group import problem, sigterm_interrupts
from sellerspec.cli.options import (
    FILE,
    POSITIVE,
    OutputOption,
    all_overlays,
    format_option,
    integer,
    marketplace_names,
    output_option,
    overlay_option,
)
from sellerspec.cli.output import echo, wants_colour, write_bytes
from sellerspec.errors import needs
from sellerspec.io import records, resources
from sellerspec.model import Severity

if TYPE_CHECKING:
    from sellerspec.proxy.application import Application

PATIENCE = 5
"""Seconds that exchanges have to end when the proxy is stopped."""


@click.command()
@click.argument("marketplace", shell_complete=marketplace_names)
@click.option(
    "--upstream", required=True, metavar="URL", help="Address of the marketplace: `https://api.tiki.vn`."
)
@click.option("--port", type=integer(0, 65535), default=0, help="Port; by default a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--mode", type=click.Choice(("block", "report")), default="block", show_default=True,
    help="`block` answers a request that breaks the contract with 422; `report` sends all.",
)  # fmt: skip
@click.option("--record", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Write what passed as cassettes, scrubbed.")  # fmt: skip
@click.option("--log", type=FILE, cls=OutputOption, help="Append a line of JSON for each exchange, scrubbed.")
@click.option(
    "--coverage", type=FILE, cls=OutputOption, help="Write the contract coverage: *.json or *.html."
)
@click.option("--facts", type=FILE, help="JSON file of facts about the account.")
@click.option(
    "--fail-on", type=click.Choice([severity.value for severity in Severity]), default="error",
    show_default=True, help="The least severity of a finding that makes the exit code 1.",
)  # fmt: skip
@click.option(
    "--max-body", type=integer(1), default=8 << 20, help="Largest body that is judged; by default 8 MiB."
)
@click.option("--allow-unjudged", is_flag=True, help="Let bodies pass that are too large to be judged.")
@click.option(
    "--timeout", type=POSITIVE, default=60.0, show_default=True, help="Seconds to wait for the marketplace."
)
@click.option("--ca-file", type=FILE, help="Certificates in PEM that are trusted, too.")
@click.option(
    "--allow-origin", "allow_origins", multiple=True, metavar="ORIGIN",
    help="Origin of a web page that may call the proxy: `http://localhost:3000`.",
)  # fmt: skip
@overlay_option
@format_option
@output_option
@click.pass_context
def proxy(
    ctx: click.Context, /, host: str, port: int, form: str, output: Path | None, coverage: Path | None,
    fail_on: str, facts: Path | None, overlays: tuple[str, ...], **options: Any,
) -> None:  # fmt: skip
    """Judge each request before it leaves for the marketplace, and each response when it comes back.

    A connector in any language calls the address that is printed instead of the marketplace. Runs until
    interrupted; then the findings go to stdout, the contract coverage to stderr.

    Exit codes: 0 nothing was found, 1 findings, 2 nothing was judged, or something was not.

    \b
    Examples:
        sellerspec proxy tiki --upstream https://api.tiki.vn --port 8080
        sellerspec proxy tiki --upstream http://127.0.0.1:8000 --mode report --log calls.jsonl
    """
    needs("sandbox", "httpx", "uvicorn")
    from sellerspec.contract.project import Project
    from sellerspec.proxy.application import Application
    from sellerspec.proxy.checker import Checker
    from sellerspec.proxy.settings import Settings
    from sellerspec.sandbox.running import address, listening, serve

    given = records.facts(resources.read_json(facts), str(facts)) if facts is not None else None
    settings = Settings(facts=given, overlays=all_overlays(overlays), **options)
    application = Application(
        Checker(settings, lambda: Project.read(overlays=overlays), notice=lambda line: echo(line, err=True))
    )
    transport = listening(host, port)
    application.listens_on(host)
    try:
        with sigterm_interrupts():
            serve(
                application, transport, ready=lambda: _announce(application, address(transport)),
                lifespan="on", date_header=False, timeout_graceful_shutdown=PATIENCE,
            )  # fmt: skip
    except KeyboardInterrupt:
        pass  # Ctrl+C is the way to stop it
    finally:
        application.close()
    _finish(ctx, application, form, output, coverage, Severity(fail_on))


def _announce(application: "Application", base: str) -> None:
    own = application.settings
    echo(f"{base} -> {own.upstream}, mode {own.mode}; stop with Ctrl+C", err=True)


def _finish(
    ctx: click.Context, application: "Application", form: str, output: Path | None, coverage: Path | None,
    fail_on: Severity,
) -> None:  # fmt: skip
    """Write the findings, the coverage and what became of the exchanges, and exit."""
    from sellerspec.reporting import render
    from sellerspec.reporting.coverage import report_table, summary, table, written

    result = application.result
    summaries = summary(application.checker.coverage, contracts=application.checker.project.contract)
    text = render(
        form,
        result.checked,
        result.failed,
        tables=[report_table(summaries)],
        colour=output is None and wants_colour(),
    )
    if output is None:
        click.echo(text, nl=False, color=True)
    else:
        write_bytes(output, text.encode())
    if coverage is not None:
        as_page: Literal["html", "json"] = "html" if coverage.suffix in (".html", ".htm") else "json"
        write_bytes(coverage, written(application.checker.coverage, summaries, as_page).encode())
    for failed in result.failed:
        problem(str(failed))
    for line in (*table(summaries).splitlines(), *_counts(result)):
        echo(line, err=True)
    ctx.exit(result.exit_code(fail_on))


def _counts(result: Any) -> list[str]:
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(result.outcomes.items()))
    more = [f"{result.unlisted} more with findings or problems are not listed"] if result.unlisted else []
    return [f"exchanges: {outcomes or 'none'}", *more]
