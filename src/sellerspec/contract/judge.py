"""Judge one value: the schema and the rule functions that concern it, compiled together.

The schema, its advice and the `unless` of every rule are one compiled schema. A value that fits
it has nothing to report but what the few rules without `unless` say: that is the hot path.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from sellerspec.model import NO_FACTS, Basis, Facts, Finding, Json, Path, Severity, Source, pointer
from sellerspec.rulebook import Check, Glance, Rule
from sellerspec.schema.compile import Breached, Compiled, annotated, without
from sellerspec.schema.engine import Formats, not_json
from sellerspec.spec import Spec, rule_of

Tell = Callable[[Path, str, str | None, str | None], Finding]
"""Makes a finding of one rule: place, words, and text and hint where they are not the rule's own."""


class _Ready(NamedTuple):
    """A rule function, ready to run."""

    id: str
    check: Check
    at: Path
    """Where in the judged value that lies which the function reads."""

    tell: Tell


class _Plan(NamedTuple):
    """What runs when these facts are given."""

    always: tuple[_Ready, ...]
    """The rules that no schema gates."""

    glance: Glance | None
    """What settles the usual payload for those rules, if all of them have one."""

    gated: Mapping[str, _Ready]
    unchecked: tuple[str, ...]


class Judge:
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
        self._stated: dict[tuple[int, bool], Rule] = {}
        self._tells: dict[tuple[int, bool], Tell] = {}
        self._plans: dict[frozenset[str], _Plan] = {}
        self._bare = self._plan(frozenset())

    def unchecked(self, facts: Facts) -> tuple[str, ...]:
        """Return the ids of the rules that lack a fact."""
        return self._bare.unchecked if facts is NO_FACTS else self._plan(facts.given()).unchecked

    def findings(self, value: Json, facts: Facts = NO_FACTS) -> tuple[Finding, ...]:
        """Return every finding about a value, sorted by place, then rule."""
        plan = self._bare if facts is NO_FACTS else self._plan(facts.given())
        try:
            if not self._nothing_to_say(value):
                return self._all(value, facts, plan)
        except (ValueError, RecursionError) as error:
            raise not_json(error) from None
        rules = plan.always
        if plan.glance is not None:
            named = plan.glance(value)
            if not named:
                return ()
            rules = _asked(rules, named)
        return _sorted(_found(rules, value, facts))

    def _all(self, value: Json, facts: Facts, plan: _Plan) -> tuple[Finding, ...]:
        found: list[tuple[Path, Finding]] = []
        opened: set[str] = set()
        broken: set[Path] = set()
        rest_fits = True
        for breach in self._compiled.breaches(value):
            if breach.gate is not None:
                opened.add(breach.gate)
                continue
            if breach.breaks_value:
                broken.add(breach.at)
            elif not breach.keeps_types:
                rest_fits = False
            found.append((breach.at, self._tell(breach)(breach.at, breach.says, None, None)))
        readable = without(value, broken) if broken else value
        rules = plan.always
        if rest_fits and plan.glance is not None:
            # where it misses what the breaches are about, every rule looks
            with suppress(LookupError, TypeError, AttributeError):
                rules = _asked(rules, plan.glance(readable))
        if opened:
            rules = (*rules, *(plan.gated[each] for each in sorted(opened & plan.gated.keys())))
        # a member that is broken looks missing to a rule: only the breach itself is reported
        found.extend([each for each in _found(rules, readable, facts) if each[0] not in broken])
        return _sorted(found)

    def _tell(self, breach: Breached) -> Tell:
        key = (id(breach.rule), breach.warns)
        tell = self._tells.get(key)
        if tell is None:
            tell = self._tells[key] = _teller(self.stated(breach.rule, breach.warns))
        return tell

    def stated(self, subschema: Mapping[str, Json] | None, warns: bool) -> Rule:
        """Return the rule that a subschema of the compiled schema states."""
        severity = Severity.WARNING if warns else Severity.ERROR
        if subschema is None:
            return replace(self._fallback, severity=severity)
        key = (id(subschema), warns)
        if key not in self._stated:
            place = subschema.get("x-place", self._on)
            source = self._spec.source(subschema.get("x-source"), place)
            self._stated[key] = rule_of(subschema, severity, self._on, source)
        return self._stated[key]

    def _plan(self, given: frozenset[str]) -> _Plan:
        if given not in self._plans:
            runs = [(each, path) for each, path in self._rules if given.issuperset(each.needs)]
            ready = [
                (each, _Ready(each.id, each.check, path, _teller(each)))
                for each, path in runs
                if each.check is not None
            ]
            always = [(rule, each) for rule, each in ready if not _has_gate(rule)]
            self._plans[given] = _Plan(
                always=tuple(each for _, each in always),
                glance=_glance(always),
                gated={each.id: each for rule, each in ready if _has_gate(rule)},
                unchecked=tuple(sorted({each.id for each, _ in self._rules} - {each.id for each, _ in runs})),
            )
        return self._plans[given]


