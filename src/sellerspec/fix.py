"""A fix: a change of a payload as a JSON Patch, and the pointers in it. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
"""A decoded JSON value: dict, list, str, int, float, bool or None."""

Path = tuple[str | int, ...]
"""The parts of a JSON Pointer, unescaped: `("variants", 1, "price")`."""


def pointer(path: Path) -> str:
    """Return the RFC 6901 pointer of `path`; the whole document is `""`.

    >>> pointer(("variants", 1, "a/b"))
    '/variants/1/a~1b'
    """
    out = ""
    for part in path:
        if isinstance(part, str) and ("~" in part or "/" in part):
            part = part.replace("~", "~0").replace("/", "~1")
        out += f"/{part}"
    return out


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of a payload that removes a finding and adds none."""

    title: str
    """What the change does, in one line, without values of the payload: "write the number without quotes"."""

    patch: tuple[Mapping[str, Json], ...]
    """A JSON Patch (RFC 6902) on the payload: `{"op": "replace", "path": "/price", "value": 5000}`."""

    safe: bool
    """Whether the payload means the same afterwards for certain; else somebody must look at it."""

    @property
    def label(self) -> str:
        """What stands before the title: `fix`, or `fix (unsafe)`."""
        return "fix" if self.safe else "fix (unsafe)"

    def to_dict(self) -> dict[str, Json]:
        """Return the fix as JSON."""
        return {"title": self.title, "safe": self.safe, "patch": [dict(step) for step in self.patch]}


def replaced(path: Path, value: Json) -> Mapping[str, Json]:
    """Return the operation of a patch that replaces the value at a path."""
    return {"op": "replace", "path": pointer(path), "value": value}


def removed(path: Path) -> Mapping[str, Json]:
    """Return the operation that removes the member or the item at a path."""
    return {"op": "remove", "path": pointer(path)}


def added(path: Path, value: Json) -> Mapping[str, Json]:
    """Return the operation that adds a member or an item at a path."""
    return {"op": "add", "path": pointer(path), "value": value}


def moved(path: Path, to: Path) -> Mapping[str, Json]:
    """Return the operation that moves a member, e.g. to another name."""
    return {"op": "move", "from": pointer(path), "path": pointer(to)}
