"""Summarise cassettes, and report problems of their files and of the installed libraries."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sellerspec.cassettes import files
from sellerspec.cassettes.operations import operation_of, why_unknown
from sellerspec.errors import ParseError
from sellerspec.scrubbing import KEY

LIBRARIES = {
    "vcr": "recording and replaying",
    "brotli": "bodies that are packed with brotli",
    "zstandard": "bodies that are packed with zstd",
}


@dataclass(frozen=True, slots=True)
class Health:
    """The result of an examination."""

    files: int
    exchanges: int
    sources: Mapping[str, int]
    """Source of exchanges, `unknown` where a cassette does not name it -> their number."""

    operations: Mapping[str, int]
    """Key of an operation, or `unknown` -> number of exchanges."""

    oldest: str
    """When the oldest exchange was recorded; "" if unknown."""

    problems: tuple[str, ...]
    """One line each: what is wrong, and what to do."""

    not_judged: tuple[str, ...]
    """One line for each file that cannot be read, and each exchange of no known operation."""

    missing: tuple[str, ...]
    """Libraries that are not installed, with their purpose."""

    keyed: bool
    """Whether the environment holds a key for placeholders."""


def examine(
    paths: Iterable[str | Path], *, marketplace: str | None = None, ignored_urls: Collection[str] = ()
) -> Health:
    """Return a summary of the cassettes of files and folders, and their problems.

    Args:
        paths: the files and folders.
        marketplace: name, where the host of a call does not determine it.
        ignored_urls: hosts, or hosts and beginnings of paths, whose calls need no operation.

    Raises:
        ParseError: a path does not exist, or a folder has no cassette.
    """
    sources: Counter[str] = Counter()
    operations: Counter[str] = Counter()
    problems: list[str] = []
    not_judged: list[str] = []
    moments: list[str] = []
    cassettes = list(files.find(paths))
    for path in cassettes:
        try:
            cassette = files.read(path)
        except ParseError as error:
            not_judged.append(f"{error}; record it again")
            continue
        problems += _problems(path, cassette)
        for exchange in cassette.exchanges:
            operation, origin = operation_of(exchange, marketplace), exchange.origin
            if operation is None:
                not_judged.append(why_unknown(exchange, marketplace, (), ignored_urls))
            sources[origin.source or "unknown"] += 1
            operations[operation.key if operation else "unknown"] += 1
            if origin.at and origin.source != "documentation":
                moments.append(origin.at)
    return Health(
        len(cassettes),
        sum(sources.values()),
        dict(sorted(sources.items())),
        dict(sorted(operations.items())),
        min(moments, default=""),
        tuple(problems),
        tuple(filter(None, not_judged)),
        tuple(f"{name}: {purpose}" for name, purpose in LIBRARIES.items() if find_spec(name) is None),
        bool(os.environ.get(KEY)),
    )


def _problems(path: Path, cassette: files.Cassette) -> list[str]:
    if not cassette.exchanges:
        return [f"{path}: no exchange in it; delete it"]
    if path.suffix == ".json":
        return []
    again = files.dump(cassette.exchanges, metadata=cassette.metadata)
    if files.read_text(again, name=cassette.file).exchanges == cassette.exchanges:
        return []
    return [f"{path}: saving it with vcrpy changes it; `sellerspec cassettes convert` writes it anew"]
