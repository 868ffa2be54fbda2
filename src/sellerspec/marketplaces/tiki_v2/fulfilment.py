"""Rules of the calls that confirm an order, report its delivery or print its labels."""

from sellerspec.rules import Rule

FULFILMENT_RULES: tuple[Rule, ...] = ()
