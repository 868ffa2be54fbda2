"""JSON Patch (RFC 6902): the operations that fixes use, applied to a copy."""

from collections.abc import Iterable, Mapping

from sellerspec.io.pointers import drop, get, path_in, put
from sellerspec.model import Json, Path, pointer

_NOTHING = object()


def patched(value: Json, patch: Iterable[Mapping[str, Json]]) -> Json:
    """Return a copy of a value with a patch applied; unchanged parts are shared.

    Raises:
        LookupError: the value has no such place.
    """
    for step in patch:
        path = path_in(value, step["path"])
        if step["op"] == "move":
            origin = path_in(value, step["from"])
            moving = _at(value, origin)
            value = _with(drop(value, origin), path, moving)
        elif step["op"] == "remove":
            _at(value, path)
            value = drop(value, path)
        elif step["op"] == "replace":
            _at(value, path)
            value = put(value, path, step["value"])
        else:
            value = _with(value, path, step["value"])
    return value


def _at(value: Json, path: Path) -> Json:
    found = get(value, path, _NOTHING)
    if found is _NOTHING:
        raise LookupError(f"no value at {pointer(path)}")
    return found


def _with(value: Json, path: Path, new: Json) -> Json:
    """Return a copy with a member, or with one more item in a list."""
    if not path:
        return put(value, path, new)
    around = _at(value, path[:-1])
    if isinstance(around, dict):
        return put(value, path, new)
    if not isinstance(around, list):
        raise LookupError(f"no members at {pointer(path[:-1])}")
    number = len(around) if path[-1] == "-" else path[-1]
    if not isinstance(number, int) or number > len(around):
        raise LookupError(f"no place at {pointer(path)}")
    return put(value, path[:-1], [*around[:number], new, *around[number:]])
