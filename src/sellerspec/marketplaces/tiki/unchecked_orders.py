"""Requirements about orders that nothing can break here, and why."""

from sellerspec.rules import Rule, uncheckable

UNCHECKED_ORDER_RULES: tuple[Rule, ...] = (
    uncheckable(
        "tiki.orders-default-status",
        "without a `status` filter the list holds the `queueing` orders",
        on="listOrders",
        catalogue="O02",
        source=("tis-2019", "VI.4.1.1"),
        why_not="a default of the server; a request that leaves the filter out breaks nothing",
    ),
    uncheckable(
        "tiki.orders-served-days",
        "the list holds orders of the last 30 days at most",
        on="listOrders",
        catalogue="O04",
        source=("tis-2019", "VI.4.1.1"),
        why_not="the server leaves older orders out by itself; v1 has no parameter that asks for them",
    ),
    uncheckable(
        "tiki.order-known",
        "the order in the path exists and belongs to the seller",
        on=("getOrder", "printOrder"),
        catalogue=("O13", "R01"),
        source=("tis-2019", "VI.4.2.3"),
        why_not="only the marketplace knows its orders; it answers 404",
        status=404,
        text="order code not found",
    ),
)
