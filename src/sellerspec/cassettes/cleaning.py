"""Scrub cassettes that were recorded without care."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sellerspec import marketplaces
from sellerspec.cassettes import files
from sellerspec.cassettes.files import Recorded
from sellerspec.cassettes.operations import hint, operation_of
from sellerspec.scrubbing import phrase, scrubber


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The result for one file."""

    file: str
    secrets: int
    """Places that held a secret, or a header that is not kept."""

    dropped: tuple[str, ...]
    """Bodies that were not kept."""


def scrubbed(
    exchanges: Sequence[Recorded], *, marketplace: str | None = None, secret_members: Iterable[str] = ()
) -> tuple[list[Recorded], int]:
    """Return exchanges without their secrets, and the number of places that held one.

    Args:
        exchanges: those of one cassette.
        marketplace: whose secret members count, by default that of the first call of a known operation.
        secret_members: further secret members.

    Raises:
        NotScrubbed: an exchange cannot be scrubbed.
    """
    name = marketplace or next(filter(None, map(_marketplace, exchanges)), None)
    scrub = scrubber(marketplaces.marketplace(name) if name else None, secret_members=tuple(secret_members))
    keys = [
        operation.key if (operation := operation_of(recorded, name)) else hint(recorded).operation
        for recorded in exchanges
    ]
    count = sum(
        len(scrub.leaks(recorded.exchange, key)) for recorded, key in zip(exchanges, keys, strict=True)
    )
    clean = []
    results = scrub.scrub([recorded.exchange for recorded in exchanges], keys)
    for before, after in zip(exchanges, results, strict=True):
        origin = replace(before.origin, dropped=after.dropped) if after.dropped else before.origin
        reason = phrase(before.reason)
        count += reason != before.reason
        clean.append(replace(before, exchange=after.exchange, origin=origin, reason=reason))
    return clean, count


def _marketplace(recorded: Recorded) -> str | None:
    operation = operation_of(recorded)
    return operation.operation.marketplace if operation else hint(recorded).marketplace


def scrub_files(
    paths: Iterable[str | Path], *, marketplace: str | None = None, secret_members: Iterable[str] = (),
    write: bool = True,
) -> Iterator[Cleaned]:  # fmt: skip
    """Scrub files in place. A file is written completely or not at all; a clean one is not touched.

    Raises:
        ParseError: a file is broken; with its place.
        NotScrubbed: an exchange cannot be scrubbed; its file stays as it was.
    """
    names = tuple(secret_members)
    for path in files.find(paths):
        cassette = files.read(path)
        clean, count = scrubbed(cassette.exchanges, marketplace=marketplace, secret_members=names)
        metadata = scrubber().note(cassette.metadata)
        count += metadata != cassette.metadata
        if count and write:
            files.write(path, clean, metadata=metadata)
        dropped = [body for recorded in clean for body in recorded.origin.dropped]
        yield Cleaned(str(path), count, tuple(dropped) if count else ())
