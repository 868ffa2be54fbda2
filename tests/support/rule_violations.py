"""What a rule function yields for a value, without schema and contract around it."""

import json
from datetime import datetime
from typing import Any

from sellerspec.contract.facts import usable
from sellerspec.marketplaces import marketplace
from sellerspec.model import Facts
from sellerspec.rules import Rule, Violation


def violations(rule: Rule, value: Any, **facts: Any) -> list[Violation]:
    """Return the violations of a rule in a value and facts, both as a JSON decoder returns them.

    A rule that needs a fact, or a part of one, that is missing or cannot be read yields none.
    """
    assert rule.check is not None
    decoded: dict[str, Any] = {
        name: fact if isinstance(fact, datetime | tuple) else json.loads(json.dumps(fact))
        for name, fact in facts.items()
    }
    given = usable(Facts(**decoded), marketplace(rule.marketplace).facts, [rule])
    if not given.usable.issuperset(rule.needs):
        return []
    return [*rule.check(json.loads(json.dumps(value)), given.facts)]


def places(rule: Rule, value: Any, **facts: Any) -> list[str]:
    """Return where a rule is violated, in dotted notation."""
    return [".".join(map(str, violation.path)) for violation in violations(rule, value, **facts)]
