"""`sellerspec generate`: a catalogue to try things on, with faults that are known."""

import sys
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO

import click
import orjson

from sellerspec.cli.complete import operation_keys


@click.command()
@click.argument("operation", shell_complete=operation_keys)
@click.option("--count", type=click.IntRange(0), default=1000, show_default=True, help="How many lines.")
@click.option(
    "--broken", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Which part has a fault."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another one gives other lines.")
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), help="Takes the planted faults, as JSON Lines."
)
def generate(operation: str, count: int, broken: float, seed: int, key: Path | None) -> None:
    """Write lines of payloads for OPERATION on stdout, some with a fault.

    Faults go round all rules that need no facts, lines that are no JSON, and repetitions across
    lines. The same arguments give the same lines.

    \b
    Example:
        sellerspec generate tiki/createProduct --count 100000 --broken 0.1 --key key.jsonl > catalogue.jsonl
    """
    from sellerspec.bulk.generate import generate as lines

    out = sys.stdout.buffer
    with ExitStack() as stack:
        noted: IO[bytes] | None = stack.enter_context(key.open("wb")) if key else None
        every = lines(operation, count, broken=broken, seed=seed)
        while some := list(islice(every, 1000)):
            out.write(b"".join([text + b"\n" for text, _ in some]))
            if noted is not None:
                noted.write(
                    b"".join(
                        [orjson.dumps(fault._asdict()) + b"\n" for _, faults in some for fault in faults]
                    )
                )
