"""`sellerspec explain` knows every code and id that a report, the register or the catalogue shows."""

import json
import re

import pytest
from click.testing import CliRunner, Result

import sellerspec
from sellerspec import contract, marketplaces
from sellerspec.cassettes import rules as cassette_rules
from sellerspec.cli import main
from sellerspec.contract import waivers
from sellerspec.contract.documents import discrepancies
from sellerspec.contract.examples import Example, examples
from sellerspec.explanations.ids import id_page
from sellerspec.explanations.pages import rule_page
from sellerspec.guard import watch
from sellerspec.io import resources
from sellerspec.marketplaces import common


def explained(name: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["explain", name, *options])


CODES = sorted({rule.code for rule in sellerspec.rules() if rule.code})
CATALOGUE = sorted({id for rule in sellerspec.rules() for id in rule.catalogue})
REGISTER = {entry.id: entry for entry in discrepancies()}


def test_C11_every_error_code_and_catalogue_id_shows_the_rules_that_carry_it() -> None:
    assert {"ORD_DLV_013", "INVALID_TOKEN", "V03", "K014", "authentication"} <= {*CODES, *CATALOGUE}
    for id in {*CODES, *CATALOGUE}:
        carrying = [rule for rule in sellerspec.rules() if id in (*rule.catalogue, rule.code)]
        page = id_page(id)
        assert [rule["id"] for rule in page.value["rules"]] == [rule.id for rule in carrying]
        shown = re.findall(r"^    (\w+\.\S+) +(?:error|warning) +(\w+) ", "\n".join(page.lines), re.MULTILINE)
        assert shown == [(rule.id, rule.basis) for rule in carrying], id


def test_C11_every_discrepancy_is_shown_with_both_readings() -> None:
    assert {"A064", "N001", "K014"} <= set(REGISTER)
    for id, entry in REGISTER.items():
        page = id_page(id)
        assert page.lines[0] == f"{id}: the documents of {entry.marketplace} contradict themselves"
        for text in (*entry.value["readings"], entry.value["taken"], entry.value["place"]):
            assert any(text in line for line in page.lines), (id, text)
        assert page.value["readings"] == entry.value["readings"]


def test_C11_an_id_of_the_register_and_of_the_catalogue_shows_both() -> None:
    both = set(REGISTER) & set(CATALOGUE)
    assert "K014" in both
    for id in both:
        value = json.loads(explained(id, "--format", "json").stdout)
        assert (value["id"], value["catalogue"]) == (id, id)
        assert "is carried by" in explained(id).stdout


def test_C11_every_source_that_a_finding_names_is_shown() -> None:
    for name in marketplaces.names():
        for document, source in contract.contract(name).spec.sources.items():
            page = id_page(document)
            assert page.lines[0] == f"{document}: a source of {name}"
            assert any(source["title"] in line for line in page.lines)
            assert page.value["rules"] == [
                rule.id for rule in sellerspec.rules(name) if rule.source.document == document
            ]


def all_examples() -> list[Example]:
    return [example for operation in sellerspec.operations() for example in examples(operation.key)]


@pytest.mark.no_cover
def test_C11_whatever_the_reports_on_the_examples_show_is_explained() -> None:
    shown: set[str] = set()
    for example in all_examples():
        report = example.report()
        for finding in report.findings:
            assert finding.rule
            shown |= {finding.rule, finding.code or finding.rule, finding.source.document}
        shown |= {report.operation, *report.unchecked, *report.assumed}
    assert {"tokopedia.to-date-present", "tis-2019", "tnsl/createOrder"} <= shown
    for id in sorted(shown - {"sellerspec"}):
        assert explained(id).exit_code == 0, id


def test_C11_the_rules_of_calls_tables_cassettes_waivers_and_guards_are_explained() -> None:
    every = {rule.id: rule for module in (common, cassette_rules, waivers, watch)
             for rule in vars(module).values() if isinstance(rule, common.Common)}  # fmt: skip
    files = resources.data_root().rglob("sellerspec/**/*.py")
    named = {id for file in files for id in re.findall(r'Common\(\s*"([^"]+)"', file.read_text("utf-8"))}
    assert named == set(every)
    for id, rule in every.items():
        assert rule_page(id).lines[1] == f"  {rule.requirement}"


def test_C11_the_example_codes_of_the_issue() -> None:
    page = explained("ORD_DLV_013").stdout
    assert "    tokopedia.date-range " in page
    assert "        server text: Date Range must be less than 3 days\n" in page
    assert "A064: the documents of tiki contradict themselves" in explained("A064").stdout
    assert "    tiki.variant-price " in explained("V03").stdout


def test_C10_the_status_of_a_refusal_that_no_document_shows_is_assumed() -> None:
    assert "  response     409, assumed\n" in explained("tnsl.cancel-state").stdout
    assert "  response     401 INVALID_TOKEN\n" in explained("tnsl.bearer-token").stdout


def test_C11_a_rule_names_the_discrepancies_that_took_effect_in_it() -> None:
    assert "  discrepancy  A064" in explained("tiki.variant-inventory-type-spelling").stdout
    known = {rule.id for rule in sellerspec.rules()}
    pairs = {(effect["rule"], id) for id, entry in REGISTER.items()
             for effect in entry.value.get("effect", ()) if effect.get("rule") in known}  # fmt: skip
    assert len(pairs) > 50
    for rule, id in pairs:
        assert id in rule_page(rule).value["discrepancies"]


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("BAD_REQUEST", "openapi/tnsl.yaml#/components/"),
        ("RBAC_MDLW_001", "openapi/tokopedia.yaml#/paths/"),
    ],
)
def test_C11_a_code_that_only_a_text_names_shows_the_places(code: str, place: str) -> None:
    done = explained(code)
    assert done.exit_code == 0
    assert f"{code} is named in:" in done.stdout or f"{code} is carried by:" in done.stdout
    assert place in done.stdout or "carried by" in done.stdout


def test_C11_a_code_that_nothing_has_gives_the_nearest() -> None:
    done = explained("ORD_DLV_113")
    text = "no code, catalogue id or discrepancy named `ORD_DLV_113`; did you mean `ORD_DLV_013`?"
    assert (done.exit_code, done.stderr) == (2, f"error: {text}\n")
