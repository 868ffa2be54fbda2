"""Pointers, findings, reports and facts say what they hold."""

import pickle
from dataclasses import replace
from datetime import datetime

import pytest

import sellerspec
from sellerspec.model import FACTS, Basis, Finding, Phase, Report, Severity, Source, pointer

FINDING = Finding(
    "tiki.variant-price",
    Severity.ERROR,
    "/variants/1/price",
    "`price` is missing",
    Basis.DOCUMENTED,
    Source("tis-2019", "V.3.4", seen="2019-11-26"),
)
WARNINGS = replace(
    FINDING, rule="tiki.images-none", severity=Severity.WARNING, pointer="/images", message="none"
)
LATER = replace(FINDING, rule="tiki.image-url", phase=Phase.ASYNC)


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("a",), "/a"), (("", 0), "//0"), (("a/b", "c~d", "~1"), "/a~1b/c~0d/~01")],
)
def test_a_pointer_is_escaped_as_rfc_6901_asks(path: tuple[str | int, ...], text: str) -> None:
    assert pointer(path) == text


def test_a_finding_as_json_has_no_member_that_says_nothing() -> None:
    assert FINDING.to_dict() == {
        "rule": "tiki.variant-price",
        "severity": "error",
        "pointer": "/variants/1/price",
        "message": "`price` is missing",
        "basis": "documented",
        "phase": "sync",
        "source": {"document": "tis-2019", "section": "V.3.4", "status": "documented", "seen": "2019-11-26"},
    }
    more = replace(FINDING, server_text="no", status=422, code="E1", hint="do", line=3, column=4)
    assert more.to_dict() == {
        **FINDING.to_dict(),
        "server_text": "no",
        "status": 422,
        "code": "E1",
        "hint": "do",
        "line": 3,
        "column": 4,
    }


def test_a_report_counts_its_errors_and_warnings() -> None:
    report = Report("tiki/createProduct", (WARNINGS, FINDING), ("tiki.category-primary",), ("tiki/x",))
    assert (report.ok, report.errors, report.warnings) == (False, (FINDING,), (WARNINGS,))
    assert report.to_dict() == {
        "operation": "tiki/createProduct",
        "ok": False,
        "findings": [WARNINGS.to_dict(), FINDING.to_dict()],
        "unchecked": ["tiki.category-primary"],
        "assumed": ["tiki/x"],
    }
    assert str(report) == (
        "tiki/createProduct: 1 error, 1 warning\n"
        "  /images: warning tiki.images-none none (documented)\n"
        "  /variants/1/price: error tiki.variant-price `price` is missing (documented)\n"
        "  note: no document states `tiki/x`; its shape is assumed, an overlay can correct it"
    )


def test_a_report_of_warnings_is_ok_until_it_is_strict() -> None:
    report = Report("tiki/createProduct", (WARNINGS,))
    report.raise_for_errors()
    assert report.ok
    assert report.strict().errors == (replace(WARNINGS, severity=Severity.ERROR),)
    assert str(Report("tiki/createProduct")) == "tiki/createProduct: nothing found"


def test_a_report_with_errors_raises_when_asked_to() -> None:
    report = Report("tiki/createProduct", (FINDING,))
    with pytest.raises(sellerspec.ContractViolation) as caught:
        report.raise_for_errors()
    assert caught.value.report is report
    assert str(caught.value) == str(report)


def test_a_report_is_answered_by_what_refuses_at_once() -> None:
    refused: list[tuple[Finding, ...]] = []

    def respond(findings: tuple[Finding, ...]) -> sellerspec.Response:
        refused.append(findings)
        return sellerspec.Response(422)

    report = Report("tiki/createProduct", (WARNINGS, FINDING, LATER), respond=respond)
    assert report.server_response() == sellerspec.Response(422)
    assert refused == [(FINDING,)]
    assert Report("tiki/x").server_response().status == 200
    assert Report("tiki/x", (FINDING,)).server_response().status == 400


def test_the_whole_document_is_shown_as_a_slash() -> None:
    assert str(replace(FINDING, pointer="")) == "/: error tiki.variant-price `price` is missing (documented)"


def test_facts_name_what_was_given_and_an_empty_list_is_given() -> None:
    assert sellerspec.Facts().given() == frozenset()
    now = datetime(2019, 11, 26, 12, 0)
    assert sellerspec.Facts(inventory_types=(), now=now).given() == {"inventory_types", "now"}
    assert set(FACTS) == set(sellerspec.Facts.__dataclass_fields__)


def test_a_real_report_is_equal_to_itself_read_again_and_travels_between_processes() -> None:
    body = b'{"price": 0, "quantity": -1}'
    first, second = sellerspec.check("tiki/updateSku", body), sellerspec.check("tiki/updateSku", body)
    assert first == second
    assert first.findings
    again = pickle.loads(pickle.dumps(sellerspec.ContractViolation(first))).report
    assert again == first
    assert again.server_response() == first.server_response()


def test_a_source_is_said_with_its_section() -> None:
    assert str(FINDING.source) == "tis-2019 V.3.4"
    assert str(Source("tis-2019")) == "tis-2019"


def test_an_operation_has_a_key() -> None:
    operation = sellerspec.operation("tnsl/orderStatusSync")
    assert (operation.key, operation.webhook, operation.path) == ("tnsl/orderStatusSync", True, "")
