"""The folders that the user named: nothing else is read or written."""

import os
from collections.abc import Sequence
from os.path import exists, isfile  # those of `Path` raise for names that the system refuses
from pathlib import Path

from sellerspec.errors import ParseError, UsageError
from sellerspec.io.files import read_bytes, shown
from sellerspec.io.strict import decode
from sellerspec.model import Json

MOST_BYTES = 8 << 20
"""Most bytes of a file that a tool reads."""


class Folders:
    """The files below some folders; links are followed before their place is looked at."""

    def __init__(self, roots: Sequence[Path]) -> None:
        """Take the folders, which exist; without any, no file may be read."""
        self.roots = tuple(root.resolve() for root in roots)

    def file(self, name: str) -> Path:
        """Return the path of a file; a relative name is looked for in each folder in turn.

        Raises:
            UsageError: it is outside the folders, or there are none.
            ParseError: there is no such file, or it is a folder, a pipe or a device.
        """
        if not self.roots:
            raise UsageError("no file may be read: start the server with `sellerspec mcp --root FOLDER`")
        inside = [path for path in self._candidates(name) if self._holds(path)]
        if not inside:
            folders = ", ".join(shown(str(root)) for root in self.roots)
            raise UsageError(f"`{_cut(name)}` is outside the folders that may be read: {folders}")
        for path in inside:
            if isfile(path):
                return path
        problem = "not a plain file" if any(map(exists, inside)) else "no such file"
        raise ParseError(problem, name=_cut(name))

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            UsageError: as for `file`.
            ParseError: as for `file`, or it cannot be read, or has more than `MOST_BYTES`.
        """
        return read_bytes(self.file(name), most=MOST_BYTES)

    def read_json(self, name: str) -> tuple[Json, str]:
        """Return the value and the text of a JSON file.

        Raises:
            UsageError: as for `file`.
            ParseError: as for `read`, or it is not JSON; with the name of the file.
        """
        data = self.read(name)
        try:
            return decode(data), data.decode()
        except ParseError as error:
            raise error.named(_cut(name)) from None

    def _candidates(self, name: str) -> list[Path]:
        if "\0" in name:
            raise ParseError("the name of the file holds a NUL character", name=_cut(name))
        return [Path(os.path.realpath(root / name)) for root in self.roots]

    def _holds(self, path: Path) -> bool:
        return any(path.is_relative_to(root) for root in self.roots)


def _cut(name: str) -> str:
    return shown(name if len(name) <= 200 else f"{name[:199]}…")
