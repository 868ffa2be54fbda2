"""Read the order and the warehouses of the facts, for the rules about orders."""

from collections.abc import Iterator, Mapping

from sellerspec.marketplaces.common import member
from sellerspec.model import Facts, Json
from sellerspec.rules import objects


def fulfillment(facts: Facts) -> str | None:
    """Return the fulfillment type of the known order; None if it has none."""
    kind = member(facts.order, "fulfillment_type")
    return kind if isinstance(kind, str) else None


def known_items(facts: Facts) -> dict[int, Mapping[str, Json]]:
    """Return the items of the known order by their ids."""
    return {item["id"]: item for _, item in objects(facts.order, "items") if isinstance(item.get("id"), int)}


def known_warehouses(facts: Facts) -> list[Mapping[str, Json]]:
    """Return the known warehouses."""
    return [warehouse for _, warehouse in objects({"": facts.warehouses}, "")]


def item_ids(payload: Json) -> Iterator[tuple[int, int]]:
    """Yield index and id of each item that a confirmation names."""
    ids = member(payload, "item_ids")
    for index, id in enumerate(ids if isinstance(ids, list) else ()):
        if isinstance(id, int) and not isinstance(id, bool):
            yield index, id
