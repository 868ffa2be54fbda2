"""Tiki's refusal envelope: `{"errors": [texts]}`."""

from sellerspec.model import Finding, Response

OURS = "[sellerspec] "
"""Starts every text that no source shows as Tiki's."""

STAGES = (401, 403, 405, 400, 404, 422)
"""Statuses in the order in which a call is looked at; that order is our reading."""


def refusal(findings: tuple[Finding, ...]) -> Response:
    """Return the refusal for findings, at least one.

    A call fails at its first stage: an unreadable body is not searched for missing members.
    A text that names no variant stands there once, however many variants it is about.
    """
    status = min(
        map(_status, findings),
        key=lambda each: STAGES.index(each) if each in STAGES else len(STAGES),
    )
    texts = [_text(finding) for finding in findings if _status(finding) == status]
    return Response(status, {"errors": list(dict.fromkeys(texts))})


def _status(finding: Finding) -> int:
    if finding.status is not None:
        return finding.status
    if finding.rule == "sellerspec.method":
        return 405
    outside = ("/request/path", "/request/query", "/request/headers")
    if finding.rule.startswith("sellerspec.") or finding.pointer.startswith(outside):
        return 400
    return 422


def _text(finding: Finding) -> str:
    if finding.server_text is not None:
        return finding.server_text
    return f"{OURS}{finding.pointer or '/'}: {finding.message}"
