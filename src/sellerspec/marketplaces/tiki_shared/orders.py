"""What both generations of Tiki's API require of a call about an order that is known."""

from collections.abc import Iterator, Mapping

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.tiki_shared.answers import Check, too_long
from sellerspec.model import Facts, Json
from sellerspec.rules import Violation, number, objects
from sellerspec.schema.messages import seen
from sellerspec.values import items

NOT_DROPSHIP = "Cannot use this API to confirm dropship orders."
"""How the server refuses to confirm a dropship order by the call for others."""


def fulfillment(facts: Facts) -> str:
    """Return the fulfillment type of the known order, for rules that need `order.fulfillment_type`."""
    return str(facts.order["fulfillment_type"])


def of_another_kind(facts: Facts, kinds: tuple[str, ...], name: str) -> str:
    """Return the message that a member with the code of an order names one of another fulfillment type."""
    required = f"must name an order with `fulfillment_type` {messages.names(kinds, 'or')}"
    return f"`{name}` {required}, got one with {seen(fulfillment(facts))}"


def known_items(facts: Facts) -> dict[int | None, Mapping[str, Json]]:
    """Return the items of the known order by their ids."""
    return {number(item.get("id")): item for _, item in objects(facts.order, "items")}


def item_ids(payload: Json, name: str) -> Iterator[tuple[int, int]]:
    """Yield index and id of each item that a confirmation names in a list."""
    for index, given in items(payload, name):
        id = number(given)
        if id is not None:
            yield index, id


def all_items(name: str) -> Check:
    """Make the check that a confirmation names every item in the list `name`; an empty list is left alone."""

    def all_named(payload: Json, facts: Facts) -> Iterator[Violation]:
        """every item of the order is named, because one that is left out counts as not available"""
        named = {id for _, id in item_ids(payload, name)}
        absent = sorted(id for id in known_items(facts) if id is not None and id not in named)
        if named and absent:
            ids = messages.listed(absent, "and")
            message = f"`{name}` leaves out {ids}: Tiki counts an item left out as not available"
            yield Violation((name,), message)

    return all_named


def foreign_items(name: str) -> Check:
    """Make the check of the items that a confirmation names in the list `name`."""

    def foreign(payload: Json, facts: Facts) -> Iterator[Violation]:
        """each named item belongs to the order"""
        known = known_items(facts)
        for index, id in item_ids(payload, name):
            if id not in known:
                required = f"the id of an item of the order, {messages.listed(known)}"
                yield Violation((name, index), messages.must_be(f"{name}[{index}]", required, id))

    return foreign


def not_dropship(name: str) -> Check:
    """Make the check of an order that the member `name` of a confirmation names."""

    def dropship(value: Json, facts: Facts) -> Iterator[Violation]:
        """a dropship order is not confirmed by this call"""
        if fulfillment(facts) == "dropship" and isinstance(value, dict):
            message = f"`{name}` names a `dropship` order: Tiki answers `{NOT_DROPSHIP}`"
            yield Violation((name,), message)

    return dropship


def orders_limit(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a page holds at most `limit` orders, 20 by default"""
    yield from too_long(exchange, "order")
