"""`sellerspec generate`: a catalogue to try things on, with known faults."""

import sys
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO

import click
import orjson

from sellerspec.cli.options import FILE, Number, OutputOption, integer, operation_keys
from sellerspec.io.writing import writing


@click.command()
@click.argument("operation", shell_complete=operation_keys)
@click.option("--count", type=integer(0), default=1000, show_default=True, help="Number of lines.")
@click.option("--broken", type=Number(0, 1), default=0.0, show_default=True, help="Share of faulty lines.")
@click.option("--seed", type=integer(), default=0, show_default=True, help="Another seed gives other lines.")
@click.option("--key", type=FILE, cls=OutputOption, help="File to write the faults to, as JSON Lines.")
def generate(operation: str, count: int, broken: float, seed: int, key: Path | None) -> None:
    """Write payloads for OPERATION on stdout, one a line, some with a fault.

    The faults take turns: every rule that needs no facts, lines that are not JSON, and values
    that lines must not share. The same arguments give the same lines.

    \b
    Example:
        sellerspec generate tiki/createProduct --count 100000 --broken 0.1 --key key.jsonl > catalogue.jsonl
    """
    from sellerspec.bulk.generate import generate as generated

    with ExitStack() as stack:
        log: IO[bytes] | None = stack.enter_context(writing(key)) if key else None
        lines = generated(operation, count, broken=broken, seed=seed)
        while batch := list(islice(lines, 1000)):
            sys.stdout.buffer.write(b"".join([text + b"\n" for text, _ in batch]))
            if log is not None:
                faults = [fault for _, faults in batch for fault in faults]
                log.write(b"".join([orjson.dumps(fault._asdict()) + b"\n" for fault in faults]))
