"""Each format is what its readers accept, and nothing in a payload or a name can break out of it."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import referencing

import sellerspec
from sellerspec.errors import ParseError, UnknownName
from sellerspec.model import Report
from sellerspec.mutate.report import render as mutations
from sellerspec.reporting import FORMATS, Checked, Failed, Table, failed, render
from support.conclusions import conclusion
from support.npm_packages import missing, npm
from support.report_samples import ALL, FAILED, NASTY, checked

ROOT = Path(__file__).parents[1]


def test_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean `sarif`"):
        render("sarf", ALL)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_writes_whole_lines_also_of_nothing_and_never_a_control_character(form: str) -> None:
    assert render(form, ()) == "" or render(form, ()).endswith("\n") or form == "markdown"
    written = render(form, ALL, FAILED, tables=(Table(NASTY, (NASTY,), ((NASTY,),), NASTY),))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", written)
    assert render(form, ALL, FAILED) == render(form, ALL, FAILED)


def test_json_fits_its_schema_and_the_report_fits_its_own() -> None:
    folder = ROOT / "schemas/sellerspec"
    loaded = {name: json.loads((folder / name).read_text()) for name in ("report.json", "reports.json")}
    registry: Any = referencing.Registry().with_resources(
        [(name, referencing.Resource.from_contents(schema)) for name, schema in loaded.items()]
    )
    all_reports = jsonschema.Draft202012Validator(loaded["reports.json"], registry=registry)
    value = json.loads(render("json", ALL, FAILED))
    assert list(all_reports.iter_errors(value)) == []
    assert value["summary"] == {
        "checked": 3,
        "refused": 2,
        "errors": 4,
        "warnings": 2,
        "failed": 2,
        "fixed": 0,
    }
    one = jsonschema.Draft202012Validator(loaded["report.json"])
    assert list(one.iter_errors(ALL[0].report.to_dict())) == []
    value["reports"][0]["findings"][0]["severity"] = "fatal"
    assert [error.json_path for error in all_reports.iter_errors(value)] == [
        "$.reports[0].findings[0].severity"
    ]


CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
}
ATTRIBUTES = {
    "testsuites": ({"name", "time", "tests", "failures", "errors", "disabled"}, set()),
    "testsuite": ({"name", "tests", "failures", "errors", "time", "skipped", "timestamp"}, {"name", "tests"}),
    "testcase": ({"name", "assertions", "time", "classname", "status"}, {"name"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}  # fmt: skip
"""The rules that Jenkins and GitLab read JUnit by: element -> allowed and required attributes."""


def test_junit_keeps_the_rules_of_its_readers_and_its_counts_are_true() -> None:
    root = ElementTree.fromstring(render("junit", ALL, FAILED))
    for element in root.iter():
        allowed, required = ATTRIBUTES[element.tag]
        assert required <= set(element.attrib) <= allowed, element.tag
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    for suite in (*root, root):
        counts = {name: len(list(suite.iter(tag))) for name, tag in
                  (("tests", "testcase"), ("failures", "failure"), ("errors", "error"))}  # fmt: skip
        assert {name: int(suite.attrib[name]) for name in counts} == counts
    assert [suite.attrib["name"] for suite in root][:2] == ["a.json", "clean.json"]
    messages = [failure.attrib["message"] for failure in root[0].iter("failure")]
    assert messages == [
        "`variants[1].option2` is missing: it is required when `option_attributes` holds `color` and "
        "`storage`",
        "`variants[1].price` is missing",
    ]


def test_sarif_names_rules_places_and_fingerprints() -> None:
    log = json.loads(render("sarif", ALL, FAILED))
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    first = run["results"][0]["locations"][0]["physicalLocation"]
    assert first == {"artifactLocation": {"uri": "a.json"}, "region": {"startLine": 5, "startColumn": 19}}
    described = run["tool"]["driver"]["rules"][rules.index("tiki.variant-price")]
    assert described["shortDescription"]["text"] == "a variant has a `price`, an integer above 0"
    assert run["invocations"][0]["executionSuccessful"] is False
    notifications = run["invocations"][0]["toolExecutionNotifications"]
    assert [entry["level"] for entry in notifications] == ["error", "error", "note"]


def test_sarif_fits_the_official_schema() -> None:
    schema = json.loads(npm("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json").read_text())
    validator = jsonschema.Draft4Validator(schema)
    assert list(validator.iter_errors(json.loads(render("sarif", ALL, FAILED)))) == []
    assert list(validator.iter_errors({"version": "2.1.0", "runs": [{}]}))  # it does refuse something


def test_github_commands_are_one_line_each_and_cannot_be_forged() -> None:
    lines = render("github", ALL, FAILED).splitlines()
    assert lines[1] == (
        "::error file=a.json,line=40,col=5,title=tiki.variant-options"
        "::`variants[1].option2` is missing: it is required when "
        "`option_attributes` holds `color` and `storage` at /variants/1/option2"
        "%0Atiki's text: variants don't match with option_attributes => variants option2 missing"
        "%0Asource: tis-2019 V.4.3.3 (documented)"
    )
    assert len(lines) == 3 + 3 + 1 + 2
    for line in lines:
        name, _, message = line.removeprefix("::").partition("::")
        assert re.fullmatch(r"(error|warning|notice) file=[^,:]*(,(line|col|title)=[^,:]*)*", name)
        assert "\r" not in message


def test_markdown_keeps_its_tables_whole_and_html_out() -> None:
    table = Table("Coverage", ("operation", "seen|unseen"), (("tiki/x", NASTY),), "a note")
    written = render("markdown", ALL, FAILED, tables=(table,))
    outside_code = re.sub("`[^`\n]*`", "", re.sub(r"\\.", "", written))
    assert set(re.findall("<[^ ]*?>", outside_code)) <= {"<br>"}
    rows = [line for line in written.splitlines() if line.startswith("|")]
    cells = [len(re.split(r"(?<!\\)\|", line)) for line in rows]
    assert cells == [8] * 8 + [4] * 3
    assert "❌ 4 errors, 2 warnings in 3 checked, 2 could not be checked" in written
    assert "Nothing found in `clean.json`." in written
    many = [Checked(f"{number}.json", Report("tiki/updateSku")) for number in range(25)]
    assert "✅ 0 errors, 0 warnings in 25 checked" in render("markdown", many)
    assert " and 5 more." in render("markdown", many)


class Page(HTMLParser):
    """The tags of a page, with what a browser would take as text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_keeps_a_payload_named_script_as_text_and_lets_no_other_script_run() -> None:
    text = render("html", ALL, FAILED, tables=(Table("Coverage", ("operation",), (("<b>",),), "note"),))
    page = Page(text)
    scripts = [attrs for tag, attrs in page.tags if tag == "script"]
    assert scripts == [{}]
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv"))
    assert policy is not None
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}';", policy)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", text)  # nothing is fetched
    assert "alert(1)" in "".join(page.texts)


