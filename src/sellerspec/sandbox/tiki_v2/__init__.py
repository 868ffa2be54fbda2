"""Tiki's Open API in the sandbox."""

from sellerspec.sandbox.behaviour import Behaviour
from sellerspec.sandbox.tiki_v2 import events, fulfilment, orders, progress, seed

HANDLERS = {
    "listOrders": orders.list_orders,
    "getOrder": orders.get_order,
    "confirmAvailable": fulfilment.confirm_available,
    "confirmDropship": fulfilment.confirm_dropship,
    "listPickupSlots": fulfilment.list_pickup_slots,
    "updateSellerDelivery": fulfilment.update_seller_delivery,
    "updateCrossBorder": fulfilment.update_cross_border,
    "getTikiDeliveryLabels": fulfilment.print_labels,
    "getSellerDeliveryLabels": fulfilment.print_labels,
    "getDropshipLabels": fulfilment.print_labels,
    "getCrossBorderLabels": fulfilment.print_labels,
    "listQueues": events.list_queues,
    "createQueue": events.create_queue,
    "listSubscriptions": events.list_subscriptions,
    "createSubscription": events.create_subscription,
    "updateSubscription": events.update_subscription,
    "pullEvents": events.pull_events,
}

ABOUT_ORDERS = (
    "getOrder", "confirmAvailable", "confirmDropship", "updateSellerDelivery", "updateCrossBorder",
    "getTikiDeliveryLabels", "getSellerDeliveryLabels", "getDropshipLabels", "getCrossBorderLabels",
)  # fmt: skip

BEHAVIOUR = Behaviour(
    seed=seed.seed,
    handlers=HANDLERS,
    facts=dict.fromkeys(ABOUT_ORDERS, orders.facts),
    due={"orders": progress.proceed},
    moves={"orders": progress.move},
    seeds={"orders": orders.seed_order},
    tokens=seed.TOKENS,
)
