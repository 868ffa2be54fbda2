"""Read the files that come with sellerspec, specs, schemas, examples and registers, with a cache."""

import os
import zlib
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal

import orjson

from sellerspec.errors import ParseError, SellerspecError
from sellerspec.io import strict
from sellerspec.model import Json

Kind = Literal["openapi", "schemas", "tests/examples"]


@cache
def data_root() -> Path:
    """Return the folder that holds `openapi/`, `schemas/` and `tests/examples/`.

    An installed wheel carries copies under `_data/`. A checkout (editable install) has none
    there, so it reads the folders at its own root, and an edited spec counts at once.

    Raises:
        SellerspecError: neither is there.
    """
    package = Path(__file__).resolve().parents[1]
    packaged = package / "_data"
    if packaged.is_dir():
        return packaged
    root = package.parents[1]
    if (root / "openapi").is_dir():
        return root
    raise SellerspecError("the specs are missing from this installation; reinstall sellerspec")


def data_dir(kind: Kind) -> Path:
    """Return one of the folders below `data_root`."""
    return data_root() / kind


def read_yaml(path: Path) -> Json:
    """Return the value of a YAML file, from a parsed copy if the very same bytes were read before.

    Parsing a spec takes tens of milliseconds, reading its copy one. Copies lie in the user's cache
    folder, named by the checksum of the file's bytes. Where that folder cannot be written, the file
    is parsed each time.

    Raises:
        ParseError: the file is missing or is not YAML.
    """
    data = read_bytes(path)
    copy = cache_dir() / f"{_checksum(data)}.json"
    try:
        return orjson.loads(copy.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        pass
    try:
        value = strict.decode_yaml(data)
    except ParseError as error:
        raise error.named(str(path)) from None
    _keep(copy, value)
    return value


def read_derived(name: str, derive: Callable[[], tuple[Json, Collection[Path]]]) -> Json:
    """Return a value that is derived from files, from a copy if none of them has changed.

    Args:
        name: of the value; unique, so with the path of its file if it has one.
        derive: returns the value and the files that it depends on, source code included.
    """
    copy = cache_dir() / f"{_checksum(name.encode())}.json"
    try:
        kept = orjson.loads(copy.read_bytes())
        if all(_checksum(Path(file).read_bytes()) == checksum for file, checksum in kept["files"].items()):
            return kept["value"]
    except (OSError, orjson.JSONDecodeError):
        pass
    value, files = derive()
    _keep(copy, {"files": {str(file): _checksum(read_bytes(file)) for file in files}, "value": value})
    return value


def _checksum(data: bytes) -> str:
    # zlib's checksums: importing hashlib takes longer than reading a copy
    return f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}{len(data):x}"


def _keep(copy: Path, value: Json) -> None:
    unfinished = copy.with_suffix(f".{os.getpid()}")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(orjson.dumps(value))
        unfinished.replace(copy)
    except (OSError, TypeError):
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def cache_dir() -> Path:
    """Return the folder of parsed copies: `SELLERSPEC_CACHE`, else below the user's cache folder."""
    given = os.environ.get("SELLERSPEC_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "sellerspec"


def read_json(path: Path) -> Json:
    """Return the value of a JSON file.

    Raises:
        ParseError: the file is missing or is not JSON; with the place.
    """
    try:
        return strict.decode(read_bytes(path))
    except ParseError as error:
        raise error.named(str(path)) from None


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        ParseError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ParseError((error.strerror or str(error)).lower(), name=str(path)) from None
