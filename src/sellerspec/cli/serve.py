"""`sellerspec serve`: a marketplace on this machine, until interrupted."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sellerspec.cli.options import POSITIVE, Place, all_overlays, integer, overlay_option
from sellerspec.cli.output import echo
from sellerspec.errors import UsageError
from sellerspec.sandbox import NAMES

if TYPE_CHECKING:
    from sellerspec.sandbox.server import Sandbox


@click.command()
@click.argument("marketplace", type=click.Choice(NAMES))
@click.option("--port", type=integer(0, 65535), default=0, help="Port; by default a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--state", type=Place(path_type=Path), help="SQLite file that keeps the state.")
@click.option("--defect", "defects", multiple=True, help="A seeded defect; see `sellerspec list defects`.")
@click.option(
    "--rate-limit", type=POSITIVE,
    help="Most requests a second of each token; of `tiki-v2`, of each seller, and 200 by default.",
)  # fmt: skip
@click.option("--token", help="Token of the first seller, in place of the seeded one.")
@click.option("--now", type=click.DateTime(["%Y-%m-%d %H:%M:%S"]), help="Start of the sandbox's clock.")
@click.option(
    "--webhook-host", "webhook_hosts", multiple=True,
    help="A host that notices may go to, besides this machine.",
)  # fmt: skip
@click.option(
    "--allow-origin", "allow_origins", multiple=True, metavar="ORIGIN",
    help="Origin of a web page that may call the sandbox: `http://localhost:3000`.",
)  # fmt: skip
@click.option("--max-body", type=integer(1), default=8 << 20, help="Largest body in bytes; by default 8 MiB.")
@click.option(
    "--cassettes", multiple=True, type=click.Path(exists=True, path_type=Path),
    help="Answer with the exchanges recorded in a file or folder.",
)  # fmt: skip
@click.option("--fallback", is_flag=True, help="With --cassettes: the sandbox answers all other requests.")
@overlay_option
def serve(
    marketplace: str,
    port: int,
    host: str,
    cassettes: tuple[Path, ...],
    fallback: bool,
    overlays: tuple[str, ...],
    **options: Any,
) -> None:
    """Play a marketplace on this machine, with state, rules and the documented responses.

    Prints its address on stdout when it is ready, and runs until interrupted. Tests control it
    with requests to `/__sellerspec/` below that address.

    \b
    Example:
        sellerspec serve tiki --port 8080 --state tiki.db
    """
    from sellerspec import sandbox
    from sellerspec.sandbox.running import address, listening
    from sellerspec.sandbox.running import serve as run

    if fallback and not cassettes:
        raise UsageError("--fallback needs --cassettes")
    application = sandbox.app(marketplace, overlays=all_overlays(overlays), **options)
    box = application.sandbox
    try:
        if cassettes:
            from sellerspec.cassettes import Replay
            from sellerspec.sandbox.replaying import Replaying

            replay = Replay(cassettes, marketplace=marketplace)
            for place in replay.left_out:
                echo(f"{place}: no call of {marketplace}, and not served", err=True)
            application = Replaying(box, replay, fallback=fallback)
        transport = listening(host, port)
        application.listens_on(host, address(transport))
        run(application, transport, ready=lambda: _announce(box))
    except KeyboardInterrupt:
        pass  # Ctrl+C is the way to stop it
    finally:
        box.close()


def _announce(box: "Sandbox") -> None:
    click.echo(box.base)
    for name, value in box.auth().items():
        click.echo(f"send `{name}: {value}`; stop with Ctrl+C", err=True)
    assumed = [ready.operation.id for ready in box.contract.operations() if ready.assumed]
    if assumed:
        names = ", ".join(assumed)
        click.echo(f"assumed, and marked by the header `sellerspec-assumed`: {names}", err=True)
