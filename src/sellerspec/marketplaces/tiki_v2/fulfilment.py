"""Rules of the calls that confirm an order, report its delivery or print its labels."""

from collections.abc import Iterator
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki_shared.orders import (
    NOT_DROPSHIP,
    all_items,
    foreign_items,
    fulfillment,
    not_dropship,
    of_another_kind,
)
from sellerspec.marketplaces.tiki_v2.facts import warehouse_ids
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, rule
from sellerspec.schema.messages import seen

CONFIRM = ("open-site", "confirm ODF, seller delivery and cross border orders")
DROPSHIP = ("open-site", "confirm drop-shipping orders")
LABELS = (
    "getTikiDeliveryLabels", "getSellerDeliveryLabels", "getDropshipLabels", "getCrossBorderLabels",
)  # fmt: skip

UNPRINTABLE = ("queueing", "canceled")
"""Statuses of orders whose items are not confirmed yet, or never will be."""

item_rule = partial(rule, on="confirmAvailable", needs="order.items")
order_rule = partial(rule, reads="path")


all_named = item_rule(
    "tiki-v2.confirm-items-left-out",
    source=CONFIRM,
    basis=Basis.OBSERVED,
    severity=Severity.WARNING,
    hint="Tiki takes an item that is named as available",
)(all_items("available_item_ids"))

foreign = item_rule(
    "tiki-v2.confirm-items-foreign",
    source=("open-issues", "233"),
    basis=Basis.INFERRED,
    hint="the first version does not refuse an unknown id, but may cancel the order",
)(foreign_items("available_item_ids"))

dropship = order_rule(
    "tiki-v2.confirm-items-dropship",
    on="confirmAvailable",
    source=("open-issues", "292"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    needs="order.fulfillment_type",
    text=NOT_DROPSHIP,
    hint="confirm it with `confirmDropship`",
)(not_dropship("code"))


@rule(
    "tiki-v2.confirm-items-warehouse-known",
    on=("confirmAvailable", "confirmDropship"),
    source=CONFIRM,
    basis=Basis.INFERRED,
    severity=Severity.WARNING,
    needs="warehouses",
    hint="listSellerWarehouses has the ids",
)
def warehouse_known(body: Json, facts: Facts) -> Iterator[Violation]:
    """`seller_inventory_id` is the id of a warehouse of the seller"""
    known, id = warehouse_ids(facts), number(member(body, "seller_inventory_id"))
    if id is not None and id not in known:
        required = f"a warehouse of the seller, {messages.listed(known)}"
        message = messages.must_be("seller_inventory_id", required, id)
        yield Violation(("seller_inventory_id",), message)


@order_rule(
    "tiki-v2.confirm-status",
    on=("confirmAvailable", "confirmDropship"),
    source=DROPSHIP,
    basis=Basis.INFERRED,
    severity=Severity.ERROR,  # although inferred: a second confirmation would change items that are picked
    needs="order.status",
)
def is_queueing(_: Json, facts: Facts) -> Iterator[Violation]:
    """an order is confirmed while it is `queueing`"""
    status = facts.order["status"]
    if status != "queueing":
        yield Violation(("code",), f"`code` must name an order that is `queueing`, got one {seen(status)}")


def _of_kind(
    id: str, on: str, kind: str, source: tuple[str, str], requirement: str, basis: Basis = Basis.OBSERVED
) -> Rule:
    """Make a rule of a call that is for orders of one fulfillment type.

    It is an error also where one SDK alone shows the call, whose name is that of the kind.
    """

    def fits(_: Json, facts: Facts) -> Iterator[Violation]:
        if fulfillment(facts) != kind:
            yield Violation(("code",), of_another_kind(facts, (kind,), "code"))

    fits.__doc__ = requirement
    made = order_rule(
        id, on=on, source=source, basis=basis, severity=Severity.ERROR, needs="order.fulfillment_type"
    )
    return made(fits)


PRINTING = ("open-site", "order API v2")

OF_ONE_KIND: tuple[Rule, ...] = (
    _of_kind(
        "tiki-v2.confirm-dropship-kind", "confirmDropship", "dropship", DROPSHIP,
        "only a dropship order is confirmed by this call",
    ),
    _of_kind(
        "tiki-v2.seller-delivery-kind", "updateSellerDelivery", "seller_delivery",
        ("client-elixir", "update delivery status"),
        "only the delivery of an order that the seller delivers is reported by this call", Basis.INFERRED,
    ),
    _of_kind(
        "tiki-v2.delivery-status-kind", "updateCrossBorder", "cross_border",
        ("client-elixir", "update shipment status"),
        "only the shipment of an order from abroad is reported by this call", Basis.INFERRED,
    ),
    _of_kind(
        "tiki-v2.print-tiki-delivery", "getTikiDeliveryLabels", "tiki_delivery", PRINTING,
        "these labels are of orders that Tiki delivers",
    ),
    _of_kind(
        "tiki-v2.print-seller-delivery", "getSellerDeliveryLabels", "seller_delivery", PRINTING,
        "these labels are of orders that the seller delivers",
    ),
    _of_kind(
        "tiki-v2.print-dropship", "getDropshipLabels", "dropship", PRINTING,
        "these labels are of dropship orders",
    ),
    _of_kind(
        "tiki-v2.print-cross-border", "getCrossBorderLabels", "cross_border", PRINTING,
        "these labels are of orders from abroad",
    ),
)  # fmt: skip
"""Rules of the calls that take orders of one fulfillment type only."""


@order_rule(
    "tiki-v2.print-confirmed",
    on=LABELS,
    source=PRINTING,
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    needs="order.status",
)
def is_confirmed(_: Json, facts: Facts) -> Iterator[Violation]:
    """an order has labels once its items are confirmed, and none if it is canceled"""
    status = facts.order["status"]
    if status in UNPRINTABLE:
        required = "must name an order that is confirmed and not canceled"
        yield Violation(("code",), f"`code` {required}, got one {seen(status)}")


FULFILMENT_RULES: tuple[Rule, ...] = (
    all_named,
    foreign,
    dropship,
    warehouse_known,
    is_queueing,
    *OF_ONE_KIND,
    is_confirmed,
)
