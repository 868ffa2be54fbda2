"""What made a keyword apply that stands below a condition: the members that the condition reads."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from sellerspec.io.strict import quoted
from sellerspec.model import Json, Path
from sellerspec.schema.messages import is_harmless, plural, seen

_MOST = 2
"""Most members and items in one reason."""

_READABLE = frozenset(("properties", "required", "not", "anyOf", "allOf"))


class Condition(NamedTuple):
    """An `if` on the way to a keyword."""

    depth: int
    """Length of the path, in a value, of the object that it reads."""

    members: tuple[str, ...]
    """The members that it reads."""

    is_not: bool = False
    """Whether it is that they are not as it describes them."""


def members(schema: Json) -> tuple[str, ...]:
    """Return the members that an `if` reads; none if it is about something else."""
    return tuple(dict.fromkeys(_members(schema)))


def _members(schema: Json) -> Iterator[str]:
    if not isinstance(schema, dict) or not schema.keys() <= _READABLE:
        return
    yield from schema.get("required", ())
    yield from schema.get("properties", ())
    for part in (schema.get("not"), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _members(part)


def reason(conditions: Iterable[Condition], value: Json, path: Path, hides: Callable[[Path], bool]) -> str:
    """Return what made a keyword apply, as it is in a value; "" if that is only the place itself.

    Args:
        conditions: on the way to the keyword, the outermost first.
        value: the whole value.
        path: of the place that does not meet the keyword.
        hides: returns whether a place is one of a secret or a person.
    """
    states: dict[Path, str] = {}
    for depth, names, _ in conditions:
        around = value
        for step in path[:depth]:
            around = around[step]
        for name in names:
            place = (*path[:depth], name)
            if place != path[: depth + 1] and isinstance(around, dict):
                states[place] = _state(name, around, hides(place))
    return " and ".join(list(states.values())[:_MOST])


def others_missing(conditions: Iterable[Condition], value: Json, place: Path) -> list[str]:
    """Return the members of which one had to be given if the one at a place is not, and none is."""
    around = value
    for step in place[:-1]:
        around = around[step]
    for depth, names, is_not in conditions:
        if is_not and depth == len(place) - 1 and around.keys().isdisjoint(names):
            return [name for name in names if name != place[-1]]
    return []


def _state(name: str, around: Json, hidden: bool) -> str:
    shown = quoted(name)
    if name not in around:
        return f"{shown} is not given"
    value = around[name]
    if isinstance(value, list) and value:
        texts = [item for item in value if isinstance(item, str) and is_harmless(item)]
        if len(texts) == len(value) <= _MOST and not hidden:
            return f"{shown} holds {' and '.join(map(quoted, texts))}"
        return f"{shown} has {plural(len(value), 'item')}"
    if isinstance(value, dict) or hidden or (isinstance(value, str) and value and not is_harmless(value)):
        return f"{shown} is given"
    return f"{shown} is {seen(value)}"
