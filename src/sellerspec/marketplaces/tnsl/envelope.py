"""TNSL's two refusal envelopes.

A missing token is documented with one `error`. Related pages show a list `errors` for invalid
requests. No page shows the refusals of the order operations; here all but 401 have the list.
"""

from sellerspec.marketplaces.common import OURS, own_words
from sellerspec.model import Finding, Response

REQUEST_ID = "0" * 32
"""Placeholder for the request id that TNSL assigns; visibly not a real one."""


def refusal(findings: tuple[Finding, ...]) -> Response:
    """Return the refusal for findings, at least one.

    A refusal without a status of its own is 400 with the code `BAD_REQUEST`, which the fee pages show. That
    the order operations have it is assumed. For other statuses no page shows a code: ours is marked as ours.
    """
    for finding in findings:
        if finding.status == 401:
            return _single(finding)
    status = next((finding.status for finding in findings if finding.status is not None), 400)
    code = "BAD_REQUEST" if status == 400 else f"{OURS}{status}"
    errors = [{"message": _message(finding), "code": finding.code or code} for finding in findings]
    body = {"success": False, "errors": errors, "metadata": {"request_id": REQUEST_ID}}
    return Response(status, body)


def _single(finding: Finding) -> Response:
    error = {
        "status_code": 401,
        "message": _message(finding),
        "message_code": finding.code or "INVALID_TOKEN",
    }
    return Response(401, {"success": False, "error": error, "meta_data": {"request_id": REQUEST_ID}})


def _message(finding: Finding) -> str:
    return finding.server_text or own_words(finding)
