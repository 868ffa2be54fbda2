"""Whether a failure under a mutation of family `response` or `behaviour` counts against the connector."""

from typing import Literal

from sellerspec.mutate.mutation import Mutation
from sellerspec.mutate.running.suite import Failure, Run

Counts = Literal["yes", "no", "control"]
"""`control`: what the control mutation shows decides; see `controlled`."""

_BROKEN = ("crash", "hang")


def counts(mutation: Mutation, failure: Failure) -> Counts:
    """Return whether a failed test shows a weakness, by what a correct connector gives its caller."""
    if mutation.outcome == "same" or failure.how in _BROKEN:
        return "yes"
    if mutation.outcome == "other":
        # a connector has to live with values that are not listed yet, whatever the listed ones lead to
        return "yes" if failure.how == "error" and mutation.kind == "unknown-value" else "control"
    # an error is what the caller needs; of a command, an exit code says no more than that
    return "yes" if failure.how == "assertion" else "no"


def is_asked_for(mutation: Mutation, failure: Failure) -> bool:
    """Return whether a repeated write is what the changed response of another operation asks for.

    A list without the queue that was made, or with another name, says that it is to be made. A value that is
    not listed yet says nothing.
    """
    is_answer = mutation.family == "response" and mutation.outcome == "other"
    of_itself = failure.line.startswith(f"`{mutation.key}` ")
    return failure.how == "repeat" and is_answer and mutation.kind != "unknown-value" and not of_itself


def controlled(mutation: Mutation, failure: Failure, control: Run | None) -> bool:
    """Return whether a failed test counts when another ordinary value stands at the same place.

    An assertion counts if the test is green then: so it does not pin the value. An error counts unless
    the test has an error then too: the marketplace itself takes no other value, such as the id of a thing.
    Without a control, an error counts if the response was an ordinary one: a buyer who has canceled may
    well be an error of the connector.

    Args:
        mutation: one whose outcome is `other`.
        failure: of the test, under the mutation.
        control: what the control has shown; None if there is no such value.
    """
    if control is None:
        return failure.how == "error" and mutation.family == "response"
    if control.left_out:
        return False
    if failure.how == "error":
        return all(other.how != "error" for other in control.failures)
    return not control.failures
