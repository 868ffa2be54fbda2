"""Rules of confirmItems that no schema can say."""

from collections.abc import Iterator
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.facts import CONFIRMED_BEFORE, known_warehouses
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.marketplaces.tiki_shared.orders import (
    NOT_DROPSHIP,
    all_items,
    foreign_items,
    fulfillment,
    item_ids,
    known_items,
    not_dropship,
)
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, rule
from sellerspec.schema.rewrites import corrected

KNOWN_CODES = ("ct", "hn", "hp", "sgn")
"""The warehouse codes of the only documented response; there may be more."""

SG = "the examples in tis-2019 VI.4.4.1 have `sg`, the list of warehouses in VI.4.3.2 has `sgn`"

BODY = ("tis-2019", "VI.4.4.1")

confirm_rule = partial(rule, on="confirmItems")


all_named = confirm_rule(
    "tiki.confirm-items-left-out",
    catalogue="C04",
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    source=BODY,
    needs="order.items",
    hint="an item that is named counts as available",
)(all_items("item_ids"))

foreign = confirm_rule(
    "tiki.confirm-items-foreign",
    catalogue="C05",
    basis=Basis.OBSERVED,
    source=("tiki-issues", "issue 233"),
    needs="order.items",
    hint="Tiki does not refuse an unknown id, but may cancel the order",
)(foreign_items("item_ids"))


@confirm_rule(
    "tiki.confirm-items-warehouse-known",
    catalogue="C07",
    basis=Basis.INFERRED,
    source=("tis-2019", "VI.4.3.2"),
    fixes=lambda payload, path, _: corrected(payload, path, KNOWN_CODES),
    unless={"properties": {"warehouse_code": {"enum": list(KNOWN_CODES)}}, "required": ["warehouse_code"]},
)
def warehouse_known(payload: Json, facts: Facts) -> Iterator[Violation]:
    """`warehouse_code` is one that warehouses are known to have"""
    code = member(payload, "warehouse_code")
    if facts.warehouses is None and isinstance(code, str) and code not in KNOWN_CODES:
        required = f"one of the known codes {messages.names(KNOWN_CODES, 'or')}"
        message = messages.must_be("warehouse_code", required, code, KNOWN_CODES)
        yield Violation(("warehouse_code",), message, hint=SG if code == "sg" else None)


@confirm_rule(
    "tiki.confirm-items-warehouse-pair",
    catalogue="C09",
    basis=Basis.INFERRED,
    severity=Severity.ERROR,
    source=("tis-2019", "VI.2.1, VI.4.3.2"),
    needs=("warehouses.seller_inventory_id", "warehouses.warehouse_code"),
    status=400,
)
def warehouse_pair(payload: Json, facts: Facts) -> Iterator[Violation]:
    """`seller_inventory_id` is one of the seller's warehouses and `warehouse_code` is its code"""
    key, code = number(member(payload, "seller_inventory_id")), member(payload, "warehouse_code")
    if key is None:
        return
    warehouses = known_warehouses(facts)
    mine = [warehouse for warehouse in warehouses if number(warehouse.get("seller_inventory_id")) == key]
    if not mine:
        region = any(number(warehouse.get("warehouse_id")) == key for warehouse in warehouses)
        hint = f"{key} is a `warehouse_id`, which names a region, not a warehouse" if region else None
        ids = messages.listed(warehouse["seller_inventory_id"] for warehouse in warehouses)
        required = f"that of a warehouse of the seller, {ids}"
        message = messages.must_be("seller_inventory_id", required, key)
        yield Violation(("seller_inventory_id",), message, hint=hint)
    elif isinstance(code, str) and all(warehouse.get("warehouse_code") != code for warehouse in mine):
        own = messages.listed(warehouse["warehouse_code"] for warehouse in mine)
        required = f"{own}, the code of the warehouse with `seller_inventory_id` {key}"
        yield Violation(("warehouse_code",), messages.must_be("warehouse_code", required, code))


def _needed(id: str, catalogue: str, kind: str, name: str, requirement: str, hint: str | None = None) -> Rule:
    """Make a rule of a member that orders of one fulfillment type are confirmed with."""

    def needed(payload: Json, facts: Facts) -> Iterator[Violation]:
        if isinstance(payload, dict) and fulfillment(facts) == kind and payload.get(name) in (None, ""):
            why = f"the `fulfillment_type` of the order is `{kind}`"
            yield Violation((name,), messages.without_value(name, name in payload, payload.get(name), why))

    needed.__doc__ = requirement
    made = confirm_rule(
        id, catalogue=catalogue, basis=Basis.DOCUMENTED, source=BODY, needs="order.fulfillment_type",
        status=400, hint=hint,
    )  # fmt: skip
    return made(needed)


commitment_needed = _needed(
    "tiki.confirm-items-commitment-needed",
    "C10",
    "seller_delivery",
    "delivery_commitment_time",
    "an order that the seller delivers is confirmed with a `delivery_commitment_time`",
)
tracking_needed = _needed(
    "tiki.confirm-items-tracking-needed",
    "C13",
    "cross_border",
    "tracking_number",
    "an order from abroad is confirmed with a `tracking_number`",
    hint="by the document it may be the same as `order_code`",
)


@confirm_rule(
    "tiki.confirm-items-commitment-future",
    catalogue="C12",
    basis=Basis.INFERRED,
    source=BODY,
    needs="now",
)
def commitment_future(payload: Json, facts: Facts) -> Iterator[Violation]:
    """`delivery_commitment_time` lies in the future"""
    name = "delivery_commitment_time"
    promised = moment(member(payload, name))
    if promised is not None and facts.now is not None and promised <= facts.now:
        required = f"in the future, after {messages.clock(facts.now)}"
        yield Violation((name,), messages.must_be(name, required, payload[name]))


@confirm_rule(
    "tiki.confirm-items-deadline",
    catalogue="C14",
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    source=("tis-2019", "VI.3.5"),
    needs=(f"order.{CONFIRMED_BEFORE}", "now"),
)
def deadline(payload: Json, facts: Facts) -> Iterator[Violation]:
    """each item is confirmed before its `must_confirmed_before_at`"""
    items = known_items(facts)
    for index, id in item_ids(payload, "item_ids"):
        latest = moment(member(items.get(id), CONFIRMED_BEFORE))
        if latest is not None and facts.now is not None and facts.now >= latest:
            until, now = messages.clock(latest), messages.clock(facts.now)
            message = f"item {id} must be confirmed before {until}, its `{CONFIRMED_BEFORE}`; it is now {now}"
            yield Violation(("item_ids", index), message)


dropship = confirm_rule(
    "tiki.confirm-items-dropship",
    catalogue="C16",
    basis=Basis.OBSERVED,
    source=("tiki-issues", "issue 292"),
    needs="order.fulfillment_type",
    text=NOT_DROPSHIP,
)(not_dropship("order_code"))


CONFIRM_RULES: tuple[Rule, ...] = (
    all_named,
    foreign,
    warehouse_known,
    warehouse_pair,
    commitment_needed,
    commitment_future,
    tracking_needed,
    deadline,
    dropship,
)
