"""Rules of event queues."""

from collections.abc import Iterator
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, number, objects, rule

event_rule = partial(
    rule, on="pullEvents", source=("client-shop", "events"), basis=Basis.INFERRED, reads="response"
)


@event_rule("tiki-v2.event-stock-sum")
def event_stock_sum(body: Json, _: Facts) -> Iterator[Violation]:
    """the available quantity of an event is the sum of the sellable and the reserved one, before and after"""
    for index, event in objects(body, "events"):
        payload = member(event, "payload") if event.get("type") == "PRODUCT_INVENTORY_UPDATED" else None
        for when in ("from", "to"):
            available, sellable, reserved = (
                number(member(payload, f"quantity_{name}_{when}"))
                for name in ("available", "sellable", "reserved")
            )
            if available is None or sellable is None or reserved is None or available == sellable + reserved:
                continue
            name, why = f"quantity_available_{when}", "the sum of sellable and reserved"
            message = messages.must_equal(name, sellable + reserved, why, available)
            yield Violation(("events", index, "payload", name), message)


@event_rule("tiki-v2.event-order-code-same")
def event_order_code_same(body: Json, _: Facts) -> Iterator[Violation]:
    """`orderCode` of an event, where it stands, is its `order_code`"""
    for index, event in objects(body, "events"):
        code, again = (member(event, "payload", name) for name in ("order_code", "orderCode"))
        if isinstance(code, str) and isinstance(again, str) and code != again:
            message = messages.must_equal("orderCode", code, "the `order_code` of the event", again)
            yield Violation(("events", index, "payload", "orderCode"), message)


EVENT_RULES: tuple[Rule, ...] = (event_stock_sum, event_order_code_same)
