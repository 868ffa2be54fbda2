"""The members that a schema knows, as a flat list: path, types, limits, when each is required."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sellerspec.contract.requirements.conditions import condition
from sellerspec.model import Json


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a payload."""

    path: str
    """`variants[].price`."""

    required: bool
    """Whether every payload needs it (where the object around it is there)."""

    when: tuple[str, ...] = ()
    """Conditions under each of which it is required, in words."""

    types: tuple[str, ...] = ()
    """JSON types it may have; none where the schema does not say."""

    limits: tuple[str, ...] = ()
    """What else an error-level keyword asks: `more than 0`, `one of ...`."""

    rules: tuple[str, ...] = ()
    """Ids of the rules that concern it."""

    about: str = ""
    """The schema's description."""


def members(schema: Json) -> Iterator[Member]:
    """Yield each member of a schema once, a parent before its members."""
    found: dict[str, Member] = {}
    _gather(schema, "", "", found)
    yield from found.values()


def _gather(schema: Json, path: str, when: str, found: dict[str, Member], *, advice: bool = False) -> None:
    """Add what a schema says of the members below `path`.

    Args:
        schema: of the value at `path`.
        path: of the value.
        when: the condition under which the schema applies; "" is always.
        found: what is known so far, by path; grows.
        advice: whether violations only warn.
    """
    if not isinstance(schema, dict):
        return
    for name, below in schema.get("properties", {}).items():
        if isinstance(below, dict):
            inner = f"{path}.{name}".lstrip(".")
            _note(inner, below, found, partly=advice or bool(when))
            _gather(below, inner, when, found, advice=advice)
    if not advice:
        for name in schema.get("required", ()):
            _require(f"{path}.{name}".lstrip("."), when, found)
    _gather(schema.get("items"), f"{path}[]", when, found, advice=advice)
    for each in schema.get("allOf", ()):
        _gather(each, path, when, found, advice=advice)
    for warning in schema.get("x-warnings", ()):
        _gather(warning, path, when, found, advice=True)
    if "if" in schema:
        for branch, negated in (("then", False), ("else", True)):
            if branch in schema:
                said = condition(schema["if"], path, negated=negated)
                both = f"{when} and {said}" if when else said
                _gather(schema[branch], path, both, found, advice=advice)


def _note(path: str, schema: Mapping[str, Json], found: dict[str, Member], *, partly: bool) -> None:
    """Add what a schema says of one member; of one that applies only `partly`, its rules alone."""
    known = found.get(path) or Member(path, required=False)
    rules = tuple(dict.fromkeys((*known.rules, *_rules(schema))))
    if partly:
        found[path] = replace(known, rules=rules)
        return
    named = schema.get("type", ())
    types = (named,) if isinstance(named, str) else tuple(named)
    found[path] = replace(
        known,
        types=known.types or types,
        limits=tuple(dict.fromkeys((*known.limits, *_limits(schema)))),
        rules=rules,
        about=known.about or schema.get("description", ""),
    )


def _rules(schema: Json) -> Iterator[str]:
    """Yield the rules stated about a value itself, not about its members."""
    if isinstance(schema, dict):
        if "x-rule" in schema:
            yield schema["x-rule"]
        for key in ("allOf", "x-warnings"):
            for each in schema.get(key, ()):
                yield from _rules(each)
        for key in ("then", "else"):
            yield from _rules(schema.get(key))


def _require(path: str, when: str, found: dict[str, Member]) -> None:
    known = found.get(path) or Member(path, required=False)
    if not when:
        found[path] = replace(known, required=True)
    elif when not in known.when:
        found[path] = replace(known, when=(*known.when, when))


_SAID = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "of the form `{}`",
    "format": "a `{}`",
    "const": "exactly `{}`",
}
"""Keyword -> how a limit is said."""


def _limits(schema: Mapping[str, Json]) -> Iterator[str]:
    for keyword, said in _SAID.items():
        if keyword in schema:
            yield _plain(keyword, schema[keyword]) or said.format(schema[keyword])
    if "enum" in schema:
        yield f"one of {_listed(schema['enum'])}"
    for each in schema.get("allOf", ()):
        if isinstance(each, dict) and "if" not in each:
            yield from _limits(each)


def _plain(keyword: str, limit: Json) -> str:
    if limit == 1 and keyword in ("minLength", "minItems"):
        return "not empty"
    return ""


def _listed(values: Sequence[Json]) -> str:
    return ", ".join("null" if value is None else f"`{value}`" for value in values)
