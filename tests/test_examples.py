"""Every example is a test: an invalid one breaks the rule it is named after and no other."""

import pytest

import sellerspec
from examples import Example, examples
from sellerspec.model import Severity

DOCUMENTED = "documented-"
"""Examples of the sources are named so; they break what they break."""


@pytest.mark.parametrize("example", list(examples("valid")), ids=str)
def test_valid_example_has_no_error_and_keeps_the_rule_it_is_named_after(example: Example) -> None:
    report = example.report()
    assert report.ok, str(report)
    assert example.rule not in {each.rule for each in report.findings}


INVALID = [each for each in examples("invalid") if not each.path.name.startswith(DOCUMENTED)]


@pytest.mark.parametrize("example", INVALID, ids=str)
def test_invalid_example_breaks_only_the_rule_it_is_named_after(example: Example) -> None:
    rule = sellerspec.rule(example.rule)
    found = example.report().findings
    assert rule.id in {each.rule for each in found}, [str(each) for each in found]
    others = [each for each in found if each.rule != rule.id]
    if rule.severity is Severity.ERROR:
        others = [each for each in others if each.severity is Severity.ERROR]
    assert not others, [str(each) for each in others]


@pytest.mark.parametrize("name", ["tiki", "tnsl", "tokopedia"])
def test_every_rule_has_an_example_that_breaks_it_and_one_that_keeps_it(name: str) -> None:
    broken = {each.rule for each in examples("invalid")}
    kept = {each.rule for each in examples("valid")}
    checkable = {each.id for each in sellerspec.rules(name) if not each.why_not}
    assert checkable - broken == set()
    assert checkable - kept == set()
