"""TikiNOW Smart Logistics (TNSL): the order service.

Documented are `getQuotes`, `registerWebhooks` and the webhook `orderStatusSync`. Everything
else is known by name and purpose only, and marked as assumed.
"""

from collections.abc import Callable

from sellerspec.marketplaces.tnsl import orders, sheet, webhooks
from sellerspec.marketplaces.tnsl.envelope import refusal
from sellerspec.marketplaces.tnsl.secrets import PUBLIC_MEMBERS, SECRET_MEMBERS
from sellerspec.marketplaces.tnsl.times import is_time
from sellerspec.rules import Marketplace, Rule

RULES: tuple[Rule, ...] = (*orders.RULES, *webhooks.RULES, *sheet.RULES)

FORMATS: dict[str, Callable[[str], bool]] = {"tnsl-time": is_time}

MARKETPLACE = Marketplace(
    name="tnsl",
    title="TikiNOW Smart Logistics order service",
    rules=RULES,
    refusal=refusal,
    formats=FORMATS,
    secret_members=SECRET_MEMBERS,
    public_members=PUBLIC_MEMBERS,
)
