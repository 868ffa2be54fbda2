"""Judge the notices that a server sends after something happened."""

from collections.abc import Callable
from dataclasses import replace

from sellerspec import contract
from sellerspec.fuzz.findings import FuzzFinding
from sellerspec.fuzz.target import Target
from sellerspec.fuzz.transport import Call
from sellerspec.model import Basis, Json, Severity

WAIT = 2.0
"""Real seconds that a notice may take."""


def judged(
    target: Target, webhook: str, notices: list[Json], cause: Call, fits: Callable[[Json], str]
) -> None:
    """Expect exactly one notice, which keeps its contract and tells what happened.

    Args:
        target: the server.
        webhook: key of the webhook.
        notices: what came.
        cause: the call after which a notice is due.
        fits: returns what is wrong with what a notice tells, "" if nothing is.
    """
    session = target.session
    about = replace(cause, operation=webhook)
    session.coverage.operations[webhook] += len(notices)
    session.expect(
        bool(notices), about, "notice-lost", f"no notice came within {WAIT:g} s after `{cause.operation}`"
    )
    session.expect(len(notices) < 2, about, "notice-repeated", f"{len(notices)} notices came of one event")
    for notice in notices[:3]:
        for one in contract.operation(webhook).check(notice).findings:
            if one.severity is Severity.WARNING and one.basis in (Basis.INFERRED, Basis.ASSUMED):
                # our reading of documents that contradict each other is no duty of the sender's
                continue
            session.found(
                FuzzFinding(
                    "notice", webhook, one.severity, one.message, one.rule, one.basis, one.pointer, call=about
                )
            )
        wrong = fits(notice)
        session.expect(not wrong, about, "notice-wrong", wrong, severity=Severity.ERROR)
