"""The JSON types at the places of a body, list items taken together."""

from collections.abc import Iterator

from sellerspec.io import pointers
from sellerspec.model import Json, Path, pointer


def kind(value: Json) -> str:
    """Return the JSON type of a value; whole numbers are `integer`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def places(value: Json, at: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield every place below a value with what stands there."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, each in members:
        here = (*at, name)
        yield here, each
        yield from places(each, here)


def together(path: Path) -> str:
    """Return the pointer of a place with `*` for every number of a list item.

    >>> together(("data", 3, "sku"))
    '/data/*/sku'
    """
    return pointer(tuple("*" if isinstance(each, int) else each for each in path))


def otherwise(value: Json, place: str, types: str) -> Iterator[tuple[Path, str]]:
    """Yield the places of a value that have another type than the noted ones, with their type.

    Args:
        place: as `together` gives it.
        types: names of types, separated by blanks.
    """
    allowed = types.split()
    for path, each in _found(value, pointers.split(place), ()):
        if kind(each) not in allowed:
            yield path, kind(each)


def _found(value: Json, parts: tuple[str, ...], at: Path) -> Iterator[tuple[Path, Json]]:
    if not parts:
        yield at, value
    elif isinstance(value, list):
        if parts[0] == "*":
            for index, each in enumerate(value):
                yield from _found(each, parts[1:], (*at, index))
        elif parts[0].isdigit() and int(parts[0]) < len(value):
            yield from _found(value[int(parts[0])], parts[1:], (*at, int(parts[0])))
    elif isinstance(value, dict) and parts[0] in value:
        yield from _found(value[parts[0]], parts[1:], (*at, parts[0]))
