"""`sellerspec serve`: a marketplace on this machine, until interrupted."""

from datetime import datetime
from pathlib import Path

import click

from sellerspec.cli.overlays import in_force, overlay_option


@click.command()
@click.argument("marketplace", type=click.Choice(["tiki", "tnsl", "tokopedia"]))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port; 0, the default, takes a free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--state", type=click.Path(path_type=Path), help="SQLite file that keeps the state.")
@click.option(
    "--defect", "defects", multiple=True, help="A seeded defect; `sellerspec list defects` has them."
)
@click.option(
    "--rate-limit", type=click.FloatRange(min=0, min_open=True), help="Calls a second of each token."
)
@click.option("--token", help="Token of the first seller, in place of the seeded one.")
@click.option("--now", type=click.DateTime(["%Y-%m-%d %H:%M:%S"]), help="Where the clock starts.")
@click.option(
    "--webhook-host", "webhook_hosts", multiple=True, help="A host, beside this one, to send notices to."
)
@click.option(
    "--max-body", type=click.IntRange(min=1), default=8 << 20, help="Bytes of a body that are read."
)
@click.option(
    "--cassettes", multiple=True, type=click.Path(exists=True, path_type=Path),
    help="Answer from the exchanges recorded in a file or folder.",
)  # fmt: skip
@click.option("--fallback", is_flag=True, help="With --cassettes: the sandbox answers what none of them has.")
@overlay_option
def serve(
    marketplace: str,
    port: int,
    host: str,
    state: Path | None,
    defects: tuple[str, ...],
    rate_limit: float | None,
    token: str | None,
    now: datetime | None,
    webhook_hosts: tuple[str, ...],
    max_body: int,
    cassettes: tuple[Path, ...],
    fallback: bool,
    overlays: tuple[str, ...],
) -> None:
    """Play a marketplace on this machine, with state, rules and the documented responses.

    Prints the address on stdout once calls are taken, and runs until interrupted. What a test
    may ask of the sandbox itself lies under `/__sandbox/` of that address.

    \b
    Example:
        sellerspec serve tiki --port 8080 --state tiki.db
    """
    from sellerspec import sandbox
    from sellerspec.sandbox.running import address, listening
    from sellerspec.sandbox.running import serve as run

    if fallback and not cassettes:
        raise click.UsageError("--fallback needs --cassettes")
    replay = None
    if cassettes:
        from sellerspec.cassettes import Replay

        replay = Replay(cassettes, marketplace=marketplace)
    application = sandbox.app(
        marketplace, state=state, defects=defects, rate_limit=rate_limit, token=token, now=now,
        webhook_hosts=webhook_hosts, max_body=max_body, overlays=in_force(overlays),
    )  # fmt: skip
    box = application.sandbox
    if replay is not None:
        from sellerspec.cli.replaying import Replaying

        application = Replaying(box, replay, fallback=fallback)
    try:
        transport = listening(host, port)
        box.base = address(transport)
        run(application, transport, ready=lambda: _announce(box.base, box.auth()))
    except KeyboardInterrupt:
        pass  # Ctrl+C is how it is stopped
    finally:
        box.close()


def _announce(url: str, headers: dict[str, str]) -> None:
    click.echo(url)
    for name, value in headers.items():
        click.echo(f"send `{name}: {value}`; stop with Ctrl+C", err=True)
