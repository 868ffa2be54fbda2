"""`--format json`: the members of `schemas/sellerspec/reports.json`."""

from collections.abc import Sequence

import orjson

from sellerspec.model import Json
from sellerspec.reporting.fingerprints import fingerprints
from sellerspec.reporting.records import Checked, Failed, count


def as_json(checked: Sequence[Checked], failures: Sequence[Failed] = ()) -> str:
    """Return one JSON object, of the same shape for one file and for many."""
    value = {
        "summary": count(checked, failures)._asdict(),
        "reports": [report(item) for item in checked],
        "failed": [_failure(failure) for failure in failures],
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def report(checked: Checked) -> dict[str, Json]:
    """Return one report (`schemas/sellerspec/report.json`), with its name and fingerprints."""
    value = checked.report.to_dict()
    for finding, fingerprint in zip(value["findings"], fingerprints(checked), strict=True):
        finding["fingerprint"] = fingerprint
    if checked.fixed:
        value["fixed"] = dict(sorted(checked.fixed.items()))
    return {"name": checked.name, **value}


def _failure(failure: Failed) -> dict[str, Json]:
    value: dict[str, Json] = {"name": failure.name, "problem": failure.problem}
    if failure.line:
        value |= {"line": failure.line, "column": failure.column}
    return value
