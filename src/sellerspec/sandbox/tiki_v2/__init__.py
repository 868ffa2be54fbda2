"""Tiki's Open API in the sandbox."""

from sellerspec.sandbox.behaviour import Behaviour
from sellerspec.sandbox.tiki_v2 import (
    access,
    events,
    fulfilment,
    information,
    orders,
    products,
    progress,
    requests,
    seed,
)

HANDLERS = {
    "createToken": access.create_token,
    "listCategories": information.list_categories,
    "getCategory": information.get_category,
    "getCategoryAttributes": information.get_category_attributes,
    "getAttributeValues": information.get_attribute_values,
    "getOptionLabels": information.get_option_labels,
    "getRequiredDocs": information.get_required_docs,
    "listBrands": information.list_brands,
    "listTikiWarehouses": information.list_tiki_warehouses,
    "createProductRequest": requests.create_request,
    "listTracking": requests.list_tracking,
    "getTracking": requests.get_tracking,
    "replayTracking": requests.replay_tracking,
    "listRequests": requests.list_requests,
    "getRequest": requests.get_request,
    "findRequest": requests.find_request,
    "deleteRequest": requests.delete_request,
    "deleteRequestByTracking": requests.delete_by_tracking,
    "updateProductInfo": requests.update_product_info,
    "listProducts": products.list_products,
    "getProduct": products.get_product,
    "findProduct": products.find_product,
    "updateSku": products.update_sku,
    "updateSkus": products.update_skus,
    "updateOriginalSku": products.update_original_sku,
    "getSeller": information.get_seller,
    "listSellerWarehouses": information.list_seller_warehouses,
    "listSellerInventories": information.list_seller_inventories,
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

FACTS = {
    "createProductRequest": requests.request_facts,
    **dict.fromkeys(("updateSku", "updateSkus"), products.sku_facts),
    **dict.fromkeys(ABOUT_ORDERS, orders.facts),
}

BEHAVIOUR = Behaviour(
    seed=seed.seed,
    handlers=HANDLERS,
    facts=FACTS,
    due={"orders": progress.proceed, "requests": requests.review},
    moves={"orders": progress.move, "requests": requests.move},
    seeds={
        "orders": orders.seed_order,
        "categories": information.seed_category,
        "products": products.seed_product,
    },
    tokens=seed.TOKENS,
    seller_of=access.seller_of,
    ended=access.ended,
    barred=access.barred,
    rate=access.RATE,
)
