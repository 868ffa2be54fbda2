"""Contract coverage: which operations, statuses, parameters, body fields and rules a run has seen.

`Coverage` collects exchanges and payloads from anywhere (guards, sandbox log, cassettes, files),
merges with what other processes collected, and is shown as a table, as JSON or as one HTML page.
"""

from sellerspec.reporting.coverage.collect import Coverage, Seen
from sellerspec.reporting.coverage.limits import judged, limits
from sellerspec.reporting.coverage.page import page
from sellerspec.reporting.coverage.table import table
from sellerspec.reporting.coverage.totals import KINDS, Share, Summary, summary

__all__ = ["KINDS", "Coverage", "Seen", "Share", "Summary", "judged", "limits", "page", "summary", "table"]
