"""Rules about confirming the items of an order that no schema can say."""

from collections.abc import Iterator

from sellerspec.marketplaces.tiki.known_order import (
    fulfillment,
    item_ids,
    known_items,
    known_warehouses,
)
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, number, rule

KNOWN_CODES = ("ct", "hn", "hp", "sgn")
"""The warehouse codes of the one documented response; the list is open."""


@rule(
    "tiki.confirm-items-left-out",
    on="confirmItems",
    catalogue="C04",
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    source=("tis-2019", "VI.4.4.1"),
    needs="order",
    hint="name every item that can be delivered",
)
def left_out(payload: Json, facts: Facts) -> Iterator[Violation]:
    """every item of the order is named, for one left out counts as not available"""
    named = {each for _, each in item_ids(payload)}
    missing = len(known_items(facts).keys() - named)
    if named and missing:
        yield Violation(
            ("item_ids",), f"{missing} of the order's items left out; they count as not available"
        )


@rule(
    "tiki.confirm-items-foreign",
    on="confirmItems",
    catalogue="C05",
    basis=Basis.OBSERVED,
    source=("tiki-issues", "issue 233"),
    needs="order",
    hint="an unknown id is not refused; it can cancel the order",
)
def foreign(payload: Json, facts: Facts) -> Iterator[Violation]:
    """each named item belongs to the order"""
    items = known_items(facts)
    for index, each in item_ids(payload):
        if items and each not in items:
            yield Violation(("item_ids", index), "no item of this order has this id")


@rule(
    "tiki.confirm-items-warehouse-known",
    on="confirmItems",
    catalogue="C07",
    basis=Basis.INFERRED,
    source=("tis-2019", "VI.4.3.2"),
    unless={"properties": {"warehouse_code": {"enum": list(KNOWN_CODES)}}, "required": ["warehouse_code"]},
)
def warehouse_known(payload: Json, facts: Facts) -> Iterator[Violation]:
    """`warehouse_code` is one that warehouses are known to have"""
    code = payload.get("warehouse_code") if isinstance(payload, dict) else None
    if facts.warehouses is None and isinstance(code, str) and code not in KNOWN_CODES:
        hint = "`sgn` is the code in the list of warehouses" if code == "sg" else None
        known = ", ".join(f"`{each}`" for each in KNOWN_CODES)
        yield Violation(("warehouse_code",), f"not a code seen so far; known: {known}", hint=hint)


@rule(
    "tiki.confirm-items-warehouse-pair",
    on="confirmItems",
    catalogue="C09",
    basis=Basis.INFERRED,
    severity=Severity.ERROR,
    source=("tis-2019", "VI.2.1, VI.4.3.2"),
    needs="warehouses",
    status=400,
)
def warehouse_pair(payload: Json, facts: Facts) -> Iterator[Violation]:
    """`seller_inventory_id` is one of the seller's warehouses and `warehouse_code` is its code"""
    if not isinstance(payload, dict):
        return
    key, code = number(payload.get("seller_inventory_id")), payload.get("warehouse_code")
    if key is None:
        return
    warehouses = known_warehouses(facts)
    mine = [warehouse for warehouse in warehouses if warehouse.get("seller_inventory_id") == key]
    if not mine:
        region = any(warehouse.get("warehouse_id") == key for warehouse in warehouses)
        hint = "this is a `warehouse_id`; send the `seller_inventory_id`" if region else None
        yield Violation(("seller_inventory_id",), "none of the seller's warehouses has this id", hint=hint)
    elif isinstance(code, str) and all(each.get("warehouse_code") != code for each in mine):
        yield Violation(("warehouse_code",), "not the code of the warehouse that `seller_inventory_id` names")


@rule(
    "tiki.confirm-items-commitment-needed",
    on="confirmItems",
    catalogue="C10",
    basis=Basis.DOCUMENTED,
    source=("tis-2019", "VI.4.4.1"),
    needs="order",
    status=400,
)
def commitment_needed(payload: Json, facts: Facts) -> Iterator[Violation]:
    """an order that the seller delivers is confirmed with a `delivery_commitment_time`"""
    if not isinstance(payload, dict) or fulfillment(facts) != "seller_delivery":
        return
    if payload.get("delivery_commitment_time") in (None, ""):
        yield Violation(("delivery_commitment_time",), "missing; a `seller_delivery` order needs it")


@rule(
    "tiki.confirm-items-commitment-future",
    on="confirmItems",
    catalogue="C12",
    basis=Basis.INFERRED,
    source=("tis-2019", "VI.4.4.1"),
    needs="now",
)
def commitment_future(payload: Json, facts: Facts) -> Iterator[Violation]:
    """`delivery_commitment_time` lies in the future"""
    promised = moment(payload.get("delivery_commitment_time")) if isinstance(payload, dict) else None
    if promised is not None and facts.now is not None and promised <= facts.now:
        yield Violation(("delivery_commitment_time",), "already past; promise a later moment")


@rule(
    "tiki.confirm-items-tracking-needed",
    on="confirmItems",
    catalogue="C13",
    basis=Basis.DOCUMENTED,
    source=("tis-2019", "VI.4.4.1"),
    needs="order",
    status=400,
    hint="the order code will do",
)
def tracking_needed(payload: Json, facts: Facts) -> Iterator[Violation]:
    """an order from abroad is confirmed with a `tracking_number`"""
    if not isinstance(payload, dict) or fulfillment(facts) != "cross_border":
        return
    if payload.get("tracking_number") in (None, ""):
        yield Violation(("tracking_number",), "missing; a `cross_border` order needs it")


@rule(
    "tiki.confirm-items-deadline",
    on="confirmItems",
    catalogue="C14",
    basis=Basis.DOCUMENTED,
    severity=Severity.WARNING,
    source=("tis-2019", "VI.3.5"),
    needs=("order", "now"),
)
def deadline(payload: Json, facts: Facts) -> Iterator[Violation]:
    """each item is confirmed before its `must_confirmed_before_at`"""
    items = known_items(facts)
    for index, each in item_ids(payload):
        latest = moment(items[each].get("must_confirmed_before_at")) if each in items else None
        if latest is not None and facts.now is not None and facts.now >= latest:
            yield Violation(("item_ids", index), "too late; this item was to be confirmed before now")


@rule(
    "tiki.confirm-items-dropship",
    on="confirmItems",
    catalogue="C16",
    basis=Basis.OBSERVED,
    source=("tiki-issues", "issue 292"),
    needs="order",
    text="Cannot use this API to confirm dropship orders.",
)
def dropship(payload: Json, facts: Facts) -> Iterator[Violation]:
    """a dropship order is not confirmed by this call"""
    if fulfillment(facts) == "dropship" and isinstance(payload, dict):
        yield Violation(("order_code",), "a `dropship` order; later servers refuse to confirm it here")


CONFIRM_RULES: tuple[Rule, ...] = (
    left_out,
    foreign,
    warehouse_known,
    warehouse_pair,
    commitment_needed,
    commitment_future,
    tracking_needed,
    deadline,
    dropship,
)
