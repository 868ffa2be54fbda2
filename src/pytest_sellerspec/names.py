"""The names of cassettes: one for each test, and such that a person finds it."""

import re
from hashlib import blake2b
from pathlib import Path

import pytest

LONGEST = 100
"""Characters of a part of a path; file systems take 255 bytes."""

_UNCLEAN = re.compile(r"[^A-Za-z0-9_.-]+")


def cassette_of(item: pytest.Item, folder: Path, *, replays: bool) -> Path:
    """Return the file of a test: `tests/unit/test_orders/TestList.test_page-2-.yaml`.

    Args:
        item: the test.
        folder: of all cassettes.
        replays: whether a file that exists is only played. Then one that an earlier version of the plugin
            has named, `test_orders/test_page-2-.yaml`, stands in for a file that does not exist, if only
            one test of the run has that name.
    """
    file = folder / f"{_own(item)}.yaml"
    if replays and not file.is_file():
        before = _earlier(item)
        earlier = folder / f"{before}.yaml"
        if earlier.is_file() and sum(_earlier(other) == before for other in item.session.items) == 1:
            return earlier
    return file


def _own(item: pytest.Item) -> Path:
    """Return folder and module of a test, and its classes and name, below the root of the project."""
    module = Path(item.nodeid.partition("::")[0]).with_suffix("")
    folders = [_part("up" if part == ".." else part) for part in module.parts if part != module.anchor]
    classes = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
    name, bracket, case = item.name.partition("[")
    case = case.removesuffix("]")
    exact = ".".join([*classes, name]) + (f"-{case}-" if bracket else "")
    return Path(*folders, _part(exact))


def _part(exact: str) -> str:
    """Return a part of a path; if it cannot be shown exactly, a checksum tells it from its like."""
    clean = _clean(exact)
    if clean == exact and len(clean) <= LONGEST:
        return clean
    return f"{clean[:LONGEST]}~{blake2b(exact.encode(errors='surrogatepass'), digest_size=4).hexdigest()}"


def _clean(text: str) -> str:
    return _UNCLEAN.sub("-", text)


def _earlier(item: pytest.Item) -> str:
    return f"{item.path.stem}/{_clean(item.name)}"
