"""Places in the body of a response: a pointer in which `*` is any item of a list."""

from collections.abc import Iterable

from sellerspec.io.pointers import get, split
from sellerspec.model import Json, Path

ANY = "*"
"""The step that stands for any item of a list."""


def name(place: str) -> str:
    """Return the last step of a place; "" of the body itself."""
    return split(place)[-1] if place else ""


def occurrences(body: Json, place: str, *, adding: bool = False) -> list[Path]:
    """Return the path of each value at a place, in the order of the body.

    Args:
        body: decoded JSON.
        place: the place.
        adding: include members that are missing in an object that could hold them.
    """
    *outer, last = split(place) or ("",)
    if not place:
        return [()]
    paths: list[Path] = [()]
    for step in outer:
        paths = [path for path in paths for path in _steps(body, path, step)]
    if not adding:
        return [path for outer_path in paths for path in _steps(body, outer_path, last)]
    return [(*path, last) for path in paths if isinstance(get(body, path), dict)]


def _steps(body: Json, path: Path, step: str) -> Iterable[Path]:
    value = get(body, path)
    if isinstance(value, list) and step == ANY:
        return [(*path, index) for index in range(len(value))]
    if isinstance(value, dict) and step in value:
        return [(*path, step)]
    return []


def words(place: str, whole: str = "the body") -> str:
    """Return a place as the subject of a sentence.

    >>> words("/data/*/items/*/price")
    '`price` of each item of `data[].items`'
    """
    steps = split(place)
    if ANY not in steps:
        return f"`{'.'.join(steps)}`" if steps else whole
    last = len(steps) - 1 - steps[::-1].index(ANY)
    items = f"each item of {_dotted(steps[:last]) or whole}"
    return f"{_dotted(steps[last + 1 :])} of {items}" if steps[last + 1 :] else items


def _dotted(steps: tuple[str, ...]) -> str:
    return f"`{'.'.join(steps).replace(f'.{ANY}', '[]')}`" if steps else ""
