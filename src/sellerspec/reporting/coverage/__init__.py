"""Contract coverage: which operations, statuses, parameters, body fields and rules a run has exercised.

`Coverage` collects exchanges and payloads of guards, the sandbox log, cassettes and files. Coverages of
several processes can be merged. The result is a table, JSON or an HTML page.
"""

from sellerspec.reporting.coverage.collect import Coverage
from sellerspec.reporting.coverage.limits import below_limits, limits
from sellerspec.reporting.coverage.totals import KINDS, Summary, summary
from sellerspec.reporting.coverage.views import page, report_table, table, written

__all__ = [
    "KINDS",
    "Coverage",
    "Summary",
    "below_limits",
    "limits",
    "page",
    "report_table",
    "summary",
    "table",
    "written",
]
