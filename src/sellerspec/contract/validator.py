"""Judge one value: the schema and the rule functions that concern it, compiled together.

The schema, its advice and the `unless` of every rule are one compiled schema. A value that fits
it has nothing to report but what the few rules without `unless` say: that is the hot path.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sellerspec.contract.findings import Placed, Ready, Tell, in_order, of_rules, teller
from sellerspec.errors import SpecError
from sellerspec.io.strict import LongText, decode, holds_every_member, longest_text
from sellerspec.model import NO_FACTS, Facts, Finding, Json, Path, Severity, Source
from sellerspec.openapi.spec import Spec
from sellerspec.rules import Glance, Rule
from sellerspec.schema.compile import Compiled, Reader, without
from sellerspec.schema.engine import Formats, not_json
from sellerspec.schema.prepare import annotated

if TYPE_CHECKING:
    from sellerspec.schema.keyword import Keyword

FEW = 3
"""Texts that are read the plain way first: a program that checks one payload should not wait for more."""


class _Plan(NamedTuple):
    """What runs when these facts are given."""

    always: Mapping[str, Ready]
    """The rules that no schema gates, by id."""

    glance: Glance | None
    """What settles the usual payload for those rules, if all of them have one."""

    gated: Mapping[str, Ready]
    unchecked: tuple[str, ...]

    def asked(self, named: Iterable[str]) -> list[Ready]:
        """Return the rules that a glance has named, of those that run."""
        return [self.always[fromkey] for fromkey in dict.fromkeys(named) if fromkey in self.always]


class Validator:
    """One schema with the rules that read the same value."""

    def __init__(
        self, spec: Spec, schema: Json, *, on: str, rules: Iterable[tuple[Rule, Path]], formats: Formats,
        engine: str, fallback: Rule,
    ) -> None:  # fmt: skip
        """Compile.

        Args:
            rules: each function rule with the path at which its input lies in the judged value.
            fallback: the rule of a keyword that no annotated subschema encloses.
        """
        self._rules = tuple((each, path) for each, path in rules if each.check is not None)
        gates = {each.id: _below(path, each.unless) for each, path in self._rules if _has_gate(each)}
        self._compiled = Compiled(schema, formats=formats, gates=gates, engine=engine)
        self._nothing_to_say = self._compiled.nothing_to_say
        self._fallback = fallback
        self._spec = spec
        self._on = on
        self._tells: dict[Keyword, Tell] = {}
        self._plans: dict[frozenset[str], _Plan] = {}
        self._before: tuple[Facts, _Plan] = NO_FACTS, self._plan(frozenset())
        """The last facts and what runs with them: they often come again."""
        self._reader: Reader | None = None
        self._long_text: LongText | None = None
        self._texts = 0
        self._hopeful = True
        """Whether the last value that was looked at closely fits: a text that does not fit is mostly read
        twice, and seldom comes alone."""

    def unchecked(self, facts: Facts) -> tuple[str, ...]:
        """Return the ids of the rules that lack a fact."""
        return self._plan_for(facts).unchecked

    def findings(self, value: Json, facts: Facts = NO_FACTS) -> tuple[Finding, ...]:
        """Return every finding about a value, sorted by place, then rule."""
        plan = self._plan_for(facts)
        try:
            if not self._nothing_to_say(value):
                return self._all(value, facts, plan)
        except (ValueError, RecursionError) as error:
            raise not_json(error) from None
        return _of_fitting(value, facts, plan)

    def of_text(self, text: bytes | str, facts: Facts = NO_FACTS) -> tuple[Json, tuple[Finding, ...]]:
        """Return the value of a JSON text and every finding about it.

        Raises:
            ParseError: the text is no JSON; says where.
        """
        reader = self._reader
        if reader is None:
            value = decode(text)
            self._soon(value)
            return value, self.findings(value, facts)
        before, plan = self._before
        if before is not facts:
            plan = self._plan_for(facts)
        if self._hopeful:
            try:
                value = reader.read(text)
                whole = holds_every_member(text, value, self._long_text)
                if whole and reader.rest_fits(value):
                    return value, _of_fitting(value, facts, plan)
            except (ValueError, TypeError, RecursionError):  # the plain way says what it is
                whole = False
            if whole:
                return value, self._all(value, facts, plan)
        value = decode(text, self._long_text)
        return value, self._all(value, facts, plan)

    def _plan_for(self, facts: Facts) -> _Plan:
        before = self._before
        if before[0] is not facts:
            before = self._before = (facts, self._plan(facts.given()))
        return before[1]

    def _soon(self, sample: Json) -> None:
        """Make a reader once there are enough texts for it to be worth making."""
        self._texts += 1
        if self._texts == FEW:
            self._long_text = longest_text(sample)
            self._reader = self._compiled.reader()

    def _all(self, value: Json, facts: Facts, plan: _Plan) -> tuple[Finding, ...]:
        found: list[Placed] = []
        opened: set[str] = set()
        broken: set[Path] = set()
        violations = self._compiled.violations(value)
        self._hopeful = not violations
        for at, says, keyword in violations:
            if keyword.gate is not None:
                opened.add(keyword.gate)
                continue
            if keyword.breaks_value:
                broken.add(at)
            tell = self._tells.get(keyword) or self._teller(keyword)
            found.append(tell(at, says, None, None))
        readable = without(value, broken)
        rules: Collection[Ready] = plan.always.values()
        if plan.glance is not None:
            try:
                rules = plan.asked(plan.glance(readable))
            except (LookupError, TypeError, AttributeError):  # of what it misses or cannot compare
                rules = plan.always.values()
        if opened:
            rules = [*rules, *(plan.gated[name] for name in sorted(opened & plan.gated.keys()))]
        # a member that is broken looks missing to a rule: only the violation itself is reported
        found += [rule for rule in of_rules(rules, readable, facts) if rule[0] not in broken]
        return in_order(found)

    def _teller(self, keyword: "Keyword") -> Tell:
        tell = self._tells[keyword] = teller(self.stated(keyword.rule, keyword.warns))
        return tell

    def stated(self, id: str | None, warns: bool) -> Rule:
        """Return the rule of a keyword: the one that encloses it, else the fallback."""
        rule = self._fallback if id is None else self._spec.rule(id, self._on)
        return replace(rule, severity=Severity.WARNING if warns else Severity.ERROR)

    def _plan(self, given: frozenset[str]) -> _Plan:
        if given not in self._plans:
            runs = [(each, path) for each, path in self._rules if given.issuperset(each.needs)]
            ready = [
                (each, Ready(each.check, path, teller(each))) for each, path in runs if each.check is not None
            ]
            always = [(rule, each) for rule, each in ready if not _has_gate(rule)]
            self._plans[given] = _Plan(
                always={rule.id: each for rule, each in always},
                glance=_glance(always),
                gated={rule.id: each for rule, each in ready if _has_gate(rule)},
                unchecked=tuple(sorted({each.id for each, _ in self._rules} - {each.id for each, _ in runs})),
            )
        return self._plans[given]


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

    It is an error, as is all that a schema asserts; of an advice the judge makes it a warning.
    """
    return Rule(
        id=f"{marketplace}.{_kebab(operation)}-shape",
        on=(operation,),
        requirement="the value has the shape that the spec gives it",
        source=source,
        severity=Severity.ERROR,
    )


def _glance(rules: Iterable[tuple[Rule, Ready]]) -> Glance | None:
    """Return one look at a value for all rules; None if one of them has none."""
    looks: dict[Glance, None] = {}
    for rule, ready in rules:
        if not callable(rule.unless) or ready.at:
            return None
        looks[rule.unless] = None
    if len(looks) == 1:
        return next(iter(looks))
    return lambda value: [id for look in looks for id in look(value)]


def _has_gate(rule: Rule) -> bool:
    return rule.unless is not None and not callable(rule.unless)


def _kebab(name: str) -> str:
    return "".join(f"-{each.lower()}" if each.isupper() else each for each in name)


def _below(path: Path, schema: Json) -> Json:
    for part in reversed(path):
        schema = {"properties": {part: schema}}
    return schema


def _of_fitting(value: Json, facts: Facts, plan: _Plan) -> tuple[Finding, ...]:
    """Return what rules say of a value that has nothing else to report."""
    if plan.glance is None:
        return in_order(of_rules(plan.always.values(), value, facts))
    named = plan.glance(value)
    return in_order(of_rules(plan.asked(named), value, facts)) if named else ()
