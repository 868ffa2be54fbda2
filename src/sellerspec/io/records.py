"""Read facts and exchanges from JSON objects, as example files and commands hold them."""

from datetime import datetime
from os.path import isfile
from pathlib import Path
from typing import Any

import orjson

from sellerspec.errors import ParseError, UnknownName
from sellerspec.io import resources
from sellerspec.model import FACTS, Exchange, Facts, Json

SELLERS = ("vietnam", "global")
"""The kinds of seller."""

MOMENT = "YYYY-MM-DD hh:mm:ss"


def moment(text: str, name: str) -> datetime:
    """Return a date and time of the marketplace's wall clock, without an offset.

    Raises:
        ParseError: the text has another form; `name` is the file or option for the message.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is not None:
        problem = f"`{text[:40]}` is not a date and time; write {MOMENT}, without an offset"
        raise ParseError(problem, name=name)
    return time


def facts(value: Json, name: str) -> Facts:
    """Return facts written as one JSON object, members as in `sellerspec.Facts`.

    Raises:
        ParseError: it is no object, or a member has the wrong type.
        UnknownName: a member is no fact; names the nearest.
    """
    if not isinstance(value, dict):
        raise ParseError("facts must be one JSON object", name=name)
    out: dict[str, Any] = {}
    for key, member in value.items():
        if key not in FACTS:
            raise UnknownName("fact", key, FACTS)
        out[key] = fact(key, member, name)
    return Facts(**out)


def fact(key: str, value: Json, name: str) -> Any:
    """Return one fact from its JSON form.

    Raises:
        ParseError: it has the wrong type.
    """
    if value is None:
        return None
    fits = {
        "category": isinstance(value, dict),
        "attributes": _all(value, dict),
        "option_labels": isinstance(value, list),
        "required_docs": _all(value, dict),
        "order": isinstance(value, dict),
        "warehouses": _all(value, dict),
        "seller": value in SELLERS if isinstance(value, str) else False,
        "inventory_types": _all(value, str) or isinstance(value, dict),
        "suppliers": _all(value, int),
        "listing_price": type(value) is int,
        "pictures": isinstance(value, dict),
        "now": isinstance(value, str),
    }[key]
    if not fits:
        raise ParseError(f"the fact `{key}` has the wrong type", name=name)
    if key == "now":
        return moment(value, name)
    return tuple(value) if key in ("inventory_types", "suppliers") and isinstance(value, list) else value


def _all(value: Json, kind: type) -> bool:
    return isinstance(value, list) and all(type(item) is kind for item in value)


def facts_beside(path: Path) -> Facts | None:
    """Return the facts in the file beside an example or a payload: `case.facts.json` for `case.json`.

    Raises:
        ParseError: the file cannot be read, or a fact has the wrong type.
        UnknownName: a member is no fact.
    """
    stem = path.name.removesuffix(".json").removesuffix(".exchange")
    file = path.with_name(f"{stem}.facts.json")
    return facts(resources.read_json(file), str(file)) if isfile(file) else None


def is_exchange(value: Json, name: str) -> bool:
    """Return whether a decoded file is an exchange: by its name, or by `method`, `url` and `status`."""
    return name.endswith(".exchange.json") or (
        isinstance(value, dict) and {"method", "url", "status"} <= value.keys()
    )


_MEMBERS = {
    "method": str,
    "url": str,
    "status": int,
    "request_headers": dict,
    "request_body": object,
    "response_headers": dict,
    "response_body": object,
}


def exchange(value: Json) -> Exchange:
    """Return the exchange that a decoded file holds.

    A body that is a string is sent as that text, any other body as JSON.

    Raises:
        ParseError: a member is missing, unknown or of the wrong type.
    """
    if not isinstance(value, dict):
        raise ParseError("an exchange must be one JSON object")
    for name in ("method", "url"):
        if name not in value:
            raise ParseError(f"an exchange must have a `{name}`")
    for name, member in value.items():
        if name not in _MEMBERS:
            raise ParseError(f"`{name}` is no member of an exchange; known: {', '.join(_MEMBERS)}")
        if not isinstance(member, _MEMBERS[name]) and not (name == "status" and member is None):
            raise ParseError(f"the member `{name}` of the exchange has the wrong type")
    return Exchange(
        value["method"],
        value["url"],
        value.get("status"),
        request_headers={key: str(header) for key, header in value.get("request_headers", {}).items()},
        request_body=encoded(value.get("request_body", "")),
        response_headers={key: str(header) for key, header in value.get("response_headers", {}).items()},
        response_body=encoded(value.get("response_body", "")),
    )


def encoded(body: Json) -> bytes:
    """Return a body as bytes: a text in UTF-8 as it is, any other value as JSON."""
    return body.encode() if isinstance(body, str) else orjson.dumps(body)
