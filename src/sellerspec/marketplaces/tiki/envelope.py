"""Tiki's refusal envelope: `{"errors": [texts]}`."""

from sellerspec.marketplaces.common import own_words
from sellerspec.model import Finding, Response

STAGES = (401, 403, 405, 400, 404, 422)
"""Statuses in the order of the checks that a call passes; the order is our reading."""


def refusal(findings: tuple[Finding, ...]) -> Response:
    """Return the refusal for findings, at least one.

    A call fails at its first stage: a body that cannot be read is not searched for missing members.
    Equal texts are listed once.
    """
    status = min(
        map(_status, findings),
        key=lambda status: STAGES.index(status) if status in STAGES else len(STAGES),
    )
    at_stage = [finding for finding in findings if _status(finding) == status]
    texts = dict.fromkeys(finding.server_text or own_words(finding) for finding in at_stage)
    return Response(status, {"errors": list(texts)})


def _status(finding: Finding) -> int:
    if finding.status is not None:
        return finding.status
    if finding.rule == "sellerspec.method":
        return 405
    outside = ("/request/path", "/request/query", "/request/headers")
    if finding.rule.startswith("sellerspec.") or finding.pointer.startswith(outside):
        return 400
    return 422
