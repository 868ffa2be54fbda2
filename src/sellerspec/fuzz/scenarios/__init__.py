"""What is known about each marketplace beyond its spec: how to learn its state, documented sequences."""

from collections.abc import Mapping

from sellerspec.fuzz.scenarios import tiki, tiki_v2, tnsl, tokopedia
from sellerspec.fuzz.target import Scenario

SCENARIOS: Mapping[str, Scenario] = {
    "tiki": tiki.SCENARIO,
    "tiki-v2": tiki_v2.SCENARIO,
    "tnsl": tnsl.SCENARIO,
    "tokopedia": tokopedia.SCENARIO,
}


def scenario(marketplace: str) -> Scenario:
    """Return the scenario of a marketplace; an empty one for a marketplace without one."""
    return SCENARIOS.get(marketplace, Scenario())
