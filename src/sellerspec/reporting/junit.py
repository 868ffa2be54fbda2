"""`--format junit`: one suite for each file, one case for each finding."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from sellerspec.model import Finding, Severity
from sellerspec.reporting.records import Checked, Failed, count

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(checked: Sequence[Checked], failures: Sequence[Failed] = ()) -> str:
    """Return JUnit XML. Errors are failures, what could not be checked an error, warnings pass.

    Readers show one failure for each case, so each finding is a case of its own; a file without
    findings is one case that passed. Times are 0: none is measured.
    """
    counted = count(checked, failures)
    suites = [_suite(each) for each in checked] + [_broken(failure) for failure in failures]
    cases = sum(max(1, len(each.report.findings)) for each in checked) + len(failures)
    head = (
        f'<testsuites name="sellerspec" tests="{cases}" failures="{counted.errors}" '
        f'errors="{counted.failed}" time="0">'
    )
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>")) + "\n"


def _suite(checked: Checked) -> str:
    found = checked.report.findings
    operation = _attribute(checked.report.operation)
    cases = [_case(each, checked, operation) for each in found]
    if not found:
        cases = [f'    <testcase classname={operation} name="accepted" time="0"/>']
    head = (
        f'  <testsuite name={_attribute(checked.name)} tests="{len(cases)}" '
        f'failures="{len(checked.report.errors)}" errors="0" skipped="0" time="0">'
    )
    return "\n".join((head, *cases, "  </testsuite>"))


def _case(finding: Finding, checked: Checked, operation: str) -> str:
    name = _attribute(f"{finding.rule} {finding.pointer or '/'}")
    place = f"{checked.name}:{finding.line}:{finding.column}" if finding.line else checked.name
    lines = [f"{place}: {finding.severity} {finding.rule} {finding.message}", f"at {finding.pointer or '/'}"]
    if finding.server_text:
        lines.append(f"server: {finding.server_text}")
    if finding.hint:
        lines.append(f"hint: {finding.hint}")
    lines.append(f"source: {finding.source} ({finding.basis})")
    body = escape(_clean("\n".join(lines)))
    head = f'    <testcase classname={operation} name={name} time="0">'
    if finding.severity is Severity.ERROR:
        named = f"message={_attribute(finding.message)} type={_attribute(finding.rule)}"
        inner = f"      <failure {named}>{body}</failure>"
    else:
        inner = f"      <system-out>{body}</system-out>"
    return f"{head}\n{inner}\n    </testcase>"


def _broken(failure: Failed) -> str:
    name = _attribute(failure.name)
    problem = _attribute(failure.problem)
    return (
        f'  <testsuite name={name} tests="1" failures="0" errors="1" skipped="0" time="0">\n'
        f'    <testcase classname="sellerspec" name="readable" time="0">\n'
        f'      <error message={problem} type="unreadable">{escape(_clean(str(failure)))}</error>\n'
        "    </testcase>\n  </testsuite>"
    )


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("?", text)
