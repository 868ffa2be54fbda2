"""Tiki's Open API (v2 and v2.1): rules and formats that the spec cannot state."""

from collections.abc import Callable, Mapping

from sellerspec.marketplaces.tiki.envelope import refusal
from sellerspec.marketplaces.tiki.times import TIME
from sellerspec.marketplaces.tiki_v2.access import ACCESS_RULES
from sellerspec.marketplaces.tiki_v2.answers import ANSWER_RULES
from sellerspec.marketplaces.tiki_v2.create import CREATE_RULES
from sellerspec.marketplaces.tiki_v2.events import EVENT_RULES
from sellerspec.marketplaces.tiki_v2.facts import FORMS as FACTS
from sellerspec.marketplaces.tiki_v2.facts import SOURCES
from sellerspec.marketplaces.tiki_v2.fulfilment import FULFILMENT_RULES
from sellerspec.marketplaces.tiki_v2.information import INFORMATION_RULES
from sellerspec.marketplaces.tiki_v2.moving import FIXES
from sellerspec.marketplaces.tiki_v2.orders import ORDER_RULES
from sellerspec.marketplaces.tiki_v2.paging import PAGING_RULES
from sellerspec.marketplaces.tiki_v2.products import PRODUCT_RULES
from sellerspec.marketplaces.tiki_v2.requests import REQUEST_RULES
from sellerspec.marketplaces.tiki_v2.sellers import SELLER_RULES
from sellerspec.rules import Format, Marketplace, Rule

RULES: tuple[Rule, ...] = (
    *CREATE_RULES,
    *PAGING_RULES,
    *INFORMATION_RULES,
    *REQUEST_RULES,
    *PRODUCT_RULES,
    *ANSWER_RULES,
    *SELLER_RULES,
    *ACCESS_RULES,
    *EVENT_RULES,
    *ORDER_RULES,
    *FULFILMENT_RULES,
)
"""Every rule of the Open API that is a function."""

FORMATS: Mapping[str, Callable[[str], bool]] = {
    "tiki-flag": Format("[01]", what="0 or 1", example="1"),
    "tiki-time": TIME,
}
"""String formats that the schemas name."""

MARKETPLACE = Marketplace(
    name="tiki-v2",
    beside=("tiki",),
    title="Tiki Open API",
    rules=RULES,
    refusal=refusal,
    formats=FORMATS,
    facts=FACTS,
    secret_members=(
        "address.full_name",
        "address.street",
        "address.ward",
        "address.district",
        "address.region",
        "address.email",
        "address.phone",
        "billing_address.full_name",
        "billing_address.street",
        "billing_address.ward",
        "billing_address.district",
        "billing_address.region",
        "billing_address.email",
        "billing_address.phone",
        "customer.full_name",
        "contact_name",
        "contact_phone",
        "tax_info.code",
        "tax_info.name",
        "tax_info.address",
        "note",
        "delivery_note",
        "comment",
    ),
    sources=SOURCES,
    fixes=FIXES,
)