def stated_rules(spec: Spec, schema: Json, on: str) -> Iterable[Rule]:
    """Yield the rules that the annotations of a schema state."""
    for subschema, warns in annotated(schema):
        place = subschema.get("x-place", on)
        source = spec.source(subschema.get("x-source"), place)
        yield rule_of(subschema, Severity.WARNING if warns else Severity.ERROR, on, source)


def fallback(marketplace: str, operation: str, source: Source) -> Rule:
    """Return the rule of keywords that no rule encloses: the value has the shape of the spec."""
    return Rule(
        id=f"{marketplace}.{_kebab(operation)}-shape",
        on=(operation,),
        asks="the value has the shape that the spec gives it",
        source=source,
        severity=Severity.ERROR if source.status is Basis.DOCUMENTED else Severity.WARNING,
    )


def _glance(rules: Iterable[tuple[Rule, _Ready]]) -> Glance | None:
    """Return one look at a value for all rules; None if one of them has none."""
    looks: dict[Glance, None] = {}
    for rule, ready in rules:
        if not callable(rule.unless) or ready.at:
            return None
        looks[rule.unless] = None
    if len(looks) == 1:
        return next(iter(looks))
    return lambda value: [id for each in looks for id in each(value)]


def _asked(rules: tuple[_Ready, ...], named: Collection[str]) -> tuple[_Ready, ...]:
    return tuple([each for each in rules if each[0] in named]) if named else ()


def _has_gate(rule: Rule) -> bool:
    return rule.unless is not None and not callable(rule.unless)


def _kebab(name: str) -> str:
    return "".join(f"-{each.lower()}" if each.isupper() else each for each in name)


def _below(path: Path, schema: Json) -> Json:
    for part in reversed(path):
        schema = {"properties": {part: schema}}
    return schema


def _at(value: Json, path: Path) -> Json:
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def _found(rules: Iterable[_Ready], value: Json, facts: Facts) -> list[tuple[Path, Finding]]:
    found: list[tuple[Path, Finding]] = []
    for _, check, path, tell in rules:
        read = _at(value, path) if path else value
        if read is not None:
            for breach in check(read, facts):
                at = path + breach.at
                found.append((at, tell(at, breach.says, breach.text, breach.hint)))
    return found


def _teller(rule: Rule) -> Tell:
    """Return what makes the findings of a rule; a finding is a value, so one made before serves again."""

    @lru_cache(maxsize=256)
    def tell(at: Path, says: str, text: str | None, hint: str | None) -> Finding:
        return Finding(
            rule.id, rule.severity, pointer(at), says, rule.basis, rule.source,
            text or rule.text, rule.status, rule.code, hint or rule.hint, rule.phase,
        )  # fmt: skip

    return tell


def _sorted(found: list[tuple[Path, Finding]]) -> tuple[Finding, ...]:
    """Return the findings by place, list items by their number, then by rule; each once."""
    if len(found) > 1:
        try:
            found.sort(key=_order)
        except TypeError:
            found.sort(key=_order_of_any)
        if len({finding.pointer for _, finding in found}) < len(found):
            # what two schemas say alike now stands side by side
            found = [each for at, each in enumerate(found) if not at or each != found[at - 1]]
    return tuple([each for _, each in found])


def _order(each: tuple[Path, Finding]) -> tuple[Path, str, str]:
    path, finding = each
    return path, finding.rule, finding.message


def _order_of_any(each: tuple[Path, Finding]) -> tuple[list[tuple[bool, int, str]], str, str]:
    """Order also where a rule names a list's item by a text, or an object's member by a number."""
    path, finding = each
    parts = [(False, part, "") if isinstance(part, int) else (True, 0, part) for part in path]
    return parts, finding.rule, finding.message
