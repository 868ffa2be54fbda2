"""Pages that explain a rule or an operation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sellerspec import contract, marketplaces
from sellerspec.cassettes.rules import RULES as CASSETTES
from sellerspec.contract import examples, registry
from sellerspec.contract.documents import discrepancies
from sellerspec.contract.examples import Example
from sellerspec.contract.requirements.received import as_json, received, rows
from sellerspec.contract.validator import fallback
from sellerspec.contract.waivers import RULES as WAIVERS
from sellerspec.errors import UnknownName
from sellerspec.explanations.ids import Page, id_page, rule_line
from sellerspec.explanations.rows import rule_json, source_json
from sellerspec.guard.watch import RULES as GUARDS
from sellerspec.marketplaces.common import COMMON
from sellerspec.model import Basis, Json, Operation, Severity, Source
from sellerspec.reporting import located
from sellerspec.reporting.excerpt import around
from sellerspec.reporting.hide import hidden
from sellerspec.rules import Rule

BASES = {
    Basis.DOCUMENTED: "documented: the source states it",
    Basis.OBSERVED: "observed: a real response, or a later text of the vendor, shows it",
    Basis.INFERRED: "inferred: our reading, no source states it",
    Basis.ASSUMED: "assumed: no document states it; an overlay can correct it",
}
"""What each basis means."""

EVERYWHERE = {rule.id: rule for rule in (*COMMON, *CASSETTES, *WAIVERS, *GUARDS)}
"""Id -> rule of every marketplace: of calls, tables, cassettes, waivers and guards."""


def page(name: str, overlays: Sequence[str] = ()) -> Page:
    """Explain a rule, an operation, a discrepancy, an error code, a catalogue id or a source.

    Raises:
        UnknownName: nothing has that name; names the nearest.
    """
    if "/" in name:
        return operation_page(name, overlays)
    return rule_page(name, overlays) if "." in name else id_page(name, overlays)


def rule_page(id: str, overlays: Sequence[str] = ()) -> Page:
    """Explain a rule: its requirement, its source, the refusal, and a payload that violates it.

    Raises:
        UnknownName: no rule has that id; names the nearest.
    """
    rule = find_rule(id, overlays)
    pairs = list(examples.pairs(rule.id))
    fixes = list(_fixes(rule, [example for example, _ in pairs]))
    lines = [rule.id, f"  {rule.requirement}", "", *_attributes(rule, overlays)]
    lines += [f"  {'fix':<12} {title} ({'safe' if safe else 'unsafe'})" for title, safe in fixes]
    for example, twin in pairs[:1]:
        lines += ["", f"  violates it: {example.name}", *_excerpt(rule, example)]
        if twin is not None:
            lines += [f"  satisfies it: {twin.name}", *_excerpt(rule, example, twin)]
    if not pairs and not rule.why_not:
        lines += ["", "No example is kept for this rule."]
    registered = list(_discrepancies(rule))
    files = [{"violates": example.name, "satisfies": twin.name if twin else None} for example, twin in pairs]
    shown = [{"title": title, "safe": safe} for title, safe in fixes]
    value = {**rule_json(rule), "discrepancies": registered, "examples": files, "fixes": shown}
    return Page(lines, value)


def _fixes(rule: Rule, violating: Sequence[Example]) -> Iterable[tuple[str, bool]]:
    """Return title and safety of the fixes that the examples of a rule get, each once."""
    reports = [example.report() for example in violating if not example.is_exchange]
    findings = (one for report in reports for one in report.findings if one.rule == rule.id)
    return dict.fromkeys((fix.title, fix.safe) for finding in findings for fix in finding.fixes)


def find_rule(id: str, overlays: Sequence[str] = ()) -> Rule:
    """Return any rule that a finding can name: of a marketplace, of every exchange, or of a bare shape.

    Raises:
        UnknownName: there is none; names the nearest.
    """
    common = EVERYWHERE.get(id)
    if common is not None:
        source = Source("sellerspec", "every exchange", Basis.INFERRED)
        return Rule(id, ("*",), common.requirement, source, common.severity, reads="exchange")
    try:
        return registry.rule(id, overlays=overlays)
    except UnknownName:
        for operation in registry.operations(overlays=overlays):
            bare = fallback(operation.marketplace, operation.id, operation.source)
            if bare.id == id:
                return bare
        raise


def _attributes(rule: Rule, overlays: Sequence[str]) -> Iterator[str]:
    """Yield the attributes of a rule as aligned lines."""
    is_error, later = rule.severity is Severity.ERROR, rule.phase == "async"
    keys = ", ".join(f"{rule.marketplace}/{operation}" for operation in rule.on)
    refused = rule.marketplace in marketplaces.names() and registry.is_refused(rule, overlays=overlays)
    when = "later, in tracking: accepted first" if later else "at once, in the response"
    rows = {
        "operations": "every operation" if "*" in rule.on else keys,
        "severity": "error: refuses" if is_error else "warning: advises, --strict refuses",
        "basis": BASES[rule.basis],
        "source": _source(rule, overlays),
        "rests on": _assumed(rule, overlays),
        "refused": when if refused and (is_error or later) else "",
        "response": _response(rule, overlays),
        "server text": rule.text or "",
        "hint": rule.hint or "",
        "needs": ", ".join(rule.needs),
        "catalogue": ", ".join(rule.catalogue),
        "discrepancy": ", ".join(_discrepancies(rule)),
        "written at": rule.place,
        "not checked": rule.why_not,
    }
    yield from (f"  {name:<12} {value}" for name, value in rows.items() if value)


def _response(rule: Rule, overlays: Sequence[str]) -> str:
    """Return status and code of the refusal; of operations that no document states, both are assumed."""
    shown = " ".join(filter(None, (str(rule.status or ""), rule.code)))
    on = [operation for operation in _operations(rule, overlays) if operation.id in rule.on]
    assumed = bool(on) and all(operation.assumed for operation in on)
    return f"{shown}, assumed" if shown and assumed else shown


def _operations(rule: Rule, overlays: Sequence[str]) -> tuple[Operation, ...]:
    known = rule.marketplace in marketplaces.names()
    return registry.operations(rule.marketplace, overlays=overlays) if known else ()


def _assumed(rule: Rule, overlays: Sequence[str]) -> str:
    """Name the operations of a rule that no document states."""
    keys = [
        operation.key
        for operation in _operations(rule, overlays)
        if operation.id in rule.on and operation.assumed
    ]
    return f"the shape of {', '.join(keys)}, which is assumed" if keys else ""


def _discrepancies(rule: Rule) -> Iterator[str]:
    """Yield the ids of the register's entries that took effect in a rule."""
    for entry in discrepancies():
        if any(effect.get("rule") == rule.id for effect in entry.value.get("effect", ())):
            yield entry.id


