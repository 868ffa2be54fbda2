"""The example files as starts of generated payloads, and small edits of JSON values."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path as FilePath

from sellerspec import contract
from sellerspec.errors import ParseError
from sellerspec.io import resources
from sellerspec.io.strict import decode
from sellerspec.model import NO_FACTS, Exchange, Facts, Json, Path, Report


@dataclass(frozen=True, slots=True)
class Example:
    """One example file: a payload, or a whole call, with the facts beside it."""

    operation: str
    """Key of the operation."""

    rule: str
    """The rule it is named after; "" for one that is named otherwise."""

    valid: bool
    case: str
    value: Json
    """The payload; of a call, its members as in the file."""

    facts: Facts
    is_call: bool

    def report(self) -> Report:
        """Judge the example."""
        return judged_call(self.operation, self.value, self.facts) if self.is_call else self.payload_report()

    def payload_report(self) -> Report:
        """Judge the payload."""
        return contract.operation(self.operation).check(self.value, self.facts)


@cache
def examples(operation: str) -> tuple[Example, ...]:
    """Return every example of an operation; names of files decide the order."""
    marketplace, id = contract.split_key(operation)
    folder = resources.data_dir("tests/examples") / marketplace / id
    return tuple(_examples(operation, folder))


def _examples(operation: str, folder: FilePath) -> Iterator[Example]:
    marketplace = operation.partition("/")[0]
    for kind in ("valid", "invalid"):
        for path in sorted((folder / kind).glob("*.json")):
            if path.name.endswith(".facts.json"):
                continue
            stem = path.name.removesuffix(".json").removesuffix(".exchange")
            parts = stem.split(".")
            rule = ".".join(parts[:2]) if parts[0] == marketplace and len(parts) > 1 else ""
            beside = path.with_name(f"{stem}.facts.json")
            facts = facts_of(resources.read_json(beside)) if beside.is_file() else NO_FACTS
            try:
                value = decode(path.read_bytes())
            except ParseError:
                # a text that is meant to be no JSON is nothing to start from
                continue
            yield Example(
                operation, rule, kind == "valid", stem, value, facts, path.name.endswith(".exchange.json")
            )


def facts_of(raw: Json) -> Facts:
    """Return facts written as JSON beside an example."""
    given = dict(raw)
    if isinstance(given.get("now"), str):
        given["now"] = datetime.fromisoformat(given["now"])
    for name in ("inventory_types", "suppliers"):
        if given.get(name) is not None:
            given[name] = tuple(given[name])
    return Facts(**given)


def exchange_of(raw: Json) -> Exchange:
    """Return the exchange that a call's members describe; bodies that are no text become JSON."""
    given = dict(raw)
    for name in ("request_body", "response_body"):
        if name in given:
            given[name] = encoded(given[name])
    return Exchange(given.pop("method"), given.pop("url"), given.pop("status", None), **given)


def encoded(body: Json) -> bytes:
    """Return a body as bytes: a text as it is, everything else as JSON."""
    import orjson

    return body.encode() if isinstance(body, str) else orjson.dumps(body)


def judged_call(operation: str, raw: Json, facts: Facts) -> Report:
    """Judge a call given by its members, request and response."""
    from sellerspec.contract.check import check_exchange

    return check_exchange(exchange_of(raw), operation=operation, facts=facts)


def places(value: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value within a value, the whole first."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))


def size(value: Json) -> int:
    """Return how many values a value holds."""
    return sum(1 for _ in places(value))


_NOTHING = object()


def get(value: Json, path: Path, otherwise: Json = None) -> Json:
    """Return the value at a path, or `otherwise`."""
    for part in path:
        if isinstance(part, int):
            there = isinstance(value, list) and part < len(value)
        else:
            there = isinstance(value, dict) and part in value
        if not there:
            return otherwise
        value = value[part]
    return value


def has(value: Json, path: Path) -> bool:
    """Say whether there is a value at a path."""
    return get(value, path, _NOTHING) is not _NOTHING


def put(value: Json, path: Path, new: Json) -> Json:
    """Return a copy with `new` at a path whose parent is there; shares what it does not change."""
    if not path:
        return copy.deepcopy(new)
    part, rest = path[0], path[1:]
    if isinstance(value, dict):
        inner = put(value.get(part), rest, new) if rest else new
        return {**value, part: inner}
    if isinstance(value, list) and isinstance(part, int):
        inner = put(value[part], rest, new) if rest else new
        return [*value[:part], inner, *value[part + 1 :]]
    return value


def drop(value: Json, path: Path) -> Json:
    """Return a copy without the member or item at a path."""
    part, rest = path[0], path[1:]
    if isinstance(value, dict):
        if rest:
            return {**value, part: drop(value[part], rest)}
        return {key: each for key, each in value.items() if key != part}
    index = int(part)
    kept = [drop(value[index], rest)] if rest else []
    return [*value[:index], *kept, *value[index + 1 :]]
