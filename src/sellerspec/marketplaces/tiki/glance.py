"""One look at a product that settles the usual payload for all rules that compare its members.

Rules of this kind cannot be gated by a schema, and a call of each costs more than what it looks
at. A glance may name a rule too often, then the rule looks; it must never leave one out that has
something to report: a test holds it against the rules.
"""

from collections.abc import Collection

from sellerspec.model import Json

ABROAD = "cross_border"
"""The inventory type of sellers abroad; every other one belongs to sellers in Vietnam."""


def to_compare(product: Json) -> Collection[str]:
    """Name the rules of members that may stand in a wrong relation to each other."""
    asked = []
    if product["image"] in product["images"]:
        asked.append("tiki.image-repeated")
    codes = product["option_attributes"]
    variants = product["variants"]
    second = codes[1:]
    shared = product.get("market_price")
    supplier = variants[0].get("supplier")
    kind = variants[0].get("inventory_type")
    skus = set()
    options = set()
    for variant in variants:
        option, market, price = (
            variant.get("option1"),
            variant.get("market_price") or shared,
            variant.get("price"),
        )
        if option in codes:
            asked.append("tiki.variant-option-value")
        if variant.get("supplier") != supplier:
            asked.append("tiki.variants-one-supplier")
        own = variant.get("inventory_type")
        if own != kind and ABROAD in (own, kind):
            asked.append("tiki.variants-inventory-types-mixed")
        # subtracted: of prices that are texts this says nothing, and raises
        if market is not None and price is not None and market - price < 0:
            asked.append("tiki.market-price-low")
        if variant.get("attributes"):
            asked.append("tiki.variant-attribute-clash")
        if second:
            option = (option, variant.get("option2"))
            if option[1] in codes:
                asked.append("tiki.variant-option-value")
        skus.add(variant.get("sku"))
        options.add(option)
    if len(skus) < len(variants):
        asked.append("tiki.sku-unique")
    if len(options) < len(variants):
        asked.append("tiki.variant-options-unique")
    return asked
