"""A report of `sellerspec mutate`, as the package writes it."""

import json
from typing import Any

from sellerspec.mutate.conclusion import Conclusion, Verdict
from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.report.as_json import written
from sellerspec.mutate.running.suite import Failure
from sellerspec.mutate.settings import Settings


def report() -> Any:
    """Return a report with a weakness whose line holds a token, a gap and a mutation that is survived."""
    weak, gap, survived = (
        Mutation(
            marketplace="tiki", operation="getOrder", family="response", kind=kind,
            sentence=f"`status` is {kind}", because="the source says so", place="/status",
        )
        for kind in ("null", "renamed", "empty")
    )  # fmt: skip
    line = "RuntimeError: Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl"
    failure = Failure("tests/test_orders.py::test_status", "crash", line, "orders.py:7")
    verdicts = (
        Verdict(weak, "weakness", (failure,), ("tests/test_orders.py::test_status",)),
        Verdict(gap, "gap"),
        Verdict(survived, "survived"),
    )
    return json.loads(written(Conclusion(command="pytest tests/", settings=Settings(), verdicts=verdicts)))
