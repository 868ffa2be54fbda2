"""Parsed copies of files, in the user's cache folder: reading one takes a millisecond, parsing a spec tens.

A copy is believed because of its name alone, so the name is a cryptographic digest, and only the
user may write the folder.
"""

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from stat import S_IWGRP, S_IWOTH

import orjson

from sellerspec.io.files import read_bytes, shown
from sellerspec.model import Json

try:
    from _blake2 import blake2b  # importing hashlib takes longer than reading a copy
except ImportError:  # pragma: no cover - a Python without that module of CPython
    from hashlib import blake2b


def digest(data: bytes) -> str:
    """Return a cryptographic checksum in 64 hexadecimal digits."""
    return blake2b(data, digest_size=32).hexdigest()


def cache_dir() -> Path:
    """Return the folder of parsed copies: `SELLERSPEC_CACHE`, else below the user's cache folder."""
    given = os.environ.get("SELLERSPEC_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "sellerspec"


def find(name: str) -> Json:
    """Return the copy of that name; None if there is none that can be believed."""
    folder = cache_dir()
    try:
        if not _is_private(folder):
            return None
        return orjson.loads((folder / f"{name}.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None


def _is_private(folder: Path) -> bool:
    """Return whether only the user may write to a folder."""
    status = os.stat(folder)
    owner = os.geteuid() if hasattr(os, "geteuid") else status.st_uid
    return status.st_uid == owner and not status.st_mode & (S_IWGRP | S_IWOTH)


def keep(name: str, value: Json) -> None:
    """Write a copy, for the owner alone; does nothing where the folder is missing and cannot be made."""
    folder = cache_dir()
    unfinished = folder / f"{name}.{os.getpid()}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_private(folder):
            return
        unfinished.unlink(missing_ok=True)
        with open(unfinished, "xb", opener=_for_the_owner) as out:
            out.write(orjson.dumps(value))
        unfinished.replace(folder / f"{name}.json")
    except (OSError, TypeError):
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def derived(name: str, derive: Callable[[], tuple[Json, Collection[Path]]]) -> Json:
    """Return a value that is derived from files, from a copy if none of them has changed.

    Args:
        name: of the value; unique, so with the path of its file if it has one.
        derive: returns the value and the files that it depends on, source code included.
    """
    key = digest(f"derived {shown(name)}".encode())
    kept = find(key)
    try:
        if kept and all(digest(Path(file).read_bytes()) == was for file, was in kept["files"].items()):
            return kept["value"]
    except OSError:
        pass
    value, files = derive()
    keep(key, {"files": {str(file): digest(read_bytes(file)) for file in files}, "value": value})
    return value
