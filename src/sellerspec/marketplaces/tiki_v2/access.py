"""Rules of tokens, headers and scopes."""

from collections.abc import Iterator

from sellerspec.marketplaces.common import member
from sellerspec.marketplaces.tiki_shared.headers import content_type as json_body
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, rule

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


@rule(
    "tiki-v2.client-secret",
    on="createToken",
    source=("open-site", "authentication and authorization"),
    basis=Basis.INFERRED,
    status=401,
    reads="request",
)
def client_secret(request: Json, _: Facts) -> Iterator[Violation]:
    """a token request has the secret of the client: in a Basic header, or in the form beside `client_id`"""
    form = member(request, "body")
    if not isinstance(form, dict) or not isinstance(form.get("grant_type"), str):
        return
    if "authorization" not in request["headers"] and not ("client_secret" in form and "client_id" in form):
        message = (
            "the request must have a header `Authorization`, or `client_id` and `client_secret` in the form"
        )
        yield Violation((), message)


ACCESS_RULES: tuple[Rule, ...] = (content_type, client_secret)
