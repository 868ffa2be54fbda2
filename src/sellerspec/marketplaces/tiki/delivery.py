"""Rules of confirmDelivery and updateDeliveryStatus that no schema can say."""

from collections.abc import Iterator
from datetime import datetime

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.facts import fulfillment
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, rule
from sellerspec.schema.nearest import nearest

REASONS = ("seller-out-of-stock-cancel-order", "customers-are-no-longer-in-demand")
"""The listed reasons; Tiki counts any other text as `others`."""

REMOVED = datetime(2019, 12, 16)
"""The day confirmDelivery left the vendor's documents."""


@rule(
    "tiki.confirm-delivery-seller",
    on="confirmDelivery",
    catalogue="D03",
    basis=Basis.DOCUMENTED,
    source=("tis-2019", "VI.4.5"),
    needs="order.fulfillment_type",
    status=400,
)
def seller_delivers(payload: Json, facts: Facts) -> Iterator[Violation]:
    """the order is one that the seller delivers"""
    if fulfillment(facts) != "seller_delivery" and isinstance(payload, dict):
        yield Violation(("order_code",), "not a `seller_delivery` order; only those are confirmed here")


@rule(
    "tiki.confirm-delivery-reason-listed",
    on="confirmDelivery",
    catalogue="D04",
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    source=("tis-2019", "VI.4.5.1"),
    unless={"properties": {"status": {"const": "successful_delivery"}}, "required": ["status"]},
)
def reason_listed(payload: Json, _: Facts) -> Iterator[Violation]:
    """a delivery is canceled for a listed reason, else the reason counts as others"""
    reason = member(payload, "reason") if member(payload, "status") == "canceled" else None
    if isinstance(reason, str) and reason and reason not in REASONS:
        close = nearest(reason, REASONS)
        hint = f"did you mean `{close}`?" if close else None
        yield Violation(("reason",), "not one of the two listed reasons; counts as others", hint=hint)


@rule(
    "tiki.confirm-delivery-echo",
    on="confirmDelivery",
    catalogue="D10",
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    source=("tis-2019", "VI.4.5.2"),
    reads="exchange",
)
def echo(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response repeats the `order_code` that was sent"""
    sent, returned = member(exchange, "request", "body"), member(exchange, "response", "body", "order_code")
    if member(exchange, "response", "status") != 200 or not isinstance(sent, dict):
        return
    if isinstance(returned, str) and returned != sent.get("order_code"):
        yield Violation(("response", "body", "order_code"), "not the `order_code` that was sent")


@rule(
    "tiki.confirm-delivery-removed",
    on="confirmDelivery",
    catalogue="D11",
    basis=Basis.OBSERVED,
    source=("tiki-docs-2020", "docs@ca4304a"),
    needs="now",
    hint="later documents know updateDeliveryStatus only",
)
def removed(payload: Json, facts: Facts) -> Iterator[Violation]:
    """the call is made before 2019-12-16, the day it left the vendor's documents"""
    if facts.now is not None and facts.now >= REMOVED and isinstance(payload, dict):
        yield Violation((), "the call left the vendor's documents on 2019-12-16")


@rule(
    "tiki.delivery-status-not-ahead",
    on="updateDeliveryStatus",
    catalogue="S05",
    basis=Basis.INFERRED,
    source=("tis-2019", "VI.4.6.1"),
    needs="now",
)
def not_ahead(payload: Json, facts: Facts) -> Iterator[Violation]:
    """`update_time` does not lie in the future"""
    updated = moment(member(payload, "update_time"))
    if updated is not None and facts.now is not None and updated > facts.now:
        yield Violation(("update_time",), "lies in the future; send the moment of the event")


DELIVERY_RULES: tuple[Rule, ...] = (seller_delivers, reason_listed, echo, removed, not_ahead)
