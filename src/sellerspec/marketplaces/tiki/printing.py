"""Rules of printOrder that no schema can say."""

from collections.abc import Iterator

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.facts import fulfillment
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, rule

PRINTABLE = ("seller_delivery", "cross_border", "dropship")
"""Fulfillment types whose labels the seller may print, by the later documents."""


@rule(
    "tiki.print-pdf-invoice",
    on="printOrder",
    catalogue="R04",
    basis=Basis.DOCUMENTED,
    source=("tis-2019", "VI.4.7.1"),
    reads="query",
    status=400,
    hint="a shipping label comes as html",
)
def pdf_invoice(query: Json, _: Facts) -> Iterator[Violation]:
    """pdf is requested with `label=invoice` only"""
    if member(query, "format") == "pdf" and query.get("label", "shipping") == "shipping":
        yield Violation(("format",), "pdf of a shipping label; only the invoice label comes as pdf")


@rule(
    "tiki.print-asked-label",
    on="printOrder",
    catalogue="R05",
    basis=Basis.DOCUMENTED,
    source=("tis-2019", "VI.4.7.2"),
    reads="exchange",
)
def label_in_response(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response holds the address of the requested label"""
    response, query = exchange["response"], exchange["request"].get("query") or {}
    body = response.get("body")
    if response.get("status") != 200 or not isinstance(body, dict):
        return
    label = query.get("label", "shipping")
    if label in ("shipping", "invoice") and f"{label}_label_url" not in body:
        message = f"missing; the {label} label was asked for"
        yield Violation(("response", "body", f"{label}_label_url"), message)


@rule(
    "tiki.print-permitted",
    on="printOrder",
    catalogue="R06",
    basis=Basis.OBSERVED,
    source=("tiki-issues", "issue 139"),
    reads="path",
    needs="order.fulfillment_type",
    text="you don't have permission print order",
)
def permitted(_: Json, facts: Facts) -> Iterator[Violation]:
    """the order is one whose label the seller may print: not one that Tiki delivers"""
    if fulfillment(facts) not in PRINTABLE:
        message = f"an order of another kind; later rules allow: {', '.join(PRINTABLE)}"
        yield Violation(("order_code",), message)


PRINT_RULES: tuple[Rule, ...] = (pdf_invoice, label_in_response, permitted)
