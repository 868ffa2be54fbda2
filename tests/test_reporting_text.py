"""Findings as text: the place in the payload, what helps, and a summary; much of the same is counted."""

import json
import re
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

import sellerspec
from sellerspec.io import resources
from sellerspec.model import Basis, Finding, Fix, Report, Severity, Source
from sellerspec.reporting import Checked, located, render
from sellerspec.reporting.text import MOST, RULES
from support.report_samples import checked, nasty

SOURCE = Source("doc", "1", Basis.DOCUMENTED)


def finding(pointer: str, rule: str = "tiki.x", **more: Any) -> Finding:
    return Finding(rule, Severity.ERROR, pointer, "is odd", Basis.DOCUMENTED, SOURCE, **more)


def of(text: str, *findings: Finding, name: str = "a.json", operation: str = "tiki/updateSku") -> Checked:
    return Checked(name, located(Report(operation, findings), text), text)


def shown(*all_: Checked, **options: Any) -> list[str]:
    return render("text", all_, **options).splitlines()


def test_a_finding_is_one_line_then_its_value_the_marketplaces_text_the_fixes_and_help() -> None:
    fixes = Fix("write the number", (), safe=True), Fix("rename the member", (), safe=False)
    one = finding("/price", server_text="price is odd", hint="look at it", suggest=lambda _: fixes)
    assert shown(of('{\n  "price": "5000"\n}', one)) == [
        "a.json:2:12: error tiki.x is odd at /price (documented)",
        '  2 |   "price": "5000"',
        "    |            ^^^^^^",
        "  tiki's text: price is odd",
        "  hint: look at it",
        "  fix: write the number",
        "  fix (unsafe): rename the member",
        "  help: sellerspec explain tiki.x",
        "",
        "1 error, 0 warnings in 1 checked",
        "1 fixable with --fix",
    ]


def test_a_missing_member_shows_its_object_and_findings_of_one_place_show_it_once() -> None:
    text = '{\n  "variants": [\n    {\n      "sku": "a"\n    }\n  ]\n}'
    missing = [finding(f"/variants/0/{name}", f"tiki.{name}") for name in ("price", "quantity")]
    findings = *missing, finding("/name", "tiki.name")
    assert shown(of(text, *findings, operation="tiki/createProduct"))[:-2] == [
        "a.json:1:1: error tiki.name is odd at /name (documented)",  # `{` at the beginning helps nobody
        "  help: sellerspec explain tiki.name",
        "",
        "a.json:3:5: error tiki.price is odd at /variants/0/price (documented)",
        "  3 |     {",
        "    |     ^",
        '  4 |       "sku": "a"',
        "  help: sellerspec explain tiki.price",
        "",
        "a.json:3:5: error tiki.quantity is odd at /variants/0/quantity (documented)",
        "  help: sellerspec explain tiki.quantity",
    ]


def test_text_without_a_place_and_without_text_is_still_shown() -> None:
    bare = Checked("call", sellerspec.check("tiki/updateSku", {"price": 0}))
    assert re.fullmatch(
        r"call: error tiki\.update-price-positive .* at /price \(inferred\)\n"
        r"  help: sellerspec explain tiki\.update-price-positive\n\n.*\n",
        render("text", (bare,)),
    )


def test_text_of_hostile_names_and_values_stays_one_line_each() -> None:
    lines = shown(nasty())
    assert re.fullmatch(r".*\?:1:\d+: error tiki\.x .*", lines[0])
    assert "  when: accepted first, rejected later in tracking" in lines
    assert any(line.startswith("note: no document states `tiki/updateSku`") for line in lines)
    assert "2 errors, 1 warning in 1 checked; 1 rule unchecked for lack of facts" in lines


def test_a_minified_line_is_cut_around_the_value_and_wide_characters_are_counted() -> None:
    text = json.dumps({"x" * 300: 1, "名前": 2, "price": 100}, ensure_ascii=False)
    for width in (40, 100):
        _, line, marks, *_ = shown(of(text, finding("/price")), width=width)
        assert len(line) <= width + len("  1 | ……")
        before = line[: line.index("100}")]
        wide = sum(char in "名前" for char in before)
        assert (marks.index("^"), marks.count("^")) == (len(before) + wide, 3)
    long = json.dumps({"price": "x" * 300})
    assert shown(of(long, finding("/price")), width=40)[2].endswith("| " + " " * 10 + "^" * 30)


def test_the_value_that_is_marked_stays_hidden() -> None:
    text = json.dumps({"shipping": {"phone": "0912345678"}})
    _, line, marks, *_ = shown(of(text, finding("/shipping/phone"), operation="tnsl/createOrder"))
    assert line == '  1 | {"shipping": {"phone": "**********"}}'
    assert marks == "    | " + " " * 23 + "^" * 12


