"""Rules of confirmDelivery and updateDeliveryStatus that no schema can say."""

from collections.abc import Iterator
from datetime import datetime

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.marketplaces.tiki_shared.orders import fulfillment, of_another_kind
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, rule
from sellerspec.schema.rewrites import corrected

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
        yield Violation(("order_code",), of_another_kind(facts, ("seller_delivery",), "order_code"))


@rule(
    "tiki.confirm-delivery-reason-listed",
    on="confirmDelivery",
    catalogue="D04",
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    hint="Tiki counts every other reason as `others`",
    source=("tis-2019", "VI.4.5.1"),
    unless={"properties": {"status": {"const": "successful_delivery"}}, "required": ["status"]},
    fixes=lambda payload, path, _: corrected(payload, path, REASONS),
)
def reason_listed(payload: Json, _: Facts) -> Iterator[Violation]:
    """a delivery is canceled for a listed reason, else the reason counts as `others`"""
    reason = member(payload, "reason") if member(payload, "status") == "canceled" else None
    if isinstance(reason, str) and reason and reason not in REASONS:
        yield Violation(
            ("reason",), messages.must_be("reason", messages.names(REASONS, "or"), reason, REASONS)
        )


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
    expected = sent.get("order_code")
    if isinstance(returned, str) and returned != expected:
        message = messages.must_equal("order_code", expected, "as in the request", returned)
        yield Violation(("response", "body", "order_code"), message)


@rule(
    "tiki.confirm-delivery-removed",
    on="confirmDelivery",
    catalogue="D11",
    basis=Basis.OBSERVED,
    source=("tiki-docs-2020", "docs@ca4304a"),
    needs="now",
)
def removed(payload: Json, facts: Facts) -> Iterator[Violation]:
    """`confirmDelivery` is called before 2019-12-16, the day on which it left Tiki's documents"""
    if facts.now is not None and facts.now >= REMOVED and isinstance(payload, dict):
        gone = f"`confirmDelivery`, which left Tiki's documents on {REMOVED:%Y-%m-%d}"
        yield Violation((), f"the call must be `updateDeliveryStatus`, got {gone}")


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
        required = f"no later than now, {messages.clock(facts.now)}"
        yield Violation(("update_time",), messages.must_be("update_time", required, payload["update_time"]))


DELIVERY_RULES: tuple[Rule, ...] = (seller_delivers, reason_listed, echo, removed, not_ahead)
