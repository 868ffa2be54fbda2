"""Change schemas one keyword at a time, and find the changes that no example detects.

A mutant drops one keyword that asserts, takes one name out of `required`, or moves one bound by
one. It is made in the written-out schema of every operation that refers to the same place, and is
killed when an example of one of them gets other findings: another rule, place or severity, or
another number of them. Words do not count: a limit that only a message repeats is not tested.
"""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import sellerspec
from sellerspec.contract import contract
from sellerspec.contract.operation import OperationContract
from sellerspec.model import NO_FACTS
from sellerspec.openapi.spec import OperationSpec
from support.examples import Example, examples, exchange

MAPS = ("properties", "patternProperties", "dependentSchemas")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems", "x-warnings")
ONE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")
BOUNDS = (
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
)
ASSERTING = (
    *("type", "enum", "const", "pattern", "format", "multipleOf", "uniqueItems", "dependentRequired"),
    *("not", "anyOf", "oneOf", "contains", "propertyNames", "then", "else"),
    *BOUNDS,
)
REQUEST = 0
"""The part of an operation that is no response."""

Summary = list[tuple[str, str, str]]
"""Place, rule and severity of each finding."""


@dataclass(frozen=True, order=True)
class Mutant:
    """One change: where the subschema stands that states the rule, the way from there, and what is done."""

    place: str
    rule: str
    way: str
    """Pointer from that subschema to the one that is changed."""

    change: str
    """`drop enum`, `drop required name`, `minimum +1`."""

    def __str__(self) -> str:
        return f"{self.place} {self.way or '.'} {self.change} [{self.rule}]"

    def applied(self, subschema: dict[str, Any]) -> dict[str, Any]:
        """Return the subschema with the change."""
        word, _, rest = self.change.partition(" ")
        if word != "drop":
            return {**subschema, word: subschema[word] + int(rest)}
        key, _, name = rest.partition(" ")
        if key == "required":
            return {**subschema, key: [member for member in subschema[key] if member != name]}
        return {other: value for other, value in subschema.items() if other != key}


def changes(subschema: dict[str, Any]) -> Iterator[str]:
    """Yield what may be changed in one subschema, without those below it."""
    for key, value in subschema.items():
        if key in ASSERTING or (key == "additionalProperties" and value is False):
            yield f"drop {key}"
        if key in BOUNDS:
            yield from (f"{key} {step}" for step in ("+1", "-1") if value + int(step) >= 0)
        if key == "required":
            yield from (f"drop required {name}" for name in value)


def sites(  # noqa: C901 - one branch for each kind of keyword
    schema: Any, place: str, rule: str, way: str
) -> Iterator[tuple[Mutant, dict[str, Any]]]:
    """Yield each mutant of a schema with the subschema to change, below any that states a rule."""
    if not isinstance(schema, dict):
        return
    if "x-rule" in schema:
        place, rule, way = schema.get("x-place", ""), schema["x-rule"], ""
    if rule:
        for change in changes(schema):
            own = schema.get("properties", {}).get(change.removeprefix("drop required "))
            about = own["x-rule"] if isinstance(own, dict) and "x-rule" in own else rule
            yield Mutant(place, about, way, change), schema
    for key, below in schema.items():
        if key in MAPS:
            for name, inner in below.items():
                yield from sites(inner, place, rule, f"{way}/{key}/{name}")
        elif key in LISTS:
            for index, inner in enumerate(below):
                yield from sites(inner, place, rule, f"{way}/{key}/{index}")
        elif key in ONE:
            yield from sites(below, place, rule, f"{way}/{key}")


@dataclass
class Case:
    """An example, read once."""

    example: Example
    read: Any
    facts: Any
    path: dict[str, str] = field(default_factory=dict)
    query: str = ""

    def summary(self, ready: OperationContract) -> Summary:
        """Return what an operation finds in the example."""
        if isinstance(self.read, sellerspec.Exchange):
            status = self.read.status
            judged = status is None or status < 400
            report = ready.check_exchange(self.read, self.path, self.query, self.facts, request=judged)
        else:
            report = ready.check(self.read, self.facts)
        return [(finding.pointer, finding.rule, finding.severity) for finding in report.findings]


