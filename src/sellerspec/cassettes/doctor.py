"""Look after a folder of cassettes: what is in it, and whether the tools around it are in order."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sellerspec.cassettes import format
from sellerspec.cassettes.place import hint, operation_of
from sellerspec.errors import ParseError
from sellerspec.model import Json
from sellerspec.scrubbing import KEY

LIBRARIES = {
    "vcr": "recording and replaying",
    "brotli": "bodies that are packed with brotli",
    "zstandard": "bodies that are packed with zstd",
}


@dataclass(frozen=True, slots=True)
class Health:
    """What the doctor found."""

    files: int
    exchanges: int
    sources: tuple[tuple[str, int], ...]
    """Origin -> number of exchanges; `unknown` where a cassette does not tell."""

    operations: tuple[tuple[str, int], ...]
    oldest: str
    """When the oldest exchange was recorded, "" if none tells."""

    problems: tuple[str, ...]
    """One line each: what is wrong, and what to do."""

    missing: tuple[str, ...]
    """Libraries that are not installed, with what they are for."""

    keyed: bool
    """Whether the environment holds a key for placeholders."""

    def to_dict(self) -> dict[str, Json]:
        """Return the health as JSON."""
        return {
            "files": self.files,
            "exchanges": self.exchanges,
            "sources": dict(self.sources),
            "operations": dict(self.operations),
            "oldest": self.oldest,
            "problems": list(self.problems),
            "missing": list(self.missing),
            "keyed": self.keyed,
        }


def examine(paths: Iterable[str | Path]) -> Health:
    """Return what is in the cassettes of files and folders, and what is wrong around them.

    Raises:
        ParseError: a path is not there.
    """
    import os

    sources: Counter[str] = Counter()
    operations: Counter[str] = Counter()
    problems: list[str] = []
    moments: list[str] = []
    files = 0
    for path in format.files(paths):
        files += 1
        try:
            found = format.read(path)
        except ParseError as error:
            problems.append(f"{error}; record it again")
            continue
        if not found.exchanges:
            problems.append(f"{path}: no exchange in it; delete it")
        if not _canonical(path, found):
            problems.append(
                f"{path}: saving it with vcrpy changes it; `sellerspec cassettes convert` writes it anew"
            )
        for exchange in found.exchanges:
            sources[exchange.origin.source or "unknown"] += 1
            moments += (
                [exchange.origin.at]
                if exchange.origin.at and exchange.origin.source != "documentation"
                else []
            )
            told = hint(exchange.file.rpartition("/")[0])
            known = operation_of(
                exchange.exchange, exchange.origin.operation or told.webhook or "", told.marketplace
            )
            operations[known.key if known else "unknown"] += 1
    missing = tuple(f"{name}: {why}" for name, why in LIBRARIES.items() if find_spec(name) is None)
    return Health(
        files,
        sum(sources.values()),
        tuple(sorted(sources.items())),
        tuple(sorted(operations.items())),
        min(moments, default=""),
        tuple(problems),
        missing,
        bool(os.environ.get(KEY)),
    )


def _canonical(path: Path, found: format.Cassette) -> bool:
    if path.suffix == ".json":
        return True
    again = format.dump(found.exchanges, metadata=found.metadata)
    return format.read_text(again, name=found.file).exchanges == found.exchanges
