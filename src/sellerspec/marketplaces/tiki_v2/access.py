"""Rules of tokens, headers and scopes."""

from sellerspec.rules import Rule

ACCESS_RULES: tuple[Rule, ...] = ()
