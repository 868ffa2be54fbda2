"""Every example is a test: an invalid one breaks the rule it is named after and no other."""

import pytest

import sellerspec
from sellerspec import marketplaces
from sellerspec.model import Severity
from support.examples import Example, examples

DOCUMENTED = "documented-"
"""Examples of the sources are named so; they break what they break."""


@pytest.mark.parametrize("example", list(examples("valid")), ids=str)
def test_valid_example_has_no_error_and_keeps_the_rule_it_is_named_after(example: Example) -> None:
    report = example.report()
    assert report.ok, str(report)
    assert example.rule not in {finding.rule for finding in report.findings}


INVALID = [example for example in examples("invalid") if not example.path.name.startswith(DOCUMENTED)]


@pytest.mark.parametrize("example", INVALID, ids=str)
def test_invalid_example_breaks_only_the_rule_it_is_named_after(example: Example) -> None:
    rule = sellerspec.rule(example.rule)
    findings = example.report().findings
    assert rule.id in {finding.rule for finding in findings}, [str(finding) for finding in findings]
    others = [finding for finding in findings if finding.rule != rule.id]
    if rule.severity is Severity.ERROR:
        others = [other for other in others if other.severity is Severity.ERROR]
    assert not others, [str(other) for other in others]


@pytest.mark.parametrize("name", marketplaces.NAMES)
def test_every_rule_has_an_example_that_breaks_it_and_one_that_keeps_it(name: str) -> None:
    broken = {example.rule for example in examples("invalid")}
    kept = {example.rule for example in examples("valid")}
    checkable = {rule.id for rule in sellerspec.rules(name) if not rule.why_not}
    assert checkable - broken == set()
    assert checkable - kept == set()
