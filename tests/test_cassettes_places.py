"""The place of a recorded exchange: its file and line, once, in every format."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from sellerspec import Exchange
from sellerspec.cassettes import check_cassettes, files
from sellerspec.cassettes.files import Recorded
from sellerspec.cli import main
from support.cassette_files import call, tape

FORMATS = ("text", "json", "junit", "sarif", "github", "markdown", "html")


def check(path: Path, form: str) -> Result:
    return CliRunner().invoke(main, ["cassettes", "check", str(path), "--no-secrets", "--format", form])


@pytest.fixture(params=["a.yaml", "a.json"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A good call, a call of no operation at line 32 or so, and a wrong call."""
    wrong = call(response={"trace_id": 5, "state": "queuing"})
    return tape(tmp_path, call(), call(path="/nowhere"), wrong, name=request.param)


def lines_of(path: Path) -> list[int]:
    """Return the line at which each exchange begins, as a person finds it."""
    beginning = "- request:" if path.suffix == ".yaml" else "        {"
    texts = path.read_text().splitlines()
    return [number for number, text in enumerate(texts, 1) if text == beginning]


def test_D2_the_place_of_an_exchange_is_its_line(path: Path) -> None:
    places = [place for place, _ in check_cassettes([path], secrets=False)]
    assert places == [f"{path}:{line}" for line in lines_of(path)]


@pytest.mark.parametrize("form", FORMATS)
def test_D2_the_line_of_a_call_of_no_operation_is_given_once(path: Path, form: str) -> None:
    done = check(path, form)
    _, line, other = lines_of(path)
    assert done.exit_code == 2
    assert f"error: {path}:{line}:1: " in done.stderr
    for number in (line, other):
        assert f":{number}:{number}" not in done.output
    assert f"{path.name}#" not in done.output
    if form == "text":
        assert f"{path}:{other}:1: error tiki.created-answer" in done.stdout


def test_D2_annotations_land_on_the_file(path: Path) -> None:
    _, line, other = lines_of(path)
    commands = check(path, "github").stdout.splitlines()
    places = [re.match(r"::error file=([^,]*),line=(\d+),col=(\d+),", command) for command in commands]
    assert sorted(place.groups() for place in places if place) == sorted(
        [(str(path), str(other), "1"), (str(path), str(line), "1")]
    )
    run: Any = json.loads(check(path, "sarif").stdout)["runs"][0]
    entries = [*run["results"], *run["invocations"][0]["toolExecutionNotifications"]]
    assert sorted(
        (where["artifactLocation"]["uri"], where["region"]["startLine"])
        for entry in entries
        for where in [entry["locations"][0]["physicalLocation"]]
    ) == sorted([(str(path), other), (str(path), line)])
    value = json.loads(check(path, "json").stdout)
    assert [(failed["name"], failed["line"]) for failed in value["failed"]] == [(str(path), line)]
    assert {report["name"] for report in value["reports"]} == {str(path)}


def test_D2_exchanges_on_one_line_are_told_apart_by_their_column(tmp_path: Path) -> None:
    exchanges = [Recorded(call()), Recorded(call(path="/nowhere")), Recorded(call())]
    value = {"version": 1, "interactions": [files.interaction(exchange) for exchange in exchanges]}
    (tmp_path / "a.json").write_text(json.dumps(value))
    (tmp_path / "b.yaml").write_text(json.dumps(value))
    for name in ("a.json", "b.yaml"):
        text = (tmp_path / name).read_text()
        reports = check_cassettes([tmp_path / name], secrets=False)
        columns = [match.start() + 1 for match in re.finditer(re.escape('{"request": '), text)]
        found = [(finding.line, finding.column) for _, report in reports for finding in report.findings]
        assert found == [(1, columns[1]), (1, columns[2])]
        assert reports[2][1].findings[0].rule == "sellerspec.cassette-duplicate"


def test_lists_of_other_members_are_no_exchanges(tmp_path: Path) -> None:
    path = tape(tmp_path, call(), name="a.json")
    value = {"metadata": [{"a": [{}]}, {}], **json.loads(path.read_text())}
    path.write_text(json.dumps(value, indent=1))
    (tmp_path / "a.yaml").write_text(json.dumps(value, indent=1))
    for name in ("a.json", "a.yaml"):
        assert files.read(tmp_path / name).exchanges[0].line == path.read_text().count(
            "\n", 0, path.read_text().index('"request"')
        )


class Page(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


HOSTILE = "http://[<script>alert(1)</script>\"'><img src=x onerror=y>&\x1b[31m\u2028"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "url", ["http://[", "https://\u2100.com/x", HOSTILE, "http://u:pw@[/x", "/" * 20_000]
)
def test_E10_a_report_of_an_unreadable_url_is_complete_escaped_and_valid(
    tmp_path: Path, form: str, url: str
) -> None:
    path = tape(tmp_path, Exchange("GET", url, 200), call(response={"trace_id": 5, "state": "queuing"}))
    done = check(path, form)
    assert done.exit_code in (1, 2)
    assert "pw@" not in done.output
    assert "\x1b[31m" not in done.output
    assert len(done.output) < 100_000
    rules = {"sellerspec.cassette-url", "tiki.created-answer"}
    if url.startswith("/"):
        rules = {"tiki.created-answer"}  # it can be read, and is no operation: exit code 2
        assert f"{path}:2:1: " in done.stderr
    assert all(rule in done.stdout for rule in rules), done.output
    if form == "html":
        page = Page()
        page.feed(done.stdout)
        assert ("img" in page.elements, page.handlers) == (False, [])
        assert page.elements.count("script") == done.stdout.count("</script>")
    elif form == "sarif":
        run = json.loads(done.stdout)["runs"][0]
        assert {result["ruleId"] for result in run["results"]} == rules
        assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == rules
        for result in run["results"]:
            where = result["locations"][0]["physicalLocation"]
            assert where["artifactLocation"] == {"uri": str(path)}
            assert where["region"]["startLine"] >= 1
    elif form == "json":
        assert {
            f["rule"] for report in json.loads(done.stdout)["reports"] for f in report["findings"]
        } == rules
    elif form == "junit":
        cases = ElementTree.fromstring(done.stdout).iter("failure")
        assert {case.get("type") for case in cases} == rules
    elif form == "github":
        assert all(line.startswith("::") for line in done.stdout.splitlines())
