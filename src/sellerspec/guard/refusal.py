"""The violation that a guard raises, and keeps until it is acknowledged."""

from sellerspec import errors
from sellerspec.model import Report


class ContractViolation(errors.ContractViolation):
    """A guard refused a request or a response; its guard keeps the report, also if the error is caught.

    It is a subclass, because `isinstance` does not call `__instancecheck__` for an error of exactly the
    class that is named.
    """

    def __init__(self, report: Report, refused: dict[int, Report]) -> None:
        """Add the report to those that the guard has refused.

        Args:
            report: the report.
            refused: `id(report)` -> report, until it is acknowledged. Adding and removing a key is safe in
                several threads.
        """
        super().__init__(report)
        self._refused = refused
        refused[id(report)] = report

    def __str__(self) -> str:
        """Return the report without the names of members that are data, such as a phone that is a key."""
        from sellerspec.reporting.discreetly import discreetly  # a run without a refusal does not need it

        return str(discreetly(self._report))

    def __reduce__(self) -> tuple[type[errors.ContractViolation], tuple[Report]]:
        """Pickle the violation without its guard."""
        return errors.ContractViolation, (self._report,)

    def acknowledge(self) -> None:
        """Remove the report from those that the guard has refused."""
        self._refused.pop(id(self._report), None)
