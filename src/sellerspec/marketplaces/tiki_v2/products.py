"""Rules of the products that are read and updated."""

from sellerspec.rules import Rule

PRODUCT_RULES: tuple[Rule, ...] = ()
