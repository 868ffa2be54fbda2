"""Tiki marketplace integration: what the spec cannot say."""

from collections.abc import Callable, Mapping

from sellerspec.marketplaces.tiki.calls import CALL_RULES
from sellerspec.marketplaces.tiki.confirm import CONFIRM_RULES
from sellerspec.marketplaces.tiki.delivery import DELIVERY_RULES
from sellerspec.marketplaces.tiki.envelope import refusal
from sellerspec.marketplaces.tiki.orders import ORDER_RULES
from sellerspec.marketplaces.tiki.printing import PRINT_RULES
from sellerspec.marketplaces.tiki.product import PRODUCT_RULES
from sellerspec.marketplaces.tiki.secrets import PUBLIC_MEMBERS, SECRET_MEMBERS
from sellerspec.marketplaces.tiki.times import SURELY, is_time
from sellerspec.marketplaces.tiki.tracking import TRACKING_RULES
from sellerspec.marketplaces.tiki.update import UPDATE_RULES
from sellerspec.marketplaces.tiki.variant import VARIANT_RULES
from sellerspec.rules import Format, Marketplace, Rule

RULES: tuple[Rule, ...] = (
    *CALL_RULES,
    *PRODUCT_RULES,
    *VARIANT_RULES,
    *UPDATE_RULES,
    *TRACKING_RULES,
    *ORDER_RULES,
    *CONFIRM_RULES,
    *DELIVERY_RULES,
    *PRINT_RULES,
)
"""Every rule of Tiki that is a function."""

FORMATS: Mapping[str, Callable[[str], bool]] = {"tiki-time": Format(is_time, surely=SURELY)}
"""String formats that the schemas name."""

MARKETPLACE = Marketplace(
    name="tiki",
    title="Tiki marketplace integration",
    rules=RULES,
    refusal=refusal,
    formats=FORMATS,
    secret_members=SECRET_MEMBERS,
    public_members=PUBLIC_MEMBERS,
)
