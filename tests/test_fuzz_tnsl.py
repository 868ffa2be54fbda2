"""The fuzzer finds each seeded defect of TNSL's responses and notices by the rule that is about it."""

import pytest

from sellerspec import fuzz, sandbox

DEFECTS = {
    "cancel-still-processing": "tnsl.cancel-done",
    "created-on-its-way": "tnsl.created-open",
    "created-with-other-quantity": "tnsl.created-as-sent",
    "delivery-quoted-for-ffo": "tnsl.fee-of-kind",
    "export-as-json": "tnsl.export-workbook",
    "extra-info-dropped": "tnsl.update-shown",
    "extra-null": "tnsl.extra-stored",
    "extra-replaced": "tnsl.extra-merge",
    "fee-twice": "tnsl.fee-once",
    "fee-without-charge": "tnsl.fee-line",
    "fees-of-2h-dropped": "tnsl.quote-complete",
    "import-counts-dropped": "tnsl.import-complete",
    "import-counts-wrong": "tnsl.import-counts",
    "items-dropped": "tnsl.order-complete",
    "limit-ignored": "tnsl.list-page",
    "notice-cancel-without-reason": "tnsl.cancel-told",
    "notice-reason-of-another": "tnsl.cancel-reason-text",
    "notice-with-nulls": "tnsl.no-null",
    "other-import-answered": "tnsl.same-import",
    "other-order-answered": "tnsl.same-order",
    "receivable-not-stored": "tnsl.receivable-stored",
    "request-id-dropped": "tnsl.request-id",
    "state-filter-ignored": "tnsl.list-filtered",
    "status-code-other": "tnsl.status-code",
}
"""Id of a defect -> the rule of the finding."""


@pytest.mark.no_cover
@pytest.mark.parametrize(("defect", "rule"), DEFECTS.items(), ids=DEFECTS)
def test_a_defect_of_a_response_is_found_by_its_rule(defect: str, rule: str) -> None:
    assert sandbox.defects("tnsl")[defect].rules == (rule,)
    app = sandbox.app("tnsl", defects=[defect])
    phases = ("examples", "rules", "sequences")
    result = fuzz.run("tnsl", app=app, profile="quick", max_time=180.0, phases=phases, seed=1)
    assert rule in {finding.rule for finding in result.findings}
