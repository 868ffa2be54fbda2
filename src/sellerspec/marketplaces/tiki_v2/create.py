"""Rules of createProductRequest that tell v2.1 from the first generation."""

from sellerspec.marketplaces.pictures import picture_rules
from sellerspec.model import Basis
from sellerspec.rules import Rule

CREATE_RULES: tuple[Rule, ...] = picture_rules(
    "tiki-v2",
    on="createProductRequest",
    source=("open-site", "create product request"),
    size=Basis.OBSERVED,
    format=Basis.OBSERVED,
)
