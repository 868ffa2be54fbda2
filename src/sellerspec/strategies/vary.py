"""Vary a value in small steps. A step that makes the value unacceptable is not taken.

No draw is rejected, so Hypothesis never gives up.
"""

import copy
from collections.abc import Callable, Mapping

from sellerspec.io.pointers import drop, get, paths, put
from sellerspec.model import Json, Path
from sellerspec.strategies import shapes
from sellerspec.strategies.words import Choice, integer, like, text

STEPS = 6
"""The most steps that one value takes."""

Keeps = Callable[[Json], bool]


def varied(choice: Choice, start: Json, schema: Json, keeps: Keeps, *, below: Path = ()) -> Json:
    """Return a value some steps away from `start`; if all choices are 0, `start` itself.

    Args:
        choice: decides which steps are tried.
        start: the value to vary; `keeps` accepts it, and it is not changed.
        schema: the schema of `start`, for members to add; None adds none.
        keeps: returns whether a value is acceptable.
        below: only values below this path are varied.
    """
    value = copy.deepcopy(start)
    for _ in range(choice.below(STEPS + 1)):
        tried = _step(choice, value, schema, below)
        if tried is not value and keeps(tried):
            value = tried
    return value


def _step(choice: Choice, value: Json, schema: Json, below: Path) -> Json:
    places = [(*below, *path) for path in paths(get(value, below))]
    path = places[choice.below(len(places))]
    present = get(value, path)
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if isinstance(present, dict):
        return _more_members(choice, value, path, schema)
    if isinstance(present, list):
        return _other_items(choice, value, path, present, name)
    kind = choice.below(4)
    if kind == 3 and len(path) > len(below) and isinstance(path[-1], str):
        return drop(value, path)
    listed = shapes.listed(shapes.at(schema, path)) if schema is not None and kind else ()
    if listed:
        return put(value, path, copy.deepcopy(listed[choice.below(len(listed))]))
    return put(value, path, like(choice, name, present))


def _more_members(choice: Choice, value: Json, path: Path, schema: Json) -> Json:
    """Add a member that the schema describes."""
    if schema is None:
        return value
    schemas = shapes.at(schema, path)
    present = get(value, path)
    missing = [member for member in shapes.members(schemas) if member not in present]
    if not missing:
        return value
    name = missing[choice.below(len(missing))]
    return put(value, (*path, name), made(choice, name, shapes.at(schema, (*path, name))))


def made(choice: Choice, name: str, schemas: list[Mapping[str, Json]]) -> Json:
    """Return a plain value of a type that schemas allow."""
    listed = shapes.listed(schemas)
    if listed:
        return copy.deepcopy(listed[choice.below(len(listed))])
    kinds = shapes.types(schemas) or ("string",)
    kind = kinds[choice.below(len(kinds))]
    if kind == "integer":
        return integer(choice, name)
    if kind == "number":
        return integer(choice, name) + choice.below(4) / 4
    if kind == "boolean":
        return bool(choice.below(2))
    if kind == "string":
        return text(choice, name)
    return {"array": [], "object": {}}.get(kind)


def _other_items(choice: Choice, value: Json, path: Path, present: list[Json], name: str) -> Json:
    """Remove an item, or add one that is like another but has values of its own."""
    if not present:
        return put(value, path, [text(choice, name)])
    index = choice.below(len(present))
    if choice.below(3) == 2:
        return drop(value, (*path, index))
    item = copy.deepcopy(present[index])
    if isinstance(item, dict):
        for key, member in item.items():
            if isinstance(member, str | int | float) and not isinstance(member, bool) and choice.below(2):
                item[key] = like(choice, key, member)
    else:
        item = like(choice, name, item)
    return put(value, path, [*present, item])
