"""Places in JSON values: JSON Pointers (RFC 6901) as paths, and copies that differ at one place."""

import copy
from collections.abc import Iterator, Sequence
from functools import lru_cache

from sellerspec.model import Json, Path, pointer


def escaped(name: str) -> str:
    """Return a member's name as a part of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


@lru_cache(maxsize=1024)
def split(pointer: str) -> tuple[str, ...]:
    """Return the parts of a pointer, all as text.

    >>> split("/variants/1/a~1b")
    ('variants', '1', 'a/b')
    """
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def typed(path: Sequence[str | int], value: Json) -> Path:
    """Return a path with list indices as integers; parts below a missing member stay as they are."""
    out: list[str | int] = []
    for part in path:
        if isinstance(value, list) and str(part).isdigit():
            index = int(part)
            out.append(index)
            value = value[index] if index < len(value) else None
        else:
            out.append(part)
            value = value.get(part) if isinstance(value, dict) else None
    return tuple(out)


def path_in(value: Json, pointer: str) -> Path:
    """Return the path of a pointer into a value.

    >>> path_in({"variants": [{}]}, "/variants/0/sku")
    ('variants', 0, 'sku')
    """
    return typed(split(pointer), value)


_NOTHING = object()


def get(value: Json, path: Path, otherwise: Json = None) -> Json:
    """Return the value at a path, or `otherwise`."""
    for part in path:
        if isinstance(part, int):
            exists = isinstance(value, list) and part < len(value)
        else:
            exists = isinstance(value, dict) and part in value
        if not exists:
            return otherwise
        value = value[part]
    return value


def has(value: Json, path: Path) -> bool:
    """Return whether there is a value at a path."""
    return get(value, path, _NOTHING) is not _NOTHING


def put(value: Json, path: Path, new: Json) -> Json:
    """Return a copy with `new` at a path whose parent exists; unchanged parts are shared."""
    if not path:
        return copy.deepcopy(new)
    part, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, part: put(value.get(part), rest, new) if rest else new}
    index = int(part)
    return [*value[:index], put(value[index], rest, new) if rest else new, *value[index + 1 :]]


def drop(value: Json, path: Path) -> Json:
    """Return a copy without the member or item at a path; unchanged parts are shared."""
    part, rest = path[0], path[1:]
    if isinstance(value, dict):
        if rest:
            return {**value, part: drop(value[part], rest)}
        return {name: member for name, member in value.items() if name != part}
    index = int(part)
    kept = [drop(value[index], rest)] if rest else []
    return [*value[:index], *kept, *value[index + 1 :]]


def paths(value: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value within a value, outer ones first; the first is `()`."""
    yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from paths(member, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def size(value: Json) -> int:
    """Return how many values a value holds, itself included."""
    return sum(1 for _ in paths(value))


def item_path(path: Path) -> tuple[str, ...]:
    """Return a path with `*` for the index of each list item."""
    return tuple("*" if isinstance(part, int) else part for part in path)


def item_pointer(path: Path) -> str:
    """Return the pointer of a place with `*` for the index of each list item.

    >>> item_pointer(("data", 3, "sku"))
    '/data/*/sku'
    """
    return pointer(item_path(path))
