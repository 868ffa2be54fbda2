"""Payloads and exchanges that violate exactly one rule: its examples, and their valid twins changed."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from sellerspec import contract, marketplaces
from sellerspec.contract import examples
from sellerspec.contract.check import check_exchange
from sellerspec.contract.examples import Example
from sellerspec.errors import UnknownName, UsageError
from sellerspec.io import pointers, records
from sellerspec.io.pointers import drop, get, has, put, size
from sellerspec.model import Facts, Finding, Json, Path, Severity
from sellerspec.rules import Rule
from sellerspec.strategies import shapes


@dataclass(frozen=True, slots=True)
class Negative:
    """A payload, or an exchange, that violates one rule and no other."""

    rule: str
    operation: str
    value: Json
    """The payload; of an exchange, its members as in an example file."""

    facts: Facts
    is_exchange: bool
    warnings: frozenset[str]
    """Rules that may warn beside it: those that warn about the example too."""

    change: str
    """The change of the valid payload: `missing`, `zero`, ...; `example` for an unchanged example."""

    def violates_only_this(self, value: Json) -> bool:
        """Return whether another value, in place of this one, violates this rule and no other."""
        return exactly(self.rule, self.findings(value), self.warnings)

    def findings(self, value: Json) -> tuple[Finding, ...]:
        """Return the findings about another value in place of this one."""
        if self.is_exchange:
            exchange = records.exchange(value)
            return check_exchange(exchange, operation=self.operation, facts=self.facts).findings
        return contract.operation(self.operation).check(value, self.facts).findings


def exactly(rule: str, findings: tuple[Finding, ...], warnings: frozenset[str] = frozenset()) -> bool:
    """Return whether findings are of one rule alone, except for warnings that are allowed."""
    return any(finding.rule == rule for finding in findings) and all(
        finding.rule == rule or (finding.severity is Severity.WARNING and finding.rule in warnings)
        for finding in findings
    )


@cache
def checkable(id: str) -> Rule:
    """Return a rule that a payload or an exchange can violate.

    Raises:
        UnknownName: there is no rule of that id.
        UsageError: nothing here can violate it.
    """
    name = id.partition(".")[0]
    if name not in marketplaces.names():
        raise UnknownName("marketplace", name, marketplaces.names())
    rules = contract.contract(name).rules()
    rule = next((rule for rule in rules if rule.id == id), None)
    if rule is None:
        raise UnknownName("rule", id, [rule.id for rule in rules])
    if rule.why_not:
        raise UsageError(f"nothing here can violate `{id}`: {rule.why_not}")
    return rule


@cache
def pairs(rule: str) -> tuple[tuple[Example, Example | None], ...]:
    """Return the examples that violate a rule with their valid twins: payloads first, the smallest first.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing here can violate it.
    """
    all_ = examples.pairs(checkable(rule).id)
    return tuple(sorted(all_, key=lambda pair: (pair[0].is_exchange, size(pair[0].value))))


@cache
def negatives(rule: str) -> tuple[Negative, ...]:
    """Return the known violations of exactly this rule: payloads before exchanges, the smallest first.

    Raises:
        UnknownName: there is no such rule.
        UsageError: nothing here can violate it.
    """
    by_value: dict[str, Negative] = {}
    for example, twin in pairs(rule):
        warnings = frozenset(warning.rule for warning in example.report().warnings) - {rule}
        first = Negative(
            rule,
            example.operation,
            example.value,
            example.facts,
            example.is_exchange,
            warnings,
            "example",
        )
        violating = [first] if first.violates_only_this(first.value) else []
        if twin is not None and not example.is_exchange:
            violating += _derived(first, twin)
        for negative in violating:
            by_value.setdefault(f"{negative.operation} {negative.facts!r} {negative.value!r}", negative)
    return tuple(sorted(by_value.values(), key=lambda negative: (negative.is_exchange, size(negative.value))))


def _derived(first: Negative, twin: Example) -> Iterator[Negative]:
    """Yield the valid twin, changed where the rule applies so that it violates the rule."""
    schema = shapes.body_schema(first.operation)
    for path in _paths(first, twin):
        for change, value in changes(twin.value, path, schema):
            tried = replace(first, value=value, facts=twin.facts, is_exchange=False, change=change)
            if tried.violates_only_this(value):
                yield tried


def _paths(first: Negative, twin: Example) -> tuple[Path, ...]:
    """Return the paths where the rule applies: those of its findings, and where the twins differ."""
    reported = [
        pointers.path_in(first.value, finding.pointer)
        for finding in first.findings(first.value)
        if finding.rule == first.rule
    ]
    different = list(differing(first.value, twin.value))
    return tuple(dict.fromkeys((*reported, *(different if len(different) <= 4 else ()))))


def differing(one: Json, other: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the outermost paths at which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys((*one, *other)):
            if name not in one or name not in other:
                yield (*path, name)
            else:
                yield from differing(one[name], other[name], (*path, name))
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
"""Name of a change -> the new value."""


def changes(value: Json, path: Path, schema: Json) -> Iterator[tuple[str, Json]]:
    """Yield names of changes and changed copies: missing, of another type, beside a bound, misspelled."""
    present = get(value, path)
    exists = has(value, path)
    if exists and path:
        yield "missing", drop(value, path)
    if not exists and not isinstance(get(value, path[:-1]), dict):
        return
    for change, new in (*PLAIN, *_neighbours(present, shapes.at(schema, path))):
        if not exists or new != present or type(new) is not type(present):
            yield change, put(value, path, new)


def _neighbours(present: Json, schemas: list[Mapping[str, Json]]) -> Iterator[tuple[str, Json]]:
    """Yield values just beside the bounds of schemas, and just beside the present value."""
    for keyword, limit in shapes.bounds(schemas):
        for beside in (limit - 1, limit, limit + 1):
            yield from _of_bound(keyword, beside, present)
    word = next((value for value in shapes.listed(schemas) if isinstance(value, str) and value), None)
    if word is not None:
        yield "spelling", word[:-1]
        yield "capitals", word.upper() if word != word.upper() else word.lower()
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


def _of_bound(keyword: str, number: int, present: Json) -> Iterator[tuple[str, Json]]:
    """Yield a value of the length, the number of items or the size that a bound compares."""
    if keyword.endswith("Length"):
        if 0 <= number <= 70_000:
            yield keyword, "x" * number
    elif keyword.endswith("Items"):
        if isinstance(present, list) and present and 0 <= number <= 1000:
            yield keyword, [_distinct(present[index % len(present)], index) for index in range(number)]
    else:
        yield keyword, number


def _distinct(item: Json, number: int) -> Json:
    if isinstance(item, str):
        return f"{item}?{number}" if number and "://" in item else f"{item}{number or ''}"
    if isinstance(item, int) and not isinstance(item, bool):
        return item + number
    return copy.deepcopy(item)
