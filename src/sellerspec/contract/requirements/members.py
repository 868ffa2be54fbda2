"""The members that a schema describes, as a flat list: path, types, limits, when each is required."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sellerspec.contract.requirements.conditions import Clause, clauses, sentence, shown
from sellerspec.model import Json
from sellerspec.openapi.spec import OperationSpec


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a payload."""

    path: str
    """`variants[].price`."""

    required: bool
    """Whether it is required in every object that can hold it."""

    when: tuple[str, ...] = ()
    """Conditions in words; under each of them it is required."""

    types: tuple[str, ...] = ()
    """JSON types that it may have; empty if the schema names none."""

    limits: tuple[str, ...] = ()
    """Other limits whose violation is an error: `more than 0`, `one of ...`."""

    rules: tuple[str, ...] = ()
    """Ids of the rules that concern it."""

    about: str = ""
    """The schema's description."""


def parameters(spec: OperationSpec) -> Iterator[Member]:
    """Yield each parameter of a call as a member: `limit (query)`."""
    for parameter in spec.parameters:
        member = next(members({"properties": {parameter.name: parameter.schema}}), None)
        name = f"{parameter.name} ({parameter.where})"
        known = member or Member(name, required=False)
        about = parameter.description or known.about
        yield replace(known, path=name, required=parameter.required, about=about)


def members(schema: Json) -> Iterator[Member]:
    """Yield each member of a schema once, a parent before its members."""
    by_path: dict[str, Member] = {}
    _gather(schema, "", (), by_path)
    yield from by_path.values()


def _gather(
    schema: Json, path: str, when: tuple[Clause, ...], by_path: dict[str, Member], *, warns: bool = False
) -> None:
    """Add what a schema states about the members below `path`.

    Args:
        schema: of the value at `path`.
        path: of the value.
        when: the condition under which the schema applies; empty is always.
        by_path: the members so far; grows.
        warns: whether violations only warn.
    """
    if not isinstance(schema, dict):
        return
    for name, below in schema.get("properties", {}).items():
        if isinstance(below, dict):
            inner = f"{path}.{name}".lstrip(".")
            _describe(inner, below, by_path, rules_only=warns or bool(when))
            _gather(below, inner, when, by_path, warns=warns)
    for name in () if warns else schema.get("required", ()):
        _require(f"{path}.{name}".lstrip("."), when, by_path)
    for name, others in () if warns else _one_of(schema.get("anyOf", ())):
        shown_others = (f"{path}.{other}".lstrip(".") for other in others)
        missing = (Clause(f"`{other}`", "given", None, holds=False) for other in shown_others)
        _require(f"{path}.{name}".lstrip("."), (*when, *missing), by_path)
    _gather(schema.get("items"), f"{path}[]", when, by_path, warns=warns)
    for subschema in schema.get("allOf", ()):
        _gather(subschema, path, when, by_path, warns=warns)
    for subschema in schema.get("x-warnings", ()):
        _gather(subschema, path, when, by_path, warns=True)
    for branch, holds in (("then", True), ("else", False)):
        if "if" in schema and branch in schema:
            both = (*when, *clauses(schema["if"], path, holds=holds))
            _gather(schema[branch], path, both, by_path, warns=warns)


def _one_of(branches: Sequence[Json]) -> Iterator[tuple[str, list[str]]]:
    """Yield each of the members of which an `anyOf` asks for one, with the others."""
    if all(isinstance(branch, dict) and set(branch) == {"required"} for branch in branches):
        required = [branch["required"] for branch in branches]
        if all(len(one) == 1 for one in required):
            for (name,) in required:
                yield name, [other for (other,) in required if other != name]


def _describe(path: str, schema: Mapping[str, Json], by_path: dict[str, Member], *, rules_only: bool) -> None:
    """Add what a schema states about one member: only its rules if it does not always apply."""
    member = by_path.get(path) or Member(path, required=False)
    member = replace(member, rules=tuple(dict.fromkeys((*member.rules, *_rules(schema)))))
    if not rules_only:
        type_ = schema.get("type", ())
        member = replace(
            member,
            types=member.types or ((type_,) if isinstance(type_, str) else tuple(type_)),
            limits=tuple(dict.fromkeys((*member.limits, *_limits(schema)))),
            about=member.about or schema.get("description", ""),
        )
    by_path[path] = member


def _rules(schema: Json) -> Iterator[str]:
    """Yield the rules about a value itself, not about its members."""
    if isinstance(schema, dict):
        if "x-rule" in schema:
            yield schema["x-rule"]
        for key in ("allOf", "x-warnings"):
            for subschema in schema.get(key, ()):
                yield from _rules(subschema)
        for key in ("then", "else"):
            yield from _rules(schema.get(key))


def _require(path: str, when: tuple[Clause, ...], by_path: dict[str, Member]) -> None:
    member = by_path.get(path) or Member(path, required=False)
    words = sentence(when)
    if not words:
        by_path[path] = replace(member, required=True)
    elif words not in member.when:
        by_path[path] = replace(member, when=(*member.when, words))


_LIMITS = {
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
    "const": "exactly {}",
}
"""Keyword -> its limit in words."""


def _limits(schema: Mapping[str, Json]) -> Iterator[str]:
    for keyword, words in _LIMITS.items():
        if keyword in schema:
            one = schema[keyword] == 1 and keyword in ("minLength", "minItems")
            limit = shown(schema[keyword]) if keyword == "const" else schema[keyword]
            yield "not empty" if one else words.format(limit)
    if "enum" in schema:
        yield f"one of {', '.join(map(shown, schema['enum']))}"
    for subschema in schema.get("allOf", ()):
        if isinstance(subschema, dict) and "if" not in subschema:
            yield from _limits(subschema)
