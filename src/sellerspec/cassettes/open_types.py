"""The JSON types in bodies, and the members of an exchange whose type the contract leaves open.

A product's attributes may have any type, and so may members that no document describes. A recording
notes the types that such members had. So a cassette that was edited or damaged is recognised at any
member, not only where the contract would object.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from sellerspec import contract
from sellerspec.contract.parts import body_value, lower, unread
from sellerspec.errors import UnknownName
from sellerspec.io import pointers
from sellerspec.io.pointers import item_pointer
from sellerspec.model import NO_FACTS, Exchange, Json, Path, Report, pointer
from sellerspec.values import json_type

MOST = 2_000
"""Most places that are tried in one exchange; further places are not noted."""

HALVES = ("request", "response")


def places(value: Json, at: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield path and value of every place below a value."""
    members = value.items() if isinstance(value, dict) else ()
    for name, member in enumerate(value) if isinstance(value, list) else members:
        here = (*at, name)
        yield here, member
        yield from places(member, here)


def changed_types(value: Json, place: str, types: str) -> Iterator[tuple[Path, str]]:
    """Yield path and type of each place of a value that has another type than the noted ones.

    Args:
        value: a body.
        place: as `item_pointer` returns it.
        types: names of types, separated by blanks.
    """
    allowed = types.split()
    for path, member in _matching(value, pointers.split(place), ()):
        if json_type(member) not in allowed:
            yield path, json_type(member)


def _matching(value: Json, parts: tuple[str, ...], at: Path) -> Iterator[tuple[Path, Json]]:
    """Yield path and value of each place that a pointer with `*` matches."""
    if not parts:
        yield at, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if parts[0] in ("*", str(index)):
                yield from _matching(item, parts[1:], (*at, index))
    elif isinstance(value, dict) and parts[0] in value:
        yield from _matching(value[parts[0]], parts[1:], (*at, parts[0]))


def json_body(exchange: Exchange, half: str) -> Json:
    """Return the decoded JSON body of the `request` or `response`; None if it has none, or is unreadable."""
    value = body_of(exchange, half)
    return None if unread(value) else value


def body_of(exchange: Exchange, half: str) -> Json:
    """Return the decoded JSON body of the `request` or `response`; `contract.parts.unread` tests it."""
    body: bytes = getattr(exchange, f"{half}_body")
    return body_value(body, lower(getattr(exchange, f"{half}_headers"))) if body else None


def open_types(
    exchange: Exchange, *, operation: str = "", marketplace: str | None = None
) -> Mapping[str, str]:
    """Return place -> types of the members that could have another type without a finding.

    A place is `/request/body/attributes/ram`, with `*` for list items if all of them have the same type.
    The result is empty for a call of no known operation.

    Args:
        exchange: the call.
        operation: key, where the URL does not determine it.
        marketplace: name, where the host does not determine it.
    """
    try:
        report = _report(exchange, operation, marketplace)
    except UnknownName:
        return {}
    known = {error.pointer for error in report.errors}
    noted: dict[str, str] = {}
    for half in HALVES:
        value = json_body(exchange, half)
        types_at: dict[str, dict[Path, str]] = {}
        for path, member in places(value):
            types_at.setdefault(item_pointer(path), {})[path] = json_type(member)
        for place, types in list(types_at.items())[:MOST]:
            for path in {type_: path for path, type_ in types.items()}.values():  # one of each type
                at = f"/{half}/body{pointer(path)}"
                other = "" if isinstance(pointers.get(value, path), dict) else {}
                body: Any = orjson.dumps(pointers.put(value, path, other))
                seen = _report(replace(exchange, **{f"{half}_body": body}), operation, marketplace)
                if at in known or not any(error.pointer == at for error in seen.errors):
                    noted |= _noted(f"/{half}/body", place, types)
                    break
    return noted


def _noted(start: str, place: str, types: Mapping[Path, str]) -> dict[str, str]:
    """Return one entry if all items of a list have the same type, else one for each item."""
    if len(set(types.values())) == 1:
        return {start + place: next(iter(types.values()))}
    return {start + pointer(path): type_ for path, type_ in types.items()}


def _report(exchange: Exchange, operation: str, marketplace: str | None) -> Report:
    path: Mapping[str, str] = {}
    query = exchange.url.partition("#")[0].partition("?")[2]
    if operation:
        ready = contract.operation(operation)
    else:
        ready, match = contract.find(exchange, marketplace=marketplace)
        path = match.path
    return ready.check_exchange(exchange, path, query, NO_FACTS, request=True)
