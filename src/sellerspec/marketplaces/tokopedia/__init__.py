"""Tokopedia: rules and formats that the spec of order list and notifications cannot state."""

from sellerspec.marketplaces.tokopedia import orders, refusals, request, shared
from sellerspec.marketplaces.tokopedia.envelope import refusal
from sellerspec.marketplaces.tokopedia.formats import FORMATS
from sellerspec.rules import Marketplace, Rule

__all__ = ["FORMATS", "MARKETPLACE", "RULES"]

RULES: tuple[Rule, ...] = (*request.RULES, *shared.RULES, *orders.RULES, *refusals.RULES)
"""Every rule of Tokopedia that is a function."""

MARKETPLACE = Marketplace(
    name="tokopedia",
    title="Tokopedia seller orders",
    rules=RULES,
    refusal=refusal,
    formats=FORMATS,
    secret_members=(
        "buyer.name",
        "customer.name",
        "recipient.name",
        "dropshipper_info.name",
        "address.district",
        "address.city",
        "address.province",
        "geo",
        "notes",
        "buyer_id_hash",
    ),
    public_members=("invoice_ref_num", "invoice_num", "awb", "product_bundling_icon"),
)
