"""Fuzzing finds what is wrong with tokens, the rate limit, the information and updates of the Open API."""

from typing import Any

import pytest

from sellerspec import fuzz, sandbox
from sellerspec.fuzz.result import FuzzResult
from sellerspec.fuzz.scenarios import tiki_v2_information, tiki_v2_updates, tiki_v2_ways
from sellerspec.fuzz.scenarios.tiki_v2_access import STEPS


def run(*defects: str) -> FuzzResult:
    """Return what the sequences find that use a token."""
    app = sandbox.app("tiki-v2", defects=defects)
    return fuzz.run("tiki-v2", app=app, phases=["sequences"], include=["createToken", "getSeller"])


def test_an_honest_sandbox_has_no_findings_and_each_step_is_taken() -> None:
    result = run()
    assert not result.findings
    assert all(result.coverage.transitions[step] for step in STEPS)


@pytest.mark.parametrize(
    ("defect", "kind"),
    [
        ("token-never-ends", "token-outlives"),
        ("token-ends-early", "token-refused"),
        ("scope-not-checked", "scope-ignored"),
        ("refresh-refused", "refresh-refused"),
        ("refresh-token-missing", "refresh-missing"),
        ("rate-limit-low", "limited-early"),
    ],
)
def test_a_defect_is_found(defect: str, kind: str) -> None:
    assert [finding.kind for finding in run(defect).findings] == [kind]


def informed(*defects: str) -> FuzzResult:
    """Return what the sequence finds that reads the categories, brands and warehouses."""
    app = sandbox.app("tiki-v2", defects=defects)
    return fuzz.run("tiki-v2", app=app, phases=["sequences"], include=["getCategoryAttributes"])


def test_the_information_of_an_honest_sandbox_has_no_findings() -> None:
    result = informed()
    assert not result.findings
    assert all(result.coverage.transitions[step] for step in tiki_v2_information.STEPS)


@pytest.mark.parametrize(
    ("defect", "found"),
    [
        ("category-filters-ignored", "tiki-v2.categories-filtered"),
        ("primary-filter-turned-round", "filter-loses"),
        ("unknown-category-200", "unknown-accepted"),
        ("attributes-of-another-category", "tiki-v2.attributes-requested"),
        ("attribute-code-repeated", "tiki-v2.attribute-code-once"),
        ("attribute-required-as-number", "tiki-v2.attribute-entry"),
        ("values-of-two-attributes", "tiki-v2.values-of-one-attribute"),
        ("brands-page-from-zero", "page-repeats"),
        ("labels-dropped", "tiki-v2.option-label-list"),
        ("documents-dropped", "tiki-v2.required-docs-list"),
        ("supplies-filter-ignored", "tiki-v2.inventories-filtered"),
        ("attribute-not-needed", "tiki-v2.attribute-required"),
    ],
)
def test_wrong_information_is_found(defect: str, found: str) -> None:
    findings = informed(defect).findings
    assert found in {name for finding in findings for name in (finding.kind, finding.rule)}


def updated(*defects: str) -> FuzzResult:
    """Return what the sequences find that change products."""
    app = sandbox.app("tiki-v2", defects=defects)
    return fuzz.run("tiki-v2", app=app, phases=["sequences"], include=["updateSkus"])


def test_updates_of_an_honest_sandbox_have_no_findings() -> None:
    result = updated()
    assert not result.findings
    assert all(result.coverage.transitions[step] for step in tiki_v2_updates.STEPS)


@pytest.mark.parametrize(
    ("defect", "found"),
    [
        ("products-dates-ignored", "tiki-v2.products-filtered"),
        ("unknown-product-updated", "unknown-accepted"),
        ("first-update-kept", "read-after-write"),
        ("active-turned-round", "read-after-write"),
        ("reserved-forgotten", "read-after-write"),
        ("event-stock-sum-wrong", "tiki-v2.event-stock-sum"),
    ],
)
def test_a_wrong_update_is_found(defect: str, found: str) -> None:
    findings = updated(defect).findings
    assert found in {name for finding in findings for name in (finding.kind, finding.rule)}


def handled(*defects: str) -> FuzzResult:
    """Return what the sequences find that list and handle orders."""
    app = sandbox.app("tiki-v2", defects=defects)
    return fuzz.run("tiki-v2", app=app, phases=["sequences"], include=["listOrders", "getDropshipLabels"])


def test_orders_of_an_honest_sandbox_have_no_findings() -> None:
    result = handled()
    assert not result.findings
    assert all(result.coverage.transitions[step] for step in tiki_v2_ways.STEPS)


ORDERS = {
    "code-filter-ignored": "tiki-v2.orders-filtered",
    "nin-read-as-in": "tiki-v2.orders-filtered",
    "dates-ignored": "tiki-v2.orders-filtered",
    "order-by-ignored": "tiki-v2.orders-sorted",
    "include-ignored": "tiki-v2.order-fees-included",
    "dropship-confirmed-as-other": "tiki-v2.confirm-items-dropship",
    "other-confirmed-as-dropship": "tiki-v2.confirm-dropship-kind",
    "confirmed-twice": "tiki-v2.confirm-status",
    "other-delivered-by-seller": "tiki-v2.seller-delivery-kind",
    "other-shipped-from-abroad": "tiki-v2.delivery-status-kind",
    "labels-of-canceled": "tiki-v2.print-confirmed",
    "dropship-labels-of-others": "tiki-v2.print-dropship",
}


@pytest.mark.parametrize(
    ("defect", "found"),  # coverage is measured for the first: all of them run the same lines
    [
        pytest.param(*item, marks=[pytest.mark.no_cover] if at else [])
        for at, item in enumerate(ORDERS.items())
    ],
)
def test_a_wrong_order_is_found(defect: str, found: str) -> None:
    assert found in {finding.rule for finding in handled(defect).findings}


async def refusing(_scope: Any, _receive: Any, send: Any) -> None:
    """Refuse every call, as a server does that does not know the client."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"errors": ["no"]}'})


def test_another_server_that_gives_no_token_is_not_called_with_one() -> None:
    result = fuzz.run("tiki-v2", app=refusing, phases=["sequences"], include=["createToken", "getSeller"])
    assert not any(result.coverage.transitions[step] for step in STEPS)
    assert result.coverage.operations["tiki-v2/createToken"] == 1