class Subject:
    """One operation with a spec of its own that can be changed, and its examples."""

    def __init__(self, marketplace: str, name: str) -> None:
        self.contract = contract(marketplace)
        self.spec: OperationSpec = deepcopy(self.contract.operation(name).spec)
        self.key = f"{marketplace}/{name}"
        self.cases = [self._case(example) for example in examples() if example.operation == self.key]
        self.plain = self.ready()
        _ = self.plain.request  # all of it now: later a schema is changed while others are compiled
        for status in self.spec.responses:
            self.plain.response(status)
        self.before = [case.summary(self.plain) for case in self.cases]
        self.noticed: Counter[tuple[str, int]] = Counter()
        self.mutants: dict[Mutant, dict[int, dict[str, Any]]] = {}
        """The subschemas to change by their identity: a shared one is reached several times."""

        self.parts: dict[Mutant, set[int]] = {}
        """The parts of the operation that a mutant changes: statuses of responses, or `REQUEST`."""
        for part, schema in self._schemas():
            for mutant, subschema in sites(schema, "", "", ""):
                self.mutants.setdefault(mutant, {})[id(subschema)] = subschema
                self.parts.setdefault(mutant, set()).add(part)

    def _case(self, example: Example) -> Case:
        facts = example.facts or NO_FACTS
        if not example.is_exchange:
            return Case(example, example.value(), facts)
        call = exchange(example.value())
        match = self.contract.routes.find(call.method, call.url, any_host=True)
        query = call.url.partition("#")[0].partition("?")[2]
        is_here = match is not None and f"{match.marketplace}/{match.operation}" == self.key
        return Case(example, call, facts, dict(match.path) if match and is_here else {}, query)

    def _schemas(self) -> Iterator[tuple[int, Any]]:
        yield from ((REQUEST, parameter.schema) for parameter in self.spec.parameters)
        for part, body in {REQUEST: self.spec.request, **self.spec.responses}.items():
            if body is not None:
                yield part, body.schema

    def ready(self, spec: OperationSpec | None = None) -> OperationContract:
        """Compile the operation as its spec is now."""
        record = self.contract.marketplace
        return OperationContract(
            self.contract.spec, spec or self.spec, record, record.rules, self.contract.engine
        )

    def kills(self, mutant: Mutant) -> bool:
        """Say whether an example notices a mutant."""
        subschemas = self.mutants[mutant].values()
        kept = [dict(subschema) for subschema in subschemas]
        for subschema in subschemas:
            changed = mutant.applied(subschema)
            subschema.clear()
            subschema.update(changed)
        try:
            return self._differs(self._changed(self.parts[mutant]), mutant.rule)
        finally:
            for subschema, old in zip(subschemas, kept, strict=True):
                subschema.clear()
                subschema.update(old)

    def _changed(self, parts: set[int]) -> OperationContract:
        """Return the operation as its spec is now; what the other parts need is not compiled again."""
        changed = self.ready()
        if REQUEST not in parts:
            changed.request = self.plain.request
        for status in self.spec.responses.keys() - parts:
            if (validator := self.plain.response(status)) is not None:
                changed._responses[status] = validator
        return changed

    def optional(self) -> Iterator[tuple[str, bool]]:
        """Yield each required parameter that states a rule, and whether an example notices its loss."""
        for index, parameter in enumerate(self.spec.parameters):
            if parameter.required and parameter.where != "path" and "x-rule" in parameter.schema:
                loose = [*self.spec.parameters]
                loose[index] = parameter._replace(required=False)
                changed = self.ready(replace(self.spec, parameters=tuple(loose)))
                yield (
                    f"{self.key} {parameter.where} {parameter.name}",
                    self._differs(changed, parameter.schema["x-rule"]),
                )

    def _differs(self, changed: OperationContract, rule: str) -> bool:
        return any(self._notices(index, changed, rule) for index in self._likeliest_first(rule))

    def _likeliest_first(self, rule: str) -> list[int]:
        """Return the indices of the cases: first those that noticed earlier changes of a rule."""

        def unlikely(index: int) -> tuple[int, bool, bool]:
            named = self.cases[index].example.rule == rule
            reported = any(finding[1] == rule for finding in self.before[index])
            return -self.noticed[rule, index], not named, not reported

        return sorted(range(len(self.cases)), key=unlikely)

    def _notices(self, index: int, changed: OperationContract, rule: str) -> bool:
        try:
            differs = self.cases[index].summary(changed) != self.before[index]
        except (TypeError, LookupError, AttributeError):
            differs = True  # a rule function met what the schema no longer keeps out
        self.noticed[rule, index] += differs
        return differs


@cache
def subjects(marketplace: str) -> tuple[Subject, ...]:
    """Return every operation of a marketplace."""
    return tuple(Subject(marketplace, id) for id in contract(marketplace).spec.ids())


@cache
def survivors(marketplace: str) -> tuple[list[Mutant], int]:
    """Return the mutants that no example notices, and how many there were."""
    over: dict[Mutant, list[Subject]] = {}
    for subject in subjects(marketplace):
        for mutant in subject.mutants:
            over.setdefault(mutant, []).append(subject)
    left = [
        mutant for mutant, subjects in over.items() if not any(subject.kills(mutant) for subject in subjects)
    ]
    return sorted(left), len(over)
