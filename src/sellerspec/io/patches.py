"""JSON Patch (RFC 6902): the operations that fixes use, applied to a copy."""

from collections.abc import Iterable, Mapping

from sellerspec.io.pointers import drop, get, has, path_in, put
from sellerspec.model import Json, Path, pointer


def replaced(path: Path, value: Json) -> Mapping[str, Json]:
    """Return the operation that replaces the value at a path."""
    return {"op": "replace", "path": pointer(path), "value": value}


def removed(path: Path) -> Mapping[str, Json]:
    """Return the operation that removes the member or item at a path."""
    return {"op": "remove", "path": pointer(path)}


def added(path: Path, value: Json) -> Mapping[str, Json]:
    """Return the operation that adds a member at a path."""
    return {"op": "add", "path": pointer(path), "value": value}


def moved(path: Path, to: Path) -> Mapping[str, Json]:
    """Return the operation that moves a member, e.g. to another name."""
    return {"op": "move", "from": pointer(path), "path": pointer(to)}


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
            value = put(drop(value, origin), path, moving)
        elif step["op"] == "remove":
            _at(value, path)
            value = drop(value, path)
        else:
            if step["op"] == "replace":
                _at(value, path)
            value = put(value, path, step["value"])
    return value


def _at(value: Json, path: Path) -> Json:
    if not has(value, path):
        raise LookupError(f"no value at {pointer(path)}")
    return get(value, path)
