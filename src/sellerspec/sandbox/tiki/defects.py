"""Seeded defects of Tiki."""

from sellerspec.model import Finding, Json
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, changing, defect, forgiving
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared import put_order
from sellerspec.sandbox.tiki.orders import shown


@defect("price-zero-accepted", "forgives", "createProduct", rules=("tiki.variant-price",))
def price_zero(call: Call, finding: Finding) -> bool:
    """a variant with price 0 is accepted"""
    variants = call.member("variants")
    if finding.rule != "tiki.variant-price" or not isinstance(variants, list):
        return False
    variant = variants[int(finding.pointer.split("/")[4])]
    return isinstance(variant, dict) and variant.get("price") == 0


@defect(
    "documents-limit-off-by-one",
    "forgives",
    "confirmDelivery",
    rules=("tiki.confirm-delivery-documents-count",),
)
def documents_limit(call: Call, finding: Finding) -> bool:
    """four documents are accepted, one more than the documented three"""
    urls = call.member("document_urls")
    four = isinstance(urls, list) and len(urls) == 4
    return four and finding.rule == "tiki.confirm-delivery-documents-count"


@defect("ten-percent-refuses-equal", "before", "updateSku", rules=("tiki.update-price-floor",))
def ten_percent(call: Call) -> Reply | None:
    """a price of exactly a tenth of the listing price is refused"""
    price, listing_price = call.member("price"), call.facts.listing_price
    if listing_price is None or price is None or price * 10 != listing_price:
        return None
    return reply({"errors": ["Price is not valid because less than ten percent listing price"]}, 422)


@defect("confirmed-item-forgotten", "after", "confirmItems")
def item_forgotten(call: Call, response: Reply) -> Reply:
    """the last of several confirmed items is not kept as confirmed"""
    if response.status == 200 and len(call.body["item_ids"]) > 1:
        document = call.own("orders", call.body["order_code"])
        lost = {"confirmation_status": "waiting", "confirmed_at": ""}
        items = [
            {**item, **lost} if item["id"] == call.body["item_ids"][-1] else item
            for item in document["order"]["items"]
        ]
        put_order(call.state, document, {"items": items})
    return response


@defect("reject-all-ignored", "before", "confirmItems")
def reject_ignored(call: Call) -> Reply | None:
    """an empty list of items does not reject the order"""
    return reply({"code": 200, "data": []}) if call.member("item_ids") == [] else None


@changing("last-page-off-by-one", "listOrders", rules=("tiki.order-list-paging",))
def last_page(_: Call, body: Json) -> Json:
    """`last_page` counts one page too many"""
    body["paging"]["last_page"] += 1
    return body


@defect("page-from-zero", "before", "listOrders", rules=("tiki.orders-page-kept",))
def page_from_zero(call: Call) -> None:
    """the second page repeats the first"""
    if call.query.get("page") == 2:
        call.query["page"] = 1


@defect("tracking-limit-ignored", "before", "listTracking", rules=("tiki.tracking-limit-kept",))
def tracking_limit(call: Call) -> None:
    """tracking returns one request more than `limit`"""
    if isinstance(call.query.get("limit"), int):
        call.query["limit"] += 1


def _requests(body: Json) -> list[Json]:
    """Return the product requests in a response about one or about several."""
    return body if isinstance(body, list) else [body]


@changing("reason-null-when-rejected", "getTracking", "listTracking", rules=("tiki.tracking-reason-given",))
def no_reason(_: Call, body: Json) -> Json:
    """a rejected request has no reason"""
    for request in _requests(body):
        request["reason"] = None
    return body


@changing("tiki-sku-while-queuing", "getTracking", "listTracking", rules=("tiki.tracking-tiki-sku",))
def early_sku(_: Call, body: Json) -> Json:
    """a request that is not approved has a `tiki_sku`"""
    for request in _requests(body):
        request["tiki_sku"] = request["tiki_sku"] or "2150725999999"
    return body


@changing("state-misspelled", "createProduct", "getTracking", rules=("tiki.tracking-state",))
def misspelled(_: Call, body: Json) -> Json:
    """the state is spelled `queued`"""
    return {**body, "state": "queued"}


@changing("print-wrong-label", "printOrder", rules=("tiki.print-asked-label",))
def wrong_label(_: Call, body: Json) -> Json:
    """the other label than the requested one is returned"""
    names = {"shipping_label_url": "invoice_label_url", "invoice_label_url": "shipping_label_url"}
    return {names[name]: url for name, url in body.items()}


@changing("order-code-not-echoed", "confirmDelivery", rules=("tiki.confirm-delivery-echo",))
def not_echoed(_call: Call, _body: Json) -> Json:
    """the response names another order than the request"""
    return {"order_code": "1"}


@changing("tiki-sku-null", "getTracking", "listTracking", rules=("tiki.tracking-tiki-sku-given",))
def no_sku(_: Call, body: Json) -> Json:
    """an approved request has no `tiki_sku`"""
    for request in _requests(body):
        request["tiki_sku"] = None
    return body


@changing("trace-id-renamed", "createProduct", "getTracking", "listTracking", rules=("tiki.track-id",))
def renamed(_: Call, body: Json) -> Json:
    """`trace_id` is named `track_id`, as in later documents"""
    for request in _requests(body):
        if "trace_id" in request:
            request["track_id"] = request.pop("trace_id")
    return body


