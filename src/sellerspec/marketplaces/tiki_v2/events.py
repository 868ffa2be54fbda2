"""Rules of event queues."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member, repeated
from sellerspec.marketplaces.tiki_shared.answers import BODY, answer
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, number, objects, rule

QUEUES = ("open-site", "event queue API")

event_rule = partial(
    rule, on="pullEvents", source=("client-shop", "events"), basis=Basis.INFERRED, reads="response"
)
exchange_rule = partial(rule, basis=Basis.INFERRED, reads="exchange")


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


@event_rule("tiki-v2.events-in-order", source=QUEUES)
def in_order(body: Json, _: Facts) -> Iterator[Violation]:
    """the events of a pull come in the order of their `created_at`"""
    given = ((index, number(event.get("created_at"))) for index, event in objects(body, "events"))
    known = [(index, time) for index, time in given if time is not None]
    for (first, before), (index, after) in pairwise(known):
        if after < before:
            message = messages.at_least("created_at", before, f"that of `events[{first}]`", after)
            yield Violation(("events", index, "created_at"), message)


@event_rule("tiki-v2.event-once", source=QUEUES)
def event_once(body: Json, _: Facts) -> Iterator[Violation]:
    """an event stands once in a pull, by its `id`"""
    ids = [
        (index, event["id"]) for index, event in objects(body, "events") if isinstance(event.get("id"), str)
    ]
    for index, first in repeated(ids):
        message = messages.unique("`id`", "event", [dict(ids)[index]], f"`events[{first}]`")
        yield Violation(("events", index, "id"), message)


def _as_sent(name: str) -> Callable[[Json, Facts], Iterator[Violation]]:
    """Make the check that the response has a member as the body of the request has it."""

    def same(exchange: Json, _: Facts) -> Iterator[Violation]:
        wanted, shown = member(exchange, "request", "body", name), member(answer(exchange)[1], name)
        if type(shown) is type(wanted) and shown != wanted:
            message = messages.must_equal(name, wanted, f"the `{name}` of the request", shown)
            yield Violation((*BODY, name), message)

    same.__doc__ = f"the response has the `{name}` of the request"
    return same


subscription_type = exchange_rule("tiki-v2.subscription-type-kept", on="createSubscription", source=QUEUES)(
    _as_sent("event_type")
)
subscription_switch = exchange_rule(
    "tiki-v2.subscription-switched", on="updateSubscription", source=QUEUES, basis=Basis.ASSUMED
)(_as_sent("active"))

EVENT_RULES: tuple[Rule, ...] = (
    event_stock_sum,
    event_order_code_same,
    in_order,
    event_once,
    subscription_type,
    subscription_switch,
)