def test_html_has_landmarks_labels_and_links_that_lead_somewhere() -> None:
    page = Page(render("html", ALL, FAILED))
    tags = [tag for tag, _ in page.tags]
    assert [tags.count(name) for name in ("html", "header", "main", "footer", "h1")] == [1] * 5
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert {str(link).removeprefix("#") for link in links} <= set(ids)
    assert tags.count("label") == tags.count("select") == 3
    assert all(attrs.get("aria-label") for tag, attrs in page.tags if tag == "pre")
    marks = [attrs["class"] for tag, attrs in page.tags if tag == "mark"]
    assert "error" in marks
    assert "warning" in marks


def test_html_of_nothing_says_so_and_a_long_payload_shows_what_is_around() -> None:
    assert "Nothing found." in render("html", (ALL[1],))
    text = json.dumps({"active": 1, "price": 0, "filler": list(range(3000))}, indent=0)
    page = "".join(Page(render("html", (checked("long.json", text, "tiki/updateSku"),))).texts)
    assert " lines" in page
    assert "\n2999" not in page
    wide = json.dumps({"price": 0, "name": "x" * 9000})
    assert " characters … " in render("html", (checked("wide.json", wide, "tiki/updateSku"),))
    late = json.dumps({"filler": list(range(3000)), "price": 0}, indent=0)
    assert "2999" in "".join(Page(render("html", (checked("late.json", late, "tiki/updateSku"),))).texts)


