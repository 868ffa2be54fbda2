"""What a guard raises: a violation that its guard remembers until somebody looks at it."""

from sellerspec import errors
from sellerspec.model import Report


class ContractViolation(errors.ContractViolation):
    """A guard refused a request or a response; `except Exception` hides it, but its guard remembers it.

    Its class is derived, so that `isinstance` with the public class asks the public class.
    """

    def __init__(self, report: Report, unseen: dict[int, Report]) -> None:
        """Add the report to `unseen`, below its identity, until `looked_at`: safe in several threads."""
        super().__init__(report)
        self._unseen = unseen
        unseen[id(report)] = report

    def __reduce__(self) -> tuple[type[errors.ContractViolation], tuple[Report]]:
        """Pickle the violation without its guard."""
        return errors.ContractViolation, (self._report,)

    def looked_at(self) -> None:
        """Remove the report from those that nobody has looked at."""
        self._unseen.pop(id(self._report), None)