@changing("state-not-queuing", "createProduct", rules=("tiki.created-state",))
def not_queuing(_: Call, body: Json) -> Json:
    """a new request is `processing` at once"""
    return {**body, "state": "processing"}


@changing("confirmation-code-400", "confirmItems", rules=("tiki.confirm-items-answer-success",))
def code_of_failure(_: Call, body: Json) -> Json:
    """the `code` in a success is that of a failure"""
    return {**body, "code": 400}


@changing("message-of-failure", "updateDeliveryStatus", rules=("tiki.delivery-status-answer-success",))
def message_of_failure(_call: Call, _body: Json) -> Json:
    """the `message` of a success is `failed`"""
    return {"message": "failed"}


@changing("other-order-shown", "getOrder", rules=("tiki.order-requested",))
def other_order(call: Call, body: Json) -> Json:
    """another order than the requested one is shown"""
    others = (document["order"] for document in call.all_own("orders"))
    return next((order for order in others if order["order_code"] != body["order_code"]), body)


@changing("other-request-shown", "getTracking", rules=("tiki.tracking-requested",))
def other_request(_: Call, body: Json) -> Json:
    """another product request than the requested one is shown"""
    return {**body, "trace_id": "0" * 32} if "trace_id" in body else body


@changing("other-category-shown", "getCategory", rules=("tiki.category-requested",))
def other_category(_: Call, body: Json) -> Json:
    """another category than the requested one is shown"""
    return {**body, "id": body["id"] + 1}


@defect("category-filters-ignored", "before", "listCategories", rules=("tiki.categories-filtered",))
def category_filters(call: Call) -> None:
    """the filters of the categories are ignored"""
    call.query.clear()


@defect("status-filter-ignored", "before", "listOrders", rules=("tiki.orders-filtered",))
def status_filter(call: Call) -> None:
    """orders in any status are listed"""
    call.query["status"] = "all"


@defect("orders-limit-ignored", "before", "listOrders", rules=("tiki.orders-limit-kept",))
def orders_limit(call: Call) -> None:
    """a page holds one order more than `limit`"""
    if isinstance(call.query.get("limit"), int):
        call.query["limit"] += 1


@defect("warehouse-filter-ignored", "before", "listWarehouses", rules=("tiki.warehouses-filtered",))
def filter_ignored(call: Call) -> None:
    """the filters of the warehouses are ignored"""
    call.query.clear()


@defect("unknown-sku-updated", "before", "updateSku")
def unknown_sku(call: Call) -> Reply | None:
    """an update of a `sku` that nobody sells is answered as done"""
    known = any(sku["sku"] == call.path["sku"] for sku in call.state.all("skus").values())
    return None if known else reply({"state": "approved"})


DEFECTS: tuple[Defect, ...] = (
    price_zero,
    forgiving("option2-ignored", "createProduct", "tiki.variant-options"),
    forgiving("three-options-accepted", "createProduct", "tiki.option-attributes-count"),
    forgiving("sku-repeated-accepted", "createProduct", "tiki.sku-unique"),
    forgiving("ten-percent-ignored", "updateSku", "tiki.update-price-floor"),
    forgiving("commitment-not-needed", "confirmItems", "tiki.confirm-items-commitment-needed"),
    forgiving("warehouse-pair-ignored", "confirmItems", "tiki.confirm-items-warehouse-pair"),
    forgiving("pdf-shipping-accepted", "printOrder", "tiki.print-pdf-invoice"),
    forgiving("token-not-needed", "listOrders", "tiki.token-present"),
    documents_limit,
    ten_percent,
    item_forgotten,
    shared.foreign_shown(shown),
    shared.foreign_listed("the first page of orders begins with one of another seller"),
    reject_ignored,
    last_page,
    page_from_zero,
    tracking_limit,
    no_reason,
    early_sku,
    misspelled,
    wrong_label,
    no_sku,
    not_queuing,
    code_of_failure,
    message_of_failure,
    not_echoed,
    other_order,
    other_request,
    other_category,
    category_filters,
    status_filter,
    orders_limit,
    filter_ignored,
    unknown_sku,
    shared.stale(shown),
    shared.unknown_order_accepted,
    shared.fails_on_empty("createProduct", "confirmItems"),
    shared.dropped("trace-id-dropped", "trace_id", "createProduct"),
    shared.dropped("paging-dropped", "paging", "listOrders"),
    shared.dropped("order-code-dropped", "order_code", "listOrders", "getOrder"),
    shared.dropped("inventory-id-dropped", "seller_inventory_id", "listWarehouses"),
    shared.dropped("contact-dropped", "contact_phone", "listWarehouses"),
    shared.dropped("description-dropped", "description", "getCategory"),
    renamed,
    shared.typed_as_text("price-as-text", "total_price_after_discount", "listOrders", "getOrder"),
    shared.served_as("content-type-html", "text/html", "getOrder"),
    shared.truncated("listOrders"),
    shared.plain_refusals("createProduct", "updateSku"),
)
"""Every seeded defect of Tiki, in the order in which they act."""
