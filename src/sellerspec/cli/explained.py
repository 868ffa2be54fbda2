"""What `explain` says: of a rule, an operation, a discrepancy, an id of the rule catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sellerspec import contract, marketplaces
from sellerspec.cli.examples import shown
from sellerspec.cli.listing import rule_json
from sellerspec.contract import examples, registry
from sellerspec.contract.documents import discrepancies
from sellerspec.contract.examples import Example
from sellerspec.contract.validator import fallback
from sellerspec.errors import UnknownName
from sellerspec.marketplaces.common import COMMON
from sellerspec.model import Basis, Json, Severity, Source
from sellerspec.rules import Rule

BASES = {
    Basis.DOCUMENTED: "documented: the source states it",
    Basis.OBSERVED: "observed: a real answer, or a later text of the vendor, shows it",
    Basis.INFERRED: "inferred: our reading, nobody states it",
    Basis.ASSUMED: "assumed: no document states it; an overlay can correct it",
}
"""How we know, in words."""


class Page(NamedTuple):
    """One explanation, for a person and for a program."""

    lines: list[str]
    value: Json


def rule(id: str, overlays: Sequence[str] = ()) -> Page:
    """Explain a rule: what it asks, how we know, what the marketplace responses, a payload either way.

    Raises:
        UnknownName: no rule has that id; names the nearest.
    """
    found = find_rule(id, overlays)
    pairs = list(examples.pairs(found.id))
    lines = [found.id, f"  {found.requirement}", "", *_facts_of(found, overlays)]
    for example, twin in pairs[:1]:
        lines += ["", *_example(found, example, twin)]
    if not pairs and not found.why_not:
        lines += ["", "No example is kept for this rule."]
    files = [{"breaks": example.name, "keeps": twin.name if twin else None} for example, twin in pairs]
    return Page(lines, {**rule_json(found), "examples": files})


def find_rule(id: str, overlays: Sequence[str] = ()) -> Rule:
    """Return any rule that a finding can name: of the catalogue, of every exchange, or a bare shape.

    Raises:
        UnknownName: there is none; names the nearest.
    """
    common = next((each for each in COMMON if each.id == id), None)
    if common is not None:
        source = Source("sellerspec", "every exchange", Basis.INFERRED)
        return Rule(id, ("*",), common.requirement, source, common.severity, reads="exchange")
    try:
        return registry.rule(id, overlays=overlays)
    except UnknownName:
        for each in registry.operations(overlays=overlays):
            bare = fallback(each.marketplace, each.id, each.source)
            if bare.id == id:
                return bare
        raise


def _facts_of(found: Rule, overlays: Sequence[str]) -> Iterator[str]:
    """Yield the known facts of a rule as aligned lines."""
    where = (
        "every operation"
        if "*" in found.on
        else ", ".join(f"{found.marketplace}/{each}" for each in found.on)
    )
    severity = "error: refuses" if found.severity is Severity.ERROR else "warning: advises, --strict refuses"
    phase = "in the answer" if found.phase == "sync" else "later, in tracking: accepted first"
    rows = {
        "operations": where,
        "severity": severity,
        "basis": BASES[found.basis],
        "source": _source(found, overlays),
        "rests on": _assumed(found, overlays),
        "when": phase if found.severity is Severity.ERROR or found.phase == "async" else "",
        "response": " ".join(filter(None, (str(found.status or ""), found.code))),
        "server text": found.text or "",
        "hint": found.hint or "",
        "needs": ", ".join(found.needs),
        "catalogue": ", ".join(found.catalogue),
        "written at": found.place,
        "not checked": found.why_not,
    }
    yield from (f"  {name:<12} {value}" for name, value in rows.items() if value)


def _assumed(found: Rule, overlays: Sequence[str]) -> str:
    """Name the operations of a rule that no document states."""
    if found.marketplace not in marketplaces.names():
        return ""
    known = registry.operations(found.marketplace, overlays=overlays)
    named = [each.key for each in known if each.id in found.on and each.source.status is Basis.ASSUMED]
    return f"the shape of {', '.join(named)}, which is assumed" if named else ""


def _source(found: Rule, overlays: Sequence[str]) -> str:
    source = found.source
    seen = f", seen {source.seen}" if source.seen else ""
    if found.marketplace not in marketplaces.names():
        return str(source)
    known: Mapping[str, Json] = contract.contract(found.marketplace, overlays).spec.sources.get(
        source.document, {}
    )
    title = f"{known['title']}, " if "title" in known else ""
    section = f" section {source.section}" if source.section else ""
    url = f" <{known['url']}>" if "url" in known else ""
    return f"{title}{source.document}{section}{seen}{url}"


def _example(found: Rule, example: Example, twin: Example | None) -> Iterator[str]:
    yield f"  breaks it: {example.name}"
    yield from (f"    {line}" for line in shown(found, example))
    if twin is not None:
        yield f"  keeps it: {twin.name}"
        yield from (f"    {line}" for line in shown(found, example, twin))


def operation(key: str, overlays: Sequence[str] = ()) -> Page:
    """Explain an operation: its call, its source, its rules, and where one goes from its response.

    Raises:
        UnknownName: no operation has that key; names the nearest.
    """
    ready = contract.operation(key, overlays)
    about, spec = ready.operation, ready.spec
    rules = registry.rules(key, overlays=overlays)
    call = "webhook, called by the marketplace" if about.webhook else f"{about.method} {about.path}"
    lines = [about.key, f"  {about.summary}", "", f"  call         {call}"]
    lines += [f"  source       {about.source}, {BASES[about.source.status]}"]
    lines += [
        f"  {parameter.where:<12} {parameter.name}{' (required)' if parameter.required else ''}"
        for parameter in spec.parameters
    ]
    lines += [f"  answers      {', '.join(map(str, spec.responses))}"]
    lines += [f"  then         {each.get('operationId', name)}" for name, each in spec.links.items()]
    lines += ["", "  rules:", *(f"    {each.id:<40} {each.severity:<8} {each.requirement}" for each in rules)]
    value = {
        "key": about.key,
        "summary": about.summary,
        "method": about.method,
        "path": about.path,
        "webhook": about.webhook,
        "status": about.source.status.value,
        "source": {
            "document": about.source.document,
            "section": about.source.section,
            "seen": about.source.seen,
        },
        "parameters": [
            {"name": parameter.name, "in": parameter.where, "required": parameter.required}
            for parameter in spec.parameters
        ],
        "responses": list(spec.responses),
        "links": sorted({each.get("operationId", name) for name, each in spec.links.items()}),
        "rules": [each.id for each in rules],
    }
    return Page(lines, value)


def discrepancy(id: str) -> Page | None:
    """Explain an entry of the discrepancy register; None if there is none of that id."""
    found = next((each for each in discrepancies() if each.id == id), None)
    if found is None:
        return None
    entry = found.value
    lines = [f"{id}: the documents of {found.marketplace} contradict themselves", f"  {entry['place']}", ""]
    lines += [f"  reading {number}: {each}" for number, each in enumerate(entry.get("readings", ()), 1)]
    lines += [f"  evidence: {entry['evidence']}"] if entry.get("evidence") else []
    lines += ["", f"  taken: {entry['taken']}", f"  enforced as: {entry['enforce']}"]
    lines += [
        f"  in: {', '.join(f'{key} {value}' for key, value in each.items())}"
        for each in entry.get("effect", ())
    ]
    return Page(lines, {"marketplace": found.marketplace, **entry})


def catalogued(id: str, overlays: Sequence[str] = ()) -> Page | None:
    """Explain an id of the rule catalogue by the rules that carry it; None if none does."""
    found = [each for each in registry.rules(overlays=overlays) if id in each.catalogue]
    if not found:
        return None
    lines = [
        f"{id} is carried by:",
        *(f"  {each.id:<40} {each.severity:<8} {each.requirement}" for each in found),
    ]
    return Page(lines, {"catalogue": id, "rules": [rule_json(each) for each in found]})


def short_ids() -> list[str]:
    """Return the ids of all discrepancies and of the rule catalogue."""
    return [
        *(each.id for each in discrepancies()),
        *(id for each in registry.rules() for id in each.catalogue),
    ]
