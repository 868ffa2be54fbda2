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

    @classmethod
    def replacing(cls, path: Path, value: Json, title: str, *, safe: bool) -> "Fix":
        """Return the fix that replaces the value at a path."""
        return cls(title, ({"op": "replace", "path": pointer(path), "value": value},), safe)

    @classmethod
    def dropping(cls, path: Path, title: str, *, safe: bool) -> "Fix":
        """Return the fix that removes the member or the item at a path."""
        return cls(title, ({"op": "remove", "path": pointer(path)},), safe)

    @classmethod
    def moving(cls, path: Path, to: Path, title: str) -> "Fix":
        """Return the fix that moves a member, e.g. to another name; somebody must look at it."""
        return cls(title, ({"op": "move", "from": pointer(path), "path": pointer(to)},), safe=False)

    def to_dict(self) -> dict[str, Json]:
        """Return the fix as JSON."""
        return {"title": self.title, "safe": self.safe, "patch": [dict(step) for step in self.patch]}