def _source(rule: Rule, overlays: Sequence[str]) -> str:
    source = rule.source
    if rule.marketplace not in marketplaces.names():
        return str(source)
    sources = contract.contract(rule.marketplace, overlays).spec.sources
    document: Mapping[str, Json] = sources.get(source.document, {})
    title = f"{document['title']}, " if "title" in document else ""
    section = f" section {source.section}" if source.section else ""
    seen = f", seen {source.seen}" if source.seen else ""
    url = f" <{document['url']}>" if "url" in document else ""
    return f"{title}{source.document}{section}{seen}{url}"


def _excerpt(rule: Rule, example: Example, twin: Example | None = None) -> Iterator[str]:
    """Yield the lines around the place where an example violates a rule, and the message.

    Args:
        twin: the valid example whose lines around the same place are yielded instead.
    """
    text = (twin or example).path.read_text(encoding="utf-8")
    report = located(example.report(), text, exchange=example.is_exchange)
    finding = next((finding for finding in report.findings if finding.rule == rule.id), None)
    if finding is not None:
        yield from (
            f"    {line}"
            for line in around(hidden(text, report.operation), finding.line or 1, finding.column or 1)
        )
        if twin is None:
            yield f"    {finding.pointer or '/'}: {finding.message}"


def operation_page(key: str, overlays: Sequence[str] = ()) -> Page:
    """Explain an operation: its call, its source, its rules, and the operations that may follow.

    Raises:
        UnknownName: no operation has that key; names the nearest.
    """
    ready = contract.operation(key, overlays)
    operation, spec = ready.operation, ready.spec
    rules = registry.rules(key, overlays=overlays)
    links = [link.get("operationId", name) for name, link in spec.links.items()]
    call = (
        "webhook, called by the marketplace" if operation.webhook else f"{operation.method} {operation.path}"
    )
    lines = [operation.key, f"  {operation.summary}", "", f"  call         {call}"]
    lines += [f"  source       {operation.source}, {BASES[operation.source.status]}"]
    lines += [
        f"  {parameter.where:<12} {parameter.name}{' (required)' if parameter.required else ''}"
        for parameter in spec.parameters
    ]
    lines += [f"  responses    {', '.join(map(str, spec.responses))}"]
    lines += [f"  then         {link}" for link in links]
    members = received(ready)
    if members:
        lines += ["", "  members of the response:", *(f"  {row}" for row in rows(members))]
    lines += ["", "  rules:", *map(rule_line, rules)]
    value = {
        "key": operation.key,
        "summary": operation.summary,
        "method": operation.method,
        "path": operation.path,
        "webhook": operation.webhook,
        "status": operation.source.status.value,
        "source": source_json(operation.source),
        "parameters": [
            {"name": parameter.name, "in": parameter.where, "required": parameter.required}
            for parameter in spec.parameters
        ],
        "responses": list(spec.responses),
        "received": as_json(members),
        "links": sorted(set(links)),
        "rules": [rule.id for rule in rules],
    }
    return Page(lines, value)
