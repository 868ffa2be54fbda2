"""Rules about what a response on products has to do with its request. They warn: Tiki may lag behind."""

from collections.abc import Iterator, Mapping
from functools import partial

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.marketplaces.tiki_shared.answers import BODY, answer, page_kept, source_of, too_long
from sellerspec.model import Basis, Facts, Json, Path, Severity
from sellerspec.rules import Rule, Violation, number, objects, rule
from sellerspec.values import identifier

answer_rule = partial(rule, source=("open-site", "product-v2"), basis=Basis.INFERRED, reads="exchange")

TIMES = (
    ("created_from_date", "created_at"),
    ("created_to_date", "created_at"),
    ("updated_from_date", "updated_at"),
    ("updated_to_date", "updated_at"),
)
"""Query parameter -> the member of a listed entry that it bounds."""


def _products(exchange: Json) -> Iterator[tuple[Path, Mapping[str, Json]]]:
    """Yield path and value of the products of a response, be it a list or one."""
    _, body = answer(exchange)
    if isinstance(member(body, "data"), list):
        for index, product in objects(body, "data"):
            yield (*BODY, "data", index), product
    elif isinstance(body, dict):
        yield BODY, body


@rule(
    "tiki-v2.product-id-named",
    on=("listProducts", "getProduct"),
    source=("client-order-2023", "product list"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    reads="exchange",
)
def product_id_named(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the id of a product is `product_id` in version v2.1; only v2 calls it `id`"""
    if member(exchange, "request", "path", "version") != "v2.1":
        return
    for place, product in _products(exchange):
        if "product_id" not in product and "id" in product:
            why = "products of version v2.1 have it, and `id` only in version v2"
            yield Violation((*place, "product_id"), messages.missing("product_id", why))


@answer_rule("tiki-v2.product-requested", on=("getProduct", "findProduct"))
def product_requested(exchange: Json, _: Facts) -> Iterator[Violation]:
    """the response is about the product that the request names"""
    names: tuple[str, ...]
    asked = member(exchange, "request", "path", "product_id")
    if asked is not None:
        names, source = ("product_id", "id"), "as in the path of the request"
    else:
        query, _body = answer(exchange)
        asked = query.get("original_sku")
        names, source = ("original_sku",), source_of(query, "original_sku")
    for place, product in _products(exchange):
        for name in names:
            given = identifier(product.get(name))
            if asked is not None and given is not None and given != identifier(asked):
                yield Violation((*place, name), messages.must_equal(name, asked, source, product[name]))


def outside_times(query: Mapping[str, Json], entry: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield each time of a listed entry that the request excludes: the name of the member, a message."""
    for parameter, name in TIMES:
        bound, time = moment(query.get(parameter)), moment(entry.get(name))
        if bound is None or time is None:
            continue
        first = "_from_" in parameter
        if time < bound if first else time > bound:
            words = messages.not_before if first else messages.not_after
            yield name, words(name, parameter, query[parameter], entry[name])


@answer_rule("tiki-v2.products-filtered", on="listProducts")
def products_filtered(exchange: Json, _: Facts) -> Iterator[Violation]:
    """each listed product passes the filters `active`, `created_…` and `updated_…` of the request"""
    query, _body = answer(exchange)
    active = number(query.get("active"))
    for place, product in _products(exchange):
        shown = identifier(product.get("active"))
        if active is not None and shown is not None and shown != identifier(active):
            message = messages.must_equal("active", active, source_of(query, "active"), product["active"])
            yield Violation((*place, "active"), message)
        for name, message in outside_times(query, product):
            yield Violation((*place, name), message)


@answer_rule("tiki-v2.products-limit-kept", on="listProducts")
def products_limit_kept(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a page holds at most `limit` products, 20 by default"""
    yield from too_long(exchange, "product")


PARTS = ("inventory", "images", "seller", "categories", "attributes")
"""The members that a product has where the request names them."""


@answer_rule("tiki-v2.product-parts", on=("listProducts", "getProduct"))
def parts_included(exchange: Json, _: Facts) -> Iterator[Violation]:
    """a product has the parts that the request names in `include`, or in `includes` of one product"""
    query, _body = answer(exchange)
    one = member(exchange, "request", "path", "product_id") is not None
    parameter = "includes" if one else "include"
    wanted = [name for name in str(query.get(parameter)).split(",") if name in PARTS]
    for place, product in _products(exchange):
        for name in wanted:
            if name not in product:
                yield Violation(
                    (*place, name), messages.missing(name, f"`{parameter}` of the request names it")
                )


products_page_kept = answer_rule("tiki-v2.products-page-kept", on="listProducts")(page_kept)

ANSWER_RULES: tuple[Rule, ...] = (
    product_id_named,
    product_requested,
    products_filtered,
    products_limit_kept,
    products_page_kept,
    parts_included,
)
