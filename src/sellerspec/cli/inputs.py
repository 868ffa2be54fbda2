"""What a command is pointed at: files, folders and stdin, each read once."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sellerspec.errors import ParseError
from sellerspec.io import resources
from sellerspec.model import Json

STDIN = "-"
_FACTS = ".facts.json"


class Input(NamedTuple):
    """One file, or stdin, that a command reads."""

    name: str
    """As the user wrote it; `<stdin>` for `-`."""

    path: Path | None
    """None for stdin."""

    def read(self) -> bytes:
        """Return its bytes.

        Raises:
            ParseError: it cannot be read; carries no name.
        """
        if self.path is None:
            return sys.stdin.buffer.read()
        try:
            return resources.read_bytes(self.path)
        except ParseError as error:
            raise ParseError(error.problem) from None


def inputs(names: Iterable[str], *, suffixes: tuple[str, ...] = (".json",)) -> Iterator[Input | ParseError]:
    """Yield what the names stand for, folders walked in the order of names; a problem is yielded, not raised.

    Hidden files and folders are passed over. A `.facts.json` file stands for the payload that it lies
    beside: a shell's `*.json`, and pre-commit, name both.

    Args:
        names: paths, or `-`.
        suffixes: of the files of a folder that are meant.
    """
    seen: set[str] = set()
    for name in map(_meant, names):
        if name in seen:
            continue
        seen.add(name)
        if name == STDIN:
            yield Input("<stdin>", None)
            continue
        path = Path(name)
        if not path.is_dir():
            yield Input(name, path)
            continue
        found = [each for each in sorted(path.rglob("*")) if _counts(each, path, suffixes)]
        if not found:
            yield ParseError(f"no {' or '.join(suffixes)} file in this folder", name=name)
        for each in found:
            yield Input(str(each), each)


def _meant(name: str) -> str:
    """Return the payload that facts lie beside; any other name as it is."""
    if not name.endswith(_FACTS):
        return name
    stem = name.removesuffix(_FACTS)
    return next((each for each in (f"{stem}.json", f"{stem}.exchange.json") if Path(each).is_file()), name)


def _counts(path: Path, root: Path, suffixes: tuple[str, ...]) -> bool:
    parts = path.relative_to(root).parts
    return (
        path.name.endswith(suffixes)
        and not path.name.endswith(_FACTS)
        and not any(part.startswith(".") for part in parts)
        and path.is_file()
    )


def is_exchange(value: Json, name: str) -> bool:
    """Say whether a decoded file is an exchange: by its name, or by `method`, `url` and `status`."""
    if name.endswith(".exchange.json"):
        return True
    return isinstance(value, dict) and {"method", "url", "status"} <= value.keys()
