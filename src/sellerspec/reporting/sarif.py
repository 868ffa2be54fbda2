"""`--format sarif`: SARIF 2.1.0, as code scanning reads it."""

from collections.abc import Sequence
from urllib.parse import quote

import orjson

from sellerspec import __version__
from sellerspec.io.strict import line_column
from sellerspec.model import Finding, Json
from sellerspec.reporting.changes import Change, with_changes
from sellerspec.reporting.fingerprints import fingerprints
from sellerspec.reporting.records import Checked, Failed, details, grounds, notes, pairs, requirements

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(checked: Sequence[Checked], failures: Sequence[Failed] = ()) -> str:
    """Return one SARIF run: a result for each finding, a notification for what could not be checked."""
    by_rule = {finding.rule: finding for _, finding in pairs(checked)}
    order = {id: number for number, id in enumerate(sorted(by_rule))}
    known = requirements(checked)
    results = [
        _result(finding, mark, item, order) | _fixes(changes, item)
        for item in checked
        for (finding, changes), mark in zip(with_changes(item), fingerprints(item), strict=True)
    ]
    driver = {
        "name": "sellerspec",
        "version": __version__,
        "rules": [_rule(by_rule[id], known.get(id) or id) for id in order],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not failures,
                "toolExecutionNotifications": [
                    *map(_notification, failures),
                    *({"level": "note", "message": {"text": note}} for note in notes(checked)),
                ],
            }
        ],
        "results": results,
    }
    value = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def _rule(finding: Finding, requirement: str) -> dict[str, Json]:
    return {
        "id": finding.rule,
        "shortDescription": {"text": requirement},
        "fullDescription": {"text": f"{requirement} ({finding.basis}: {finding.source})"},
        "defaultConfiguration": {"level": finding.severity.value},
        "help": {"text": f"sellerspec explain {finding.rule}"},
        "properties": {"tags": [finding.basis.value, finding.phase.value]},
    }


def _result(finding: Finding, mark: str, checked: Checked, order: dict[str, int]) -> dict[str, Json]:
    message = [f"{finding.message} at {finding.pointer or '/'}"]
    message += (f"{label}: {text}" for label, text in details(finding))
    message.append(grounds(finding))
    return {
        "ruleId": finding.rule,
        "ruleIndex": order[finding.rule],
        "level": finding.severity.value,
        "message": {"text": "; ".join(message)},
        "locations": [
            {
                "physicalLocation": _place(checked.name, finding.line, finding.column),
                "logicalLocations": [{"fullyQualifiedName": finding.pointer or "/", "kind": "member"}],
            }
        ],
        "partialFingerprints": {"sellerspec/v1": mark},
        "properties": {
            "operation": checked.report.operation,
            "basis": finding.basis.value,
            "assumed": list(checked.report.assumed),
        },
    }


def _fixes(changes: Sequence[Change], checked: Checked) -> dict[str, Json]:
    """Return the member `fixes` of a result, if a fix has a change that is shown."""
    return {"fixes": [_fix(change, checked) for change in changes]} if changes else {}


def _fix(change: Change, checked: Checked) -> dict[str, Json]:
    line, column = line_column(checked.text, change.start)
    end_line, end_column = line_column(checked.text, change.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    replacement = {"deletedRegion": region, "insertedContent": {"text": change.new}}
    return {
        "description": {"text": change.fix.title},
        "artifactChanges": [{"artifactLocation": _artifact(checked.name), "replacements": [replacement]}],
        "properties": {"safe": change.fix.safe},
    }


def _notification(failure: Failed) -> dict[str, Json]:
    return {
        "level": "error",
        "message": {"text": failure.problem},
        "locations": [{"physicalLocation": _place(failure.name, failure.line, failure.column)}],
    }


def _place(name: str, line: int | None, column: int | None) -> dict[str, Json]:
    place: dict[str, Json] = {"artifactLocation": _artifact(name)}
    if line:
        place["region"] = {"startLine": line, "startColumn": column or 1}
    return place


def _artifact(name: str) -> dict[str, Json]:
    return {"uri": quote(name.replace("\\", "/"))}