def test_secrets_and_personal_data_are_hidden() -> None:
    text = json.dumps(
        {
            "price": 0,
            "url": "https://x.example/?access_token=FAKE-1&a=1",
            "secret_key": "FAKE-2",
            "shipping": {"name": "Nguyen Test", "phone": 1234567, "lines": ["1 Test Street"], "ok": [{}]},
            "address": {"lines": ["1 Test Street"]},
        },
        indent=1,
    )
    for form in ("html", "text"):
        shown = render(form, (checked("x.json", text, "tiki/updateSku"),))
        for secret in ("FAKE-1", "FAKE-2", "Nguyen Test", "1234567"):
            assert secret not in shown
    page = render("html", (checked("x.json", text, "tiki/updateSku"),))
    assert "1 Test Street" not in page
    assert "&quot;price&quot;: " in page


def test_secrets_of_an_unreadable_text_are_hidden_line_by_line() -> None:
    report = sellerspec.check("tiki/updateSku", {"price": 0})
    yaml = Checked("c.yaml", report, "token: FAKE-3\nprice: 0\n- secret_key: 'FAKE-4'\n")
    broken = Checked("b.json", report, 'token: "FAKE-5"\n{"price": 0')
    shown = render("html", (yaml, broken))
    assert not re.search("FAKE-[345]", shown)
    assert "price: 0" in shown


def test_an_error_becomes_a_record_with_its_place() -> None:
    assert failed("a", ParseError("odd", name="b", line=2, column=3)) == Failed("a", "odd", 2, 3)
    assert str(failed("a", UnknownName("rule", "x", ("y",)))) == "a: no rule named `x`; known: y"


PAGES: dict[str, tuple[Callable[[], str], tuple[str, str], tuple[str, str]]] = {
    "findings": (
        lambda: render("html", ALL, FAILED, tables=(Table("Coverage", ("a",), (("1",),), "n"),)),
        ("rule", "tiki.variant-price"),
        ("6 of 6 findings shown", "1 of 6 findings shown"),
    ),
    "mutations": (
        lambda: mutations("html", conclusion()),
        ("state", "gap"),
        ("8 of 8 mutations shown", "3 of 8 mutations shown"),
    ),
}
"""What is reported -> the page, a choice of its filter, and what it says before and after it."""


@pytest.mark.parametrize("report", PAGES)
def test_the_page_in_a_real_browser_is_accessible_filters_and_runs_nothing_of_a_payload(
    report: str, tmp_path: Path
) -> None:
    html, choice, shown = PAGES[report]
    folder = npm("axe-core").parent
    npm("puppeteer-core")
    node, chromium = shutil.which("node"), shutil.which("chromium")
    if node is None or chromium is None:
        missing("node and Debian's chromium")
    page = tmp_path / "page.html"
    page.write_text(html())
    script = ROOT / "tests/browser/page.mjs"
    done = subprocess.run(
        [node, script, folder, page, chromium, tmp_path, *choice],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen = json.loads(done.stdout)
    assert seen["violations"] == []
    assert seen["errors"] == []
    assert (seen["all"], seen["filtered"]) == shown
    assert seen["sideways"] is False
    assert seen["dialogs"] == 0
    assert seen["keyboard"] is True
