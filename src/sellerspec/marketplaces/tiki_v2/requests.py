"""Rules of the product requests that are read, replayed and deleted."""

from sellerspec.rules import Rule

REQUEST_RULES: tuple[Rule, ...] = ()
