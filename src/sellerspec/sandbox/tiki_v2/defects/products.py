"""Seeded defects of products: listed, read and changed, and of their stock."""

from collections.abc import Iterator

from sellerspec.model import Json
from sellerspec.rules import objects
from sellerspec.sandbox import shared_defects as shared
from sellerspec.sandbox.behaviour import Call
from sellerspec.sandbox.defect import Defect, changing, defect, forgiving
from sellerspec.sandbox.messages import Reply, reply
from sellerspec.sandbox.shared_defects import entries
from sellerspec.sandbox.tiki_v2.products import PARTS, shown

READ = ("listProducts", "getProduct")
UPDATES = ("updateSku", "updateSkus")
APPROVED = {"state": "approved"}
ENTRY = ("tiki-v2.product-entry",)
FILTERED = ("tiki-v2.products-filtered",)
SPANS = ("created_from_date", "created_to_date", "updated_from_date", "updated_to_date")


def _stocks(body: Json) -> Iterator[Json]:
    """Yield the stock of each warehouse of the products in a response."""
    for product in entries(body):
        for _, stock in objects(product.get("inventory"), "warehouse_stocks"):
            yield stock


@changing("other-product-shown", "getProduct", rules=("tiki-v2.product-requested",))
def other_product(call: Call, body: Json) -> Json:
    """another product than the requested one is shown"""
    others = (one for one in call.all_own("products") if one["product_id"] != body["product_id"])
    return next((shown(call.state, one, PARTS) for one in others), body)


@changing("other-code-found", "findProduct", rules=("tiki-v2.product-requested",))
def other_code(_: Call, body: Json) -> Json:
    """the product that is found has another code than the requested one"""
    return {**body, "original_sku": f"{body['original_sku']}-2"}


@changing("product-id-renamed", *READ, rules=("tiki-v2.product-id-named",))
def id_renamed(_: Call, body: Json) -> Json:
    """`product_id` is named `id` in every version"""
    for product in entries(body):
        if "product_id" in product:
            product["id"] = product.pop("product_id")
    return body


@changing("product-active-as-text", *READ, rules=ENTRY)
def active_as_text(_: Call, body: Json) -> Json:
    """`active` is `yes` or `no`"""
    for product in entries(body):
        product["active"] = "yes" if product["active"] else "no"
    return body


@changing("stock-sum-wrong", *READ, "findProduct", rules=("tiki-v2.stock-sum",))
def stock_sum(_: Call, body: Json) -> Json:
    """what orders have reserved counts as sellable"""
    for stock in _stocks(body):
        stock["quantity_reserved"] += 1
    return body


@changing("sellable-dropped", *READ, "findProduct", rules=("tiki-v2.product-stock",))
def no_sellable(_: Call, body: Json) -> Json:
    """the stock of a warehouse has no `quantity_sellable`"""
    for stock in _stocks(body):
        stock.pop("quantity_sellable", None)
    return body


@defect("foreign-product-shown", "before", "getProduct")
def foreign_shown(call: Call) -> Reply | None:
    """a product of another seller is shown"""
    product = call.state.get("products", str(call.path["product_id"]))
    return reply(shown(call.state, product, ())) if product and product["seller"] != call.seller else None


@changing("foreign-products-listed", "listProducts")
def foreign_listed(call: Call, body: Json) -> Json:
    """a page of products ends with those of other sellers"""
    others = (one for one in call.state.all("products").values() if one["seller"] != call.seller)
    foreign = (shown(call.state, one, ()) for one in others)
    return {**body, "data": [*body["data"], *foreign]}


@defect("stale-product", "before", "getProduct")
def stale(call: Call) -> Reply | None:
    """a read returns the product as it was before its last change"""
    older = call.state.previous("products", str(call.path["product_id"]))
    return reply(shown(call.state, older, PARTS)) if older and older["seller"] == call.seller else None


@defect("price-not-kept", "before", "updateSku")
def price_not_kept(call: Call) -> None:
    """a new price is approved and not kept"""
    call.body.pop("price", None)


