"""Check the notices that a server sends after something has happened."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sellerspec import contract
from sellerspec.fuzz.findings import fuzz_finding
from sellerspec.fuzz.messages import Call
from sellerspec.fuzz.target import Target
from sellerspec.model import Json

WAIT = 2.0
"""Real seconds that a notice may take."""


def check_notices(
    target: Target, webhook: str, notices: list[Json], cause: Call, problem: Callable[[Json], str]
) -> None:
    """Expect exactly one notice that satisfies its contract and reports what happened.

    Args:
        target: the server.
        webhook: key of the webhook.
        notices: what was received.
        cause: the call after which a notice is due.
        problem: returns what is wrong with what a notice reports, "" if nothing is.
    """
    session = target.session
    subject = replace(cause, operation=webhook)
    session.coverage.operations[webhook] += len(notices)
    lost = f"no notice came within {WAIT:g} s after `{cause.operation}`"
    session.expect(bool(notices), subject, "notice-lost", lost)
    repeated = f"{len(notices)} notices came of one event"
    session.expect(len(notices) < 2, subject, "notice-repeated", repeated)
    for notice in notices[:3]:
        for finding in contract.operation(webhook).check(notice).findings:
            report = partial(fuzz_finding, rule=finding.rule, basis=finding.basis, at=finding.pointer)
            session.report(report(subject, "notice", finding.message, severity=finding.severity))
        wrong = problem(notice)
        session.expect(not wrong, subject, "notice-wrong", wrong)
