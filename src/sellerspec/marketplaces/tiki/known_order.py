"""How the rules about orders read the facts: the order and the warehouses."""

from collections.abc import Iterator, Mapping

from sellerspec.model import Facts, Json


def fulfillment(facts: Facts) -> str | None:
    """Return the fulfillment type of the known order; None where it has none."""
    kind = facts.order.get("fulfillment_type") if isinstance(facts.order, dict) else None
    return kind if isinstance(kind, str) else None


def known_items(facts: Facts) -> dict[int, Mapping[str, Json]]:
    """Return the items of the known order by their ids."""
    lines = facts.order.get("items") if isinstance(facts.order, dict) else None
    return {
        line["id"]: line
        for line in (lines if isinstance(lines, list) else ())
        if isinstance(line, dict) and isinstance(line.get("id"), int)
    }


def known_warehouses(facts: Facts) -> tuple[Mapping[str, Json], ...]:
    """Return the known warehouses."""
    found = facts.warehouses if isinstance(facts.warehouses, list) else ()
    return tuple(each for each in found if isinstance(each, dict))


def item_ids(payload: Json) -> Iterator[tuple[int, int]]:
    """Yield index and id of each item that a confirmation names."""
    ids = payload.get("item_ids") if isinstance(payload, dict) else None
    for index, each in enumerate(ids if isinstance(ids, list) else ()):
        if isinstance(each, int) and not isinstance(each, bool):
            yield index, each
