"""Read the files that come with sellerspec, specs, schemas, examples and registers."""

from functools import cache
from pathlib import Path
from typing import Literal

from sellerspec.errors import ParseError, SellerspecError
from sellerspec.io import copies, strict
from sellerspec.io.files import read_bytes, shown
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

    Where the cache folder cannot be written, the file is parsed each time. A file of the user never gets
    the copy of a packaged one.

    Raises:
        ParseError: the file is missing or is not YAML.
    """
    data = read_bytes(path)
    owner = "packaged" if path.is_relative_to(data_root()) else str(path)
    key = copies.digest(copies.digest(f"yaml of {shown(owner)}".encode()).encode() + data)
    kept = copies.find(key)
    if kept is not None:
        return kept
    try:
        value = strict.decode_yaml(data)
    except ParseError as error:
        raise error.named(shown(str(path))) from None
    copies.keep(key, value)
    return value


def read_json(path: Path) -> Json:
    """Return the value of a JSON file.

    Raises:
        ParseError: the file is missing or is not JSON; with the place.
    """
    try:
        return strict.decode(read_bytes(path))
    except ParseError as error:
        raise error.named(shown(str(path))) from None
