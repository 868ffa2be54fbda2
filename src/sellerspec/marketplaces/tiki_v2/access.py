"""Rules of tokens, headers and scopes."""

from sellerspec.marketplaces.tiki_shared.headers import content_type as json_body
from sellerspec.model import Basis, Severity
from sellerspec.rules import Rule, rule

WITH_JSON = (
    "createProductRequest", "updateProductInfo", "updateSku", "updateSkus", "updateOriginalSku",
    "confirmAvailable", "confirmDropship", "updateSellerDelivery", "updateCrossBorder",
    "createQueue", "createSubscription", "updateSubscription", "pullEvents",
)  # fmt: skip
"""The operations that carry a JSON body."""


content_type = rule(
    "tiki-v2.content-type",
    on=WITH_JSON,
    source=("open-issues", "209"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    status=400,
    reads="headers",
)(json_body)

ACCESS_RULES: tuple[Rule, ...] = (content_type,)
