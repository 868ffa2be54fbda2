"""Rules of headers, of updateSku and of listTracking."""

from collections.abc import Iterator

from sellerspec.marketplaces import messages
from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.marketplaces.tiki_shared.headers import content_type as json_body
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, number, rule

POSTS = ("createProduct", "updateSku", "confirmItems", "confirmDelivery", "updateDeliveryStatus")
"""The operations that carry a body."""

content_type = rule(
    "tiki.content-type",
    on=POSTS,
    catalogue="G04",
    source=("tis-2019", "V.4.3.1"),
    basis=Basis.DOCUMENTED,
    status=400,
    reads="headers",
)(json_body)


@rule(
    "tiki.token-on-information",
    on=("listCategories", "getCategory"),
    catalogue="G01",
    source=("tiki-docs-2020", "categories"),
    basis=Basis.OBSERVED,
    reads="headers",
)
def token_on_information(headers: Json, _: Facts) -> Iterator[Violation]:
    """categories, too, are read with the header `tiki-api`, the seller's token"""
    given = headers.get("tiki-api")
    if not given:
        why = "the documents since 2020 require the token for categories too"
        message = messages.without_value("tiki-api", given is not None, given, why)
        yield Violation(("tiki-api",), f"the header {message}")


@rule(
    "tiki.update-price-floor",
    on="updateSku",
    catalogue="U03",
    source=("tis-2019", "V.4.6.3"),
    basis=Basis.DOCUMENTED,
    needs="listing_price",
    status=422,
    text="Price is not valid because less than ten percent listing price",
)
def price_floor(update: Json, facts: Facts) -> Iterator[Violation]:
    """a new price is at least a tenth of the listing price"""
    price, listing = number(member(update, "price")), facts.listing_price
    if price is not None and listing is not None and price > 0 and price * 10 < listing:
        required = f"at least {-(-listing // 10)}, a tenth of the listing price {listing}"
        yield Violation(("price",), messages.must_be("price", required, price))


@rule(
    "tiki.tracking-times-ordered",
    on="listTracking",
    catalogue="T04",
    source=("tis-2019", "V.4.4.1"),
    basis=Basis.INFERRED,
    reads="query",
)
def times_ordered(query: Json, _: Facts) -> Iterator[Violation]:
    """`created_at_max` is not before `created_at_min`, nor `updated_at_max` before `updated_at_min`"""
    for what in ("created_at", "updated_at"):
        first, last = f"{what}_min", f"{what}_max"
        begins, ends = moment(query.get(first)), moment(query.get(last))
        if begins and ends and ends < begins:
            yield Violation((last,), messages.not_before(last, first, query[first], query[last]))


CALL_RULES: tuple[Rule, ...] = (content_type, token_on_information, price_floor, times_ordered)
