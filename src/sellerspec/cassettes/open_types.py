"""Find the members of an exchange whose type no contract holds fast.

A product's attributes may have any type, and so may what no document describes. A recording notes
the types that such members had, so that a cassette which was changed by hand, or went wrong, is
seen at any member, and not only where the contract would object.
"""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from sellerspec import contract
from sellerspec.cassettes.format.types import kind, places, together
from sellerspec.contract.parts import UNREAD, body_value, lower
from sellerspec.errors import UnknownName
from sellerspec.model import NO_FACTS, Exchange, Json, Path, Report, pointer

MOST = 2_000
"""Places that are tried in one exchange; what lies beyond is not noted."""

_HALVES = (("request", "request_body", "request_headers"), ("response", "response_body", "response_headers"))


def bodies(exchange: Exchange) -> dict[str, Json]:
    """Return the decoded JSON bodies of an exchange, `request` and `response`; others are left out."""
    found: dict[str, Json] = {}
    for half, member, headers in _HALVES:
        data = getattr(exchange, member)
        if data:
            value = body_value(data, lower(getattr(exchange, headers)).get("content-type", ""))
            if isinstance(value, dict | list) and not (isinstance(value, dict) and UNREAD in value):
                found[half] = value
    return found


def open_types(
    exchange: Exchange, *, operation: str = "", marketplace: str | None = None
) -> Mapping[str, str]:
    """Return place -> types of the members that could have another type unseen.

    A place is `/request/body/attributes/ram`, list items written as `*` where all of them have the
    same type. Nothing is noted of a call that no spec has.

    Args:
        operation: key, where the URL cannot tell it.
        marketplace: name, where the host does not tell it.
    """
    try:
        report = _judged(exchange, operation, marketplace)
    except UnknownName:
        return {}
    known = {error.pointer for error in report.errors}
    found: dict[str, str] = {}
    for half, value in bodies(exchange).items():
        seen_at: dict[str, dict[Path, str]] = {}
        for path, each in places(value):
            seen_at.setdefault(together(path), {})[path] = kind(each)
        for place, types in list(seen_at.items())[:MOST]:
            for path in {each: path for path, each in types.items()}.values():  # one of each type
                tried = _with_body(exchange, half, orjson.dumps(_other(value, path)))
                at = f"/{half}/body{pointer(path)}"
                seen = _judged(tried, operation, marketplace)
                if at in known or not any(error.pointer == at for error in seen.errors):
                    found |= _noted(f"/{half}/body", place, types)
                    break
    return found


def _with_body(exchange: Exchange, half: str, body: bytes) -> Exchange:
    return (
        replace(exchange, request_body=body) if half == "request" else replace(exchange, response_body=body)
    )


def _noted(start: str, place: str, types: Mapping[Path, str]) -> dict[str, str]:
    """Return one entry where all items of a list agree, else one for each."""
    if len(set(types.values())) == 1:
        return {start + place: next(iter(types.values()))}
    return {start + pointer(path): each for path, each in types.items()}


def _judged(exchange: Exchange, operation: str, marketplace: str | None) -> Report:
    path: Mapping[str, str] = {}
    query = exchange.url.partition("#")[0].partition("?")[2]
    if operation:
        ready = contract.operation(operation)
    else:
        ready, match = contract.find(exchange, marketplace=marketplace)
        path = match.path
    return ready.check_exchange(exchange, path, query, NO_FACTS, request=True)


def _other(value: Json, path: Path) -> Json:
    """Return a copy in which one place has another type."""
    if not path:
        return "" if isinstance(value, dict) else {}
    copy: Json = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _other(value[path[0]], path[1:])
    return copy
