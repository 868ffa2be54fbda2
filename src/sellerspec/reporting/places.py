"""Add line and column to findings about a JSON text."""

from collections.abc import Callable
from dataclasses import replace

from sellerspec.io import pointers, strict
from sellerspec.model import Json, Path, Report


def located(report: Report, text: str, *, exchange: bool = False) -> Report:
    """Return a report whose findings have line and column in a JSON text.

    A missing member has the place of the object in which it is missing.

    Args:
        report: about the value of `text`.
        text: the JSON text; it has been decoded before.
        exchange: whether the text is an exchange file, and the pointers are those of an exchange.
    """
    if not report.findings:
        return report
    value = strict.decode(text)
    places = strict.places(text)
    in_text = _in_exchange_file(value) if exchange else tuple
    findings = []
    for finding in report.findings:
        path = pointers.typed(in_text(pointers.split(finding.pointer)), value)
        line, column = places.find(path)
        findings.append(replace(finding, line=line, column=column))
    return replace(report, findings=tuple(findings))


def _in_exchange_file(value: Json) -> Callable[[Path], Path]:
    """Return a function from the path in an exchange to the path in its file."""

    def path_in_file(path: Path) -> Path:
        match path:
            case ("request" | "response" as side, "body", *rest):
                return (f"{side}_body", *rest)
            case ("request" | "response" as side, "headers", name, *_):
                headers = value.get(f"{side}_headers") or {}
                own = next((header for header in headers if header.lower() == str(name).lower()), name)
                return (f"{side}_headers", own)
            case ("response", "status"):
                return ("status",)
            case ("request", "method"):
                return ("method",)
            case ("request", "query" | "path", *_):
                return ("url",)
        return ()

    return path_in_file
