"""`sellerspec mcp`: tools for agents, over stdin and stdout."""

import os
import signal
from pathlib import Path
from types import FrameType

import click

from sellerspec.cli.group import INTERRUPTED
from sellerspec.cli.options import overlay_option
from sellerspec.errors import needs


@click.command()
@click.option(
    "--root", "roots", multiple=True, metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder whose files the tools may read and fix; may be given more than once. Without it, none.",
)  # fmt: skip
@overlay_option
def mcp(roots: tuple[Path, ...], overlays: tuple[str, ...]) -> None:
    """Serve tools for agents, by the Model Context Protocol over stdin and stdout.

    An agent checks payloads and exchanges, reads what operations and rules require, fixes payloads, drives
    sandboxes on this machine and reads reports of `sellerspec mutate`. The settings of a project count if
    its `pyproject.toml` is in a --root. Runs until stdin is closed; sandboxes end with it.

    \b
    Example:
        sellerspec mcp --root .
    """
    needs("mcp", "mcp", "uvicorn")
    from sellerspec.mcp.catalogue import serve

    before = {number: signal.signal(number, _end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        serve(roots, overlays)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(_: int, __: FrameType | None) -> None:
    # a thread of the SDK waits for the next line of stdin and would keep the process; sandboxes are threads
    # of this process with their state in memory, and no file is being written but by an atomic rename
    os._exit(INTERRUPTED)
