"""Tiki marketplace integration: rules and formats that the spec cannot state."""

from collections.abc import Callable, Mapping

from sellerspec.marketplaces.pictures import picture_rules
from sellerspec.marketplaces.tiki.calls import CALL_RULES
from sellerspec.marketplaces.tiki.confirm import CONFIRM_RULES
from sellerspec.marketplaces.tiki.delivery import DELIVERY_RULES, REASONS
from sellerspec.marketplaces.tiki.envelope import refusal
from sellerspec.marketplaces.tiki.facts import FORMS as FACTS
from sellerspec.marketplaces.tiki.orders import ORDER_RULES
from sellerspec.marketplaces.tiki.printing import PRINT_RULES
from sellerspec.marketplaces.tiki.product import PRODUCT_RULES
from sellerspec.marketplaces.tiki.requested import REQUESTED_RULES
from sellerspec.marketplaces.tiki.times import TIME
from sellerspec.marketplaces.tiki.variant import VARIANT_RULES
from sellerspec.model import Basis
from sellerspec.rules import Marketplace, Rule

RULES: tuple[Rule, ...] = (
    *CALL_RULES,
    *PRODUCT_RULES,
    *VARIANT_RULES,
    *ORDER_RULES,
    *CONFIRM_RULES,
    *DELIVERY_RULES,
    *PRINT_RULES,
    *REQUESTED_RULES,
    *picture_rules(
        "tiki",
        on="createProduct",
        source=("tis-2019", "V.3.3"),
        size=Basis.DOCUMENTED,
        catalogue={"images-size": "P21", "description-images-size": "P22"},
    ),
)
"""Every rule of Tiki that is a function."""

FORMATS: Mapping[str, Callable[[str], bool]] = {"tiki-time": TIME}
"""String formats that the schemas name."""

MARKETPLACE = Marketplace(
    name="tiki",
    beside=("tiki-v2",),
    title="Tiki marketplace integration",
    rules=RULES,
    refusal=refusal,
    formats=FORMATS,
    facts=FACTS,
    secret_members=(
        "shipping.name",
        "shipping.street",
        "shipping.ward",
        "shipping.city",
        "shipping.region",
        "tax.code",
        "tax.name",
        "tax.address",
        "note",
    ),
    known_texts=REASONS,
    public_members=("tiki_sku", "original_sku", "product_name", "document_urls"),
)
