"""Show a report without the names of members that are data; loads the scrubber only for such names."""

from sellerspec.io.member_names import is_plain_part
from sellerspec.io.pointers import split
from sellerspec.model import Report


def discreetly(report: Report) -> Report:
    """Return a report whose pointers and messages name no member that is data: a phone, a token."""
    parts = {str(part) for finding in report.findings for part in split(finding.pointer)}
    if all(map(is_plain_part, parts)):
        return report
    from sellerspec.reporting.hide import discreet

    return discreet(report)