@pytest.mark.parametrize("number", [MOST, MOST + 7])
def test_findings_of_one_rule_in_a_file_are_counted_from_the_eleventh_on(number: int) -> None:
    text = json.dumps(list(range(number)))
    lines = shown(of(text, *(finding(f"/{index}") for index in range(number))))
    assert sum(": error tiki.x " in line for line in lines) == MOST
    assert ("a.json: … and 7 more of tiki.x; --quiet lists all" in lines) is (number > MOST)
    assert lines[-2:] == [f"tiki.x  {number} errors", f"{number} errors, 0 warnings in 1 checked"]
    assert len(shown(of(text, *(finding(f"/{index}") for index in range(number))), quiet=True)) == number


def test_details_of_a_rule_are_shown_ten_times_and_only_those_fixes_are_made() -> None:
    made: list[str] = []

    def suggest(one: Finding) -> tuple[Fix, ...]:
        made.append(one.message)
        return (Fix("mend it", (), safe=one.message not in "012"),)

    def numbered(number: int) -> Finding:
        return replace(finding("/0", hint="look", suggest=suggest), message=str(number))

    files = [of("[1]", numbered(number), name=f"{number}.json") for number in range(20)]
    lines = shown(*files)
    assert sum(line.endswith("at /0 (documented)") for line in lines) == 20
    assert lines.count("  hint: look") == MOST
    assert lines.count("  help: sellerspec explain tiki.x") == 1
    assert lines[-3:] == [
        "tiki.x  20 errors, 10 fixable",
        "20 errors, 0 warnings in 20 checked",
        "at least 7 fixable with --fix, 3 more with --fix --unsafe-fixes",
    ]
    assert set(made) == {str(number) for number in range(MOST)}
    made.clear()
    shown(*files, quiet=True)
    assert made == []


def test_the_summary_lists_the_rules_with_the_most_findings() -> None:
    rules = ["tiki.most", "tiki.most", *(f"tiki.rule{number}" for number in range(RULES + 4))]
    lines = shown(of("[1]", *(finding(f"/{number}", rule) for number, rule in enumerate(rules))))
    assert lines[-RULES - 2 :] == [
        "tiki.most    2 errors",
        *(f"tiki.rule{number}".ljust(11) + "  1 error" for number in range(RULES - 1)),
        "… and 5 findings of 5 other rules",
        f"{RULES + 6} errors, 0 warnings in 1 checked",
    ]


def test_files_without_findings_are_named_ten_times_then_counted() -> None:
    names = [f"{number}.json" for number in range(MOST + 3)]
    operations = ["tiki/updateSku"] * MOST + ["tiki/updateSku", "tiki/createProduct", "tiki/updateSku"]
    clean = [Checked(name, Report(key)) for name, key in zip(names, operations, strict=True)]
    assert shown(*clean) == [
        *(f"{name}: nothing found (tiki/updateSku)" for name in names[:MOST]),
        "2 more: nothing found (tiki/updateSku)",
        "1 more: nothing found (tiki/createProduct)",
        "0 errors, 0 warnings in 13 checked",
    ]


def test_colours_change_nothing_but_colours() -> None:
    one = checked()
    assert re.sub("\x1b\\[[0-9;]*m", "", render("text", (one,), colour=True)) == render("text", (one,))
    assert re.sub("\x1b\\[[0-9;]*m", "", render("text", (one,), colour=True, quiet=True)) == render(
        "text", (one,), quiet=True
    )


def test_a_fix_of_a_value_that_is_hidden_is_shown_by_its_title_without_its_patch() -> None:
    def phone(_: Finding) -> tuple[Fix, ...]:
        patch = {"op": "replace", "path": "/shipping/phone", "value": "84912345678"}
        return (Fix("write the number as `text`", (patch,), safe=True),)

    text = json.dumps({"shipping": {"phone": 84912345678}})
    one = of(text, finding("/shipping/phone", suggest=phone), operation="tnsl/createOrder")
    for form in ("text", "json", "sarif", "html", "github", "markdown", "junit"):
        written = render(form, (one,))
        assert "8491" not in written
        assert "write the number as" in written
    (found,) = json.loads(render("json", (one,)))["reports"][0]["findings"]
    assert found["fixes"] == [{"title": "write the number as `text`", "safe": True, "patch": []}]
    schema = json.loads((resources.data_dir("schemas") / "sellerspec/report.json").read_text())
    assert jsonschema.Draft202012Validator(schema["$defs"]["fix"]).is_valid(found["fixes"][0])
    no_text = replace(one.report, operation="tiki/updateSku")
    assert "8491" not in render("json", (Checked("x", no_text),))
