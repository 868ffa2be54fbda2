"""JSON Pointers (RFC 6901): from text to path. `model.pointer` leads the other way."""

from collections.abc import Sequence

from sellerspec.model import Json, Path


def escaped(name: str) -> str:
    """Return a member's name as a part of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def split(pointer: str) -> tuple[str, ...]:
    """Return the parts of a pointer, all as text.

    >>> split("/variants/1/a~1b")
    ('variants', '1', 'a/b')
    """
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def typed(path: Sequence[str | int], value: Json) -> Path:
    """Return a path whose parts are numbers where `value` has a list; below what is missing they stay."""
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
