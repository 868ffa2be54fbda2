"""Tokopedia's refusal: the envelope, the error code and the reason."""

from sellerspec.marketplaces.common import OURS, own_words
from sellerspec.model import Finding, Json, Response

MALFORMED = "We could not process your request due to malformed request, please check again"
"""The message of the documented refusal, shown with ORD_DLV_013. That the other ORD_DLV_ codes have the
same message is our reading: all of them mean a malformed request."""

CODES = {403: "RBAC_MDLW_001"}
"""Status -> the one error code that a source shows with it."""

ASSUMED_STATUS = 400
"""Assumed: no page gives the HTTP status of a refusal."""


def refusal(findings: tuple[Finding, ...]) -> Response:
    """Return the refusal for findings, at least one.

    It reports one finding: a missing token, because the gateway comes before the order service; else
    the first finding with an error code; else the first finding.
    """
    first = next(
        (finding for finding in findings if finding.status == 401),
        next((finding for finding in findings if finding.code), findings[0]),
    )
    malformed = (first.code or "").startswith("ORD_DLV_")
    header: dict[str, Json] = {
        "process_time": 0,
        "messages": MALFORMED if malformed else f"{OURS}the request is refused",
        "reason": first.server_text or own_words(first),
        "error_code": first.code or CODES.get(first.status or ASSUMED_STATUS, ""),
    }
    return Response(first.status or ASSUMED_STATUS, {"header": header, "data": None})
