"""What counts against a connector: by the outcome of a mutation, how a test failed, and its control."""

from dataclasses import replace
from typing import Any

import pytest

from sellerspec.mutate.mutation import Mutation, Outcome
from sellerspec.mutate.running.suite import Failure, How, Run
from sellerspec.mutate.running.verdict import controlled, counts, is_asked_for


def mutation(outcome: Outcome) -> Mutation:
    return Mutation("tiki", "getOrder", "response", "null", "", "", outcome, "/items")


def failure(how: How) -> Failure:
    return Failure("tests/test_orders.py::test_it", how, "KeyError: 'price'")


BROKEN: dict[How, str] = {"crash": "yes", "hang": "yes"}


@pytest.mark.parametrize(
    ("outcome", "verdicts"),
    [
        ("same", BROKEN | {"error": "yes", "assertion": "yes", "exit": "yes"}),
        ("other", BROKEN | {"error": "control", "assertion": "control", "exit": "control"}),
        ("failure", BROKEN | {"error": "no", "assertion": "yes", "exit": "no"}),
    ],
)
def test_a_failure_counts_by_what_a_correct_connector_gives(
    outcome: Outcome, verdicts: dict[How, str]
) -> None:
    assert {how: counts(mutation(outcome), failure(how)) for how in verdicts} == verdicts


@pytest.mark.parametrize(
    ("how", "control", "expected"),
    [
        ("assertion", None, False),
        ("assertion", Run(), True),
        ("assertion", Run(failures=(failure("assertion"),)), False),
        ("error", None, True),
        ("error", Run(), True),
        (
            "error",
            Run(failures=(failure("assertion"),)),
            True,
        ),  # the test pins the value, but no error is due
        ("error", Run(failures=(failure("error"),)), False),  # the marketplace takes no other value
        ("error", Run(left_out=(failure("error"),)), False),
        ("assertion", Run(left_out=(failure("assertion"),)), False),
    ],
)
def test_a_control_decides(how: How, control: Run | None, expected: bool) -> None:
    assert controlled(mutation("other"), failure(how), control) is expected


def test_an_error_about_a_value_that_is_not_listed_yet_counts() -> None:
    unknown = replace(mutation("other"), kind="unknown-value", place="/status")
    assert counts(unknown, failure("error")) == "yes"
    assert counts(unknown, failure("assertion")) == "control"


def test_an_error_about_what_happened_is_what_a_caller_needs() -> None:
    happened = replace(mutation("other"), family="behaviour", kind="buyer-cancels", place="")
    assert not controlled(happened, failure("error"), None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"kind": "unknown-value"}, False),  # says nothing of the queue
        ({"outcome": "same"}, False),
        ({"family": "behaviour"}, False),
        ({"operation": "createQueue"}, False),  # its own response was a success all the same
    ],
)
def test_a_write_is_repeated_because_another_response_asks_for_it(
    changes: dict[str, Any], expected: bool
) -> None:
    listed = Mutation("tiki-v2", "listQueues", "response", "empty-list", "", "", "other")
    line = "`tiki-v2/createQueue` was taken 2 times with the same content"
    again = Failure("tests/test_events.py::test_it", "repeat", line)
    assert is_asked_for(replace(listed, **changes), again) is expected
    assert not is_asked_for(replace(listed, **changes), replace(again, how="error"))
