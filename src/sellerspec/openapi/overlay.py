"""OpenAPI Overlay 1.0: correct a spec with a user's file before it is used.

An overlay is read strictly and applied to a `Document`, action by action. An action whose target
selects nothing is an error that names the nearest match.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path as File
from typing import Any

from sellerspec.errors import ParseError, SpecError
from sellerspec.io import strict
from sellerspec.io.extent import bounded
from sellerspec.io.files import read_bytes
from sellerspec.model import Json, Path
from sellerspec.openapi import shape
from sellerspec.openapi.document import Document
from sellerspec.openapi.places import jsonpath
from sellerspec.openapi.references import MOST_LEVELS, MOST_VALUES
from sellerspec.openapi.spec import METHODS, Spec
from sellerspec.schema.engine import linear

MARKETPLACE = "x-marketplace"
"""Member of an overlay, or of one of its actions: the marketplace whose spec it corrects."""

_VERSION = re.compile(r"1\.0\.[0-9]+")
_MOST_NAMES = 8
_MOST_MATCHES = 25_000
_MOST_DEEP = 2


@dataclass(frozen=True, slots=True)
class Action:
    """One change."""

    place: str
    """File and number, `fix.yaml: actions[2]`, counted from 0; for messages."""

    target: str
    """JSONPath (RFC 9535) of the nodes that it changes."""

    update: Json
    remove: bool
    marketplace: str


@dataclass(frozen=True, eq=False, slots=True)
class Overlay:
    """One overlay file. The same bytes at the same path give the same object."""

    name: str
    """The path, as the user wrote it."""

    actions: tuple[Action, ...]

    @property
    def marketplaces(self) -> tuple[str, ...]:
        """Names of the marketplaces that it corrects."""
        return tuple(dict.fromkeys(action.marketplace for action in self.actions))


def read(path: str) -> Overlay:
    """Return an overlay, YAML or (`.json`) JSON.

    `x-marketplace`, of the overlay or of an action, names the spec to correct; else the file name in
    `extends` does: `openapi/tnsl.yaml` means `tnsl`.

    Raises:
        ParseError: the file cannot be read, or is neither YAML nor JSON; with the place.
        SpecError: it is no overlay of version 1.0, has an unknown member, or does not name the spec.
    """
    return _read(str(path), read_bytes(File(path)))


@lru_cache(maxsize=64)
def _read(name: str, data: bytes) -> Overlay:
    try:
        document = strict.decode(data) if name.endswith(".json") else strict.decode_yaml(data)
    except ParseError as error:
        raise error.named(name) from None
    _check_members(document, {"overlay", "info", "extends", "actions"}, name, "an overlay")
    version = document.get("overlay")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise SpecError(f"{name}: `overlay` is {_shown(version)}; supported is 1.0.x")
    info = document.get("info")
    _check_members(info, {"title", "version"}, f"{name}: info", "`info`")
    for member in ("title", "version"):
        if not isinstance(info.get(member), str):
            raise SpecError(f"{name}: info: `{member}` is {_shown(info.get(member))}, not a text")
    actions = document.get("actions")
    if not isinstance(actions, list) or not actions:
        raise SpecError(f"{name}: `actions` is not a list with at least one action")
    marketplace = _marketplace(document, name)
    return Overlay(
        name,
        tuple(_action(action, f"{name}: actions[{at}]", marketplace) for at, action in enumerate(actions)),
    )


def _marketplace(document: Json, name: str) -> str:
    extends, named = document.get("extends"), document.get(MARKETPLACE, "")
    for key, value in (("extends", extends), (MARKETPLACE, named)):
        if value is not None and not isinstance(value, str):
            raise SpecError(f"{name}: `{key}` is {_shown(value)}, not a text")
    file = re.split(r"[/\\]", re.split("[?#]", extends or "")[0])[-1]
    stem = file.partition(".")[0]
    if named and stem and named != stem:
        raise SpecError(f"{name}: `{MARKETPLACE}` names `{named}`, `extends` names `{stem}`")
    return named or stem


def _action(value: Json, place: str, marketplace: str) -> Action:
    _check_members(value, {"target", "description", "update", "remove"}, place, "an action")
    target, remove = value.get("target"), value.get("remove", False)
    own = value.get(MARKETPLACE, marketplace)
    if not isinstance(target, str) or not target.startswith("$"):
        raise SpecError(f"{place}: `target` is {_shown(target)}, not a JSONPath like `$.paths['/v1/orders']`")
    if not isinstance(remove, bool):
        raise SpecError(f"{place}: `remove` is {_shown(remove)}, not true or false")
    if not remove and "update" not in value:
        raise SpecError(f"{place}: neither `update` nor `remove: true`, so it changes nothing")
    if not isinstance(own, str) or not own:
        raise SpecError(
            f"{place}: names no spec to correct; put `extends: openapi/tnsl.yaml` or "
            f"`{MARKETPLACE}: tnsl` at the top of the file, with the name that is meant"
        )
    return Action(place, target, value.get("update"), remove, own)


def _check_members(value: Json, members: set[str], place: str, what: str) -> None:
    if not isinstance(value, dict):
        raise SpecError(f"{place}: {_shown(value)}, not an object")
    for key in value:
        if key not in members and not str(key).startswith("x-"):
            close = get_close_matches(str(key), members, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(sorted(members))}"
            raise SpecError(f"{place}: `{str(key)[:40]}` is no member of {what} of version 1.0; {hint}")


def _shown(value: Json) -> str:
    if value is None:
        return "missing"
    return f"`{str(value)[:40]}`" if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"


def corrected(spec: Spec, overlays: Sequence[Overlay]) -> Document:
    """Return a spec as one document, corrected by overlays in their order.

    Actions for other marketplaces do nothing.

    Raises:
        SpecError: an action selects nothing or cannot be applied, or the result is no spec; names the
            file and the action.
    """
    document = Document(spec)
    for overlay in overlays:
        for action in overlay.actions:
            if action.marketplace == spec.marketplace:
                _apply(document, action)
                _refuse_bomb(document, action)
    if overlays:
        _read_again(document, ", ".join(overlay.name for overlay in overlays))
    return document


def applied(spec: Spec, overlays: Sequence[Overlay]) -> Spec:
    """Return a spec corrected by overlays, ready to be read.

    Raises:
        SpecError: as `corrected`.
    """
    return corrected(spec, overlays).as_spec()


def _refuse_bomb(document: Document, action: Action) -> None:
    """Refuse a document that an action made too large, or in which it put a part into itself."""
    try:
        bounded(
            document.root, "this action", "it puts a part into itself", most=MOST_VALUES, depth=MOST_LEVELS
        )
    except ParseError as error:
        raise SpecError(f"{action.place}: {error.problem}") from None


def _read_again(document: Document, names: str) -> None:
    """Refuse a corrected document that is not a valid spec."""
    shape.require(document.root, "spec", names)
    _check_spec(document.root, names)
    spec = document.as_spec()
    try:
        for id in spec.ids():
            spec.operation(id)
    except SpecError as error:
        raise SpecError(f"{names}: {error}") from None


def _check_spec(root: Json, names: str) -> None:
    seen: dict[str, str] = {}
    for kind in ("paths", "webhooks"):
        items = root.get(kind, {})
        for path, item in items.items() if isinstance(items, dict) else ():
            for method in METHODS:
                if not isinstance(item, dict) or method not in item:
                    continue
                place = jsonpath((kind, path, method))
                raw = item[method]
                if not isinstance(raw, dict) or not isinstance(raw.get("operationId"), str):
                    raise SpecError(f"{names}: {place} has no `operationId`")
                if not isinstance(raw.get("responses"), dict) or not raw["responses"]:
                    raise SpecError(f"{names}: {place} has no `responses`")
                if raw["operationId"] in seen:
                    raise SpecError(f"{names}: {place} has the operationId of {seen[raw['operationId']]}")
                seen[raw["operationId"]] = place


def _apply(document: Document, action: Action) -> None:
    parents = _selected(document, action)
    # Homes first: a shared part is changed there once, and its other locations are skipped. Removals run
    # from the back, so that the indices before them stay valid.
    changed: set[tuple[int, str | int]] = set()
    ordered = sorted(parents, key=_order, reverse=action.remove)
    for location in sorted(ordered, key=lambda location: location[:1] != ("components",)):
        if not location:
            if action.remove:
                raise SpecError(f"{action.place}: the whole document cannot be removed")
            _merge(document, document.root, document.resolved(action.update, action.place), (), action)
            continue
        member = (id(parents[location]), location[-1])
        if location[0] == "components":
            changed.add(member)
        elif member in changed:
            continue
        parent = document.own(location[:-1])
        if action.remove and isinstance(parent, dict):
            parent.pop(location[-1], None)  # a copy of a shared part may have been made after its removal
        elif action.remove:
            del parent[location[-1]]
        else:
            value = document.own_child(parent, location[-1], location)
            _merge(document, value, document.resolved(action.update, action.place), location, action)


def _order(location: Path) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in location]


def _merge(document: Document, value: Json, update: Json, location: Path, action: Action) -> None:
    """Merge as the Overlay specification demands: members are set, lists appended to, objects merged."""
    if isinstance(value, list):
        value.append(update)
        return
    if not isinstance(value, dict):
        raise SpecError(
            f"{action.place}: {jsonpath(location)} is {_shown(value)}; select the object around it"
        )
    if not isinstance(update, dict):
        raise SpecError(f"{action.place}: {jsonpath(location)} is an object, so `update` has to be one")
    for key, new in update.items():
        here = (*location, key)
        kinds = _kind(value.get(key)), _kind(new)
        if key not in value or kinds == ("a plain value", "a plain value"):
            value[key] = new
        elif kinds[0] != kinds[1]:
            raise SpecError(
                f"{action.place}: {jsonpath(here)} is {kinds[0]} and the update {kinds[1]}; "
                "remove it in an action before this one"
            )
        else:
            child = document.own_child(value, key, here)
            if isinstance(new, list):
                child.extend(new)
            else:
                _merge(document, child, new, here, action)


def _kind(value: Json) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else "a plain value"


def _refuse_slow(action: Action) -> None:
    """Refuse a target whose time grows faster than the document: `..` for every node that `..` selects."""
    deep = action.target.count("..")
    if deep > _MOST_DEEP or (deep and "$" in action.target[1:].partition("[?")[2]):
        raise SpecError(
            f"{action.place}: `target` may have `..` {_MOST_DEEP} times, and then no `$` in a filter"
        )


@cache
def _functions() -> dict[str, Any]:
    """Return `search` and `match` of JSONPath with patterns in linear time."""
    from jsonpath.function_extensions import Search

    class Linear(Search):
        def __init__(self, form: str) -> None:
            super().__init__()
            self.form = form

        def __call__(self, value: object, pattern: object) -> bool:
            if not isinstance(value, str) or not isinstance(pattern, str):
                return False
            return linear(self.form.format(pattern))(value)

    return {"search": Linear("{}"), "match": Linear("^(?:{})$")}


def _selected(document: Document, action: Action) -> dict[Path, Json]:
    """Return location -> parent of each node that a target selects."""
    from jsonpath import JSONPath, JSONPathEnvironment
    from jsonpath.exceptions import JSONPathError

    _refuse_slow(action)
    try:
        environment = JSONPathEnvironment(strict=True)
        environment.function_extensions |= _functions()
        query = environment.compile(action.target)
        if not isinstance(query, JSONPath):
            raise SpecError(f"{action.place}: `target` is not one JSONPath")
        matches = list(islice(query.finditer(document.root), _MOST_MATCHES + 1))
    except RecursionError:
        raise SpecError(f"{action.place}: `target` is nested too deeply") from None
    except JSONPathError as error:
        # `str(error)` of this library can fail; the first argument is the message
        raise SpecError(f"{action.place}: `target` is no JSONPath: {str(error.args[0])[:100]}") from None
    if len(matches) > _MOST_MATCHES:
        raise SpecError(f"{action.place}: `target` selects more than {_MOST_MATCHES:,} places")
    if not matches:
        raise SpecError(
            f"{action.place}: `{action.target[:120]}` finds nothing; {_nearest(document.root, query)}"
        )
    return {tuple(match.parts): match.parent.obj if match.parent else None for match in matches}


def _nearest(root: Json, query: Any) -> str:
    """Describe the longest part of the query that selects something, and the nearest names below it."""
    from jsonpath import JSONPath

    for count in range(len(query.segments) - 1, -1, -1):
        around = list(JSONPath(env=query.env, segments=query.segments[:count]).finditer(root))
        if around:
            break
    names = [selector.name for selector in query.segments[count].selectors if hasattr(selector, "name")]
    keys: dict[str, Path] = {}
    for match in around:
        for key in match.obj if isinstance(match.obj, dict) else ():
            keys.setdefault(key, (*match.parts, key))
    for name in names:
        close = get_close_matches(name, keys, n=1, cutoff=0.5)
        if close:
            return f"nearest is `{jsonpath(keys[close[0]])}`"
    first = around[0]
    contents = ""
    if keys:
        more = ", ..." if len(keys) > _MOST_NAMES else ""
        contents = f", with {', '.join(list(keys)[:_MOST_NAMES])}{more}"
    elif isinstance(first.obj, list):
        contents = f", with {len(first.obj)} items"
    return f"nearest is `{jsonpath(tuple(first.parts))}`{contents}"
