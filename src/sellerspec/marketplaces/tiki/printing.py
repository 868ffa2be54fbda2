"""Rules of printOrder that no schema can say."""

from collections.abc import Iterator

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki_shared.orders import fulfillment, of_another_kind
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
)
def pdf_invoice(query: Json, _: Facts) -> Iterator[Violation]:
    """`format=pdf` is requested with `label=invoice` only"""
    if member(query, "format") == "pdf" and query.get("label", "shipping") == "shipping":
        message = (
            "`format` must be `html` for the label `shipping`, got `pdf`, which only `label=invoice` has"
        )
        yield Violation(("format",), message)


@rule(
    "tiki.print-asked-label",
    on="printOrder",
    catalogue="R05",
    basis=Basis.DOCUMENTED,
    source=("tis-2019", "VI.4.7.2"),
    reads="exchange",
)
def label_in_response(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response has the URL of the requested label"""
    response, query = exchange["response"], exchange["request"].get("query") or {}
    body = response.get("body")
    if response.get("status") != 200 or not isinstance(body, dict):
        return
    label = query.get("label", "shipping")
    if label in ("shipping", "invoice") and f"{label}_label_url" not in body:
        name = f"{label}_label_url"
        why = f"the request is for the label `{label}`" + ("" if "label" in query else ", the default")
        yield Violation(("response", "body", name), messages.missing(name, why))


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
        yield Violation(("order_code",), of_another_kind(facts, PRINTABLE, "order_code"))


PRINT_RULES: tuple[Rule, ...] = (pdf_invoice, label_in_response, permitted)
