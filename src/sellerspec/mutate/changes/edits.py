"""What a mutation does to a body: the same edit at every occurrence of its place."""

from collections.abc import Callable, Collection, Mapping
from itertools import cycle, islice

import orjson

from sellerspec.io.pointers import drop, get, put
from sellerspec.model import Json, Path
from sellerspec.mutate.changes.places import name, occurrences
from sellerspec.mutate.mutation import Mutation
from sellerspec.strategies.candidates import is_number
from sellerspec.values import json_type

MISSING = object()
"""What a place holds that an object does not have; as a new value: the member is removed."""


def edited(body: Json, mutation: Mutation, without: Collection[Path] = ()) -> Json:
    """Return a body with the edit of a mutation; the very same object if nothing changes.

    Args:
        body: decoded JSON; it is not changed.
        mutation: one whose kind is in `EDITS`.
        without: paths that stay as they are.
    """
    edit = EDITS[mutation.kind]
    new = body
    for path in occurrences(body, mutation.place, adding=mutation.kind in ADDING):
        if path in without:
            continue
        present = get(body, path, MISSING)
        value = edit(present, mutation)
        if value is present or same(value, present):
            continue
        if mutation.kind == "renamed":
            new = put(new, path[:-1], _renamed(get(new, path[:-1]), str(path[-1]), value))
        else:
            new = drop(new, path) if value is MISSING else put(new, path, value)
    return new


def same(one: Json, other: Json) -> bool:
    """Return whether two values are the same JSON: 1 is not `true`, the order of members counts."""
    return MISSING not in (one, other) and orjson.dumps(one) == orjson.dumps(other)


def renamed(member: str) -> str:
    """Return another spelling of the name of a member: `orderCode` for `order_code`."""
    first, *others = member.split("_")
    return first + "".join(map(str.capitalize, others)) if any(others) else f"{member}_value"


def _renamed(parent: Mapping[str, Json], old: str, new: str) -> dict[str, Json]:
    return {new if key == old else key: value for key, value in parent.items()}


def _given(present: Json, mutation: Mutation) -> Json:
    return mutation.value if present is MISSING or present is None else present


def _emptied(present: Json, _: Mutation) -> Json:
    return [] if isinstance(present, list) else present


def _text(present: Json, mutation: Mutation) -> Json:
    return mutation.value if isinstance(present, str) else present


def _number(present: Json, mutation: Mutation) -> Json:
    return mutation.value if json_type(present) in ("integer", "number") else present


def _scalar(present: Json, mutation: Mutation) -> Json:
    return mutation.value if json_type(present) == json_type(mutation.value) else present


def _as_text(present: Json, _: Mutation) -> Json:
    return orjson.dumps(present).decode() if json_type(present) in ("integer", "number") else present


def _as_number(present: Json, _: Mutation) -> Json:
    return int(present) if isinstance(present, str) and is_number(present) else present


def _filled(present: Json, mutation: Mutation) -> Json:
    """Return a list of `size` items: those that it has, then copies with another value of the member `by`."""
    size, by = mutation.value["size"], mutation.value["by"]
    if not isinstance(present, list) or not 0 < len(present) < size:
        return present
    copies = islice(cycle(present), len(present), size)
    return [*present, *(_renumbered(item, present[0], by, index) for index, item in enumerate(copies))]


def _renumbered(item: Json, first: Json, by: str, index: int) -> Json:
    """Return a copy of an item with an identifier of its own: a larger number, or other last characters."""
    if not (isinstance(item, dict) and by in item and by in first):
        return item
    known, number = first[by], COPIES + index
    if isinstance(known, str):
        return {**item, by: f"{known[:-3]}{number:03}"}
    return {**item, by: known + number} if isinstance(known, int) else item


COPIES = 500
"""Where the numbers of copies begin: codes count from 1, so low ones would be those of other pages."""


def _reversed(present: Json, _: Mutation) -> Json:
    return present[::-1] if isinstance(present, list) else present


def other(present: Json) -> Json:
    """Return another ordinary value of the same type; a list, an object and null stay as they are."""
    if isinstance(present, bool):
        return not present
    if isinstance(present, int | float):
        return present + 1
    if not isinstance(present, str):
        return present
    places = [index for index, character in enumerate(present) if "0" <= character <= "9"]
    if not places:
        return f"{present} 2" if present else "text"
    at = places[-1]
    return f"{present[:at]}{'1234567898'[int(present[at])]}{present[at + 1 :]}"


def _other(present: Json, mutation: Mutation) -> Json:
    if mutation.value is not None:
        return mutation.value
    return present if present is MISSING else other(present)


def _as_type(present: Json, mutation: Mutation) -> Json:
    """Return a value as another type, as nearly as it can be."""
    wanted = mutation.value
    if present is MISSING or json_type(present) == wanted:
        return present
    if wanted == "string":
        return "text" if isinstance(present, dict | list | None) else orjson.dumps(present).decode()
    if wanted == "integer":
        return int(present) if isinstance(present, str) and is_number(present) else 1
    return {"array": [present], "object": {"value": present}}[wanted]


Edit = Callable[[Json, Mutation], Json]
"""Takes the present value, or `MISSING`, and returns the new one; the present one where nothing changes."""

EDITS: Mapping[str, Edit] = {
    "null": lambda _present, _: None,
    "absent": lambda _present, _: MISSING,
    "unknown-member": lambda present, mutation: mutation.value if present is MISSING else present,
    "unknown-value": _scalar,
    "empty-text": _text,
    "long-text": _text,
    "zero": _number,
    "largest": _number,
    "number-as-text": _as_text,
    "text-as-number": _as_number,
    "empty-list": _emptied,
    "full-list": _filled,
    "other-order": _reversed,
    "given": _given,
    "other-value": _other,
    "wrong-type": _as_type,
    "renamed": lambda present, mutation: present if present is MISSING else renamed(name(mutation.place)),
    "missing": lambda _present, _: MISSING,
}
"""Kind -> its edit."""

ADDING = frozenset(("null", "unknown-member", "given", "other-value"))
"""The kinds that also change an object in which the member is missing."""
