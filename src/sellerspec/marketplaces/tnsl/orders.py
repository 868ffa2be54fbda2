"""Rules about single orders: the state it is in, its kind, and what a change leaves behind."""

from collections.abc import Iterator, Mapping
from itertools import permutations

from sellerspec.marketplaces.tnsl.times import moment
from sellerspec.model import Basis, Facts, Json, Path
from sellerspec.rules import Violation, rule

OVERVIEW = "tnsl-order-service"

CANCELLABLE = ("new", "awaiting_confirmation", "processing")
"""The states from which an order can be canceled."""

EXTRA = ("shipping_label_url", "delivery_partner")
"""The documented fields of an order's extra data."""


def order_in(response: Json) -> Mapping[str, Json]:
    """Return the order in a response of `getOrder`, or in its `data`; empty if there is none."""
    if not isinstance(response, dict):
        return {}
    inner = response.get("data")
    return inner if isinstance(inner, dict) else response


def merged_extra(order: Json, payload: Json) -> dict[str, Json]:
    """Return the extra data of an order after an update: what is sent overwrites, the rest stays.

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
    needs="order",
    status=409,
)
def cancel_state(_: Json, facts: Facts) -> Iterator[Violation]:
    """an order is canceled only from `new`, `awaiting_confirmation` or `processing`"""
    state = order_in(facts.order).get("main_state")
    if isinstance(state, str) and state not in CANCELLABLE:
        yield Violation(
            (), f"the order is not {', '.join(f'`{each}`' for each in CANCELLABLE)}, but {_shown(state)}"
        )


@rule(
    "tnsl.ffo-extra-complete",
    on="updateOrderExtra",
    basis=Basis.ASSUMED,
    source=(OVERVIEW, "Update Extra Order"),
    needs="order",
)
def ffo_extra_complete(update: Json, facts: Facts) -> Iterator[Violation]:
    """after an update, an order that the business delivers has both a carrier and a label, or neither"""
    if order_in(facts.order).get("is_fulfillment_only") is True:
        effective = merged_extra(facts.order, update)
        for missing, there in permutations(EXTRA):
            if effective.get(there) and not effective.get(missing):
                yield Violation((missing,), f"neither sent nor stored, while `{there}` is")


@rule(
    "tnsl.e2e-extra-empty",
    on="updateOrderExtra",
    basis=Basis.ASSUMED,
    source=(OVERVIEW, "Update Extra Order"),
    needs="order",
)
def e2e_extra_empty(update: Json, facts: Facts) -> Iterator[Violation]:
    """after an update, an order that TNSL delivers has no carrier or label of the business"""
    if order_in(facts.order).get("is_fulfillment_only") is False:
        effective = merged_extra(facts.order, update)
        for each in EXTRA:
            if effective.get(each):
                yield Violation((each,), "there after the update, yet TNSL delivers this order")


@rule(
    "tnsl.extra-merge",
    on="updateOrderExtra",
    basis=Basis.DOCUMENTED,
    source=(OVERVIEW, "Update Extra Order"),
    needs="order",
    reads="exchange",
)
def extra_merge(exchange: Json, facts: Facts) -> Iterator[Violation]:
    """an update overwrites the fields that are sent, and no other"""
    sent, response = _member(exchange, "request", "body"), _member(exchange, "response", "body")
    after = order_in(response).get("extra_info")
    if _member(exchange, "response", "status") != 200 or not isinstance(after, dict):
        return
    effective = merged_extra(facts.order, sent)
    inside: Path = ("data",) if isinstance(response.get("data"), dict) else ()
    for each in EXTRA:
        if after.get(each) != effective.get(each):
            told = (
                "sent, but not stored" if isinstance(sent, dict) and each in sent else "not sent, yet changed"
            )
            yield Violation(("response", "body", *inside, "extra_info", each), told)


@rule(
    "tnsl.receivable-of-ffo",
    on="updateOrderReceivable",
    basis=Basis.ASSUMED,
    source=(OVERVIEW, "Update order receivable"),
    needs="order",
)
def receivable_of_ffo(update: Json, facts: Facts) -> Iterator[Violation]:
    """nothing is collected for an order that the business delivers itself"""
    amount = update.get("receivable") if isinstance(update, dict) else None
    if order_in(facts.order).get("is_fulfillment_only") is True and amount:
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
        start, end = (_time(query, f"{kind}_{side}") for side in ("from", "to"))
        if start is not None and end is not None and start > end:
            yield Violation((f"{kind}_to",), f"before `{kind}_from`")


def _time(query: Json, name: str) -> float | None:
    text = query.get(name) if isinstance(query, dict) else None
    found = moment(text) if isinstance(text, str) else None
    return found.timestamp() if found is not None else None


def _member(value: Json, *names: str) -> Json:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _shown(state: str) -> str:
    return f"`{state}`" if state.isidentifier() and len(state) <= 40 else "in another state"


RULES = (cancel_state, ffo_extra_complete, e2e_extra_empty, extra_merge, receivable_of_ffo, filter_window)
