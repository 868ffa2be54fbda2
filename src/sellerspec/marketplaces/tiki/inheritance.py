"""The effective variant: its own members, and those that it inherits from its product."""

from collections.abc import Mapping

from sellerspec.model import Json
from sellerspec.rules import objects

OWN = ("sku", "price", "option1", "option2", "inventory_type", "quantity", "supplier")
"""Members that only a variant has: one of the product does not count."""

REPLACED = ("name", "description", "market_price", "image", "images")
"""Members that a variant may have in place of the product's."""


def effective(product: Json) -> list[dict[str, Json]]:
    """Return each variant of a product with the values that count for it.

    As in the table of variants: a member of `OWN` is taken from the variant only. A member of
    `REPLACED` is taken from the variant, or from the product if the variant has none or null.
    `attributes` are merged; if both have a code, the variant's value counts (our reading: the document
    does not say). `category_id` is the product's.

    >>> effective({"name": "Ao", "attributes": {"brand": "A"}, "variants": [{"sku": "1", "name": None}]})
    [{'sku': '1', 'name': 'Ao', 'attributes': {'brand': 'A'}}]
    """
    return [_effective(product, variant) for _, variant in objects(product, "variants")]


def _effective(product: Mapping[str, Json], variant: Mapping[str, Json]) -> dict[str, Json]:
    out: dict[str, Json] = {}
    if "category_id" in product:
        out["category_id"] = product["category_id"]
    for key in OWN:
        if key in variant:
            out[key] = variant[key]
    for key in REPLACED:
        value = variant.get(key)
        if value is None:
            value = product.get(key)
        if value is not None:
            out[key] = value
    joined = {**_object(product.get("attributes")), **_object(variant.get("attributes"))}
    if joined:
        out["attributes"] = joined
    return out


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}
