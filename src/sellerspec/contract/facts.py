"""Facts as the rules of one validator can use them: read, and held against what a payload names.

A fact that cannot be read, or that is of another thing than the payload, is a finding, and the rules
that need it are unchecked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sellerspec.contract.findings import LocatedFinding, at, in_path_order
from sellerspec.marketplaces.common import FACT_USABLE
from sellerspec.marketplaces.facts import FORMS
from sellerspec.marketplaces.messages import must_equal, names
from sellerspec.model import NO_FACTS, Facts, Finding, Json, Path, pointer
from sellerspec.rules import FactForm, Rule
from sellerspec.schema.messages import seen
from sellerspec.values import identifier

_BODIES: tuple[Path, ...] = ((), ("request", "body"), ("request", "path"))
"""Where a validated value can name what it is about: a payload itself, or parts of an exchange."""


class UsableFacts(NamedTuple):
    """Facts, read."""

    facts: Facts
    """As rules get them: without those that cannot be read, and without envelopes."""

    usable: frozenset[str]
    """Names of facts, and of the parts of facts, that rules can rely on."""

    problems: tuple[str, ...] = ()
    """What is wrong with facts that are given, as messages."""

    named: tuple[tuple[str, FactForm], ...] = ()
    """The facts that are of one certain thing, and say of which."""

    partial: tuple[tuple[str, FactForm], ...] = ()
    """The facts that may leave open a part of what a value is about."""

    def incomplete(self, value: Json) -> frozenset[str]:
        """Return the facts that leave open a part of what a value is about."""
        return frozenset(
            fact
            for fact, form in self.partial
            if form.is_partial is not None and form.is_partial(getattr(self.facts, fact), value)
        )

    def others(self, value: Json) -> Iterator[tuple[str, Path, str]]:
        """Yield each fact of another thing than a value names: its name, where that is named, a message."""
        for fact, form in self.named:
            own = identifier(getattr(self.facts, fact)[form.identity])
            for body in _BODIES:
                stated = identifier(at(value, (*body, form.named)))
                if stated is not None and stated != own:
                    source = f"that of the {fact} that was given"
                    yield fact, (*body, form.named), must_equal(form.named, own, source, stated)


NOTHING = UsableFacts(NO_FACTS, frozenset())


def usable(facts: Facts, forms: Mapping[str, FactForm], rules: Iterable[Rule]) -> UsableFacts:
    """Read facts.

    Args:
        facts: as given.
        forms: those of the marketplace.
        rules: those that may need them; what none of them needs is not looked at.
    """
    forms = {**FORMS, **forms}
    known = facts.given()
    needs = {need for rule in rules if known.issuperset(rule.facts) for need in rule.needs}
    changed: dict[str, Json] = {}
    ready: set[str] = set()
    problems: list[str] = []
    named: list[tuple[str, FactForm]] = []
    partial: list[tuple[str, FactForm]] = []
    for fact in sorted({need.partition(".")[0] for need in needs}):
        form, given = forms.get(fact), getattr(facts, fact)
        if form is None:
            ready |= {need for need in needs if need.partition(".")[0] == fact}
            continue
        changed[fact] = value = form.read(given)
        if value is None:
            problems.append(f"the fact `{fact}` must be {form.what}, got {_seen(given, form.what)}")
            continue
        ready.add(fact)
        needed = {part for part in form.parts if f"{fact}.{part}" in needs}
        unread = sorted(part for part in needed if not form.parts[part](value))
        ready |= {f"{fact}.{part}" for part in needed.difference(unread)}
        if unread:
            problems.append(f"the fact `{fact}` must have {names(unread)} as in {form.what}")
        if form.identity and identifier(value.get(form.identity)) is not None:
            named.append((fact, form))
        if form.is_partial is not None:
            partial.append((fact, form))
    return UsableFacts(
        replace(facts, **changed), frozenset(ready), tuple(problems), tuple(named), tuple(partial)
    )


def finding(message: str, path: Path = ()) -> LocatedFinding:
    """Return the finding of a fact that is not used."""
    made: Finding = FACT_USABLE(f"{message}; the rules that need it are not checked", pointer(path))
    return LocatedFinding((in_path_order(path), made.rule, made.message), path, made)


def _seen(given: Json, what: str) -> str:
    """Name what was given in place of a fact."""
    if isinstance(given, datetime):
        return "a moment with an offset"
    if not isinstance(given, dict):
        name = "a list" if isinstance(given, tuple) else seen(given)
        return f"{name} of other values" if what.startswith(name) else name
    if not given.keys().isdisjoint(("errors", "error", "error_code", "message")):
        return "a refusal"
    return "a list of several" if isinstance(given.get("data"), list | tuple) else "another object"
