"""Rules of headers, of updateSku and of listTracking."""

from collections.abc import Iterator

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki.times import moment
from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, number, rule

POSTS = ("createProduct", "updateSku", "confirmItems", "confirmDelivery", "updateDeliveryStatus")
"""The operations that carry a body."""

FORM = "application/x-www-form-urlencoded;charset=UTF-8"
"""The only other content type for which a refusal was observed."""


@rule(
    "tiki.content-type",
    on=POSTS,
    catalogue="G04",
    source=("tis-2019", "V.4.3.1"),
    basis=Basis.DOCUMENTED,
    status=400,
    reads="headers",
    hint="send `Content-Type: application/json`",
)
def content_type(headers: Json, _: Facts) -> Iterator[Violation]:
    """a body is sent as application/json"""
    given = headers.get("content-type")
    if given is None:
        yield Violation(("content-type",), "missing, `application/json` is asked for")
    elif given.partition(";")[0].strip().lower() != "application/json":
        text = f"Content type '{FORM}' not supported" if given.replace(" ", "") == FORM else None
        yield Violation(("content-type",), "another type than `application/json`", text)


@rule(
    "tiki.token-on-information",
    on=("listCategories", "getCategory"),
    catalogue="G01",
    source=("tiki-docs-2020", "categories"),
    basis=Basis.OBSERVED,
    reads="headers",
    hint="open to everybody in 2019; the later documents ask for the token here too",
)
def token_on_information(headers: Json, _: Facts) -> Iterator[Violation]:
    """the catalogue, too, is read with the header `tiki-api`"""
    if not headers.get("tiki-api"):
        yield Violation(("tiki-api",), "missing")


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
        yield Violation(("price",), f"{price}, below a tenth of the listing price {listing}")


@rule(
    "tiki.tracking-times-ordered",
    on="listTracking",
    catalogue="T04",
    source=("tis-2019", "V.4.4.1"),
    basis=Basis.INFERRED,
    reads="query",
)
def times_ordered(query: Json, _: Facts) -> Iterator[Violation]:
    """a span of time does not end before it begins"""
    for what in ("created_at", "updated_at"):
        begins = moment(query.get(f"{what}_min"))
        ends = moment(query.get(f"{what}_max"))
        if begins and ends and ends < begins:
            yield Violation((f"{what}_max",), f"earlier than `{what}_min`")


CALL_RULES: tuple[Rule, ...] = (content_type, token_on_information, price_floor, times_ordered)
