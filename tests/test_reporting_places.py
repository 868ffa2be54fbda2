"""Lines, columns and fingerprints."""

import json
from typing import Any

import sellerspec
from sellerspec.model import Basis, Finding, Report, Severity, Source
from sellerspec.reporting import Checked, fingerprint, fingerprints, located
from sellerspec.reporting.excerpt import around, width


def report(*pointers: str, operation: str = "tiki/createProduct") -> Report:
    source = Source("doc", "1", Basis.DOCUMENTED)
    findings = (
        Finding("tiki.x", Severity.ERROR, pointer, "odd", Basis.DOCUMENTED, source) for pointer in pointers
    )
    return Report(operation, tuple(findings))


def places(report: Report) -> list[tuple[int | None, int | None]]:
    return [(finding.line, finding.column) for finding in report.findings]


TEXT = """{
  "a/b": [1, {"c": "é"}],
  "12": {"x": [
    true]}
}"""


def test_json_findings_get_line_and_column_a_missing_member_that_of_its_object() -> None:
    with_places = located(
        report("", "/a~1b/1/c", "/a~1b/1/missing", "/12/x/0", "/a~1b/7", "/12/x/0/deep"), TEXT
    )
    assert places(with_places) == [(1, 1), (2, 20), (2, 14), (4, 5), (2, 10), (4, 5)]
    assert located(report(), "no JSON at all") == report()


def test_exchange_findings_have_their_places_in_the_exchange_file() -> None:
    call = {
        "method": "GET",
        "url": "https://x.example",
        "status": 200,
        "request_headers": {"Tiki-Api": "FAKE"},
        "response_body": [{"state": 1}],
    }
    text = json.dumps(call, indent=1)
    pointers = {
        "/request/method": "method",
        "/request/query/limit": "url",
        "/request/path/id": "url",
        "/response/status": "status",
        "/request/headers/tiki-api": "Tiki-Api",
        "/response/body/0/state": "state",
    }
    with_places = located(report(*pointers), text, exchange=True)
    lines = text.splitlines()
    for finding, name in zip(with_places.findings, pointers.values(), strict=True):
        assert f'"{name}"' in lines[(finding.line or 0) - 1], finding.pointer
    others = report("/request/headers/x", "/response/headers/y", "/other")
    assert places(located(others, text, exchange=True)) == [
        (5, 21), (1, 1), (1, 1),
    ]  # fmt: skip


def product(*skus: str, **more: Any) -> str:
    return json.dumps({"variants": [{"sku": sku, "price": 0, **more} for sku in skus]})


def marks(text: str) -> dict[str, str]:
    checked = sellerspec.check("tiki/createProduct", text)
    pairs = zip(checked.findings, fingerprints(Checked("any", checked, text)), strict=True)
    value = json.loads(text)
    return {
        value["variants"][int(finding.pointer.split("/")[2])]["sku"]: mark
        for finding, mark in pairs
        if finding.rule == "tiki.variant-price"
    }


def test_fingerprints_stay_when_a_list_is_reordered_or_grows() -> None:
    first = marks(product("a", "b"))
    assert len(set(first.values())) == 2
    assert marks(product("b", "a")) == first
    grown = marks(product("new", "a", "b"))
    assert {name: grown[name] for name in first} == first


def test_fingerprints_of_items_without_a_key_are_numbered() -> None:
    text = '{"variants": [1, 2, {"sku": "a"}, {"sku": "a"}]}'
    items = report("/variants/0", "/variants/1", "/variants/2/price", "/variants/3/price", "/variants/9")
    made = fingerprints(Checked("x", items, text))
    assert made[1] == f"{made[0]}-2"
    assert made[3] == f"{made[2]}-2"
    assert made[4] == f"{made[0]}-3"
    assert len(set(made)) == 5


def test_fingerprints_differ_by_rule_operation_and_place_and_hold_no_text() -> None:
    finding = report("/a").findings[0]
    assert fingerprint(finding, "tiki/x") != fingerprint(finding, "tiki/y")
    assert fingerprint(finding, "tiki/x") == fingerprint(finding, "tiki/x", {"a": 1})
    assert fingerprints(Checked("x", report("/a"), "not json")) == fingerprints(Checked("y", report("/a")))
    assert fingerprints(Checked("x", report("/v/0/p"), '{"v": [{"sku": "a", "p": 1}]}')) == (
        fingerprint(report("/v/0/p").findings[0], "tiki/createProduct", {"v": [{"sku": "a"}]}),
    )


def test_lines_around_a_place_are_numbered_and_end_with_the_text() -> None:
    assert around("a\nbb\nc\n", 2, 2, lines=1) == ["    1 | a", "    2 | bb", "      |  ^", "    3 | c"]
    assert around("", 5, 1, lines=1) == []
    assert width("e\u0301名") == 3
