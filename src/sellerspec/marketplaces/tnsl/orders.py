"""Rules about orders: their state, their kind, and the result of an update."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import permutations

from sellerspec.io.strict import quoted
from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.model import Basis, Facts, Json, Path
from sellerspec.rules import Violation, rule

OVERVIEW = "tnsl-order-service"

CANCELLABLE = ("new", "awaiting_confirmation", "processing")
"""The states from which an order can be canceled."""

OPEN_STATES = messages.names(CANCELLABLE, "or")

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
        yield Violation((), f"the order's {messages.must_be('main_state', OPEN_STATES, state)}")


_DELIVERS = "TNSL delivers the order, `is_fulfillment_only` is false"
DOES_NOT_DELIVER = "TNSL does not deliver the order, `is_fulfillment_only` is true"

KIND = ("order.is_fulfillment_only", "order.extra_info")


@extra_rule("tnsl.ffo-extra-complete", basis=Basis.ASSUMED, needs=KIND)
def ffo_extra_complete(update: Json, facts: Facts) -> Iterator[Violation]:
    """after an update, an order that the business delivers has both a carrier and a label, or neither"""
    if facts.order["is_fulfillment_only"]:
        effective = merged_extra(facts.order, update)
        for missing, there in permutations(EXTRA):
            if effective.get(there) and not effective.get(missing):
                why = f"the order has a `{there}`, and `is_fulfillment_only` is true"
                given = missing in effective
                message = messages.without_value(missing, given, effective.get(missing), why)
                yield Violation((missing,), message)


@extra_rule("tnsl.e2e-extra-empty", basis=Basis.ASSUMED, needs=KIND)
def e2e_extra_empty(update: Json, facts: Facts) -> Iterator[Violation]:
    """after an update, an order that TNSL delivers has no carrier or label of the business"""
    if not facts.order["is_fulfillment_only"]:
        effective = merged_extra(facts.order, update)
        for field in EXTRA:
            if effective.get(field):
                message = messages.must_be(
                    field, "an empty string or null after the update", effective[field]
                )
                yield Violation((field,), f"{message}: {_DELIVERS}")


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
        kept = messages.names([field for field in unsent if stored.get(field)][:4])
        yield Violation(at, f"`extra_info` must keep {kept}, which the request does not change, got null")
    for field in unsent if isinstance(after, dict) else ():
        if after.get(field) != stored.get(field):
            required = f"{quoted(field)} must keep its stored value, because the request does not change it"
            got = "got another value" if field in after else "but it is missing"
            yield Violation((*at, field), f"{required}, {got}")


@rule(
    "tnsl.receivable-of-ffo",
    on="updateOrderReceivable",
    basis=Basis.ASSUMED,
    source=(OVERVIEW, "Update order receivable"),
    needs="order.is_fulfillment_only",
)
def receivable_of_ffo(update: Json, facts: Facts) -> Iterator[Violation]:
    """nothing is collected for an order that the business delivers itself"""
    amount = member(update, "receivable")
    if facts.order["is_fulfillment_only"] and amount:
        message = messages.must_be("receivable", "0", amount)
        yield Violation(("receivable",), f"{message}: {DOES_NOT_DELIVER}")


@rule(
    "tnsl.filter-window",
    on=("listOrders", "listImports"),
    basis=Basis.ASSUMED,
    source=(OVERVIEW, "Get Order List"),
    reads="query",
)
def filter_window(query: Json, _: Facts) -> Iterator[Violation]:
    """`created_to` is not before `created_from`, nor `updated_to` before `updated_from`"""
    for kind in ("created", "updated"):
        first, last = f"{kind}_from", f"{kind}_to"
        start, end = moment(member(query, first)), moment(member(query, last))
        if start is not None and end is not None and start > end:
            yield Violation((last,), messages.not_before(last, first, query[first], query[last]))


RULES = (cancel_state, ffo_extra_complete, e2e_extra_empty, extra_merge, receivable_of_ffo, filter_window)
