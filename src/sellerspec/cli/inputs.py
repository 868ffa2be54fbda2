"""Files, folders and stdin that a command reads, each once."""

from collections.abc import Iterable, Iterator
from os.path import isdir, isfile  # those of `Path` raise for names that the system refuses
from pathlib import Path
from typing import NamedTuple

from sellerspec.errors import ParseError
from sellerspec.io import folders
from sellerspec.io.files import STDIN, read_bytes, read_stdin, shown

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
            return read_stdin()
        try:
            return read_bytes(self.path)
        except ParseError as error:
            raise ParseError(error.problem) from None


def inputs(names: Iterable[str], *, suffixes: tuple[str, ...] = (".json",)) -> Iterator[Input | ParseError]:
    """Yield the inputs that names stand for; what is wrong with a name is yielded, not raised.

    Folders are walked in the order of names, without hidden files and folders. A `.facts.json` file
    stands for the payload beside it: a shell's `*.json`, and pre-commit, name both.

    Args:
        names: paths, or `-`.
        suffixes: of the files to read in a folder.
    """
    for name in dict.fromkeys(map(_payload_of, names)):
        path = Path(name)
        if not name:
            yield ParseError("the name of a file is empty; the folder of the call is `.`")
        elif name == "-":
            yield Input(STDIN, None)
        elif not isdir(path):
            yield Input(shown(name), path)
        else:
            yield from _of_folder(name, path, suffixes)


def _of_folder(name: str, folder: Path, suffixes: tuple[str, ...]) -> Iterator[Input | ParseError]:
    try:
        files = [file for file in folders.files_below(folder) if not folders.is_hidden(file, folder)]
    except ParseError as error:
        yield error
        return
    if not any(_is_input(file, suffixes) for file in files):
        yield ParseError(f"no {' or '.join(suffixes)} file in this folder", name=shown(name))
    for file in files:
        if _is_input(file, suffixes):
            yield Input(shown(str(file)), file)
        elif folders.has_suffix(file, (*folders.CATALOGUES, ".json")) and not _is_facts(file):
            yield ParseError(
                "not checked with the folder: name it in a call of its own, or keep it in another folder",
                name=shown(str(file)),
            )


def _payload_of(name: str) -> str:
    """Return the payload beside a file of facts; any other name as it is."""
    if not name.endswith(_FACTS):
        return name
    stem = name.removesuffix(_FACTS)
    return next((file for file in (f"{stem}.json", f"{stem}.exchange.json") if isfile(file)), name)


def _is_input(path: Path, suffixes: tuple[str, ...]) -> bool:
    return folders.has_suffix(path, suffixes) and not _is_facts(path)


def _is_facts(path: Path) -> bool:
    return path.name.endswith(_FACTS)
