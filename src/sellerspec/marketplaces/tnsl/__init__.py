"""TikiNOW Smart Logistics (TNSL): rules and formats that the spec of the order service cannot state.

`getQuotes`, `registerWebhooks` and the webhook `orderStatusSync` are documented. Of the other
operations only name and purpose are known, so their contract is marked as assumed.
"""

from collections.abc import Mapping

from sellerspec.marketplaces.tnsl import orders, responses, sheet, webhooks
from sellerspec.marketplaces.tnsl.envelope import refusal
from sellerspec.marketplaces.tnsl.facts import FORMS as FACTS
from sellerspec.rules import Format, Marketplace, Rule

RULES: tuple[Rule, ...] = (*orders.RULES, *responses.RULES, *webhooks.RULES, *sheet.RULES)

FORMATS: Mapping[str, Format] = {
    "tnsl-time": Format(
        what="a date and time with an offset",
        example="2021-11-03T23:59:59+07:00",
        recognise=orders.is_time,
    )
}

MARKETPLACE = Marketplace(
    name="tnsl",
    title="TikiNOW Smart Logistics order service",
    rules=RULES,
    refusal=refusal,
    formats=FORMATS,
    facts=FACTS,
    secret_members=("shipping.name", "shipping.address", "shipping.note", "note"),
    public_members=("ref_code", "fee_key", "product_sku"),
    known_texts=(*webhooks.REASONS.values(), *webhooks.CANCEL_REASONS.values()),
)
