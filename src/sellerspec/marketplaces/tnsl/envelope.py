"""TNSL's two refusal envelopes.

One `error` is documented for a missing token; a list `errors` is what neighbouring pages show
for validation. Which one the order operations use is not known: everything but 401 gets the list.
"""

from sellerspec.model import Finding, Response

OURS = "[sellerspec] "
"""Starts every message that no document shows."""

REQUEST_ID = "0" * 32
"""Stands where TNSL gives the id of the call; plainly none of its own."""


def refusal(findings: tuple[Finding, ...]) -> Response:
    """Return the refusal for findings, at least one.

    Without a status of its own a refusal is 400. That is assumed, as the code `BAD_REQUEST` says it.
    """
    for finding in findings:
        if finding.status == 401:
            return _single(finding)
    status = next((finding.status for finding in findings if finding.status is not None), 400)
    errors = [{"message": _message(finding), "code": finding.code or "BAD_REQUEST"} for finding in findings]
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
    if finding.server_text is not None:
        return finding.server_text
    return f"{OURS}{finding.pointer or '/'}: {finding.message}"
