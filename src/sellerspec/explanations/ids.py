"""Pages on error codes, ids of the reference catalogue, discrepancies, sources."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sellerspec import contract, marketplaces
from sellerspec.contract import registry
from sellerspec.contract.documents import discrepancies
from sellerspec.errors import UnknownName
from sellerspec.explanations.rows import rule_json
from sellerspec.model import Json, Path, pointer
from sellerspec.openapi.discrepancies import Discrepancy
from sellerspec.rules import Rule

MOST = 20
"""Most places of a spec that are listed for a word."""


class Page(NamedTuple):
    """One explanation, as lines of text and as JSON."""

    lines: list[str]
    value: Json


def id_page(id: str, overlays: Sequence[str] = ()) -> Page:
    """Explain all that has an id: a discrepancy, rules with that code or catalogue id, a source.

    If nothing has it, but a rule, the register or a spec names it, these places are shown.

    Raises:
        UnknownName: nothing has or names the id; names the nearest.
    """
    rules = registry.rules(overlays=overlays)
    parts = [*_of_register(id), *_of_rules(id, rules), *_of_sources(id, rules, overlays)]
    parts = parts or list(_naming(id, rules, overlays))
    if not parts:
        known = {entry.id for entry in discrepancies()}
        known |= {own for rule in rules for own in (*rule.catalogue, rule.code or "") if own}
        raise UnknownName("code, catalogue id or discrepancy", id, sorted(known))
    lines = [line for part in parts for line in (*part.lines, "")]
    return Page(lines[:-1], {name: value for part in parts for name, value in part.value.items()})


def rule_line(rule: Rule) -> str:
    """Return a rule as one line of a list."""
    return f"    {rule.id:<40} {rule.severity:<8} {rule.basis:<11} {rule.requirement}"


def _of_register(id: str) -> Iterator[Page]:
    for discrepancy in discrepancies():
        if discrepancy.id == id:
            entry = {"marketplace": discrepancy.marketplace, **discrepancy.value}
            yield Page(list(_entry_lines(discrepancy)), entry)


def _entry_lines(discrepancy: Discrepancy) -> Iterator[str]:
    entry = discrepancy.value
    yield f"{discrepancy.id}: the documents of {discrepancy.marketplace} contradict themselves"
    yield from (f"  {entry['place']}", "")
    yield from (f"  reading {number}: {text}" for number, text in enumerate(entry.get("readings", ()), 1))
    yield from [f"  evidence: {entry['evidence']}"] if entry.get("evidence") else []
    yield from ("", f"  taken: {entry['taken']}", f"  enforced as: {entry['enforce']}")
    for effect in entry.get("effect", ()):
        yield f"  in: {', '.join(f'{key} {value}' for key, value in effect.items())}"


def _of_rules(id: str, rules: Iterable[Rule]) -> Iterator[Page]:
    """Yield the rules that carry a catalogue id, with their texts if it is the code of their refusal."""
    carrying = [rule for rule in rules if id in (*rule.catalogue, rule.code)]
    if carrying:
        lines = [f"{id} is carried by:"]
        for rule in carrying:
            lines.append(rule_line(rule))
            if rule.text and rule.code == id:
                lines.append(f"        server text: {rule.text}")
        yield Page(lines, {"catalogue": id, "rules": [rule_json(rule) for rule in carrying]})


def _of_sources(id: str, rules: Sequence[Rule], overlays: Sequence[str]) -> Iterator[Page]:
    for name in marketplaces.names():
        source: Mapping[str, Json] | None = contract.contract(name, overlays).spec.sources.get(id)
        if source is not None:
            own = [rule for rule in rules if rule.marketplace == name and rule.source.document == id]
            lines = [f"{id}: a source of {name}"]
            lines += (f"  {member:<10} {text}" for member, text in source.items())
            lines += [f"  {'rules':<10} {len(own)}"]
            yield Page(lines, {"source": id, **source, "rules": [rule.id for rule in own]})


def _naming(id: str, rules: Iterable[Rule], overlays: Sequence[str]) -> Iterator[Page]:
    """Yield the places that name an id, as a word of its own."""
    word = re.compile(rf"(?<!\w){re.escape(id)}(?!\w)")
    texts = (
        (rule_line(rule).strip(), " ".join(filter(None, (rule.requirement, rule.text, rule.hint))))
        for rule in rules
    )
    places = [place for place, text in texts if word.search(text)]
    places += [
        f"{entry.id} {entry.value['place']}" for entry in discrepancies() if word.search(str(entry.value))
    ]
    for name in marketplaces.names():
        document = contract.contract(name, overlays).spec.document
        places += (f"openapi/{name}.yaml#{place}" for place in _places(document, word))
    if places and len(id) > 2:
        yield Page([f"{id} is named in:", *(f"    {place}" for place in places[:MOST])], {"named": places})


def _places(document: Json, word: re.Pattern[str]) -> Iterator[str]:
    """Yield the pointers of the texts in a document that hold a word."""
    pending: list[tuple[Path, Json]] = [((), document)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += (((*path, str(key)), member) for key, member in reversed(value.items()))
        elif isinstance(value, list):
            pending += (((*path, index), item) for index, item in reversed(list(enumerate(value))))
        elif isinstance(value, str) and word.search(value):
            yield pointer(path)
