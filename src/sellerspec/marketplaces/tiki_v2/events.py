"""Rules of event queues."""

from sellerspec.rules import Rule

EVENT_RULES: tuple[Rule, ...] = ()
