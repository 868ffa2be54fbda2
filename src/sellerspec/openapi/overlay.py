"""OpenAPI Overlay 1.0: correct a spec with a file of one's own, before it is used.

Read strictly, applied to the spec as one document (`whole`), action by action. An action that
finds nothing is an error that names what is nearest.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path as File
from typing import Any

from sellerspec.errors import ParseError, SpecError
from sellerspec.io import resources, strict
from sellerspec.model import Json, Path
from sellerspec.openapi.document import Document
from sellerspec.openapi.spec import METHODS, Spec

MARKETPLACE = "x-marketplace"
"""Member of an overlay, or of one of its actions: the marketplace whose spec it corrects."""

_VERSION = re.compile(r"1\.0\.[0-9]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Action:
    """One change."""

    place: str
    """For messages: the file and `actions[2]`, counted from 0."""

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

    Which spec it is for says `x-marketplace`, of the overlay or of an action, else the file
    name in `extends`: `openapi/tnsl.yaml` means `tnsl`.

    Raises:
        ParseError: the file cannot be read, or is neither YAML nor JSON; says where.
        SpecError: it is no overlay of version 1.0, has a member that overlays have not, or does
            not say which spec it is for.
    """
    return _read(str(path), resources.read_bytes(File(path)))


@lru_cache(maxsize=64)
def _read(name: str, data: bytes) -> Overlay:
    try:
        document = strict.decode(data) if name.endswith(".json") else strict.decode_yaml(data)
    except ParseError as error:
        raise error.named(name) from None
    _known(document, {"overlay", "info", "extends", "actions"}, name, "an overlay")
    version = document.get("overlay")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise SpecError(f"{name}: `overlay` is {_said(version)}; understood is 1.0.x")
    info = document.get("info")
    _known(info, {"title", "version"}, f"{name}: info", "`info`")
    for each in ("title", "version"):
        if not isinstance(info.get(each), str):
            raise SpecError(f"{name}: info: `{each}` is {_said(info.get(each))}, not a text")
    actions = document.get("actions")
    if not isinstance(actions, list) or not actions:
        raise SpecError(f"{name}: `actions` is not a list with at least one action")
    own = _marketplace(document, name)
    read = (_action(each, f"{name}: actions[{at}]", own) for at, each in enumerate(actions))
    return Overlay(name, tuple(read))


def _marketplace(document: Json, name: str) -> str:
    extends, named = document.get("extends"), document.get(MARKETPLACE, "")
    for key, value in (("extends", extends), (MARKETPLACE, named)):
        if value is not None and not isinstance(value, str):
            raise SpecError(f"{name}: `{key}` is {_said(value)}, not a text")
    file = re.split(r"[/\\]", re.split("[?#]", extends or "")[0])[-1]
    stem = file.partition(".")[0]
    if named and stem and named != stem:
        raise SpecError(f"{name}: `{MARKETPLACE}` says `{named}`, `extends` says `{stem}`")
    return named or stem


def _action(value: Json, place: str, marketplace: str) -> Action:
    _known(value, {"target", "description", "update", "remove"}, place, "an action")
    target, remove = value.get("target"), value.get("remove", False)
    own = value.get(MARKETPLACE, marketplace)
    if not isinstance(target, str) or not target.startswith("$"):
        raise SpecError(f"{place}: `target` is {_said(target)}, not a JSONPath like `$.paths['/v1/orders']`")
    if not isinstance(remove, bool):
        raise SpecError(f"{place}: `remove` is {_said(remove)}, not true or false")
    if not remove and "update" not in value:
        raise SpecError(f"{place}: neither `update` nor `remove: true`, so it changes nothing")
    if not isinstance(own, str) or not own:
        raise SpecError(
            f"{place}: does not say which spec it is for; put `extends: openapi/tnsl.yaml` or "
            f"`{MARKETPLACE}: tnsl` at the top of the file, with the name that is meant"
        )
    return Action(place, target, value.get("update"), remove, own)


def _known(value: Json, members: set[str], place: str, what: str) -> None:
    if not isinstance(value, dict):
        raise SpecError(f"{place}: {_said(value)}, not an object")
    for key in value:
        if key not in members and not str(key).startswith("x-"):
            close = get_close_matches(str(key), members, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(sorted(members))}"
            raise SpecError(f"{place}: `{str(key)[:40]}` is no member of {what} of version 1.0; {hint}")


def _said(value: Json) -> str:
    if value is None:
        return "missing"
    return f"`{str(value)[:40]}`" if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"


def corrected(spec: Spec, overlays: Sequence[Overlay]) -> Document:
    """Return a spec as one document, corrected by overlays in their order.

    Actions for other marketplaces do nothing. Without overlays the document is the spec's own.

    Raises:
        SpecError: an action finds nothing, cannot be carried out, or leaves what is no spec; names
            the file and the action.
    """
    whole = Document(spec)
    for overlay in overlays:
        for action in overlay.actions:
            if action.marketplace == spec.marketplace:
                _apply(whole, action)
    if overlays:
        _read_again(whole, ", ".join(overlay.name for overlay in overlays))
    return whole


def applied(spec: Spec, overlays: Sequence[Overlay]) -> Spec:
    """Return a spec corrected by overlays, ready to be read.

    Raises:
        SpecError: as `corrected`.
    """
    return corrected(spec, overlays).as_spec()


