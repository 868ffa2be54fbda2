"""Validate one value: the schema and the rule functions that read it, compiled together.

The schema, its `x-warnings` and the `unless` of every rule are one compiled schema. For a value
that fits it, only the rules without `unless` are left to run.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

from sellerspec.comparisons import Comparison, ComparisonCheck
from sellerspec.contract import facts as known_facts
from sellerspec.contract.facts import NOTHING, UsableFacts
from sellerspec.contract.findings import (
    LISTED,
    MOST,
    LocatedFinding,
    ReadyRule,
    ToFinding,
    at,
    finding_maker,
    in_order,
    in_path_order,
    more,
    rule_findings,
    with_fraction,
)
from sellerspec.errors import SpecError
from sellerspec.io.strict import LONG, decode, require_bounded
from sellerspec.model import NO_FACTS, Basis, Facts, Finding, Json, Path, Severity, Source
from sellerspec.openapi.spec import Spec
from sellerspec.rules import FactForm, Rule
from sellerspec.schema.engine import REFERENCE, Formats, compiled, not_json
from sellerspec.schema.fast import FastChecker, Fractions, precheck
from sellerspec.schema.prepare import annotated, with_gates

if TYPE_CHECKING:
    from sellerspec.schema.keyword import Keyword
    from sellerspec.schema.violations import CompiledSchema, SchemaViolation


class _Plan(NamedTuple):
    """The rules that run with given facts."""

    for_value: Callable[[Json], Sequence[ReadyRule]]
    """Returns the rules without `unless` that have to run for a value."""

    gated: dict[str, ReadyRule]
    """Those that run only if a value violates their `unless`, by id."""

    unchecked: tuple[str, ...]
    """Ids of those that need another fact."""


class _Given(NamedTuple):
    """Facts, read once for all values that are checked with them."""

    given: Facts
    usable: UsableFacts
    plan: _Plan
    problems: Sequence[LocatedFinding] = ()
    """Findings of facts that cannot be read, the same for every value."""


class Validator:
    """One schema with the rules that read the same value."""

    def __init__(
        self, spec: Spec, schema: Json, *, on: str, rules: Iterable[tuple[Rule, Path]], formats: Formats,
        engine: str, fallback: Rule, facts: Mapping[str, FactForm] | None = None, is_request: bool = False,
        hides: Callable[[Path], bool] = lambda _: False, whole: str = "the body",
    ) -> None:  # fmt: skip
        """Prepare the schema; it is compiled when it is first needed.

        Args:
            spec: where the rules of the schema have their texts.
            schema: as it is written.
            on: operation id.
            rules: each function rule with the path at which its input lies in the value.
            formats: those of the marketplace.
            engine: name of the engine; the reference engine goes without the quick path.
            fallback: the rule of a keyword that no subschema with `x-rule` encloses.
            facts: how the marketplace reads facts.
            is_request: whether the value is what a seller sends: then integers are held against their form.
            hides: returns whether a place is one of a secret or a person: no message shows its value.
            whole: what messages call the body of a request.
        """
        self._rules = [(rule, rule.check, path) for rule, path in rules if rule.check is not None]
        gates = {
            rule.id: _below(path, rule.unless) for rule, _, path in self._rules if rule.unless is not None
        }
        self._prepared, self._formats, self._engine = with_gates(schema, gates, formats), formats, engine
        self._fractions = Fractions(self._prepared) if is_request else None
        self.fast = (
            None
            if engine == REFERENCE
            else FastChecker(self._prepared, formats=formats, engine=engine, fractions=self._fractions)
        )
        """The quick path; None with the reference engine."""
        self._fallback = fallback
        self.hides = hides
        self._whole = whole
        self._spec = spec
        self._on = on
        self._makers: dict[Keyword, Callable[[Json], ToFinding]] = {}
        self._plans: dict[frozenset[str], _Plan] = {}
        self._forms = facts or {}
        self._last = _Given(NO_FACTS, NOTHING, self._plan(frozenset()))
        """The last facts: the same ones often come again."""
        if self.fast is None:
            _ = self.schema  # an invalid schema is an error of the spec, not of the first value

    @cached_property
    def schema(self) -> "CompiledSchema":
        """The full check of the schema."""
        from sellerspec.schema.keyword import Texts  # a value that fits loads nothing of it
        from sellerspec.schema.violations import CompiledSchema

        texts = Texts(self._formats, lambda id: self._spec.rule(id, self._on), self.hides, self._whole)
        return CompiledSchema(self._prepared, formats=self._formats, engine=self._engine, texts=texts)

    def unchecked(self, facts: Facts, value: Json = None) -> tuple[str, ...]:
        """Return the ids of the rules that need a fact which is not given, or cannot be used for a value."""
        given = self._given(facts)
        unchecked = (self._for(value, given) if given.usable.named else given).plan.unchecked
        incomplete = given.usable.incomplete(value) if given.usable.partial else ()
        if not incomplete:
            return unchecked
        open_ = {rule.id for rule, *_ in self._rules if not incomplete.isdisjoint(rule.facts)}
        return tuple(sorted(open_.union(unchecked)))

    def findings(self, value: Json, facts: Facts = NO_FACTS) -> tuple[Finding, ...]:
        """Return every finding about a value, sorted by place, then rule.

        Raises:
            ParseError: JSON cannot hold the value.
        """
        try:
            fits = self.fast is not None and self.fast.accepts(value)
            return self._findings(value, facts, fits=fits)
        except (ValueError, RecursionError) as error:
            raise not_json(error) from None

    def of_text(self, text: bytes | str, facts: Facts = NO_FACTS) -> tuple[Json, tuple[Finding, ...]]:
        """Return the value of a JSON text and every finding about it.

        Raises:
            ParseError: the text is no JSON; with line and column.
        """
        if len(text) > LONG:
            require_bounded(text)
        value, fits = (decode(text), False) if self.fast is None else self.fast.read(text)
        return value, self._findings(value, facts, fits=fits)

    def _findings(self, value: Json, facts: Facts, *, fits: bool) -> tuple[Finding, ...]:
        """Return the findings; `fits` says that the schema surely has no violation."""
        given = self._last
        if given.given is not facts:
            given = self._given(facts)
        if given.usable.named:
            given = self._for(value, given)
        _, usable, plan, problems = given
        facts = usable.facts
        if not fits:
            return in_order([*problems, *self._all(value, facts, plan)])
        rules = plan.for_value(value)
        return in_order([*problems, *rule_findings(rules, value, facts)]) if rules or problems else ()

    def _all(self, value: Json, facts: Facts, plan: _Plan) -> list[LocatedFinding]:
        from sellerspec.schema.violations import without

        findings: list[LocatedFinding] = []
        opened: set[str] = set()
        violations = self.schema.violations(value)
        if not violations and self.fast is not None:
            self.fast.expect_valid()
        broken = {path for path, _, keyword, _ in violations if keyword.breaks_value and not keyword.gate}
        if len(violations) > MOST:
            violations = _listed(violations)
        for violation in violations:
            path, message, keyword, part = violation
            if keyword.gate is not None:
                opened.add(keyword.gate)
                continue
            if keyword.warns and path in broken:
                continue  # the error says what is wrong with the value
            maker = self._makers.get(keyword) or self._maker(keyword)
            findings.append(maker(part)(path, message, None, "" if violation.suggests else None))
        if self._fractions is not None:
            findings += [with_fraction(value, path) for path in self._fractions.paths(value)]
        readable = without(value, broken)
        gated = [plan.gated[id] for id in sorted(opened & plan.gated.keys())]
        return findings + rule_findings([*plan.for_value(readable), *gated], readable, facts, broken)

    def _maker(self, keyword: "Keyword") -> Callable[[Json], ToFinding]:
        """Return what returns the maker of findings for a value that violates a keyword."""
        rule = self._fallback if keyword.rule is None else self._spec.rule(keyword.rule, self._on)
        rule = replace(rule, severity=Severity.WARNING if keyword.warns else Severity.ERROR)
        self._makers[keyword] = _finding_makers(rule, self._engine)
        return self._makers[keyword]

    def _given(self, facts: Facts) -> _Given:
        last = self._last
        if last.given is not facts:
            usable = known_facts.usable(facts, self._forms, (rule for rule, *_ in self._rules))
            problems = tuple(map(known_facts.finding, usable.problems))
            last = self._last = _Given(facts, usable, self._plan(usable.usable), problems)
        return last

    def _for(self, value: Json, given: _Given) -> _Given:
        """Return the facts without those that are of another thing than the value names."""
        usable, problems = given.usable.usable, list(given.problems)
        for fact, path, message in given.usable.others(value):
            identity = f"{fact}.{self._forms[fact].identity}"
            kept = usable & {identity} if any(identity in rule.needs for rule, *_ in self._rules) else ()
            usable = frozenset(name for name in usable if name.partition(".")[0] != fact).union(kept)
            if not kept:  # else the rule that needs the identity reports it
                problems.append(known_facts.finding(message, path))
        if usable == given.usable.usable:
            return given
        return given._replace(plan=self._plan(usable), problems=problems)

    def _plan(self, given: frozenset[str]) -> _Plan:
        if given not in self._plans:
            runs = [run for run in self._rules if given.issuperset(run[0].needs)]
            ready = {rule.id: ReadyRule(check, path, finding_maker(rule)) for rule, check, path in runs}
            always: list[ReadyRule] = []
            compared: dict[Path, list[tuple[Comparison, ReadyRule]]] = {}
            for rule, check, path in runs:
                if self.fast is not None and isinstance(check, ComparisonCheck):
                    compared.setdefault(path, []).append((check.comparison, ready[rule.id]))
                elif rule.unless is None:
                    always.append(ready[rule.id])
            self._plans[given] = _Plan(
                _selection(always, {path: precheck(pairs) for path, pairs in compared.items()}),
                {rule.id: ready[rule.id] for rule, *_ in runs if rule.unless is not None},
                tuple(sorted({rule.id for rule, *_ in self._rules} - ready.keys())),
            )
        return self._plans[given]


def _listed(violations: "Sequence[SchemaViolation]") -> "list[SchemaViolation]":
    """Return the violations that are listed: of a rule with more than `MOST`, the first and a count."""
    by_rule: dict[tuple[str | None, bool, str | None], list[SchemaViolation]] = {}
    for violation in violations:
        of = violation.keyword
        by_rule.setdefault((of.rule, of.warns, of.gate), []).append(violation)
    listed: list[SchemaViolation] = []
    for own in by_rule.values():
        if len(own) <= MOST:
            listed += own
            continue
        first = nsmallest(
            LISTED + 1, own, key=lambda violation: (in_path_order(violation.path), violation.message)
        )
        listed += first[:LISTED]
        listed.append(first[LISTED]._replace(message=more(len(own) - LISTED)))
    return listed


def _finding_makers(rule: Rule, engine: str) -> Callable[[Json], ToFinding]:
    """Return what returns the maker of a rule's findings for a value: with the server text if it is shown."""
    shown = finding_maker(rule)
    if rule.text_for is None:
        return lambda _: shown
    from sellerspec.schema.violations import MISSING

    fits = compiled(rule.text_for, {}, engine).is_valid
    silent = finding_maker(replace(rule, text=None))
    return lambda value: shown if value is MISSING or fits(value) else silent


