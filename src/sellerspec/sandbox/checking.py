"""The check service: a payload in, the report with its fixes out, for programs in any language."""

from collections.abc import Callable

import orjson

from sellerspec.contract.project import Project
from sellerspec.io import records
from sellerspec.io.strict import decode
from sellerspec.model import Json, Report
from sellerspec.reporting import Checked, discreet_checked, located

_WITH_FACTS = ({"payload"}, {"payload", "facts"})


class CheckService:
    """Checks payloads of any operation."""

    def __init__(self, project: Callable[[], Project]) -> None:
        """Take the function that returns the project as it is now; it is called for each payload."""
        self._project = project

    def check(self, operation: str, body: bytes) -> Json:
        """Return the report on a payload, as `schemas/sellerspec/report.json` has it.

        Args:
            operation: key `marketplace/operationId`.
            body: JSON: the payload, or an object with the members `payload` and `facts` and no other.

        Raises:
            UnknownName: there is no such operation, or a fact has an unknown name.
            ParseError: the body is not JSON, or a fact has the wrong type.
            UsageError: the operation has no JSON body.
        """
        value, text = decode(body), body.decode()
        if not isinstance(value, dict) or set(value) not in _WITH_FACTS:
            return report_json(located(self._project().check(operation, text), text), text)
        facts = records.facts(value.get("facts", {}), "facts")
        text = orjson.dumps(value["payload"]).decode()
        return report_json(self._project().check(operation, text, facts=facts), text)


def report_json(report: Report, text: str = "") -> Json:
    """Return a report as JSON, with nothing that may not be shown.

    Args:
        report: the report.
        text: the JSON text of the payload that it is about; "" if it is about none.
    """
    from sellerspec.reporting.as_json import report as as_json  # loaded when there is a report

    return as_json(discreet_checked(Checked(report.operation, report, text)))
