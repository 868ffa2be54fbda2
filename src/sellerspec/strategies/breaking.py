"""What breaks exactly one rule: the examples of the rule, and all that breaks it in the same place."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sellerspec import contract, marketplaces
from sellerspec.errors import UnknownName, UsageError
from sellerspec.io import pointers
from sellerspec.model import Facts, Finding, Json, Path, Severity
from sellerspec.rules import Rule
from sellerspec.strategies import shapes
from sellerspec.strategies.corpus import (
    Example,
    drop,
    examples,
    get,
    has,
    judged_call,
    places,
    put,
    size,
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A payload, or a call, that breaks one rule and no other."""

    rule: str
    operation: str
    value: Json
    facts: Facts
    is_call: bool
    warnings: frozenset[str]
    """Rules that may warn beside it: those that warn about the example too."""

    why: str
    """What was done, in a few words: `missing`, `bound`, ..."""

    def breaks_only_this(self, value: Json) -> bool:
        """Say whether another value breaks this rule and no other either."""
        return exactly(self.rule, self.findings(value), self.warnings)

    def findings(self, value: Json) -> tuple[Finding, ...]:
        """Judge a value in place of this one."""
        if self.is_call:
            return judged_call(self.operation, value, self.facts).findings
        return contract.operation(self.operation).check(value, self.facts).findings


def exactly(rule: str, findings: tuple[Finding, ...], warnings: frozenset[str] = frozenset()) -> bool:
    """Say whether findings are of one rule alone, but for warnings that are allowed."""
    found = {finding.rule for finding in findings}
    if rule not in found:
        return False
    return all(
        finding.rule == rule or (finding.severity is Severity.WARNING and finding.rule in warnings)
        for finding in findings
    )


@cache
def known(rule: str) -> Rule:
    """Return a rule that something can break.

    Raises:
        UnknownName: there is none of that id.
        UsageError: nothing here can break it.
    """
    name = rule.partition(".")[0]
    if name not in marketplaces.names():
        raise UnknownName("marketplace", name, marketplaces.names())
    rules = contract.contract(name).rules()
    for each in rules:
        if each.id == rule:
            if each.why_not:
                raise UsageError(f"nothing here breaks `{rule}`: {each.why_not}")
            return each
    raise UnknownName("rule", rule, [each.id for each in rules])


@cache
def starts(rule: str) -> tuple[tuple[Example, Example | None], ...]:
    """Return the examples that break a rule, payloads before calls, each with its mended twin."""
    found = known(rule)
    owner = contract.contract(found.marketplace)
    keys = [f"{owner.name}/{id}" for id in (owner.spec.ids() if "*" in found.on else found.on)]
    pairs: list[tuple[Example, Example | None]] = []
    for key in keys:
        mended = {example.case: example for example in examples(key) if example.valid}
        for example in examples(key):
            if (
                not example.valid
                and example.rule == rule
                and any(one.rule == rule for one in example.report().findings)
            ):
                twin = mended.get(example.case) or mended.get(rule)
                pairs.append(
                    (example, twin if twin is not None and twin.is_call == example.is_call else None)
                )
    pairs.sort(key=lambda each: (each[0].is_call, size(each[0].value)))
    return tuple(pairs)


@cache
def variants(rule: str) -> tuple[Broken, ...]:
    """Return all that is known to break exactly one rule, payloads first, the smallest first.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing here can break it.
    """
    found: list[Broken] = []
    for broken, twin in starts(rule):
        warnings = frozenset(warning.rule for warning in broken.report().warnings) - {rule}
        first = Broken(
            rule, broken.operation, broken.value, broken.facts, broken.is_call, warnings, "example"
        )
        if first.breaks_only_this(first.value):
            found.append(first)
        if twin is not None and not broken.is_call:
            found.extend(_derived(first, twin))
    unlike: list[Broken] = []
    seen: set[str] = set()
    for each in found:
        mark = f"{each.operation} {each.facts!r} {each.value!r}"
        if mark not in seen:
            seen.add(mark)
            unlike.append(each)
    return tuple(sorted(unlike, key=lambda each: (each.is_call, size(each.value))))