@defect("stock-not-kept", "before", "updateSku")
def stock_not_kept(call: Call) -> None:
    """a new stock is approved and not kept"""
    call.body.pop("warehouse_quantities", None)


@defect("stock-kept-in-one-warehouse", "before", "updateSku")
def one_warehouse(call: Call) -> None:
    """of the stocks of several warehouses only the first is kept"""
    if "warehouse_quantities" in call.body:
        call.body["warehouse_quantities"] = call.body["warehouse_quantities"][:1]


@defect("reserved-forgotten", "after", "updateSku")
def reserved_forgotten(call: Call, response: Reply) -> Reply:
    """a new stock frees what orders have reserved, so it is sold twice"""
    if response.status == 200 and call.member("warehouse_quantities"):
        for key, stock in call.state.all("stocks").items():
            if stock["product_id"] == call.member("product_id"):
                call.state.put("stocks", key, {**stock, "reserved": 0})
    return response


@defect("first-update-kept", "before", "updateSkus")
def first_update(call: Call) -> None:
    """of several updates only the first is kept"""
    call.body["data"] = call.body["data"][:1]


@defect("active-turned-round", "before", "updateSku")
def turned_round(call: Call) -> None:
    """a product that is to be turned off is turned on, and the other way round"""
    if call.member("active") in (0, 1):
        call.body["active"] = 1 - call.body["active"]


@defect("code-not-kept", "before", "updateOriginalSku")
def code_not_kept(_: Call) -> Reply:
    """another code is approved and not kept"""
    return reply(APPROVED)


@defect("unknown-product-updated", "after", *UPDATES, "updateOriginalSku")
def unknown_updated(_: Call, response: Reply) -> Reply:
    """an update of a product that does not exist is approved"""
    return reply(APPROVED) if response.status == 404 else response


PRODUCTS: tuple[Defect, ...] = (
    forgiving("price-zero-accepted", UPDATES, "tiki-v2.update-price"),
    forgiving("active-two-accepted", "updateSku", "tiki-v2.update-active"),
    forgiving("stock-negative-accepted", UPDATES, "tiki-v2.stock-negative"),
    forgiving("unknown-warehouse-accepted", UPDATES, "tiki-v2.update-warehouse-known"),
    forgiving("products-limit-not-enforced", "listProducts", "tiki-v2.products-limit"),
    forgiving("content-type-ignored", "updateSku", "tiki-v2.content-type"),
    other_product,
    other_code,
    id_renamed,
    active_as_text,
    shared.typed_as_text("product-price-as-text", "price", *READ, rules=ENTRY),
    shared.dropped("product-sku-dropped", "sku", *READ, rules=ENTRY),
    shared.page_too_long(
        "products-limit-ignored", "listProducts", rules=("tiki-v2.products-limit-kept",)
    ),
    shared.page_repeated("products-page-from-zero", "listProducts", rules=("tiki-v2.products-page-kept",)),
    shared.not_read(
        "products-active-ignored", "products on sale and others are listed", "listProducts",
        names=("active",), rules=FILTERED,
    ),
    shared.not_read(
        "products-dates-ignored", "the spans of dates are ignored", "listProducts", names=SPANS,
        rules=FILTERED,
    ),
    shared.not_read(
        "parts-ignored", "the parts that `include` and `includes` name are missing", *READ,
        names=("include", "includes"), rules=("tiki-v2.product-parts",),
    ),
    stock_sum,
    no_sellable,
    foreign_shown,
    foreign_listed,
    stale,
    shared.unknown_accepted("unknown-product-200", "getProduct", "findProduct"),
    price_not_kept,
    stock_not_kept,
    one_warehouse,
    reserved_forgotten,
    first_update,
    turned_round,
    code_not_kept,
    unknown_updated,
    shared.dropped(
        "update-state-dropped", "state", *UPDATES, "updateOriginalSku", rules=("tiki-v2.updated",)
    ),
)  # fmt: skip
