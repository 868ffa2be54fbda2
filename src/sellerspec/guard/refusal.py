"""What a guard raises: a violation that its guard remembers until somebody looks at it."""

from sellerspec.model import ContractViolation, Report


class Refusal(ContractViolation):
    """A guard refused a request or a response; `except Exception` hides it, but its guard remembers it."""

    def __init__(self, report: Report, unseen: list[Report] | None = None) -> None:
        """Add the report to `unseen`, until `looked_at`."""
        super().__init__(report)
        self._unseen = [] if unseen is None else unseen
        self._unseen.append(report)

    def looked_at(self) -> None:
        """Remove the report from those that nobody has looked at."""
        self._unseen[:] = [report for report in self._unseen if report is not self._report]