def _derived(first: Broken, twin: Example) -> Iterator[Broken]:
    """Yield what breaks the rule when the mended payload is changed where the rule speaks."""
    where = _where(first, twin)
    schema = shapes.body_schema(first.operation)
    for path in where:
        for why, value in changes(twin.value, path, schema):
            tried = Broken(first.rule, first.operation, value, twin.facts, False, first.warnings, why)
            if tried.breaks_only_this(value):
                yield tried


def _where(first: Broken, twin: Example) -> tuple[Path, ...]:
    """Return the places where the rule speaks: those it names, and those that tell the twins apart."""
    named = [
        pointers.path_in(first.value, finding.pointer)
        for finding in first.findings(first.value)
        if finding.rule == first.rule
    ]
    apart = list(differing(first.value, twin.value))
    return tuple(dict.fromkeys((*named, *(each for each in apart if len(apart) <= 4))))


def differing(one: Json, other: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the outermost places that are not equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key not in one or key not in other:
                yield (*path, key)
            else:
                yield from differing(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differing(left, right, (*path, index))
    elif one != other or type(one) is not type(other):
        yield path


PLAIN: tuple[tuple[str, Json], ...] = (
    ("null", None),
    ("zero", 0),
    ("negative", -1),
    ("one", 1),
    ("fraction", 0.5),
    ("empty", ""),
    ("text", "text"),
    ("digits", "12"),
    ("true", True),
    ("list", []),
    ("object", {}),
    ("list of text", ["text"]),
    ("blank", " "),
)


def changes(value: Json, path: Path, schema: Json) -> Iterator[tuple[str, Json]]:
    """Yield copies that differ at one place: gone, of another type, beside a bound, misspelled."""
    present = get(value, path)
    there = has(value, path)
    if there and path:
        yield "missing", drop(value, path)
    if not _reachable(value, path):
        return
    for why, each in (*PLAIN, *_neighbours(present, shapes.at(schema, path))):
        if not there or each != present or type(each) is not type(present):
            yield why, put(value, path, each)


def _reachable(value: Json, path: Path) -> bool:
    around = get(value, path[:-1]) if path else value
    if path and isinstance(path[-1], int):
        return isinstance(around, list) and path[-1] < len(around)
    return not path or isinstance(around, dict)


def _neighbours(present: Json, schemas: list[Mapping[str, Json]]) -> Iterator[tuple[str, Json]]:
    """Yield values just beside what schemas allow, and just beside the present one."""
    for keyword, limit in shapes.bounds(schemas):
        for beside in (limit - 1, limit, limit + 1):
            if keyword.endswith("Length"):
                if 0 <= beside <= 70_000:
                    yield keyword, "x" * beside
            elif keyword.endswith("Items"):
                if isinstance(present, list) and present and 0 <= beside <= 1000:
                    yield keyword, [_distinct(present[i % len(present)], i) for i in range(beside)]
            else:
                yield keyword, beside
    for each in shapes.listed(schemas):
        if isinstance(each, str) and each:
            yield "spelling", each[:-1]
            yield "capitals", each.upper() if each != each.upper() else each.lower()
            break
    if isinstance(present, list) and present:
        yield "repeated", [*present, copy.deepcopy(present[0])]
        yield "shorter", present[:-1]
    if isinstance(present, int) and not isinstance(present, bool):
        yield "as text", str(present)
        yield "one more", present + 1
        yield "one less", present - 1
        yield "negated", -present
    if isinstance(present, str):
        yield "spaced", f" {present}"
        yield "longer", f"{present}x"


def _distinct(item: Json, number: int) -> Json:
    if isinstance(item, str):
        return f"{item}?{number}" if number and "://" in item else f"{item}{number or ''}"
    if isinstance(item, int) and not isinstance(item, bool):
        return item + number
    return copy.deepcopy(item)


__all__ = ["Broken", "changes", "exactly", "known", "places", "starts", "variants"]
