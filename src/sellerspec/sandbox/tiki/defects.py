"""Seeded defects of Tiki: what a server in its place could get wrong."""

from collections.abc import Callable
from dataclasses import replace

import orjson

from sellerspec.model import Finding, Json
from sellerspec.sandbox import shared_defects as common
from sellerspec.sandbox.behaviour import Request
from sellerspec.sandbox.defect import Defect, defect, forgiving
from sellerspec.sandbox.messages import Reply, reply

ORDERS = ("listOrders", "getOrder")


def _price_is_zero(request: Request, finding: Finding) -> bool:
    index = finding.pointer.split("/")
    variants = request.body.get("variants") if isinstance(request.body, dict) else None
    if finding.rule != "tiki.variant-price" or not isinstance(variants, list):
        return False
    variant = variants[int(index[4])]
    return isinstance(variant, dict) and variant.get("price") == 0


price_zero = Defect(
    "price-zero-accepted", ("createProduct",), "a variant with price 0 is accepted", ("tiki.variant-price",),
    forgives=_price_is_zero,
)  # fmt: skip


@defect(
    "documents-limit-off-by-one",
    "forgives",
    "confirmDelivery",
    shows=("tiki.confirm-delivery-documents-count",),
)
def documents_limit(request: Request, finding: Finding) -> bool:
    """four documents are accepted, one more than the documented three"""
    given = request.body.get("document_urls") if isinstance(request.body, dict) else None
    return (
        finding.rule == "tiki.confirm-delivery-documents-count"
        and isinstance(given, list)
        and len(given) == 4
    )


@defect("ten-percent-refuses-equal", "before", "updateSku", shows=("tiki.update-price-floor",))
def ten_percent(request: Request) -> Reply | None:
    """a price of exactly a tenth of the listing price is refused"""
    known = request.state.get("skus", f"{request.seller}/{request.path['sku']}")
    price = request.body.get("price") if isinstance(request.body, dict) else None
    if known is None or price is None or price * 10 != known["listing_price"]:
        return None
    text = "Price is not valid because less than ten percent listing price"
    return reply({"errors": [text]}, 422)


@defect("confirmed-item-forgotten", "after", "confirmItems")
def item_forgotten(request: Request, response: Reply) -> Reply:
    """the last of several confirmed items is not kept as confirmed"""
    if response.status == 200 and len(request.body["item_ids"]) > 1:
        lost = request.body["item_ids"][-1]
        found = request.state.get("orders", request.body["order_code"])
        items = [
            {**item, "confirmation_status": "waiting", "confirmed_at": ""} if item["id"] == lost else item
            for item in found["order"]["items"]
        ]
        changed = {**found, "order": {**found["order"], "items": items}}
        request.state.put("orders", request.body["order_code"], changed)
    return response


@defect("foreign-order-shown", "before", "getOrder")
def foreign_order(request: Request) -> Reply | None:
    """an order of another seller is shown"""
    found = request.state.get("orders", str(request.path["order_code"]))
    return reply(found["order"]) if found is not None and found["seller"] != request.seller else None


@defect("foreign-orders-listed", "after", "listOrders")
def foreign_orders(request: Request, response: Reply) -> Reply:
    """the first page of orders holds one of another seller"""
    body = response.json()
    others = [
        each["order"] for each in request.state.all("orders").values() if each["seller"] != request.seller
    ]
    if response.status != 200 or not others:
        return response
    return replace(response, content=orjson.dumps({**body, "data": [others[0], *body["data"]]}))


@defect("reject-all-ignored", "before", "confirmItems")
def reject_ignored(request: Request) -> Reply | None:
    """an empty list of items does not reject the order"""
    body = request.body
    return reply({"code": 200, "data": []}) if isinstance(body, dict) and body.get("item_ids") == [] else None


@defect("last-page-off-by-one", "after", "listOrders", shows=("tiki.order-list-paging",))
def last_page(_: Request, response: Reply) -> Reply:
    """`last_page` counts one page too many"""
    return _paging(response, lambda paging: {"last_page": paging["last_page"] + 1})


def _paging(response: Reply, change: Callable[[Json], dict[str, Json]]) -> Reply:
    if response.status != 200:
        return response
    body = response.json()
    changed = {**body["paging"], **change(body["paging"])}
    return replace(response, content=orjson.dumps({**body, "paging": changed}))


@defect("page-from-zero", "before", "listOrders")
def page_from_zero(request: Request) -> Reply | None:
    """the second page repeats the first"""
    if request.query.get("page") != 2:
        return None
    from sellerspec.sandbox.tiki.orders import list_orders

    request.value["query"]["page"] = 1
    return list_orders(request)


@defect("tracking-limit-ignored", "before", "listTracking", shows=("tiki.tracking-limit",))
def tracking_limit(request: Request) -> Reply | None:
    """tracking responses one request more than `limit`"""
    limit = request.query.get("limit")
    if not isinstance(limit, int):
        return None
    from sellerspec.sandbox.tiki.products import list_tracking

    request.value["query"]["limit"] = limit + 1
    return list_tracking(request)


