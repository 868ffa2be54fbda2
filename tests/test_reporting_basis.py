"""Every form of a finding says its basis, and assumed operations are marked wherever they show."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from click.testing import CliRunner

import sellerspec
from sellerspec import Exchange, Report, cassettes, contract, sandbox
from sellerspec.cassettes import files
from sellerspec.cli import main
from sellerspec.fuzz import FuzzFinding, FuzzResult
from sellerspec.fuzz.session import Coverage as FuzzCoverage
from sellerspec.model import Basis, Finding, Severity, Source, assumed_note
from sellerspec.reporting import FORMATS, Checked, render
from sellerspec.reporting.coverage import Coverage, page, summary, table
from support.plugin_runs import prepare, run

pytest_plugins = ["pytester"]

KEY = "tnsl/createOrder"
NOTE = assumed_note(KEY)
BASES = {f"tnsl.rule-{basis}": basis.value for basis in Basis}
FINDINGS = tuple(
    Finding(id, severity, f"/{basis}", "odd", Basis(basis), Source("document", "1.2", Basis(basis)))
    for severity, (id, basis) in zip(list(Severity) * 2, BASES.items(), strict=True)
)
CHECKED = Checked("a.json", Report(KEY, FINDINGS, assumed=(KEY,)))
CLEAN = Checked("b.json", Report(KEY, assumed=(KEY,)))


def in_lines(written: str) -> dict[str, str]:
    return dict(re.findall(r"(tnsl\.rule-\w+) odd.* \((\w+)\)$", written, re.MULTILINE))


def in_json(written: str) -> dict[str, str]:
    return {
        finding["rule"]: finding["basis"]
        for report in json.loads(written)["reports"]
        for finding in report["findings"]
    }


def in_junit(written: str) -> dict[str, str]:
    cases = ElementTree.fromstring(written).iter("testcase")
    texts = {case.attrib["name"].partition(" ")[0]: "".join(case.itertext()) for case in cases}
    sources = {id: re.search(r"source: document 1\.2 \((\w+)\)", text) for id, text in texts.items()}
    return {id: source[1] for id, source in sources.items() if source}


def in_sarif(written: str) -> dict[str, str]:
    (log,) = json.loads(written)["runs"]
    shown = {result["ruleId"]: result["properties"]["basis"] for result in log["results"]}
    for result in log["results"]:
        assert result["message"]["text"].endswith(f"; source: document 1.2 ({shown[result['ruleId']]})")
    return shown


def in_github(written: str) -> dict[str, str]:
    return dict(re.findall(r"title=(tnsl\.rule-\w+)::.*%0Asource: document 1\.2 \((\w+)\)$", written, re.M))


def in_markdown(written: str) -> dict[str, str]:
    return dict(re.findall(r"\| `(tnsl\.rule-\w+)` \| (\w+) \| odd \|$", written, re.MULTILINE))


def in_html(written: str) -> dict[str, str]:
    return dict(re.findall(r'<li [^>]*data-rule="([^"]+)".*source: document 1\.2 \((\w+)\)', written))


READERS = {"text": in_lines, "json": in_json, "junit": in_junit, "sarif": in_sarif, "github": in_github,
           "markdown": in_markdown, "html": in_html}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_C10_every_format_says_the_basis_of_every_finding(form: str) -> None:
    written = render(form, (CHECKED,))
    assert READERS[form](written) == BASES
    assert not re.search("server|Server", written.replace("server_text", ""))  # no text is the marketplace's


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("checked", [CHECKED, CLEAN], ids=["findings", "clean"])
def test_C10_every_format_marks_an_assumed_operation(form: str, checked: Checked) -> None:
    written = render(form, (checked,))
    plain = written.replace("\\", "")  # Markdown escapes
    assert (f'"assumed": [\n        "{KEY}"' if form == "json" else NOTE) in plain
    documented = checked._replace(report=replace(checked.report, operation="tnsl/getQuotes", assumed=()))
    assert "no document states" not in render(form, (documented,))


def test_C10_the_text_of_an_error_says_basis_and_assumption() -> None:
    report = replace(CHECKED.report, findings=FINDINGS[:1])
    assert str(sellerspec.ContractViolation(report)) == (
        f"{KEY}: 1 error, 0 warnings\n"
        "  /documented: error tnsl.rule-documented odd (documented)\n"
        f"  note: {NOTE}"
    )
    assert str(CLEAN.report) == f"{KEY}: nothing found\n  note: {NOTE}"


def test_C10_a_failed_test_says_basis_and_assumption(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(pytester, monkeypatch)
    pytester.makepyfile(f"def test_it(preflight): preflight({KEY!r}, {{}})")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["  /items: error tnsl.order-items `items` is missing (assumed)", f"  note: {NOTE}"]
    )
    result.stdout.fnmatch_lines(["tnsl: no document states createOrder; their shapes are assumed"])


def test_C10_coverage_marks_assumed_operations_and_rules() -> None:
    coverage = Coverage()
    for key in (KEY, "tnsl/getQuotes"):
        coverage.payload(contract.operation(key), {}, source="payloads")
    (totals,) = summaries = summary(coverage)
    assert table(summaries).splitlines()[-1] == (
        "tnsl: no document states createOrder; their shapes are assumed"
    )
    html = page(summaries)
    assert "<td>createOrder (assumed)</td>" in html
    assert "<td>getQuotes</td>" in html
    assert "<code>tnsl.paging</code> (assumed)" in html
    assert {"createOrder", "tnsl.paging"} <= totals.assumed
    assert totals.to_dict()["assumed"] == sorted(totals.assumed)
    documented = Coverage()
    documented.payload(contract.operation("tiki/updateSku"), {}, source="payloads")
    assert "assumed" not in table(summary(documented)) + page(summary(documented))


def test_C10_the_result_of_fuzzing_says_basis_and_assumption() -> None:
    finding = FuzzFinding("response", KEY, Severity.ERROR, "odd", "tnsl.order", Basis.ASSUMED)
    covered = FuzzCoverage()
    covered.operations.update([KEY, "tnsl/getQuotes"])
    result = FuzzResult("tnsl", 1, "quick", (finding,), covered, 1, 0.1)
    lines = result.to_text().splitlines()
    assert lines[0] == f"{KEY}: error response tnsl.order odd (assumed)"
    assert [line for line in lines if "no document" in line] == [f"note: {NOTE}"]
    assert (result.to_dict()["assumed"], result.to_dict()["findings"][0]["basis"]) == ([KEY], "assumed")
    cases = {case.attrib["name"]: "".join(case.itertext())
             for case in ElementTree.fromstring(result.to_junit()).iter("testcase")}  # fmt: skip
    assert str(finding) in cases["createOrder"]
    assert NOTE in cases["createOrder"]
    assert cases["getQuotes"] == ""


def test_C10_a_catalogue_of_an_assumed_operation_is_marked(tmp_path: Path) -> None:
    lines = tmp_path / "orders.jsonl"
    lines.write_text("{}\n{}\n")
    findings = tmp_path / "findings.csv"
    call = ["check", "--as", KEY, str(lines), "--output", str(findings)]
    done = CliRunner().invoke(main, call)
    assert re.search(r"^  tnsl\.order-items +error +assumed +\d+  ", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1] == f"  note: {NOTE}"
    shown = json.loads(CliRunner().invoke(main, [*call, "--format", "json"]).stdout)
    assert shown["assumed"] == [KEY]
    assert {rule["rule"]: rule["basis"] for rule in shown["rules"]}["tnsl.order-items"] == "assumed"
    assert ",assumed," in findings.read_text()


def test_C10_commands_that_show_rules_say_their_basis() -> None:
    explained = CliRunner().invoke(main, ["explain", KEY]).stdout
    shown = re.findall(r"^    (tnsl\.\S+) +(?:error|warning) +(\w+) ", explained, re.MULTILINE)
    assert dict(shown) == {rule.id: rule.basis for rule in sellerspec.rules(KEY)}
    needed = CliRunner().invoke(main, ["requirements", "tnsl/updateOrderReceivable"]).stdout
    assert assumed_note("tnsl/updateOrderReceivable") in needed
    assert re.search(r"tnsl\.receivable-amount \(assumed\)$", needed, re.MULTILINE)
    assert re.search(r"^  tnsl\.receivable-of-ffo: .* \(assumed; needs order\S*\)$", needed, re.MULTILINE)


def test_C10_a_response_of_an_assumed_operation_carries_a_header(tmp_path: Path) -> None:
    with sandbox.run("tnsl") as box, httpx.Client(base_url=box.url, trust_env=False) as client:
        mark = "sellerspec-assumed"
        accepted = client.get("/v1/orders", headers=box.headers)
        assert (accepted.status_code, accepted.headers[mark]) == (200, "tnsl/listOrders")
        refused = client.post("/v1/orders", headers=box.headers, json={})
        assert (refused.status_code, refused.headers[mark]) == (400, KEY)
        barred = client.get("/v1/orders/1", headers={"authorization": "Bearer not-known"})
        assert (barred.status_code, barred.headers[mark]) == (401, "tnsl/getOrder")
        box.faults({"operation": "listOrders", "kind": "status", "status": 503})
        planned = client.get("/v1/orders", headers=box.headers)
        assert (planned.status_code, planned.headers[mark]) == (503, "tnsl/listOrders")
        documented = client.post("/v1/register-webhooks", headers=box.headers, json={})
        assert mark not in documented.headers
        assert mark not in client.get("/nowhere", headers=box.headers).headers
        with cassettes.vcr("tnsl").use_cassette(str(tmp_path / "orders.yaml")):
            client.get("/v1/orders", headers=box.headers)
        (entry,) = [entry for entry in client.get("/__sellerspec/log").json() if entry["number"] == 3]
        assert entry["response"]["headers"][mark] == "tnsl/getOrder"
        assert client.get("/__sellerspec/").json()["assumed"] == [
            operation.id for operation in sellerspec.operations("tnsl") if operation.assumed
        ]
    (recorded,) = files.read(tmp_path / "orders.yaml").exchanges
    kept: Exchange = recorded.exchange
    assert {name.lower(): value for name, value in kept.response_headers.items()}[mark] == "tnsl/listOrders"
