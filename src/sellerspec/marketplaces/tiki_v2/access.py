"""Rules of tokens, headers and scopes."""

from collections.abc import Iterator

from sellerspec.marketplaces import messages
from sellerspec.model import Basis, Facts, Json, Severity
from sellerspec.rules import Rule, Violation, rule

WITH_JSON = (
    "createProductRequest", "updateProductInfo", "updateSku", "updateSkus", "updateOriginalSku",
    "confirmAvailable", "confirmDropship", "updateSellerDelivery", "updateCrossBorder",
    "createQueue", "createSubscription", "updateSubscription", "pullEvents",
)  # fmt: skip
"""The operations that carry a JSON body."""

FORM = "application/x-www-form-urlencoded;charset=UTF-8"
"""The only other content type for which a refusal was observed."""


@rule(
    "tiki-v2.content-type",
    on=WITH_JSON,
    source=("open-issues", "209"),
    basis=Basis.OBSERVED,
    severity=Severity.ERROR,
    status=400,
    reads="headers",
)
def content_type(headers: Json, _: Facts) -> Iterator[Violation]:
    """a body is sent as application/json"""
    given = headers.get("content-type")
    if given is None:
        message = messages.missing("Content-Type", "a request with a body must have `application/json`")
        yield Violation(("content-type",), f"the header {message}")
    elif given.partition(";")[0].strip().lower() != "application/json":
        text = f"Content type '{FORM}' not supported" if given.replace(" ", "") == FORM else None
        message = messages.must_be("Content-Type", "`application/json`", given.partition(";")[0])
        yield Violation(("content-type",), f"the header {message}", text)


ACCESS_RULES: tuple[Rule, ...] = (content_type,)
