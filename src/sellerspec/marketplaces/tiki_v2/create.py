"""Rules of createProductRequest that tell v2.1 from the first generation."""

from sellerspec.rules import Rule

CREATE_RULES: tuple[Rule, ...] = ()
