"""Tokopedia: the rules of the order list and of the order notifications that no schema can say."""

from sellerspec.marketplaces.tokopedia import orders, request, webhooks
from sellerspec.marketplaces.tokopedia.envelope import refusal
from sellerspec.marketplaces.tokopedia.formats import FORMATS
from sellerspec.marketplaces.tokopedia.secrets import PUBLIC_MEMBERS, SECRET_MEMBERS
from sellerspec.rules import Marketplace, Rule

__all__ = ["FORMATS", "MARKETPLACE", "RULES"]

RULES: tuple[Rule, ...] = (*request.RULES, *orders.RULES, *webhooks.RULES)
"""Every rule of Tokopedia that is a function."""

MARKETPLACE = Marketplace(
    name="tokopedia",
    title="Tokopedia seller orders",
    rules=RULES,
    refusal=refusal,
    formats=FORMATS,
    secret_members=SECRET_MEMBERS,
    public_members=PUBLIC_MEMBERS,
)
