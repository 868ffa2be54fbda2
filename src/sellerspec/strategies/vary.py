"""Vary a value in small steps. A step that makes the value unacceptable is not taken.

No draw is rejected, so Hypothesis never gives up.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from sellerspec.io.pointers import drop, get, has, item_path, paths, put
from sellerspec.model import Json, Path
from sellerspec.strategies import shapes
from sellerspec.strategies.words import Choice, Seeded, integer, like, text

STEPS = 6
"""The most steps that one value takes."""

SEEDS = 1 << 16
"""How many numbers each part of a seed can be."""

TRIES = 4
"""How many values of a missing member are tried."""

PARTS = 14
"""How many choices make the seed of optional members."""


class Becomes(Enum):
    """What optional members of a value become."""

    PRESENT = "present"
    ABSENT = "absent"
    NULL = "null"


BECOMES = (
    Becomes.ABSENT, Becomes.NULL, Becomes.ABSENT, Becomes.NULL,
    Becomes.ABSENT, Becomes.PRESENT, Becomes.ABSENT, Becomes.ABSENT,
)  # fmt: skip
"""One of these is drawn. Most are `ABSENT`, because code often expects a member that is optional."""

Keeps = Callable[[Json], bool]
Known = Mapping[shapes.Place, Sequence[Json]]
NO_VALUES: Known = {}


def varied(
    choice: Choice, start: Json, schema: Json, keeps: Keeps, *, below: Path = (), known: Known = NO_VALUES
) -> Json:
    """Return a value some steps away from `start`; if all choices are 0, `start` itself.

    Before the steps, nearly every value gets more members, and most of its optional members may then
    become absent or null.

    Args:
        choice: decides which steps are tried.
        start: the value to vary; `keeps` accepts it, and it is not changed.
        schema: the schema of `start`, for members to add; None adds none.
        keeps: returns whether a value is acceptable.
        below: only values below this path are varied.
        known: values of members, by `pointers.item_path`, for members to add.
    """
    value = copy.deepcopy(start)
    if schema is not None:
        value = _with_other_members(choice, value, schema, keeps, known)
    for _ in range(choice.below(STEPS + 1)):
        tried = _step(choice, value, schema, below)
        if tried is not value and keeps(tried):
            value = tried
    return value


def _with_other_members(choice: Choice, value: Json, schema: Json, keeps: Keeps, known: Known) -> Json:
    """Return a value with more members, of which many optional ones are then absent or null."""
    number = seed(choice)
    if not number:
        return value
    # from a seed: Hypothesis prefers small and repeated choices, with which some members never changed
    chance = Seeded(number)
    becomes = BECOMES[chance.below(len(BECOMES))]
    value = _with_more_members(chance, value, schema, keeps, known)
    if becomes is Becomes.PRESENT:
        return value
    changeable = _changeable(chance, value, schema, becomes)
    chosen = [path for path in changeable if chance.below(4)]
    at_once = value
    for path in chosen:
        at_once = _changed(at_once, path, becomes)
    if keeps(at_once):
        return at_once
    for path in chosen:
        if keeps(tried := _changed(value, path, becomes)):
            value = tried
    return value


def seed(choice: Choice) -> int:
    """Return one number made of several choices: Hypothesis often draws all but one of them again."""
    return sum(choice.below(SEEDS) << 16 * index for index in range(PARTS))


def _changeable(chance: Choice, value: Json, schema: Json, becomes: Becomes) -> list[Path]:
    """Return the paths of the optional members that may become absent, or null."""
    optional = [path for path in paths(value) if _is_optional(schema, path)]
    if becomes is Becomes.NULL:
        return [path for path in optional if "null" in (shapes.types(shapes.at(schema, path)) or ("null",))]
    if chance.below(2):  # else a member of a member would hardly ever be absent alone
        return [path for path in optional if not isinstance(get(value, path), dict | list)]
    return [path for path in optional if chance.below(3)]  # a part, whose outer part stays as often as not


def _is_optional(schema: Json, path: Path) -> bool:
    """Return whether a path leads to a member that no schema requires unconditionally."""
    if not path or not isinstance(path[-1], str):
        return False
    return all(path[-1] not in outer.get("required", ()) for outer in shapes.always(schema, path[:-1]))


def _changed(value: Json, path: Path, becomes: Becomes) -> Json:
    if not has(value, path):
        return value  # an outer member is absent already
    return drop(value, path) if becomes is Becomes.ABSENT else put(value, path, None)


def _with_more_members(choice: Choice, value: Json, schema: Json, keeps: Keeps, known: Known) -> Json:
    """Return a value with half of the missing members of the schema, and other values of some that it has."""
    for path in list(paths(value)):
        if not isinstance(get(value, path), dict):
            continue
        for name in shapes.members(shapes.at(schema, path)):
            if choice.below(4 if name in get(value, path) else 2):
                continue
            member = (*path, name)
            values = (*known.get(item_path(member), ()), made(choice, name, shapes.at(schema, member)))
            first = choice.below(len(values))
            for new in (*values[first:], *values[:first])[:TRIES]:
                if keeps(tried := put(value, member, new)):
                    value = tried
                    break
    return value


def _step(choice: Choice, value: Json, schema: Json, below: Path) -> Json:
    places = [(*below, *path) for path in paths(get(value, below))]
    path = places[choice.below(len(places))]
    present = get(value, path)
    name = shapes.last_name(path)
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


def made(choice: Choice, name: str, schemas: Sequence[Mapping[str, Json]]) -> Json:
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
