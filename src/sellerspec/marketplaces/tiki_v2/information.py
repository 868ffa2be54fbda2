"""Rules of categories, attributes, documents, brands, warehouses and the seller."""

from sellerspec.rules import Rule

INFORMATION_RULES: tuple[Rule, ...] = ()
