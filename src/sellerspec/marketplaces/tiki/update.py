"""Rules of updateSku."""

from collections.abc import Iterator

from sellerspec.model import Basis, Facts, Json
from sellerspec.rules import Rule, Violation, number, rule


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
    price = number(update.get("price")) if isinstance(update, dict) else None
    listing = facts.listing_price
    if price is not None and listing is not None and price > 0 and price * 10 < listing:
        yield Violation(("price",), f"{price}, below a tenth of the listing price {listing}")


UPDATE_RULES: tuple[Rule, ...] = (price_floor,)