def _selection(
    always: Sequence[ReadyRule], compared: Mapping[Path, Callable[[Json], Sequence[ReadyRule]]]
) -> Callable[[Json], Sequence[ReadyRule]]:
    """Return a function that returns the rules to run: all of `always`, and those that a precheck finds."""
    if not always and compared.keys() == {()}:
        return compared[()]

    def rules(value: Json) -> list[ReadyRule]:
        checked = [find(at(value, path)) for path, find in compared.items()]
        return [*always, *(rule for rules in checked for rule in rules)]

    return rules if compared else lambda _: always


def stated_rules(spec: Spec, schema: Json, on: str) -> Iterable[Rule]:
    """Yield the rules that the subschemas of a schema state, once for each place.

    Raises:
        SpecError: a rule has no text, or its severity is not that of its place.
    """
    for subschema, warns in annotated(schema):
        place = subschema.get("x-place", on)
        rule = spec.rule(subschema["x-rule"], place)
        if warns is not (rule.severity is Severity.WARNING):
            here = Severity.WARNING if warns else Severity.ERROR
            raise SpecError(f"{place}: `{rule.id}` is {rule.severity} by its text, {here} by its place")
        yield replace(rule, on=(on,), place=place)


def fallback(marketplace: str, operation: str, source: Source) -> Rule:
    """Return the rule of keywords that no rule encloses: the value has the shape of the spec.

    It is an error; the validator makes it a warning below `x-warnings`.
    """
    kebab = "".join(f"-{char.lower()}" if char.isupper() else char for char in operation)
    return Rule(
        id=f"{marketplace}.{kebab}-shape",
        on=(operation,),
        requirement="the value has the shape that the spec gives it",
        # no sentence of a document stands behind such a keyword: it is our reading at most
        source=source if source.status is Basis.ASSUMED else replace(source, status=Basis.INFERRED),
        severity=Severity.ERROR,
    )


def _below(path: Path, schema: Json) -> Json:
    for part in reversed(path):
        schema = {"properties": {part: schema}}
    return schema
