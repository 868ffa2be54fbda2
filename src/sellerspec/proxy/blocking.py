"""The response to a request that breaks the contract."""

from sellerspec.model import Report
from sellerspec.proxy.messages import Ended, Outcome
from sellerspec.sandbox.checking import report_json

STATUS = 422
"""Status of the response, whatever the marketplace would send; `x-sellerspec-outcome` is `blocked`."""

MOST_RULES = 20
"""Rules that a header names."""


def blocked(report: Report) -> Ended:
    """Return how an exchange ends whose request must not be sent."""
    rules = list(dict.fromkeys(finding.rule for finding in report.errors))
    problem = f"the request breaks the contract and was not sent: {report.errors[0]}"
    headers = {
        "x-sellerspec-operation": report.operation,
        "x-sellerspec-rules": ", ".join(rules[:MOST_RULES]),
    }
    return Ended(Outcome.BLOCKED, STATUS, problem, body=report_json(report), headers=headers)
