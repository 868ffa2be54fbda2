"""TikiNOW Smart Logistics (TNSL): rules and formats that the spec of the order service cannot state.

`getQuotes`, `registerWebhooks` and the webhook `orderStatusSync` are documented. Of the other
operations only name and purpose are known, so their contract is marked as assumed.
"""

from collections.abc import Callable

from sellerspec.marketplaces.tnsl import orders, sheet, webhooks
from sellerspec.marketplaces.tnsl.envelope import refusal
from sellerspec.rules import Marketplace, Rule

RULES: tuple[Rule, ...] = (*orders.RULES, *webhooks.RULES, *sheet.RULES)

FORMATS: dict[str, Callable[[str], bool]] = {"tnsl-time": orders.is_time}

MARKETPLACE = Marketplace(
    name="tnsl",
    title="TikiNOW Smart Logistics order service",
    rules=RULES,
    refusal=refusal,
    formats=FORMATS,
    secret_members=("shipping.name", "shipping.address", "shipping.note", "note"),
    public_members=("ref_code", "fee_key", "product_sku"),
    known_texts=tuple(webhooks.REASONS.values()),
)