@defect("reason-null-when-rejected", "after", "getTracking", "listTracking")
def no_reason(_: Request, response: Reply) -> Reply:
    """a rejected request has no reason"""
    return _each_entry(response, lambda entry: entry.update(reason=None))


@defect("tiki-sku-while-queuing", "after", "getTracking", "listTracking", shows=("tiki.tracking-tiki-sku",))
def early_sku(_: Request, response: Reply) -> Reply:
    """a request that is not approved has a `tiki_sku`"""
    return _each_entry(response, lambda entry: entry.update(tiki_sku=entry["tiki_sku"] or "2150725999999"))


@defect("state-misspelled", "after", "createProduct", "getTracking", shows=("tiki.tracking-state",))
def misspelled(_: Request, response: Reply) -> Reply:
    """the state is spelled `queued`"""
    return _each_entry(response, lambda entry: entry.update(state="queued"))


def _each_entry(response: Reply, change: Callable[[Json], None]) -> Reply:
    if response.status != 200:
        return response
    body = response.json()
    for each in body if isinstance(body, list) else [body]:
        change(each)
    return replace(response, content=orjson.dumps(body))


@defect("print-wrong-label", "after", "printOrder", shows=("tiki.print-asked-label",))
def wrong_label(_: Request, response: Reply) -> Reply:
    """the other label than the one asked for is answered"""
    if response.status != 200:
        return response
    names = {"shipping_label_url": "invoice_label_url", "invoice_label_url": "shipping_label_url"}
    return reply({names[key]: value for key, value in response.json().items()})


@defect("order-code-not-echoed", "after", "confirmDelivery", shows=("tiki.confirm-delivery-echo",))
def not_echoed(_: Request, response: Reply) -> Reply:
    """the response names another order than the request"""
    return reply({"order_code": "1"}) if response.status == 200 else response


@defect("warehouse-filter-ignored", "before", "listWarehouses")
def filter_ignored(request: Request) -> Reply | None:
    """the filters of the warehouses are ignored"""
    from sellerspec.sandbox.tiki.orders import list_warehouses

    request.value["query"].clear()
    return list_warehouses(request)


@defect("unknown-sku-updated", "before", "updateSku")
def unknown_sku(request: Request) -> Reply | None:
    """an update of a `sku` that nobody sells is answered as done"""
    known = any(each["sku"] == request.path["sku"] for each in request.state.all("skus").values())
    return None if known else reply({"state": "approved"})


def _shown(order: Json) -> Reply:
    return reply(order["order"])


DEFECTS: tuple[Defect, ...] = (
    price_zero,
    forgiving("option2-ignored", "createProduct", "a missing `option2` is accepted", "tiki.variant-options"),
    forgiving(
        "three-options-accepted",
        "createProduct",
        "more than two option attributes are accepted",
        "tiki.option-attributes-count",
    ),
    forgiving(
        "sku-repeated-accepted",
        "createProduct",
        "the same `sku` twice in a product is accepted",
        "tiki.sku-unique",
    ),
    forgiving(
        "ten-percent-ignored",
        "updateSku",
        "a price below a tenth of the listing price is accepted",
        "tiki.update-price-floor",
    ),
    forgiving(
        "commitment-not-needed",
        "confirmItems",
        "a seller delivery is confirmed without a commitment",
        "tiki.confirm-items-commitment-needed",
    ),
    forgiving(
        "warehouse-pair-ignored",
        "confirmItems",
        "a warehouse code that does not fit is accepted",
        "tiki.confirm-items-warehouse-pair",
    ),
    forgiving(
        "pdf-shipping-accepted", "printOrder", "a shipping label comes as pdf", "tiki.print-pdf-invoice"
    ),
    forgiving("token-not-needed", "listOrders", "orders are listed without a token", "tiki.token-present"),
    documents_limit,
    ten_percent,
    item_forgotten,
    foreign_order,
    foreign_orders,
    reject_ignored,
    last_page,
    page_from_zero,
    tracking_limit,
    no_reason,
    early_sku,
    misspelled,
    wrong_label,
    not_echoed,
    filter_ignored,
    unknown_sku,
    common.stale("stale-order", "orders", "order_code", _shown, "getOrder"),
    common.status_for("unknown-order-200", "an unknown order is answered with 200", 200, 404, "getOrder"),
    common.fails_on_empty("createProduct", "confirmItems"),
    common.dropped("trace-id-dropped", "trace_id", "createProduct"),
    common.dropped("paging-dropped", "paging", "listOrders"),
    common.typed_as_text("price-as-text", "total_price_after_discount", *ORDERS),
    common.served_as("content-type-html", "text/html", "getOrder"),
    common.cut("listOrders"),
    common.plain_refusals("createProduct", "updateSku"),
)
"""Every seeded defect of Tiki, in the order in which they act."""