def _read_again(whole: Document, names: str) -> None:
    """Refuse what overlays have left if it is no spec any more.

    Raises:
        SpecError: it is none; names the files.
    """
    _still_a_spec(whole.root, names)
    spec = whole.as_spec()
    try:
        for id in spec.ids():
            spec.operation(id)
    except SpecError as error:
        raise SpecError(f"{names}: {error}") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        said = f"{type(error).__name__} {str(error)[:80]}"
        raise SpecError(f"{names}: what is left is no OpenAPI: {said}") from None


def _still_a_spec(root: Json, names: str) -> None:
    if not isinstance(root.get("info"), dict) or "version" not in root["info"]:
        raise SpecError(f"{names}: nothing is left of `info.version`")
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


def _apply(whole: Document, action: Action) -> None:
    found = _found(whole, action)
    # at home first: what is shared changes there once, and its other places are then left alone;
    # within that, what is removed goes from the back, so that the places before it stay what they are
    changed: set[tuple[int, str | int]] = set()
    ordered = sorted(found, key=_order, reverse=action.remove)
    for location in sorted(ordered, key=lambda each: each[:1] != ("components",)):
        if not location:
            if action.remove:
                raise SpecError(f"{action.place}: the whole document cannot be removed")
            _merge(whole, whole.root, whole.resolved(action.update, action.place), (), action)
            continue
        spot = (id(found[location]), location[-1])
        if location[0] != "components" and spot in changed:
            continue
        if location[0] == "components":
            changed.add(spot)
        parent = whole.own(location[:-1])
        if action.remove:
            del parent[location[-1]]
        else:
            value = whole.own_child(parent, location[-1], location)
            _merge(whole, value, whole.resolved(action.update, action.place), location, action)


def _order(location: Path) -> list[tuple[int, str]]:
    return [(each, "") if isinstance(each, int) else (-1, each) for each in location]


def _merge(whole: Document, value: Json, update: Json, location: Path, action: Action) -> None:
    """Merge as the Overlay specification says: members are set, lists appended to, objects merged."""
    if isinstance(value, list):
        value.append(update)
        return
    if not isinstance(value, dict):
        raise SpecError(
            f"{action.place}: {jsonpath(location)} is {_said(value)}; select the object around it"
        )
    if not isinstance(update, dict):
        raise SpecError(f"{action.place}: {jsonpath(location)} is an object, so `update` has to be one")
    for key, new in update.items():
        old = value.get(key)
        if key not in value or (_kind(old) == _kind(new) == "a plain value"):
            value[key] = new
        elif _kind(old) != _kind(new):
            raise SpecError(
                f"{action.place}: {jsonpath((*location, key))} is {_kind(old)} and the update {_kind(new)}; "
                "remove it in an action before this one"
            )
        else:
            child = whole.own_child(value, key, (*location, key))
            if isinstance(new, list):
                child.extend(new)
            else:
                _merge(whole, child, new, (*location, key), action)


def _kind(value: Json) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else "a plain value"


def _found(whole: Document, action: Action) -> dict[Path, Json]:
    """Return the places that a target selects, each with the object around it."""
    from jsonpath import JSONPath, JSONPathEnvironment
    from jsonpath.exceptions import JSONPathError

    try:
        query = JSONPathEnvironment(strict=True).compile(action.target)
        if not isinstance(query, JSONPath):
            raise SpecError(f"{action.place}: `target` is not one JSONPath")
        matches = list(query.finditer(whole.root))
    except JSONPathError as error:
        # the library cannot always word its own error: its first argument is the plain message
        raise SpecError(f"{action.place}: `target` is no JSONPath: {str(error.args[0])[:100]}") from None
    if not matches:
        raise SpecError(
            f"{action.place}: `{action.target[:120]}` finds nothing; {_nearest(whole.root, query)}"
        )
    return {tuple(match.parts): match.parent.obj if match.parent else None for match in matches}


def _nearest(root: Json, query: Any) -> str:
    """Say how far a query that finds nothing leads, and what is nearest there."""
    from jsonpath import JSONPath

    for count in range(len(query.segments) - 1, -1, -1):
        around = list(JSONPath(env=query.env, segments=query.segments[:count]).finditer(root))
        if around:
            break
    names = [selector.name for selector in query.segments[count].selectors if hasattr(selector, "name")]
    keys: dict[str, Path] = {}
    for each in around:
        if isinstance(each.obj, dict):
            for key in each.obj:
                keys.setdefault(key, (*each.parts, key))
    for name in names:
        close = get_close_matches(name, keys, n=1, cutoff=0.5)
        if close:
            return f"nearest is `{jsonpath(keys[close[0]])}`"
    here = jsonpath(tuple(around[0].parts))
    if keys:
        more = ", ..." if len(keys) > _SHOWN else ""
        return f"nearest is `{here}`, with {', '.join(list(keys)[:_SHOWN])}{more}"
    items = f", with {len(around[0].obj)} items" if isinstance(around[0].obj, list) else ""
    return f"nearest is `{here}`{items}"


def jsonpath(location: Iterable[str | int]) -> str:
    """Return the JSONPath of a place.

    >>> jsonpath(("paths", "/v1/orders", "get", "parameters", 0))
    "$.paths['/v1/orders'].get.parameters[0]"
    """
    out = "$"
    for part in location:
        if isinstance(part, int):
            out += f"[{part}]"
        elif _NAME.fullmatch(part):
            out += f".{part}"
        else:
            quoted = part.replace("\\", "\\\\").replace("'", "\\'")
            out += f"['{quoted}']"
    return out
