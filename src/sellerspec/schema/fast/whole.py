"""Find numbers such as `5000.0` where a schema asks for an integer.

JSON Schema takes such a number for an integer, and both engines do. A server that reads a JSON number
into an integer type refuses it, or cuts it.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sellerspec.model import Json, Path
from sellerspec.schema.fast.gate import ENTANGLED

LARGEST = 1 << 63
"""Readers of JSON make a float of an integer that is larger."""

_BESIDE = ("allOf", "anyOf", "oneOf")
_BRANCHES = ("then", "else")


class _Places(NamedTuple):
    """The integers below one place of a value."""

    numbers: tuple[str, ...]
    """Members that are integers."""

    below: tuple[tuple[str, "_Places"], ...]
    """Members that hold integers."""

    items: "_Places | None"
    """The same for each item of a list."""

    whole_items: bool
    """Whether the items of a list are integers themselves."""


_NONE = _Places((), (), None, False)


class Fractions:
    """Finds the integers of one schema that are written with a fraction."""

    def __init__(self, schema: Json) -> None:
        self._places, _ = _places([schema])
        self._test = _test_of(self._places or _NONE)

    def paths(self, value: Json) -> list[Path]:
        """Return the paths of the integers that have a fraction of zero."""
        places = self._places
        return list(_paths(places, value, ())) if places is not None and self._test(value) else []

    def are_typed(self, folded: Json) -> bool:
        """Return whether a reader with the types of a folded schema (`typed.split`) takes none of them."""
        return _are_typed(self._places, folded)


def _are_typed(places: _Places | None, schema: Json) -> bool:
    if places is None:
        return True
    if not isinstance(schema, dict) or not ENTANGLED.isdisjoint(schema) or "type" not in schema:
        return False
    members, items = schema.get("properties", {}), schema.get("items")
    if isinstance(schema.get("additionalProperties"), dict):
        return False
    numbers = [*map(members.get, places.numbers), *([items] if places.whole_items else ())]
    return (
        all(isinstance(number, dict) and "type" in number and "enum" not in number for number in numbers)
        and all(_are_typed(below, members.get(name)) for name, below in places.below)
        and _are_typed(places.items, items)
    )


def _test_of(places: _Places) -> Callable[[Json], bool]:
    """Return a function that returns whether one of the integers may have a fraction: any is a float.

    It is generated as Python source, because calls for each object take longer than all tests together.
    Names of members get into the source as literals only.
    """
    body = "\n".join(f" {line}" for line in _lines(places, "value"))
    namespace: dict[str, Any] = {}
    exec(f"def test(value):\n{body}\n return False", namespace)  # noqa: S102 - see above
    test: Callable[[Json], bool] = namespace["test"]
    return test


def _lines(places: _Places, value: str) -> Iterator[str]:
    """Yield the source that tests what is below one place."""
    inner = f"{value}_"
    if places.numbers or places.below:
        yield f"if type({value}) is dict:"
        yield f" get = {value}.get"
        if places.numbers:
            tests = (f"type(get({name!r})) is float" for name in places.numbers)
            yield f" if {' or '.join(tests)}: return True"
        for name, below in places.below:
            yield f" {inner} = {value}.get({name!r})"
            yield from (f" {line}" for line in _lines(below, inner))
    if places.whole_items or places.items is not None:
        yield f"if type({value}) is list:"
        yield f" for {inner} in {value}:"
        if places.whole_items:
            yield f"  if type({inner}) is float: return True"
        yield from (f"  {line}" for line in _lines(places.items or _NONE, inner))


def _paths(places: _Places, value: Json, path: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        for name in places.numbers:
            if _is_whole(value.get(name)):
                yield (*path, name)
        for name, below in places.below:
            yield from _paths(below, value.get(name), (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if places.whole_items and _is_whole(item):
                yield (*path, index)
            if places.items is not None:
                yield from _paths(places.items, item, (*path, index))


def _is_whole(value: Json) -> bool:
    return isinstance(value, float) and value.is_integer() and abs(value) < LARGEST


def _places(schemas: list[Json]) -> tuple[_Places | None, bool]:
    """Return the integers below a place that all these schemas describe, and whether it is one itself."""
    parts = [part for schema in schemas for part in _parts(schema)]
    members: dict[str, list[Json]] = {}
    for part in parts:
        for name, member in part.get("properties", {}).items():
            members.setdefault(name, []).append(member)
    ready = {name: _places(described) for name, described in members.items()}
    items, whole_items = None, False
    listed = [part["items"] for part in parts if "items" in part]
    if listed:
        items, whole_items = _places(listed)
    numbers = tuple(name for name, (_, whole) in ready.items() if whole)
    below = tuple((name, places) for name, (places, _) in ready.items() if places is not None)
    found = _Places(numbers, below, items, whole_items)
    return (found if any(found) else None), _is_integer(parts)


def _parts(schema: Json) -> Iterator[dict[str, Any]]:
    """Yield a schema and all that it applies to the same value."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key in _BESIDE:
        for part in schema.get(key, ()):
            yield from _parts(part)
    for key in _BRANCHES:
        yield from _parts(schema.get(key))


def _is_integer(parts: list[dict[str, Any]]) -> bool:
    """Return whether numbers at a place are integers: by a `type`, or by the values of an `enum`."""
    names = [
        part["type"] if isinstance(part["type"], list) else [part["type"]] for part in parts if "type" in part
    ]
    if any("number" in types for types in names):
        return False
    listed = [value for part in parts for value in part.get("enum", ())]
    return any("integer" in types for types in names) or any(type(value) is int for value in listed)
