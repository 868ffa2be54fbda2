"""Rules of the orders that are read."""

from sellerspec.rules import Rule

ORDER_RULES: tuple[Rule, ...] = ()
