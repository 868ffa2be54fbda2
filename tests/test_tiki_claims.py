"""What the rules of Tiki claim: texts in the cases that a source shows, no basis above its sentence."""

import json
from typing import Any

import pytest

import sellerspec
from sellerspec.model import Basis, Severity
from support.examples import ROOT

ENGINES = ("jsonschema-rs", "jsonschema")
PRICE = "variants should have price > 0"
OPTION = "variants don't match with option_attributes => variants option2 missing"
UNREADABLE = "Can't read http message, please check your request"


def product(**variant: Any) -> Any:
    """Return the documented invalid product, corrected, with these members of its second variant."""
    payload = json.loads((ROOT / "tiki/createProduct/invalid/documented-invalid.json").read_text())
    payload["variants"][1].update({"option2": "32GB", "price": 10000002}, **variant)
    return payload


def texts(payload: Any, engine: str) -> list[tuple[str, str | None]]:
    report = sellerspec.check("tiki/createProduct", payload, engine=engine)
    return [(error.pointer, error.server_text) for error in report.errors]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("price", "text"),
    [(None, PRICE), (0, PRICE), (-1, PRICE), (19999.99, None), (True, None), ("0", None), ([], None),
     ({}, None), ("free", None), ("19000.00", UNREADABLE)],
)  # fmt: skip
def test_B14_the_text_about_the_price_stands_where_a_source_shows_it(
    price: Any, text: str | None, engine: str
) -> None:
    assert texts(product(price=price), engine) == [("/variants/1/price", text)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", [None, ""])
def test_B14_the_text_about_a_missing_option_is_not_that_of_an_empty_one(value: Any, engine: str) -> None:
    assert texts(product(option2=value), engine) == [("/variants/1/option2", None)]


@pytest.mark.parametrize("engine", ENGINES)
def test_B14_missing_members_have_the_documented_texts(engine: str) -> None:
    payload = product()
    del payload["variants"][1]["price"], payload["variants"][1]["option2"]
    assert texts(payload, engine) == [("/variants/1/option2", OPTION), ("/variants/1/price", PRICE)]


@pytest.mark.parametrize(("operation", "payload"), [("createProduct", []), ("updateSku", 5)])
def test_B15_a_body_that_is_no_object_is_refused_in_our_words(operation: str, payload: Any) -> None:
    report = sellerspec.check(f"tiki/{operation}", payload)
    (error,) = report.errors
    assert (error.basis, error.server_text) == (Basis.DOCUMENTED, None)
    assert report.server_response() == sellerspec.Response(
        400, {"errors": [f"[sellerspec] /: {error.message}"]}
    )


def test_B15_no_text_is_shown_for_a_status_that_was_accepted_later() -> None:
    event = {"order_code": "1", "status": "failed_delivery", "update_time": "2019-11-23 23:59:59"}
    (warning,) = sellerspec.check("tiki/updateDeliveryStatus", event).findings
    assert (warning.rule, warning.severity, warning.server_text) == (
        "tiki.delivery-status-known", Severity.WARNING, None,
    )  # fmt: skip


def test_B15_a_text_of_the_tracker_is_not_dated_2019() -> None:
    assert sellerspec.rule("tiki.images-size").text is None
    assert sellerspec.rule("tiki.order-known").text is None
    none = sellerspec.rule("tiki.images-none")
    assert (none.text, none.source.document, none.basis) == (
        "product media is empty",
        "tiki-issues",
        Basis.OBSERVED,
    )


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("variants-one-supplier", Severity.WARNING),
        ("variant-attributes", Severity.ERROR),
        ("token-allowed", Severity.ERROR),
        ("print-order-known", Severity.ERROR),
        ("category-id-positive", Severity.ERROR),
        ("category-primary-known", Severity.WARNING),
        ("option-attribute-named", Severity.ERROR),
        ("paging-positive", Severity.ERROR),
        ("update-price-positive", Severity.ERROR),
    ],
)
def test_B20_a_reading_of_ours_is_inferred(rule: str, severity: Severity) -> None:
    claimed = sellerspec.rule(f"tiki.{rule}")
    assert (claimed.basis, claimed.severity) == (Basis.INFERRED, severity)


@pytest.mark.parametrize(
    "rule",
    ["category-lang", "category-parent", "category-primary-filter", "category-id-path", "orders-page",
     "orders-status-filter", "orders-limit", "warehouse-filter", "print-order-known", "print-permitted"],
)  # fmt: skip
def test_B20_no_status_is_claimed_for_a_refusal_that_no_table_has(rule: str) -> None:
    assert sellerspec.rule(f"tiki.{rule}").status is None
