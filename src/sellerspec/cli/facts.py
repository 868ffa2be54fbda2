"""Facts from the command line, from the settings, and from a `.facts.json` beside a payload."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sellerspec.errors import ParseError, UnknownName
from sellerspec.io import resources
from sellerspec.model import FACTS, Facts, Json

SELLERS = ("vietnam", "global")
"""The kinds of seller."""

MOMENT = "YYYY-MM-DD hh:mm:ss"


def moment(text: str, name: str) -> datetime:
    """Return a moment of the marketplace's wall clock.

    Raises:
        ParseError: it is written otherwise; `name` says where it stands.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ParseError(f"`{text[:40]}` is no moment; write it as {MOMENT}, without an offset", name=name)
    return found


def from_json(value: Json, name: str) -> Facts:
    """Return facts written as one JSON object, members as in `sellerspec.Facts`.

    Raises:
        ParseError: it is no object, or a member has the wrong type.
        UnknownName: a member is no fact; names the nearest.
    """
    if not isinstance(value, dict):
        raise ParseError("facts are one JSON object", name=name)
    out: dict[str, Any] = {}
    for key, each in value.items():
        if key not in FACTS:
            raise UnknownName("fact", key, FACTS)
        out[key] = _fact(key, each, name)
    return Facts(**out)


def _fact(key: str, value: Json, name: str) -> Any:
    """Return one fact from its JSON form."""
    if value is None:
        return None
    fits = {
        "category": isinstance(value, dict),
        "order": isinstance(value, dict),
        "warehouses": isinstance(value, list),
        "seller": value in SELLERS if isinstance(value, str) else False,
        "inventory_types": _all(value, str),
        "suppliers": _all(value, int),
        "listing_price": type(value) is int,
        "now": isinstance(value, str),
    }[key]
    if not fits:
        raise ParseError(f"the fact `{key}` has the wrong form", name=name)
    if key == "now":
        return moment(value, name)
    return tuple(value) if key in ("inventory_types", "suppliers") else value


def _all(value: Json, kind: type) -> bool:
    return isinstance(value, list) and all(type(each) is kind for each in value)


def saved_response(path: str, fact: str) -> Json:
    """Return a marketplace's response saved in a file, without an envelope `data` around it.

    Raises:
        ParseError: the file is missing, is no JSON, or holds neither an object nor a list.
    """
    value = resources.read_json(Path(path))
    if isinstance(value, dict) and set(value) <= {"data", "code", "paging"} and "data" in value:
        value = value["data"]
    return _fact(fact, value, path)


def beside(path: Path) -> Facts | None:
    """Return the facts that lie beside a payload: `case.facts.json` for `case.json`."""
    stem = path.name.removesuffix(".json").removesuffix(".exchange")
    found = path.with_name(f"{stem}.facts.json")
    if not found.is_file():
        return None
    return from_json(resources.read_json(found), str(found))


def merged(first: Facts, second: Facts | None) -> Facts:
    """Return the facts of both; where both have one, the first counts."""
    if second is None:
        return first
    given = {name: getattr(first, name) for name in first.given()}
    return replace(second, **given)


OPTIONS = {
    "category": "--category",
    "order": "--order",
    "warehouses": "--warehouses",
    "seller": "--seller",
    "inventory_types": "--inventory-types",
    "suppliers": "--suppliers",
    "listing_price": "--listing-price",
    "now": "--now",
}
"""Fact -> the option that gives it."""
