"""Examples as explanations: the lines that violate a rule, and the same lines of the valid twin."""

from collections.abc import Iterator

from sellerspec.contract.examples import Example
from sellerspec.reporting import located
from sellerspec.reporting.excerpt import around
from sellerspec.reporting.hide import hidden
from sellerspec.rules import Rule


def shown(rule: Rule, example: Example, twin: Example | None = None) -> Iterator[str]:
    """Yield the lines around the place where an example violates a rule, and the message.

    Args:
        rule: what the example violates.
        example: an invalid example.
        twin: the valid example of which the lines around the same place are yielded instead.
    """
    text = (twin or example).path.read_text(encoding="utf-8")
    report = located(example.report(), text, exchange=example.is_exchange)
    finding = next((finding for finding in report.findings if finding.rule == rule.id), None)
    if finding is not None:
        yield from around(hidden(text), finding.line or 1, finding.column or 1)
        if twin is None:
            yield f"{finding.pointer or '/'}: {finding.message}"
