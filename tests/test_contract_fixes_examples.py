"""The examples are the oracle of fixes: each removes its finding and adds none, and gives the twin."""

from collections import Counter
from functools import cache

import pytest

import sellerspec
from sellerspec.io.patches import patched
from sellerspec.model import Finding
from support.examples import Example, examples

PAYLOADS = [example for example in examples("invalid") if not example.is_exchange]
TWINS = {(example.operation, example.path.name): example for example in examples("valid")}
OF_TIKI = ("image-repeated", "images-distinct", "variant-option-number", "variant-option-unused")
OTHER_DATA = {f"{name}.{rule}" for name in ("tiki", "tiki-v2") for rule in OF_TIKI} | {
    "tokopedia.list-not-null"
}
"""Rules whose twin has other data where a fix drops something, or writes it in another way."""


def rules(report: sellerspec.Report) -> Counter[str]:
    return Counter(finding.rule for finding in report.findings)


def places(report: sellerspec.Report) -> set[tuple[str, str]]:
    return {(finding.rule, finding.pointer) for finding in report.findings}


@pytest.mark.parametrize("example", PAYLOADS, ids=str)
def test_each_fix_removes_its_finding_and_adds_none(example: Example) -> None:
    report, value = example.report(), example.value()
    for finding in report.findings:
        for fix in finding.fixes:
            after = sellerspec.check(
                example.operation, patched(value, fix.patch), facts=example.facts, engine="jsonschema"
            )
            assert rules(after) <= rules(report) - Counter([finding.rule]), fix
            assert places(after) <= places(report) or fix.patch[0]["op"] == "remove", fix


@pytest.mark.parametrize("example", PAYLOADS, ids=str)
def test_safe_fixes_lead_to_the_valid_twin(example: Example) -> None:
    fixed = example.report().fixed()
    twin = TWINS.get((example.operation, example.path.name))
    if not fixed.report.findings and twin is not None and example.rule not in OTHER_DATA:
        assert fixed.payload == twin.value()


@cache
def fixable() -> dict[str, list[Finding]]:
    """Return the findings with fixes about the invalid examples, by rule."""
    by_rule: dict[str, list[Finding]] = {}
    for example in PAYLOADS:
        for finding in example.report().findings:
            if finding.fixes:
                by_rule.setdefault(finding.rule, []).append(finding)
    return by_rule


def test_many_rules_have_fixes_and_most_of_them_a_safe_one() -> None:
    by_rule = fixable()
    safe = {rule for rule, findings in by_rule.items() if any(each.fixes[0].safe for each in findings)}
    assert len(by_rule) >= 75, sorted(by_rule)
    assert len(safe) >= 45, sorted(safe)


TITLES = {
    "add a number to the repeated text", "drop the item, which has no value",
    "drop the member, which has no value", "drop the member, which is not known here",
    "drop the member, which is not used here", "drop the member, which must not be here",
    "drop the repeated item", "drop the repeated items", "remove the blanks around the text",
    "write 1 for true, 0 for false", "write true for 1, false for 0",
    "write `%20` for a blank in the address", "write `[]` instead of null",
    "write a list with the text as its one item", "write the address with `https://`",
    "write the number as text", "write the number without quotes", "write the text of the code",
    "write the time as `Y-m-d H:i:s`", "write the time in ISO 8601 with `Z`",
    "write the time in ISO 8601 with its offset", "write true or false without quotes",
    "drop what only the first generation has", "rename the member to `qtyAvailable`",
    "rename the member to `warehouseId`", "say that an approved product stays inactive",
    "write the inventory type as it is spelled today",
}  # fmt: skip
LISTED = {
    "backorder",
    "canceled",
    "color",
    "drop_ship",
    "hn",
    "on_delivery",
    "seller-out-of-stock-cancel-order",
    "shipping",
}
"""What the contract or a fact lists, and the examples write in another way."""


def test_no_title_shows_a_value_of_the_payload() -> None:
    titles = {fix.title for findings in fixable().values() for each in findings for fix in each.fixes}
    assert titles == TITLES | {f"write `{text}`" for text in LISTED}
