"""What of a URL may be shown: in the log, in the name of an exchange, in a finding."""

from dataclasses import replace
from functools import cached_property

from sellerspec import marketplaces
from sellerspec.contract.project import Project
from sellerspec.guard.watch import unknown_call
from sellerspec.io.urls import split
from sellerspec.model import Exchange, Report
from sellerspec.proxy.settings import Settings
from sellerspec.scrubbing import NotScrubbed, Scrubber, scrubber


class Shown:
    """Scrubs the URLs of exchanges."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _scrubber(self) -> Scrubber:
        own = self._settings
        return scrubber(marketplaces.marketplace(own.marketplace), overlays=own.overlays)

    def url(self, exchange: Exchange, operation: str = "") -> str:
        """Return the URL of an exchange, scrubbed; "" if it cannot be."""
        bare = Exchange(exchange.method, exchange.url)
        try:
            return self._scrubber.scrub([bare], [operation])[0].exchange.url
        except NotScrubbed:
            return ""

    def path(self, exchange: Exchange) -> str:
        """Return the path of an exchange, scrubbed and of bounded length."""
        return split(self.url(exchange)).path[:120] or "/"

    def unknown(self, report: Report, exchange: Exchange, project: Project) -> Report:
        """Return the report on a call of no operation with what of its path may be shown."""
        shown = f"{exchange.method[:20]} {self.path(exchange)}"
        bounded = unknown_call(shown, [project.contract(report.operation)], exchange, project.contract)
        findings = tuple(
            replace(finding, message=bounded.message) if finding.rule == bounded.rule else finding
            for finding in report.findings
        )
        return replace(report, findings=findings)
