"""Scrub cassettes that were recorded without care."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sellerspec import marketplaces
from sellerspec.cassettes import format
from sellerspec.cassettes.format import Recorded
from sellerspec.cassettes.place import hint, operation_of
from sellerspec.scrubbing import scrubber


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What was done to one file."""

    file: str
    secrets: int
    """Places that held a secret, or a header that is not kept."""

    dropped: tuple[str, ...]
    """Bodies that were not kept."""


def scrubbed(
    recorded: Sequence[Recorded], *, marketplace: str | None = None, secret_members: Iterable[str] = ()
) -> tuple[list[Recorded], int]:
    """Return exchanges without their secrets, and at how many places there were some.

    Args:
        marketplace: whose secret names count; by default that of the first call which a spec has.

    Raises:
        NotScrubbed: something cannot be scrubbed.
    """
    name = marketplace or _marketplace(recorded)
    machine = scrubber(marketplaces.marketplace(name) if name else None, secret_members=tuple(secret_members))
    count = sum(len(machine.leaks(each.exchange)) for each in recorded)
    out = []
    for before, after in zip(recorded, machine.scrub([each.exchange for each in recorded]), strict=True):
        origin = replace(before.origin, dropped=after.dropped) if after.dropped else before.origin
        out.append(replace(before, exchange=after.exchange, origin=origin))
    return out, count


def _marketplace(recorded: Sequence[Recorded]) -> str | None:
    for each in recorded:
        told = hint(each.file.rpartition("/")[0])
        if told.marketplace:
            return told.marketplace
        found = operation_of(each.exchange, each.origin.operation, None)
        if found is not None:
            return found.operation.marketplace
    return None


def scrub_files(
    paths: Iterable[str | Path], *, marketplace: str | None = None, secret_members: Iterable[str] = (),
    write: bool = True,
) -> Iterator[Cleaned]:  # fmt: skip
    """Scrub files in place, each whole or not at all; a clean one is not touched.

    Raises:
        ParseError: a file is broken; says where.
        NotScrubbed: something cannot be scrubbed; the file stays as it was.
    """
    names = tuple(secret_members)
    for path in format.files(paths):
        found = format.read(path)
        clean, count = scrubbed(found.exchanges, marketplace=marketplace, secret_members=names)
        if count and write:
            format.write(path, clean, metadata=found.metadata)
        dropped = tuple(one for each in clean for one in each.origin.dropped) if count else ()
        yield Cleaned(str(path), count, dropped)
