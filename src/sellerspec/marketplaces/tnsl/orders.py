"""Rules about orders: their state, their kind, and the result of an update."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import permutations

from sellerspec.marketplaces.common import member
from sellerspec.model import Basis, Facts, Json, Path
from sellerspec.rules import Violation, rule

OVERVIEW = "tnsl-order-service"

CANCELLABLE = ("new", "awaiting_confirmation", "processing")
"""The states from which an order can be canceled."""

EXTRA = ("shipping_label_url", "delivery_partner")
"""The documented fields of an order's extra data."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)

extra_rule = partial(rule, on="updateOrderExtra", source=(OVERVIEW, "Update Extra Order"))


def moment(text: Json) -> datetime | None:
    """Return the date and time of a text in ISO 8601 with offset; None for any other value.

    >>> moment("2022-10-26T14:22:46+07:00").isoformat()
    '2022-10-26T14:22:46+07:00'
    """
    if not isinstance(text, str) or _TIME.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_time(text: str) -> bool:
    """Return whether a text is a valid date and time in ISO 8601 with offset: the format `tnsl-time`."""
    return moment(text) is not None


def order_in(response: Json) -> Mapping[str, Json]:
    """Return the order in a response of `getOrder`, or in its `data`; empty if there is none."""
    data = member(response, "data")
    order = data if isinstance(data, dict) else response
    return order if isinstance(order, dict) else {}


def merged_extra(order: Json, payload: Json) -> dict[str, Json]:
    """Return the extra data of an order after an update: sent members overwrite, the others stay.

    >>> merged_extra({"extra_info": {"delivery_partner": "A"}}, {"shipping_label_url": "https://l.example/1"})
    {'delivery_partner': 'A', 'shipping_label_url': 'https://l.example/1'}
    """
    stored = order_in(order).get("extra_info")
    return {
        **(stored if isinstance(stored, dict) else {}),
        **(payload if isinstance(payload, dict) else {}),
    }


@rule(
    "tnsl.cancel-state",
    on="cancelOrder",
    basis=Basis.DOCUMENTED,
    source=(OVERVIEW, "Cancel Order"),
    needs="order.main_state",
    status=409,
)
def cancel_state(_: Json, facts: Facts) -> Iterator[Violation]:
    """an order is canceled only from `new`, `awaiting_confirmation` or `processing`"""
    state = facts.order["main_state"]
    if state not in CANCELLABLE:
        names = ", ".join(f"`{name}`" for name in CANCELLABLE)
        yield Violation((), f"the order is not {names}, but {_shown(state)}")


KIND = ("order.is_fulfillment_only", "order.extra_info")


@extra_rule("tnsl.ffo-extra-complete", basis=Basis.ASSUMED, needs=KIND)
def ffo_extra_complete(update: Json, facts: Facts) -> Iterator[Violation]:
    """after an update, an order that the business delivers has both a carrier and a label, or neither"""
    if facts.order["is_fulfillment_only"]:
        effective = merged_extra(facts.order, update)
        for missing, there in permutations(EXTRA):
            if effective.get(there) and not effective.get(missing):
                yield Violation((missing,), f"neither sent nor stored, while `{there}` is")


@extra_rule("tnsl.e2e-extra-empty", basis=Basis.ASSUMED, needs=KIND)
def e2e_extra_empty(update: Json, facts: Facts) -> Iterator[Violation]:
    """after an update, an order that TNSL delivers has no carrier or label of the business"""
    if not facts.order["is_fulfillment_only"]:
        effective = merged_extra(facts.order, update)
        for field in EXTRA:
            if effective.get(field):
                yield Violation((field,), "there after the update, yet TNSL delivers this order")


@extra_rule("tnsl.extra-merge", basis=Basis.DOCUMENTED, needs="order.extra_info", reads="exchange")
def extra_merge(exchange: Json, facts: Facts) -> Iterator[Violation]:
    """an update leaves the stored fields that are not sent as they are"""
    sent, response = member(exchange, "request", "body"), member(exchange, "response", "body")
    order = order_in(response)
    if member(exchange, "response", "status") != 200 or "extra_info" not in order:
        return
    after, stored = order["extra_info"], merged_extra(facts.order, {})
    given = sent if isinstance(sent, dict) else {}
    unsent = [field for field in dict.fromkeys((*EXTRA, *stored)) if field not in given]
    at: Path = ("response", "body", *(("data",) if "data" in response else ()), "extra_info")
    if after is None and any(stored.get(field) for field in unsent):
        yield Violation(at, "null, although fields are stored that were not sent")
    for field in unsent if isinstance(after, dict) else ():
        if after.get(field) != stored.get(field):
            yield Violation((*at, field), "not sent, yet changed")


@rule(
    "tnsl.receivable-of-ffo",
    on="updateOrderReceivable",
    basis=Basis.ASSUMED,
    source=(OVERVIEW, "Update order receivable"),
    needs="order.is_fulfillment_only",
)
def receivable_of_ffo(update: Json, facts: Facts) -> Iterator[Violation]:
    """nothing is collected for an order that the business delivers itself"""
    if facts.order["is_fulfillment_only"] and member(update, "receivable"):
        yield Violation(("receivable",), "an amount for an order that TNSL does not deliver")


@rule(
    "tnsl.filter-window",
    on=("listOrders", "listImports"),
    basis=Basis.ASSUMED,
    source=(OVERVIEW, "Get Order List"),
    reads="query",
)
def filter_window(query: Json, _: Facts) -> Iterator[Violation]:
    """a span of time to filter by begins before it ends"""
    for kind in ("created", "updated"):
        start, end = moment(member(query, f"{kind}_from")), moment(member(query, f"{kind}_to"))
        if start is not None and end is not None and start > end:
            yield Violation((f"{kind}_to",), f"before `{kind}_from`")


def _shown(state: str) -> str:
    return f"`{state}`" if state.isidentifier() and len(state) <= 40 else "in another state"


RULES = (cancel_state, ffo_extra_complete, e2e_extra_empty, extra_merge, receivable_of_ffo, filter_window)
