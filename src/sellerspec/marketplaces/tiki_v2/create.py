"""Rules of createProductRequest that a schema cannot state: those of both generations, and of pictures."""

from functools import partial

from sellerspec.marketplaces.pictures import picture_rules
from sellerspec.marketplaces.tiki_shared import product, variant
from sellerspec.marketplaces.tiki_v2.documents import DOCUMENT_RULES
from sellerspec.marketplaces.tiki_v2.values import VALUE_RULES
from sellerspec.marketplaces.tiki_v2.warehouses import WAREHOUSE_RULES
from sellerspec.model import Basis, Severity
from sellerspec.rules import Rule, rule

request_rule = partial(rule, on="createProductRequest", source=("open-site", "create product request"))
_observed = partial(request_rule, basis=Basis.OBSERVED, severity=Severity.ERROR, status=422)
_inferred = partial(request_rule, basis=Basis.INFERRED)

CREATE_RULES: tuple[Rule, ...] = (
    _inferred("tiki-v2.market-price-low")(product.market_price_low),
    _observed(
        "tiki-v2.image-repeated", severity=Severity.WARNING, hint="Tiki adds the main picture by itself"
    )(product.image_repeated),
    _inferred("tiki-v2.category-other", needs="category.id")(product.category_other),
    _observed("tiki-v2.category-primary", needs="category.is_primary")(product.category_primary),
    _observed(
        "tiki-v2.attribute-known", needs="attributes", severity=Severity.WARNING, fixes=product.renamed
    )(product.attribute_known),
    _observed("tiki-v2.attribute-required", needs="attributes")(product.attribute_required),
    _inferred("tiki-v2.attribute-required-empty", needs="attributes")(product.attribute_required_empty),
    _inferred("tiki-v2.sku-unique", severity=Severity.ERROR)(variant.sku_unique),
    _inferred("tiki-v2.variant-options-unique", severity=Severity.ERROR)(variant.options_unique),
    _inferred("tiki-v2.variant-option-value")(variant.option_value),
    _observed(
        "tiki-v2.variant-inventory-type-registered",
        source=("open-issues", "45, 372"),
        needs="inventory_types",
    )(variant.inventory_type_registered),
    _inferred(
        "tiki-v2.variant-attribute-clash",
        unless={"properties": {"variants": {"items": {"properties": {"attributes": {"enum": [None, {}]}}}}}},
        hint="Tiki joins the attributes of both; the documents do not say which value counts",
    )(variant.attribute_clash),
    *VALUE_RULES,
    *WAREHOUSE_RULES,
    *DOCUMENT_RULES,
    *picture_rules(
        "tiki-v2",
        on="createProductRequest",
        source=("open-site", "create product request"),
        size=Basis.OBSERVED,
        format=Basis.OBSERVED,
    ),
)
