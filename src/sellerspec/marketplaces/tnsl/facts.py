"""The fact that TNSL's responses give: an order."""

from collections.abc import Mapping

from sellerspec.marketplaces.facts import an_object_with
from sellerspec.model import Json
from sellerspec.rules import FactForm

STATES = ("main_state", "status")
"""The members that hold an order's state: of the order service, and of the overview. The first counts."""

ORDER = ("order_code", "is_fulfillment_only", "extra_info", *STATES)
"""Members of which an order has at least one."""


def _order(value: Json) -> Json:
    """Return the order of a response, with its state as `main_state` whatever name it stands under."""
    order = an_object_with(value, *ORDER)
    if not isinstance(order, dict):
        return None
    states = (order.get(name) for name in STATES)
    state = next((state for state in states if isinstance(state, str) and state), None)
    return {**order, "main_state": state}


FORMS: Mapping[str, FactForm] = {
    "order": FactForm(
        "the response of `getOrder`",
        _order,
        parts={
            "main_state": lambda order: order["main_state"] is not None,
            "is_fulfillment_only": lambda order: isinstance(order.get("is_fulfillment_only"), bool),
            "extra_info": lambda order: isinstance(order.get("extra_info"), dict | None),
        },
        identity="order_code",
        named="order_code",
    )
}
