"""`--format github`: workflow commands that GitHub shows as annotations beside the line."""

from collections.abc import Sequence

from sellerspec.reporting.records import Checked, Failed


def github(checked: Sequence[Checked], failures: Sequence[Failed] = ()) -> str:
    """Return one `::error` or `::warning` command for each finding, one line each."""
    lines = []
    for each in checked:
        for finding in each.report.findings:
            says = [f"{finding.message} at {finding.pointer or '/'}"]
            if finding.server_text:
                says.append(f"server: {finding.server_text}")
            if finding.hint:
                says.append(f"hint: {finding.hint}")
            places = {"file": each.name, "line": finding.line, "col": finding.column, "title": finding.rule}
            lines.append(command(finding.severity.value, places, "\n".join(says)))
    for failure in failures:
        places = {
            "file": failure.name,
            "line": failure.line,
            "col": failure.column,
            "title": "could not be checked",
        }
        lines.append(command("error", places, failure.problem))
    return "".join(f"{line}\n" for line in lines)


def command(name: str, properties: dict[str, str | int | None], message: str) -> str:
    """Return a workflow command; what could end or forge one is escaped.

    >>> command("error", {"file": "a,b.json"}, "100%")
    '::error file=a%2Cb.json::100%25'
    """
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    return f"::{name} {given}::{_data(message)}"


def _data(text: str) -> str:
    kept = "".join(each if each.isprintable() or each in "\r\n\t" else "?" for each in text)
    return kept.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
