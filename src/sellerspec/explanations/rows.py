"""Rules, operations and sources as JSON, as lists and explanations show them."""

from sellerspec.model import Json, Operation, Source
from sellerspec.rules import Rule


def operation_json(operation: Operation) -> dict[str, Json]:
    """Return one operation as JSON."""
    return {
        "key": operation.key,
        "method": operation.method,
        "path": operation.path,
        "webhook": operation.webhook,
        "summary": operation.summary,
        "source": source_json(operation.source),
        "status": operation.source.status.value,
    }


def rule_json(rule: Rule) -> dict[str, Json]:
    """Return one rule as JSON, with all its attributes."""
    return {
        "id": rule.id,
        "catalogue": list(rule.catalogue),
        "operations": [f"{rule.marketplace}/{operation}" for operation in rule.on],
        "requirement": rule.requirement,
        "severity": rule.severity.value,
        "basis": rule.basis.value,
        "phase": rule.phase.value,
        "source": source_json(rule.source),
        "needs": list(rule.needs),
        "server_text": rule.text,
        "status": rule.status,
        "code": rule.code,
        "hint": rule.hint,
        "reads": rule.reads,
        "checkable": not rule.why_not,
        "why_not": rule.why_not,
        "place": rule.place,
    }


def source_json(source: Source) -> dict[str, Json]:
    """Return a source as JSON, without its status."""
    return {"document": source.document, "section": source.section, "seen": source.seen}
