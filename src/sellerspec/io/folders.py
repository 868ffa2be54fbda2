"""Walk folders: no file is passed over because of a link, of capitals in its suffix, or of its kind."""

import os
from collections.abc import Iterator
from pathlib import Path

from sellerspec.errors import ParseError
from sellerspec.io.files import reason, shown

LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
PACKED_ARRAYS = (".json.gz", ".json.zst")
TABLES = (".csv", ".xlsx", ".parquet")
OTHER_WORKBOOKS = (".xlsm", ".xlsb", ".xls", ".ods")
"""Suffixes of workbooks that are not read: with macros, or in other formats."""

CATALOGUES = (*LINES, *PACKED_ARRAYS, *TABLES, *OTHER_WORKBOOKS)
"""Suffixes of files that hold many payloads."""

OTHER_RECORDINGS = (".har", ".yaml.gz", ".yml.gz", ".json.gz", ".yaml.zst", ".yml.zst", ".json.zst")
"""Suffixes of recordings that are no cassette as they are."""


def files_below(folder: Path) -> list[Path]:
    """Return the files of a folder and of all folders in it, sorted.

    Links are followed, each folder is read once, and a link that leads nowhere counts as a file: its
    reader says so.

    Raises:
        ParseError: a folder cannot be read.
    """
    return sorted(_walk(folder))


def _walk(folder: Path) -> Iterator[Path]:
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, onerror=_fail, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        yield from (Path(place, name) for name in names)


def _fail(error: OSError) -> None:
    raise ParseError(f"the folder cannot be read: {reason(error)}", name=shown(str(error.filename)))


def has_suffix(path: Path, suffixes: tuple[str, ...]) -> bool:
    """Return whether the name of a file ends with one of some suffixes, in small letters or capitals."""
    return path.name.lower().endswith(suffixes)


def is_hidden(path: Path, folder: Path) -> bool:
    """Return whether a file, or a folder between it and `folder`, has a name that begins with a dot."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
