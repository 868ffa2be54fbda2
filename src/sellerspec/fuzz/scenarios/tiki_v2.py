"""Tiki's Open API."""

from sellerspec.fuzz.scenarios.tiki_v2_state import CLIENT, arrange, facts, learn, live, query, retarget
from sellerspec.fuzz.target import Scenario

SCENARIO = Scenario(
    path={"version": "v2.1"},
    query=query,
    live=live,
    facts=facts,
    retarget=retarget,
    learn=learn,
    arrange=arrange,
    apps={"createToken": CLIENT},
    tokens=(
        {"authorization": "Bearer FAKE-TOKEN-FOR-TESTS"},
        {"authorization": "Bearer FAKE-TOKEN-OTHER"},
    ),
)
