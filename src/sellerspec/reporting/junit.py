"""`--format junit`: one suite for each file, one case for each finding."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from sellerspec.model import Finding, Severity
from sellerspec.reporting.records import Checked, Failed, count, details, grounds, place

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(checked: Sequence[Checked], failures: Sequence[Failed] = ()) -> str:
    """Return JUnit XML: errors are failures, warnings pass, and what could not be checked is an error.

    Readers show one failure for each case, so each finding is a case. A file without findings is one
    passed case. Times are not measured, so they are 0.
    """
    counted = count(checked, failures)
    suites = [_suite(item) for item in checked] + [_failure(failure) for failure in failures]
    cases = sum(max(1, len(item.report.findings)) for item in checked) + len(failures)
    head = (
        f'<testsuites name="sellerspec" tests="{cases}" failures="{counted.errors}" '
        f'errors="{counted.failed}" time="0">'
    )
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>")) + "\n"


def _suite(checked: Checked) -> str:
    operation = _attribute(checked.report.operation)
    cases = [_case(finding, checked, operation) for finding in checked.report.findings]
    if not cases:
        cases = [f'    <testcase classname={operation} name="accepted" time="0"/>']
    head = (
        f'  <testsuite name={_attribute(checked.name)} tests="{len(cases)}" '
        f'failures="{len(checked.report.errors)}" errors="0" skipped="0" time="0">'
    )
    notes = escape(clean("\n".join(f"note: {note}" for note in checked.report.notes)))
    if notes:
        cases.append(f"    <system-out>{notes}</system-out>")
    return "\n".join((head, *cases, "  </testsuite>"))


def _case(finding: Finding, checked: Checked, operation: str) -> str:
    pointer = finding.pointer or "/"
    where = place(checked.name, finding.line, finding.column)
    lines = [f"{where}: {finding.severity} {finding.rule} {finding.message}", f"at {pointer}"]
    lines += (f"{label}: {text}" for label, text in details(finding))
    lines.append(grounds(finding))
    body = escape(clean("\n".join(lines)))
    if finding.severity is Severity.ERROR:
        attributes = f"message={_attribute(finding.message)} type={_attribute(finding.rule)}"
        inner = f"      <failure {attributes}>{body}</failure>"
    else:
        inner = f"      <system-out>{body}</system-out>"
    name = _attribute(f"{finding.rule} {pointer}")
    return f'    <testcase classname={operation} name={name} time="0">\n{inner}\n    </testcase>'


def _failure(failure: Failed) -> str:
    name = _attribute(failure.name)
    problem = _attribute(failure.problem)
    return (
        f'  <testsuite name={name} tests="1" failures="0" errors="1" skipped="0" time="0">\n'
        f'    <testcase classname="sellerspec" name="readable" time="0">\n'
        f'      <error message={problem} type="unreadable">{escape(clean(str(failure)))}</error>\n'
        "    </testcase>\n  </testsuite>"
    )


def _attribute(text: str) -> str:
    return quoteattr(clean(text))


def clean(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("?", text)
